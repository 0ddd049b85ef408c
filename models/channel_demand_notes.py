"""When what the shops have sold changes: which products' figures have to be looked at again.

Reservations are noted by the stock itself. Here is what changes a figure without moving any
quant: an order that is dropped, cancelled or lowered before anything was reserved for it, and
pieces that the shop itself took off its stock or put back.
"""

from odoo import api, fields, models

from ..core.canonical import LineKind
from ..services.order_facts import OVER
from .channel_outbox_many import SHOP_MOVED


class ChannelEvent(models.Model):
    _inherit = "channel.event"

    def _settle(self, state, reason="", record=None, issue=None, **values):
        """What waits for a person has to be off sale meanwhile, in all shops; and on sale again
        when a person drops it."""
        stuck, orders = ("blocked", "failed"), self.browse()
        if self.env["channel.demand"]._is_watched():
            orders = self.filtered(
                lambda event: (
                    event.kind == "order"
                    and (state in stuck or (state == "ignored" and event.state in stuck))
                )
            )
        result = super()._settle(state, reason, record, issue, **values)
        if orders:
            orders._channel_note_demand()
        return result

    def _channel_note_demand(self, marker=""):
        """Note the products of orders by what these events say of them."""
        orders = self.env["channel.demand.orders"]._of_events(self)
        for backend, events in self.grouped("backend_id").items():
            refs = {
                line.product for event in events if event in orders for line in orders[event].lines
            }
            found = self.env["channel.product.resolver"]._find(backend, refs) if refs else {}
            self.env["channel.demand"]._note({product.id for product in found.values()}, marker)


# === THE IMPORT === #


class ChannelOrderLines(models.AbstractModel):
    _inherit = "channel.order.lines"

    def _prepare_line(self, batch, draft, line, part, money):
        values = super()._prepare_line(batch, draft, line, part, money)
        return {**values, "channel_stock_reduced": float(line.stock_reduced or 0.0)}


class ChannelOrderImporter(models.AbstractModel):
    _inherit = "channel.order.importer"

    def _not_known(self, adapter, backend, records):
        """Of orders that are here as they are there, two kinds are news all the same: those of
        which an older state waits to be imported (it would come last), and those of which the
        shop took goods off its stock, or put them back, and changed nothing else."""
        news = super()._not_known(adapter, backend, records)
        seen = {id(record) for record in news}
        old = [record for record in records if id(record) not in seen]
        if not old:
            return news
        waiting = self._with_waiting_events(backend, old)
        rest = [record for record in old if record.external_id not in waiting]
        changed = [record for record in old if record.external_id in waiting]
        return [*news, *changed, *self._stock_moved(backend, rest)]

    def _with_waiting_events(self, backend, records):
        events = self.env["channel.event"].search_fetch(
            [
                ("backend_id", "=", backend.id),
                ("kind", "=", "order"),
                ("external_id", "in", [record.external_id for record in records]),
                ("state", "=", "pending"),
            ],
            ["external_id"],
        )
        return set(events.mapped("external_id"))

    def _stock_moved(self, backend, records):
        bindings = self._bindings(backend, [record.external_id for record in records])
        adapter = backend._adapter()
        try:
            return [
                record
                for record in records
                if bindings[record.external_id].odoo_id._channel_stock_news(
                    adapter.parse_order(record.payload)
                )
            ]
        finally:
            adapter.close()


class ChannelOrderFollowUps(models.AbstractModel):
    _inherit = "channel.order.follow.ups"

    def _note(self, batch):
        result = super()._note(batch)
        for draft in batch.drafts:
            if draft.sale and draft.order and self._is_current(draft):
                draft.sale._channel_learn_stock(draft.order)
        if self.env["channel.demand"]._is_watched():
            self._note_demand(batch)
        return result

    def _is_current(self, draft):
        return draft.taken or not self.env["channel.order.relevance"]._is_stale(draft)

    def _note_demand(self, batch):
        """Sold before, reserved, held or over now; and what was over before it was an order here:
        the shop may have taken its goods off its stock and put them back."""
        taken = self.env["sale.order"].union(*(d.sale for d in batch.drafts if d.taken and d.sale))
        self.env["channel.demand"]._note(taken.order_line.product_id.ids)
        never = [
            draft.work.events
            for draft in batch.drafts
            if not draft.binding and (draft.order is None or draft.status in OVER)
        ]
        if never:
            self.env["channel.event"].union(*never)._channel_note_demand(SHOP_MOVED)


class ChannelExporter(models.AbstractModel):
    _inherit = "channel.exporter"

    def _remember_echo(self, binding, echo, *options):
        """What Odoo cancels or refunds there makes the shop put goods back."""
        result = super()._remember_echo(binding, echo, *options)
        binding.odoo_id._channel_learn_stock(echo.order)
        return result


# === SALES ORDERS === #


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    channel_stock_reduced = fields.Float(
        "Taken Off in the Shop",
        digits="Product Unit",
        readonly=True,
        copy=False,
        help="Pieces that the shop has taken off its own stock for this line.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        if any(vals.get("channel_stock_reduced") for vals in vals_list):
            moved = lines.filtered("channel_stock_reduced")
            self.env["channel.demand"]._note(moved.product_id.ids, SHOP_MOVED)
        return lines

    def write(self, vals):
        """Quotations have no transfers whose changes would be noted."""
        product_ids = []
        if {"product_id", "product_uom_qty", "product_uom_id"} & vals.keys():
            product_ids = self._channel_ordered().product_id.ids
        result = super().write(vals)
        if product_ids:
            product_ids += self.product_id.ids
            self.env["channel.demand"]._note(product_ids)
        if "channel_stock_reduced" in vals:
            self.env["channel.demand"]._note(self.product_id.ids, SHOP_MOVED)
        return result

    def unlink(self):
        product_ids = self._channel_ordered().product_id.ids
        result = super().unlink()
        self.env["channel.demand"]._note(product_ids)
        return result

    def _channel_ordered(self):
        """The lines of channels' orders, where anybody is told of stock."""
        if not self.env["channel.demand"]._is_watched():
            return self.browse()
        return self.filtered(lambda line: line.order_id.channel_backend_id)


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _action_cancel(self):
        product_ids = self._channel_products()
        result = super()._action_cancel()
        self.env["channel.demand"]._note(product_ids)
        return result

    def action_draft(self):
        result = super().action_draft()
        self.env["channel.demand"]._note(self._channel_products())
        return result

    def unlink(self):
        product_ids = self._channel_products()
        result = super().unlink()
        self.env["channel.demand"]._note(product_ids)
        return result

    def _channel_stock_news(self, order):
        """``{line: pieces}`` that the shop has taken off its stock, where that is new.

        :param order: :class:`core.canonical.Order`
        """
        told = {
            line.external_id: float(line.stock_reduced or 0.0)
            for line in order.lines
            if line.kind is LineKind.PRODUCT
        }
        return {
            line: told.get(line.channel_external_id, 0.0)
            for line in self.order_line.filtered("channel_external_id")
            if line.channel_stock_reduced != told.get(line.channel_external_id, 0.0)
        }

    def _channel_learn_stock(self, order):
        """Remember what the shop has taken off its stock, whatever else follows of the order."""
        for line, pieces in self._channel_stock_news(order).items():
            line.channel_stock_reduced = pieces

    def _channel_products(self):
        """Ids of the products of channels' orders among these."""
        return self.filtered("channel_backend_id").order_line.product_id.ids


class StockMove(models.Model):
    _inherit = "stock.move"

    def _action_cancel(self):
        """What had no goods yet needs none any more."""
        product_ids = self.sudo().sale_line_id._channel_ordered().move_ids.product_id.ids
        result = super()._action_cancel()
        self.env["channel.demand"]._note(product_ids)
        return result
