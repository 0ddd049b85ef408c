"""What follows from orders that were taken over: their payments, refunds and shipments.

Each is an event of its own, worked on after the order's transaction and under the order's lock.
They are hints, so one too many is harmless; but one INSERT is all that a chunk pays for a kind,
and an order from which nothing follows pays nothing.
"""

from odoo import models

from ..core.canonical import OrderStatus

#: Parts of an order whose change may mean money or an invoice.
MONEY = {"status", "payment", "totals", "lines"}


class ChannelOrderFollowUps(models.AbstractModel):
    _name = "channel.order.follow.ups"
    _description = "What follows from channel orders"

    def _note(self, batch):
        """Make the follow-up events of all orders that were taken over."""
        taken = [draft for draft in batch.drafts if draft.taken and draft.order]
        confirmed = [draft for draft in taken if draft.sale.state == "sale"]
        for kind, drafts in (
            ("payment", [draft for draft in confirmed if self._has_payment(batch, draft)]),
            ("refund", self._with_refunds(batch, taken)),
            ("shipment", [draft for draft in confirmed if self._is_completed(draft)]),
        ):
            if drafts and self.env["channel.flow"]._of(batch.backend, kind, "in"):
                self.env["channel.event"]._follow_up(
                    batch.backend, kind, [draft.binding.external_id for draft in drafts]
                )

    def _is_news(self, draft, parts):
        """Whether one of these parts changed, the order was confirmed, or a person asks."""
        return draft.confirmed or draft.asked_by_person or bool(draft.changed & parts)

    def _has_payment(self, batch, draft):
        return self._is_news(draft, MONEY) and self.env["channel.payment.importer"]._wanted(
            batch, draft
        )

    def _is_completed(self, draft):
        return draft.status is OrderStatus.COMPLETED and self._is_news(draft, {"status"})

    def _with_refunds(self, batch, drafts):
        """Orders with refunds that are not known here, or whose refunds changed: one may be gone.

        Of an order seen for the first time that is any refund; of a known one, too, whatever else
        has changed: its refund may have been stopped before.
        """
        refunded = [draft for draft in drafts if draft.order.refunds]
        bound = self._bound(batch, refunded) if refunded else set()
        return [
            draft
            for draft in drafts
            if ("refunds" in draft.changed and draft.known_parts.get("refunds"))
            or any(refund.external_id not in bound for refund in draft.order.refunds)
            or (draft.order.refunds and draft.asked_by_person)
        ]

    def _bound(self, batch, drafts):
        """External ids of the refunds of these orders that Odoo knows as they are there."""
        refunds = self.env["channel.binding.refund"].search_fetch(
            [
                ("backend_id", "=", batch.backend.id),
                ("order_external_id", "in", [draft.order.external_id for draft in drafts]),
                ("gone_at", "=", False),
            ],
            ["external_id"],
        )
        return set(refunds.mapped("external_id"))
