"""Finds refunds that Odoo missed, and those that were deleted in the shop without a word."""

from datetime import timedelta

from odoo import models
from odoo.fields import Datetime

#: Orders per request.
PAGE = 100
#: Orders without a refund are looked at for so long.
MAX_AGE = timedelta(days=90)


class ChannelRefundReconciler(models.AbstractModel):
    _name = "channel.refund.reconciler"
    _description = "Channel refund reconciliation"

    def _reconcile(self, backend, adapter):
        """Compare the refunds of a backend's orders with the shop's; returns a text.

        One request per hundred orders, of which nothing else is read. What differs is looked at
        by the refund importer, which is told in the transaction of its page.
        """
        orders, found = self._orders(backend), 0
        for start in range(0, len(orders), PAGE):
            page = orders[start : start + PAGE]
            found += len(self._compare(backend, adapter, page))
            # the job owns its cursor; a page that was told must not be lost with a later one
            self.env.cr.commit()  # pylint: disable=invalid-commit
        return self.env._(
            "%(orders)s orders compared, %(found)s differ", orders=len(orders), found=found
        )

    def _orders(self, backend):
        """External ids of orders that were refunded, or that may have been lately."""
        self.env.flush_all()
        self.env.cr.execute(
            """
            SELECT binding.external_id
              FROM channel_binding_order binding
              JOIN sale_order sale ON sale.id = binding.odoo_id
             WHERE binding.backend_id = %s
               AND sale.state NOT IN ('draft', 'sent')
               AND (sale.date_order >= %s OR EXISTS (
                       SELECT 1 FROM channel_binding_refund refund
                        WHERE refund.order_id = sale.id AND refund.gone_at IS NULL))
             ORDER BY binding.id
            """,
            [backend.id, Datetime.now() - MAX_AGE],
        )
        return [row[0] for row in self.env.cr.fetchall()]

    def _compare(self, backend, adapter, order_ids):
        """Note those of these orders whose refunds differ; returns their events."""
        refs = adapter.refund_refs(order_ids)
        none = self.env["channel.binding.refund"]
        known = self._bindings(backend, order_ids)
        different = [
            order_id
            for order_id in order_ids
            if order_id in refs
            and {ref.external_id for ref in refs[order_id]}
            != set(known.get(order_id, none).mapped("external_id"))
        ]
        return self.env["channel.event"]._follow_up(backend, "refund", different, "reconcile")

    def _bindings(self, backend, order_ids):
        """``{order: its refunds}`` that the shop should have, as far as Odoo knows."""
        refunds = self.env["channel.binding.refund"].search(
            [
                ("backend_id", "=", backend.id),
                ("order_external_id", "in", order_ids),
                ("gone_at", "=", False),
            ]
        )
        return refunds.grouped("order_external_id")
