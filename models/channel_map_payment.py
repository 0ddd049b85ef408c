"""What a shop's payment method means for the books: invoice, payment, services."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..services.order_facts import GIFT_CARD


class ChannelMapPayment(models.Model):
    _inherit = "channel.map.payment"

    invoice_policy = fields.Selection(
        [
            ("none", "By hand"),
            ("confirmed", "When the order is confirmed"),
            ("paid", "When it is paid"),
            ("delivered", "As goods are delivered"),
        ],
        "Invoice",
        default="none",
        required=True,
        help="When an order is invoiced and the invoice posted. Confirmed and paid: the whole "
        "order at once, whatever its products' own invoicing policy. Delivered: one invoice for "
        "what each delivery brings; services are invoiced when they are delivered.",
    )
    invoice_date = fields.Selection(
        [
            ("today", "Today"),
            ("order", "Date of the order"),
            ("payment", "Date of the payment"),
            ("delivery", "Date of the delivery"),
        ],
        default="today",
        required=True,
        help="Date on the invoice. Today where the order has no such date (yet). Odoo moves the "
        "accounting date behind a lock date and keeps the date on the invoice.",
    )
    register_payment = fields.Boolean(
        help="Register the payment in Odoo once the shop says that the money is there. An "
        "authorised amount that was not captured yet is not paid."
    )
    journal_id = fields.Many2one(
        "account.journal",
        "Payment Journal",
        domain="[('type', 'in', ('bank', 'cash', 'credit'))]",
        check_company=True,
        help="The gateway's own journal: its payouts are reconciled there.",
    )
    payment_method_line_id = fields.Many2one(
        "account.payment.method.line",
        "Method",
        domain="[('journal_id', '=', journal_id), ('payment_type', '=', 'inbound')]",
        help="Empty: the journal's first method for incoming payments.",
    )
    deliver_virtual = fields.Boolean(
        "Deliver Services at Once",
        help="Services whose delivered quantity is kept by hand count as delivered when the "
        "order is confirmed; with an invoice “when it is paid”, when it is paid.",
    )
    mail_invoice = fields.Boolean(
        help="Send each invoice to the customer, once, when it was posted."
    )

    # === COMPUTE METHODS === #

    @api.depends("register_payment", "journal_id", "external_code")
    def _compute_is_unmapped(self):
        """Where money has to be registered, the journal is what a person has to choose."""
        for row in self:
            row.is_unmapped = not row.journal_id and (
                row.register_payment or row.external_code == GIFT_CARD
            )

    @api.constrains("payment_method_line_id", "journal_id")
    def _check_payment_method_line(self):
        for row in self:
            line = row.payment_method_line_id
            if line and (line.journal_id != row.journal_id or line.payment_type != "inbound"):
                raise ValidationError(
                    self.env._(
                        "“%(method)s” does not receive money in the journal %(journal)s.",
                        method=line.name,
                        journal=row.journal_id.display_name,
                    )
                )

    @api.onchange("journal_id")
    def _onchange_journal_id(self):
        if self.payment_method_line_id.journal_id != self.journal_id:
            self.payment_method_line_id = False

    # === BUSINESS METHODS === #

    def _makes_money(self):
        """Whether this workflow invoices, registers payments or delivers services by itself."""
        self.ensure_one()
        return self.invoice_policy != "none" or self.register_payment or self.deliver_virtual
