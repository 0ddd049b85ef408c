"""What an order's status, gateway and risk mean: confirm, hold, cancel, take back."""

from odoo import models

from ..core import errors
from ..core.canonical import OrderStatus
from .order_facts import RELEASED, gateway_code


class ChannelOrderWorkflow(models.AbstractModel):
    _name = "channel.order.workflow"
    _description = "Channel order workflow"

    # === STATUS === #

    def _status(self, batch, order):
        """What the shop's status means: by its mapping row, else as the provider knows it."""
        return batch.statuses.get(order.status_code) or order.status

    def _note_status(self, draft):
        """A row for a status that is met for the first time."""
        code = draft.order.status_code
        draft.recorder.add_unmapped("status", code, external_label=code)

    def _unmapped_status(self, draft):
        """Hold an order whose status nobody explained; its event waits for the mapping."""
        code = draft.order.status_code
        draft.error = errors.Unmapped(kind="status", value=code, label=code)
        return self.env._("The shop's status “%s” is not mapped yet", code)

    # === CONFIRM OR HOLD === #

    def _hold_reason(self, batch, draft):
        """Why the order stays a quotation; '' means it may be confirmed.

        An override returns a text for people.
        """
        if draft.status is OrderStatus.UNKNOWN:
            self._note_status(draft)
        if draft.sale.state == "sale":
            return ""
        if draft.status is OrderStatus.UNKNOWN:
            return self._unmapped_status(draft)
        reason = self._policy_reason(batch, draft)
        return reason or self._risk_reason(batch, draft)

    def _policy_reason(self, batch, draft):
        order, status = draft.order, draft.status
        if status is OrderStatus.REFUNDED:
            # seen for the first time after its money went back: nobody waits for these goods
            return self.env._("Refunded in the shop before it was confirmed here")
        policy = self._policy(batch, draft)
        if policy == "quotation":
            method = order.payment.title or order.payment.method
            return self.env._("Orders paid by “%s” are left as quotations", method)
        if policy == "always" or status in RELEASED:
            return ""
        if status is OrderStatus.PENDING:
            return self.env._("Waiting for payment in the shop")
        return self.env._("On hold in the shop")

    def _policy(self, batch, draft):
        """The workflow of the order's gateway; one met for the first time gets its row."""
        payment = draft.order.payment
        code = gateway_code(payment.method)
        row = batch.payments.get(code)
        if not row:
            label = payment.title or payment.method or self.env._("No payment method")
            draft.recorder.add_unmapped("payment", code, external_label=label)
        return row.order_policy if row else "released"

    def _risk_reason(self, batch, draft):
        for rule in batch.risk_rules:
            if self._is_risky(rule, draft.order):
                verdict = f" ({draft.order.risk})" if draft.order.risk else ""
                return self.env._("Risk: %s", rule.name) + verdict
        return ""

    def _is_risky(self, rule, order):
        """Whether every condition that the rule sets fits the order."""
        ship_to = order.shipping.country or order.billing.country
        conditions = (
            (rule.min_total, float(order.total) >= rule.min_total),
            (rule.country_ids, ship_to in rule.country_ids.mapped("code")),
            (rule.payment_method, order.payment.method == rule.payment_method),
            (rule.address_differs, bool(ship_to) and ship_to != order.billing.country),
            (rule.shop_verdict, bool(order.risk)),
            (rule.guests_only, not order.customer_external_id),
        )
        return all(fits for is_set, fits in conditions if is_set)

    def _confirm(self, sales):
        """Confirm as one recordset, without mails: a shop has told its customers already."""
        if sales:
            sales.action_confirm()

    # === OVER AND BACK === #

    def _cancel(self, sale, number):
        """Cancel a sales order that is over in the shop.

        :raises errors.Conflict: goods or an invoice have left; it names them
        """
        obstacles = self._obstacles(sale)
        if obstacles:
            raise errors.Conflict(
                "cancelled_too_late", number=number, order=sale.name, obstacles=obstacles
            )
        sale.filtered("locked").action_unlock()
        sale.action_cancel()

    def _obstacles(self, sale):
        """Names of what forbids cancelling: deliveries that are done, posted invoices."""
        done = sale.picking_ids.filtered(lambda picking: picking.state == "done")
        posted = sale.invoice_ids.filtered(lambda move: move.state == "posted")
        return ", ".join([*done.mapped("name"), *posted.mapped("name")])

    def _take_back(self, sale):
        """Make a quotation again of what the shop cancelled and restored."""
        sale.action_draft()
