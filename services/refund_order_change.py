"""A refund of what is not invoiced yet → lines of the order that take it off.

The lines the shop sold stay as they are: the shop itself never changes them for a refund, so an
edit of the order later compares equal. What a refund takes off is lines of its own, recognised by
``channel_external_id`` = ``refund:<id>``; the invoice to come has the net amount.
"""

from odoo import models
from odoo.fields import Command

from .order_batch import Batch


class ChannelRefundOrderChange(models.AbstractModel):
    _name = "channel.refund.order.change"
    _description = "Channel refund before the invoice"

    def _apply(self, draft):
        """Take the refund off the order; or end an order of which nothing is left."""
        if draft.is_last and not self._has_left(draft.sale):
            number = draft.binding.number or draft.binding.external_id
            if error := self.env["channel.order.workflow"]._cancel(draft.sale, number):
                raise error
            draft.reasons.append(self.env._("sales order %s cancelled", draft.sale.name))
            return
        amounts = self.env["channel.refund.amounts"]
        expected = draft.sale.amount_total - float(draft.refund.amount)
        rows = [self._prepare_line(draft, part) for part in amounts._parts(draft, draft.open)]
        draft.sale.write({"order_line": list(map(Command.create, rows))})
        amounts._check(draft, expected, draft.sale.amount_total)
        draft.reasons.append(self.env._("taken off sales order %s", draft.sale.name))

    def _has_left(self, sale):
        """Whether goods have left or an invoice was made, a draft too."""
        return any(line.qty_delivered or line.qty_invoiced for line in sale.order_line)

    def _prepare_line(self, draft, part):
        """Values of a line of the order; an override returns the dictionary, extended."""
        amounts, sale = self.env["channel.refund.amounts"], draft.sale
        backend = draft.binding.backend_id
        origin = self._origin(draft, part)
        money = amounts._money(sale, sale.currency_rate)
        product = self.env["channel.order.lines"]._service(Batch(backend), "fee_product_id")
        return {
            "name": amounts._prepare_text(draft, origin if part.line else None),
            "product_id": product.id,
            "product_uom_qty": 1.0,
            "technical_price_unit": 0.0,
            "sequence": 900,
            "channel_external_id": draft.marker,
            "tax_ids": [Command.set(origin.tax_ids.ids)],
            "analytic_distribution": backend.analytic_distribution or False,
            **amounts._prepare_amounts(origin.tax_ids, money, part, 1.0, sign=-1),
        }

    def _origin(self, draft, part):
        """The order's line that a part is about: its own, else the largest of its taxes."""
        found = [source for source in draft.open if source.tax_set == part.tax_set]
        lines = [source for source in found if source.record._name == "sale.order.line"]
        same = [source for source in lines if source.record.channel_external_id == part.line]
        return max(same or lines or found, key=lambda source: source.charge.base).record
