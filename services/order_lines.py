"""Canonical lines → lines of a sales order with the shop's exact amounts.

Prices are net of discounts and have no discount column: a percentage would be rounded, and the
total with it. Coupons are therefore only named; what they took off is inside the lines.
"""

from decimal import Decimal

from odoo import models
from odoo.fields import Command
from odoo.tools import float_round

from ..core import errors
from ..core.canonical import ZERO, LineKind
from ..core.money import round_to, share
from .forced_amounts import Money, Slice, TaxPart, forced, slices, unit_of

#: ``channel_external_id`` of the line that carries what no line of the shop can.
ROUNDING = "rounding"
#: That of lines that take a refund of the shop off the order begins with it.
REFUND = "refund:"
#: … and of the notes below the lines.
COUPONS, GIFT_CARDS = "coupons", "gift_cards"


class ChannelOrderLines(models.AbstractModel):
    _name = "channel.order.lines"
    _description = "Channel order lines"

    def _prepare_lines(self, batch, draft):
        """Values of all lines; an override returns the list of dictionaries, changed.

        ``draft.totals`` holds the exact amounts (:class:`core.money.Totals`) of the lines of
        ``draft.sold``.
        """
        money = self._money(batch, draft)
        together = self._rates_together(draft.order)
        rows = []
        for line, amounts in zip(draft.sold.lines, draft.totals.lines, strict=True):
            if not line.quantity and not amounts.base and not amounts.tax:
                rows.append(self._prepare_note(line.external_id, self._prepare_name(line)))
                continue
            for part in self._slices(draft, line, amounts, together):
                rows.append(self._prepare_line(batch, draft, line, part, money))
        if not draft.totals.exact and draft.totals.within_bound:
            rows.append(self._prepare_rounding(batch, draft, money))
        rows += self._prepare_order_notes(draft)
        return [{**row, "sequence": 10 + position} for position, row in enumerate(rows)]

    # === AMOUNTS === #

    def _money(self, batch, draft):
        currency = batch.currencies[draft.order.currency]
        company = batch.backend.company_id
        day = (draft.order.created_at or draft.work.record.fetched_at).date()
        key = (currency.name, day)
        if key not in batch.rates:
            batch.rates[key] = self.env["res.currency"]._get_conversion_rate(
                company.currency_id, currency, company, day
            )
        return Money(
            currency.id,
            unit_of(currency.rounding),
            unit_of(company.currency_id.rounding),
            batch.rates[key],
        )

    def _rates_together(self, order):
        """Sets of rates that are computed on one base: those of lines of goods and shipping."""
        return [
            frozenset(part.rate_key for part in line.taxes)
            for line in order.lines
            if line.kind is not LineKind.FEE and line.taxes
        ]

    def _slices(self, draft, line, amounts, together):
        """One slice per line of the sales order: a fee's tax may belong to several bases."""
        if line.kind is not LineKind.FEE:
            return [Slice(amounts.base, amounts.taxes)]
        percents = {
            rate.key: None if rate.compound else rate.percent for rate in draft.order.tax_rates
        }
        raw = {part.rate_key: part.amount for part in line.taxes}
        return slices(amounts.base, amounts.taxes, raw, together, percents, draft.totals.unit)

    def _tax_parts(self, batch, draft, part):
        """``{account.tax: (amount, base)}`` of a slice; rates mapped to one tax are one.

        A compound rate is computed on the base and the other taxes. The taxes of a group share
        its amount by their percentages.
        """
        compound = {rate.key for rate in draft.order.tax_rates if rate.compound}
        plain_tax = sum((amount for key, amount in part.taxes if key not in compound), ZERO)
        parts = {}
        for key, amount in part.taxes:
            base = part.base + (plain_tax if key in compound else ZERO)
            for tax, own in self._members(batch.taxes[key], amount, draft.totals.unit):
                before = parts.get(tax, (ZERO, base))[0]
                parts[tax] = (before + own, base)
        return parts

    def _members(self, tax, amount, unit):
        members = tax.flatten_taxes_hierarchy()
        if members == tax:
            return [(tax, amount)]
        weights = [Decimal(repr(member.amount)) for member in members]
        whole = sum(weights, ZERO) or Decimal(1)
        parts = share(amount, [amount * weight / whole for weight in weights], unit)
        return list(zip(members, parts, strict=True))

    # === LINES === #

    def _prepare_line(self, batch, draft, line, part, money):
        """Values of the order line of a slice; an override returns the dictionary, extended."""
        product, quantity = self._sold(batch, draft, line)
        name = self._prepare_name(line)
        if line.subtotal > line.total:
            before = round_to(line.subtotal, money.unit)
            name += "\n" + self.env._("Before discounts: %s", before)
        if len(part.taxes) != len(line.taxes):  # one slice of a fee: say which
            name = f"{name} ({self._tax_names(batch, part)})"
        return {
            "name": name,
            "product_id": product.id,
            "product_uom_qty": quantity,
            "is_delivery": line.kind is LineKind.SHIPPING,
            "channel_external_id": line.external_id,
            "channel_is_container": line.is_container,
            **self._prepare_amounts(batch, draft, part, quantity, money),
            **self._prepare_analytic(batch),
        }

    def _prepare_amounts(self, batch, draft, part, quantity, money):
        """Price, taxes and forced amounts of a line.

        ``technical_price_unit`` differs from the price: else Odoo takes the price for its own
        and replaces it when a person changes the quantity.
        """
        parts = self._tax_parts(batch, draft, part)
        included = sum((amount for tax, (amount, _b) in parts.items() if tax.price_include), ZERO)
        price = float(part.base + included) / quantity
        is_zero = abs(price) < float(money.unit) / 2
        return {
            "price_unit": price,
            "technical_price_unit": -1.0 if is_zero else 0.0,
            "discount": 0.0,
            "tax_ids": [Command.set({batch.taxes[key].id for key, _amount in part.taxes})],
            "extra_tax_data": forced(
                money,
                price,
                quantity,
                part.base,
                [TaxPart(tax.id, amount, base) for tax, (amount, base) in parts.items()],
            ),
        }

    def _prepare_analytic(self, batch):
        distribution = batch.backend.analytic_distribution
        return {"analytic_distribution": distribution} if distribution else {}

    def _sold(self, batch, draft, line):
        """Product and quantity of a line. Money without a quantity is a fee: nothing is shipped."""
        quantity = self._quantity(line)
        if line.kind is LineKind.SHIPPING:
            return self._shipping_product(batch, line), quantity
        if line.kind is LineKind.FEE or not line.quantity:
            return self._service(batch, "fee_product_id"), quantity
        if Decimal(repr(quantity)) != line.quantity:
            draft.notes.append(
                self.env._(
                    "%(line)s: the shop's quantity is %(quantity)s.",
                    line=line.name,
                    quantity=line.quantity.normalize(),
                )
            )
        return self._product(batch, draft, line), quantity

    def _quantity(self, line):
        if line.kind is not LineKind.PRODUCT or not line.quantity:
            return 1.0
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        quantity = float_round(float(line.quantity), precision_digits=digits)
        return quantity or 10.0**-digits

    def _product(self, batch, draft, line):
        """What a line sells. One that sold something here already is not made a placeholder."""
        here = draft.products.get(line.external_id)
        found = batch.products.get(line.product)
        if here and (not found or found == batch.backend.placeholder_product_id):
            return here
        return found

    def _shipping_product(self, batch, line):
        """The product of the delivery method, else the backend's for shipping."""
        carrier = self._carrier(batch, line)
        return carrier.product_id if carrier else self._service(batch, "shipping_product_id")

    def _carrier(self, batch, line):
        """The delivery method of a shipping line, of its instance first; or an empty recordset."""
        for code in (f"{line.code}:{line.instance}", line.code):
            if (row := batch.carriers.get(code)) and row.carrier_id:
                return row.carrier_id
        return self.env["delivery.carrier"]

    def _service(self, batch, field):
        """:raises errors.Rejected: the backend lacks the product that sells this"""
        product = batch.backend[field]
        if not product:
            raise self._missing(batch, field)
        return product

    def _missing(self, batch, field):
        error = errors.Rejected(
            "missing_product", field=batch.backend._fields[field].string, name=field
        )
        error.cause, error.per_record = ("field",), False
        return error

    def _lacking_services(self, batch, draft):
        """Errors of the backend's products that lines of an order need and nobody chose."""
        needed = set()
        for line in draft.order.lines:
            if line.kind is LineKind.SHIPPING and not self._carrier(batch, line):
                needed.add("shipping_product_id")
            elif line.kind is LineKind.FEE or (
                line.kind is LineKind.PRODUCT and not line.quantity and line.total
            ):
                needed.add("fee_product_id")
        for field in sorted(needed):
            if not batch.backend[field]:
                yield self._missing(batch, field)

    # === ROUNDING === #

    def _prepare_rounding(self, batch, draft, money):
        """The one line for a difference that no line can carry: rounding, and typed as such.

        Tax goes to the taxes of the largest line; there is none where nothing is taxed.
        """
        rest = draft.totals
        taxed = [line for line in rest.lines if line.taxes]
        keys = [max(taxed, key=lambda line: abs(line.base)).taxes[0][0]] if taxed else []
        part = Slice(rest.rest_base, tuple((key, rest.rest_tax) for key in keys if rest.rest_tax))
        return {
            "name": self.env._("Rounding of the shop"),
            "product_id": self._service(batch, "rounding_product_id").id,
            "product_uom_qty": 1.0,
            "channel_external_id": ROUNDING,
            **self._prepare_amounts(batch, draft, part, 1.0, money),
        }

    # === TEXTS === #

    def _prepare_name(self, line):
        """Description of a line; an override returns the text."""
        rows = [line.name, *(f"{label}: {value}" for label, value in line.notes)]
        return "\n".join(filter(None, rows)) or "-"

    def _tax_names(self, batch, part):
        names = [batch.taxes[key].name for key, _amount in part.taxes]
        return ", ".join(names) or self.env._("no tax")

    def _prepare_order_notes(self, draft):
        """Notes below the lines: what was deducted inside them, what was paid otherwise."""
        order, notes = draft.order, []
        if order.coupons:
            codes = ", ".join(coupon.code for coupon in order.coupons)
            notes.append((COUPONS, self.env._("Coupons (already deducted): %s", codes)))
        if draft.gift_cards:
            text = self.env._(
                "Paid with gift cards: %(amount)s %(currency)s",
                amount=draft.gift_cards,
                currency=order.currency,
            )
            notes.append((GIFT_CARDS, text))
        return [self._prepare_note(*note) for note in notes]

    def _prepare_note(self, external_id, text):
        return {"display_type": "line_note", "name": text, "channel_external_id": external_id}
