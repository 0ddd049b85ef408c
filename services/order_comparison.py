"""An order as the shop has it beside the order as Odoo has it, for the person who decides."""

from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup

from odoo import models

from ..core.canonical import ZERO
from ..core.money import round_to
from .address_values import address_key, has_place
from .order_facts import content_of


@dataclass
class Side:
    """A line on one side: quantity and amounts as text; ``used``: delivered and invoiced."""

    quantity: str = ""
    untaxed: str = ""
    tax: str = ""
    used: tuple[str, str] = ("", "")

    @property
    def told(self):
        return self.quantity, self.untaxed, self.tax


class ChannelOrderComparison(models.AbstractModel):
    _name = "channel.order.comparison"
    _description = "Channel order comparison"

    def _issue_values(self, batch, draft):
        """Values of an issue that shows both sides and offers the choice between them."""
        return {
            "comparison": self._render(batch, draft),
            "decision_key": content_of(draft.parts),
            "record": f"sale.order,{draft.sale.id}",
        }

    def _render(self, batch, draft):
        """Two tables, rows that differ marked: the lines; totals and addresses."""
        lines = self._as_table(
            [
                (self.env._("Line"), 1),
                (self.env._("Shop: quantity, untaxed, tax"), 3),
                (self.env._("Odoo: quantity, untaxed, tax"), 3),
                (self.env._("Delivered"), 1),
                (self.env._("Invoiced"), 1),
            ],
            [
                (shop.told != odoo.told, (name, *shop.told, *odoo.told, *odoo.used))
                for name, shop, odoo in self._lines(draft)
            ],
        )
        header = self._as_table(
            [("", 1), (self.env._("Shop"), 1), (self.env._("Odoo"), 1)],
            [
                (differs, (name, shop, odoo))
                for name, shop, odoo, differs in [*self._totals(draft), *self._addresses(draft)]
            ],
        )
        return lines + header

    def _as_table(self, heads, rows):
        cell, wide = Markup("<td>%s</td>"), Markup('<th colspan="%s">%s</th>')
        body = Markup().join(
            Markup('<tr class="%s">%s</tr>')
            % ("table-warning" if differs else "", Markup().join(cell % text for text in cells))
            for differs, cells in rows
        )
        head = Markup().join(wide % (span, text) for text, span in heads)
        return Markup(
            '<table class="table table-sm"><thead><tr>%s</tr></thead><tbody>%s</tbody></table>'
        ) % (head, body)

    # === LINES === #

    def _lines(self, draft):
        """``(name, shop's side, Odoo's side)`` of every line of either side."""
        here = draft.sale.order_line.filtered(lambda line: not line.display_type)
        by_key = here.grouped(lambda line: line.channel_external_id or line.id)
        for line in draft.order.lines:
            lines = by_key.pop(line.external_id, here.browse())
            yield line.name or "-", self._shop_side(draft, line), self._odoo_side(lines)
        for lines in by_key.values():
            if any(lines.mapped("product_uom_qty")):
                yield lines[0].name.split("\n")[0], Side(), self._odoo_side(lines)

    def _shop_side(self, draft, line):
        quantity = self.env["channel.order.lines"]._quantity(line)
        amounts = (self._money(draft, amount) for amount in (line.total, line.total_tax))
        return Side(f"{quantity:g}", *amounts)

    def _odoo_side(self, lines):
        if not lines:
            return Side()
        places = lines.currency_id.decimal_places
        return Side(
            f"{max(lines.mapped('product_uom_qty')):g}",
            *(f"{sum(lines.mapped(name)):.{places}f}" for name in ("price_subtotal", "price_tax")),
            used=tuple(
                f"{max(lines.mapped(name)):g}" for name in ("qty_delivered", "qty_invoiced")
            ),
        )

    def _money(self, draft, amount):
        currency = draft.sale.currency_id
        unit = Decimal(1).scaleb(-currency.decimal_places)
        return f"{round_to(amount, unit):.{currency.decimal_places}f}"

    # === TOTALS AND ADDRESSES === #

    def _totals(self, draft):
        """``(name, shop, Odoo, whether they differ)``."""
        order, sale = draft.order, draft.sale
        places = sale.currency_id.decimal_places
        cards = sum((card.amount for card in order.gift_cards), ZERO)
        rows = [
            (self.env._("Total"), order.total, sale.amount_total),
            (self.env._("Tax"), order.total_tax, sale.amount_tax),
        ]
        if cards:
            rows.append((self.env._("Paid with gift cards"), cards, 0.0))
        for name, amount, here in rows:
            shop, odoo = self._money(draft, amount), f"{here:.{places}f}"
            yield name, shop, odoo, shop != odoo

    def _addresses(self, draft):
        """Addresses as both sides have them; the shop's as it would be written here."""
        order, sale = draft.order, draft.sale
        service = self.env["channel.address.values"]
        places = service._read_places((order.billing, order.shipping))
        sides = self.env["channel.partner.values"]._prepare_sides(draft, places)
        for name, values, partner in (
            (self.env._("Invoice address"), sides.invoice, sale.partner_invoice_id),
            (self.env._("Delivery address"), sides.delivery, sale.partner_shipping_id),
        ):
            if not values and not has_place(order.billing):
                continue
            differs = address_key(values) != service._key_of(partner)
            yield name, self._address(values), self._address_of(partner), differs

    def _address(self, values):
        country = self.env["res.country"].browse(values.get("country_id"))
        city = " ".join(filter(None, (values.get("zip"), values.get("city"))))
        rows = (values.get("name"), values.get("street"), values.get("street2"), city, country.name)
        return ", ".join(filter(None, rows))

    def _address_of(self, partner):
        names = ("name", "street", "street2", "zip", "city")
        values = {name: partner[name] for name in names}
        return self._address({**values, "country_id": partner.country_id.id})
