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

    def _problems(self, draft):
        """What would hold an order that something else stops already."""
        if draft.status is not OrderStatus.UNKNOWN:
            return []
        self._note_status(draft)
        code = draft.order.status_code
        return [errors.Unmapped(kind="status", value=code, label=code)]

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
            if draft.sale.state != "sale" or draft.sale.channel_delivery_blocked:
                return self._unmapped_status(draft)
        if draft.sale.state == "sale":
            return ""
        reason = self._policy_reason(batch, draft)
        return reason or self._risk_reason(batch, draft)

    def _policy_reason(self, batch, draft):
        payment = draft.order.payment
        if draft.status is OrderStatus.REFUNDED:
            # seen for the first time after its money went back: nobody waits for these goods
            return self.env._("Refunded in the shop before it was confirmed here")
        policy = self._policy(batch, draft)
        if policy == "quotation":
            method = payment.title or payment.method
            return self.env._("Orders paid by “%s” are left as quotations", method)
        if policy in ("always", "blocked") or self._is_released(draft):
            return ""
        return self._waiting_reason(draft)

    def _waiting_reason(self, draft):
        """Why the shop does not want an order shipped yet."""
        if draft.order.payment.authorised:
            return self.env._("The payment is authorised in the shop, but not captured yet")
        if draft.status is OrderStatus.PENDING:
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

    # === MAY IT LEAVE === #

    def _set_delivery_hold(self, batch, draft):
        """Find out whether the goods of an order may leave; of a known one only when the shop
        says something new of it, so that a person may release its deliveries."""
        sale, news = draft.sale, draft.was_wrong or draft.changed & {"status", "payment"}
        # who asked costs a query: last
        if not sale or news or draft.asked_by_person:
            draft.delivery_hold = self._delivery_reason(batch, draft)
        elif sale.channel_delivery_blocked:
            draft.delivery_hold = sale.channel_hold_reason or self._waiting_reason(draft)

    def _delivery_reason(self, batch, draft):
        """Why the goods of an order may not leave, confirmed or not; '' means they may.

        An override returns a text for people.
        """
        status, sale = draft.status, draft.sale
        if status is OrderStatus.REFUNDED:
            # nobody waits for what has not left yet; the money is the refund importer's business
            return self.env._("Refunded in the shop") if self._waits(sale) else ""
        if status is OrderStatus.UNKNOWN:
            return sale.channel_hold_reason if sale.channel_delivery_blocked else ""
        policy, called_back = self._policy(batch, draft), self._is_called_back(draft)
        if policy in ("quotation", "always") or self._is_released(draft):
            return ""
        if policy == "blocked" and not called_back and self._is_money_new(draft):
            return ""
        if policy == "blocked" or called_back or sale.channel_delivery_blocked:
            return self._waiting_reason(draft)
        return ""

    def _is_released(self, draft):
        """Whether the shop wants it shipped. Money that is only reserved is no payment."""
        return draft.status in RELEASED and not draft.order.payment.authorised

    def _is_called_back(self, draft):
        """Whether the shop had released the order, and holds it again."""
        return draft.binding.released and ("status" in draft.changed or draft.was_wrong)

    def _is_money_new(self, draft):
        """Whether it is paid, other than by what was known when its deliveries were blocked."""
        seen = draft.sale.channel_delivery_blocked and "payment" not in draft.changed
        return draft.order.payment.paid and not seen

    def _waits(self, sale):
        """Whether goods of the order still have to leave."""
        return any(
            picking.state not in ("done", "cancel") and picking._channel_leaves()
            for picking in sale.picking_ids
        )

    # === OVER AND BACK === #

    def _cancel(self, sale, number):
        """Cancel a sales order that is over in the shop, or what is still open of it.

        :return: an error that names what can't be undone, where goods or invoices have left
        """
        sale.filtered("locked").action_unlock()
        obstacles = self._obstacles(sale)
        if not obstacles:
            sale.action_cancel()
            return None
        self._cancel_open(sale)
        return errors.Conflict(
            "cancelled_too_late", number=number, order=sale.name, obstacles=obstacles
        )

    def _obstacles(self, sale):
        """Names of what forbids cancelling: deliveries that did not come back, invoices that no
        credit note has taken back."""
        lines, none = sale.order_line, []
        delivered = any(line.qty_delivered for line in lines if not line.channel_is_container)
        invoiced = any(line.qty_invoiced_posted for line in lines)
        done = sale.picking_ids.filtered(
            lambda picking: picking.state == "done" and picking._channel_leaves()
        )
        posted = sale.invoice_ids.filtered(
            lambda move: move.state == "posted" and move.move_type == "out_invoice"
        )
        names = [
            *(done.mapped("name") if delivered else none),
            *(posted.mapped("name") if invoiced else none),
        ]
        return ", ".join(names)

    def _cancel_open(self, sale):
        """Take back what nobody has delivered or invoiced yet.

        As a person would: draft invoices are cancelled, each line is ordered no more than was
        delivered or invoiced of it, and transfers that still wait are cancelled. Goods on their
        way back are expected as before.
        """
        sale.invoice_ids.filtered(lambda move: move.state == "draft").button_cancel()
        lines = sale.order_line.filtered(lambda line: not line.display_type)
        sets = lines.filtered("channel_is_container")
        for line in lines - sets:
            line._channel_reduce(max(line.qty_delivered, line.qty_invoiced, 0.0))
        if not any((lines - sets).mapped("qty_delivered")):  # else parts of a set may be there
            for line in sets:
                line._channel_reduce(line.qty_invoiced)
        waiting = sale.picking_ids.filtered(
            lambda picking: (
                picking.state not in ("done", "cancel") and picking.picking_type_code != "incoming"
            )
        )
        waiting.action_cancel()

    def _take_back(self, sale):
        """Make a quotation again of what the shop cancelled and restored."""
        sale.action_draft()
