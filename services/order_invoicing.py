"""Invoices of a channel's order: made by Odoo's own wizard, equal to the shop's total and tax."""

from odoo import models
from odoo.exceptions import UserError

from ..core import errors


class ChannelOrderInvoicing(models.AbstractModel):
    _name = "channel.order.invoicing"
    _description = "Invoices of channel orders"

    # === SERVICES === #

    def _deliver_services(self, task):
        """Count services as delivered; they wait for the payment where deliveries do."""
        row = task.row
        waits = row.invoice_policy == "paid" or row.order_policy == "blocked"
        if not row.deliver_virtual or (waits and not task.is_paid):
            return
        lines = task.sale.order_line.filtered(self._is_undelivered_service)
        for line in lines:
            line.qty_delivered = line.product_uom_qty
        if lines:
            task.done.append(self.env._("Services delivered: %s", len(lines)))

    def _is_undelivered_service(self, line):
        return (
            line.product_id.type == "service"
            and line.qty_delivered_method == "manual"
            and not line.display_type
            and not line.is_downpayment
            and line.qty_delivered < line.product_uom_qty
        )

    # === INVOICES === #

    def _invoice(self, task):
        """Invoice what the workflow says is due, and post it if it is the shop's amount."""
        policy = task.row.invoice_policy
        if policy == "none":
            return
        if policy == "paid" and not task.is_paid:
            task.waits.append(self._text_unpaid(task))
            return
        drafts = self._drafts(task.sale)
        if drafts and not self._is_whole(task.sale):
            name = drafts[0].display_name
            task.waits.append(self.env._("%s waits to be posted by a person", name))
            return
        moves = drafts or self._create_invoice(task)
        if moves and self._fits(task):
            moves.action_post()
            task.done.extend(self.env._("Invoice %s posted", move.name) for move in moves)

    def _text_unpaid(self, task):
        return self.env._("Payment by %s is not confirmed yet", task.gateway)

    def _drafts(self, sale):
        return sale.invoice_ids.filtered(
            lambda move: move.state == "draft" and move.move_type == "out_invoice"
        )

    def _create_invoice(self, task):
        """A draft of what is due and on no invoice yet; empty where nothing is."""
        sale = task.sale
        mode = "delivered" if task.row.invoice_policy == "delivered" else "whole"
        if sale.channel_invoicing != mode:
            sale.channel_invoicing = mode
        # shipping and fees come with the first delivery: no field that Odoo knows tells them
        lines = sale.order_line
        self.env.add_to_compute(lines._fields["qty_to_invoice"], lines)
        if not any(line.qty_to_invoice and not line.is_downpayment for line in lines):
            if not self._is_whole(sale):
                task.waits.append(self.env._("Nothing was delivered since the last invoice"))
            return self.env["account.move"]
        wizard = self.env["sale.advance.payment.inv"].create(
            {"sale_order_ids": sale.ids, "consolidated_billing": False}
        )
        return wizard._create_invoices(sale.with_context(channel_invoice_date=self._date(task)))

    def _date(self, task):
        """The date on an invoice made now; an override returns a date, today at the latest."""
        moments = {
            "order": task.sale.date_order,
            "payment": task.binding.paid_at,
            "delivery": self._delivered_at(task.sale),
        }
        day = self.env["channel.payment.importer"]._day
        return min(day(moments.get(task.row.invoice_date)), day(None))

    def _delivered_at(self, sale):
        done = sale.picking_ids.filtered(
            lambda picking: picking.state == "done" and picking.picking_type_code != "incoming"
        )
        return max(done.mapped("date_done"), default=None)

    # === THE SHOP'S AMOUNTS === #

    def _is_whole(self, sale):
        """Whether every piece of the order is on an invoice, draft or posted."""
        lines = sale.order_line.filtered(lambda line: not line.display_type)
        return not any(
            line._channel_left(line.product_uom_qty)
            for line in lines
            if not line.is_downpayment and line.product_id.type != "combo"
        )

    def _fits(self, task):
        """Whether the invoices of an order that is invoiced completely make the shop's amounts.

        Otherwise the last one stays a draft, and a person sees the difference.
        """
        if not self._is_whole(task.sale):
            return True
        invoices = task.sale.invoice_ids.filtered(
            lambda move: move.move_type == "out_invoice" and move.state != "cancel"
        )
        computed = [sum(invoices.mapped(name)) for name in ("amount_total", "amount_tax")]
        expected = self._expected(task)
        compare = task.sale.currency_id.compare_amounts
        if not any(compare(*pair) for pair in zip(computed, expected, strict=True)):
            return True
        task.problems.append(self._mismatch(task, computed, expected))
        return False

    def _expected(self, task):
        """(total, tax) of the shop's order, gift cards included.

        What was refunded before the invoice has changed the order: then the order knows the tax.
        """
        binding = task.binding
        refunds = self.env["channel.binding.refund"].search(
            [("order_id", "=", task.sale.id), ("odoo_id", "=", False), ("gone_at", "=", False)]
        )
        total = binding.amount_total + binding.amount_gift_cards - sum(refunds.mapped("amount"))
        return [
            total,
            task.sale.amount_tax if any(refunds.mapped("amount")) else binding.amount_tax,
        ]

    def _mismatch(self, task, computed, expected):
        places = task.sale.currency_id.decimal_places
        total, tax = (
            f"{own - shops:.{places}f}" for own, shops in zip(computed, expected, strict=True)
        )
        return errors.TotalsMismatch(
            "invoice_totals_mismatch",
            number=task.binding.number,
            order=task.sale.name,
            expected=f"{expected[0]:.{places}f}",
            computed=f"{computed[0]:.{places}f}",
            missing=total,
            tax=tax,
            currency=task.sale.currency_id.name,
        )

    # === MAIL === #

    def _mail(self, task):
        """Send each posted invoice to the customer, once: Odoo remembers what it has sent."""
        if not task.row.mail_invoice or task.row.invoice_policy == "none":
            return
        for move in task.sale.invoice_ids.filtered(self._is_to_be_sent):
            if why := self._obstacle_to_mail(move):
                task.problems.append(self._not_mailed(move, why))
                continue
            try:
                with self.env.cr.savepoint():
                    self._send(move)
            except UserError as error:
                task.problems.append(self._not_mailed(move, error.args[0]))
            else:
                task.done.append(self.env._("%s mailed", move.name))

    def _is_to_be_sent(self, move):
        return move.state == "posted" and move.move_type == "out_invoice" and not move.is_move_sent

    def _obstacle_to_mail(self, move):
        if not move.partner_id.email:
            return self.env._("the customer has no e-mail address")
        if not move._is_ready_to_be_sent():
            return self.env._("it is not ready to be sent")
        return ""

    def _send(self, move):
        """Mail one invoice; whatever the customer prefers, the workflow says mail."""
        send = self.env["account.move.send"]
        send._generate_and_send_invoices(move, sending_methods={"email"})
        # Odoo sets it with the document it makes; one that was printed before has its own
        move.is_move_sent = True

    def _not_mailed(self, move, why):
        return errors.Rejected("invoice_not_mailed", invoice=move.name, why=why)
