"""What a shop's payment means in the books: invoice, payment, services, a mail.

The gateway's row (``channel.map.payment``) says what is wanted; the order's binding says what the
shop knows of the payment. The handler compares both with what Odoo has and makes what is missing,
in one transaction: however often it runs there is one invoice and one payment.
"""

from odoo import models
from odoo.fields import Datetime

from .job_run import Outcome
from .messages import issue_text
from .money_task import MoneyTask
from .order_facts import GIFT_CARD, WORKFLOW, gateway_code


class ChannelPaymentImporter(models.AbstractModel):
    _name = "channel.payment.importer"
    _inherit = "channel.handler"
    _description = "Channel payment importer"

    _lock_kind = "order"

    def _wanted(self, batch, draft):
        """Whether the workflow of an imported order's gateway makes anything; no query."""
        row = batch.payments.get(gateway_code(draft.order.payment.method))
        return bool(row) and row._makes_money()

    def _read(self, adapter, events):
        """Nothing: the order's import has kept what the shop says of its payment."""
        return None

    def _apply(self, works):
        """See ``channel.handler``."""
        # what is made here is no news to be looked at again
        own = self.with_context(channel_import=True)
        return [own._settle_order(work) for work in works]

    def _settle_order(self, work):
        """Make what is missing for one order; returns its outcome."""
        task = self._open_task(work)
        if reason := self._reason_to_wait(task):
            return Outcome("ignored", reason, record=task.sale or None)
        invoicing = self.env["channel.order.invoicing"]
        invoicing._deliver_services(task)
        invoicing._invoice(task)
        self.env["channel.order.payments"]._settle(task)
        # last: a mail can't be taken back, and some ways of sending commit
        invoicing._mail(task)
        return self._outcome(task)

    def _open_task(self, work):
        backend = work.events.backend_id.with_env(self.env)
        binding = self.env["channel.binding.order"]._find(backend, work.external_id)
        rows = self.env["channel.map.payment"]._rows(backend, WORKFLOW)
        none = self.env["channel.map.payment"]
        return MoneyTask(
            binding=binding,
            sale=binding.odoo_id,
            row=rows.get(gateway_code(binding.payment_method), none),
            cards=rows.get(GIFT_CARD, none),
            recorder=work.recorder,
        )

    def _reason_to_wait(self, task):
        """Why nothing can be done yet, for people; '' where something may be."""
        if not task.binding:
            return self.env._("The order is not in Odoo")
        if task.sale.state == "cancel":
            return self.env._("Sales order %s is cancelled", task.sale.name)
        if task.sale.state != "sale":
            return self.env._("Quotation %s is not confirmed yet", task.sale.name)
        if not task.row or not task.row._makes_money():
            method = task.row.external_label or task.binding.payment_method or "-"
            return self.env._("The payment method “%s” has no workflow", method)
        return ""

    def _outcome(self, task):
        values = {
            "record": task.sale,
            "value": task.binding.amount_total,
            "currency": task.sale.currency_id.name,
        }
        if task.problems:
            first, *others = task.problems
            values.update(error=first, others=others)
            return Outcome("blocked", self._reason_blocked(task), **values)
        if task.done:
            return Outcome("done", ", ".join(task.done), **values)
        reason = task.waits[0] if task.waits else self.env._("Invoice and payment are complete")
        return Outcome("ignored", reason, heals=not task.waits, **values)

    def _reason_blocked(self, task):
        """What stops the order, after what was done all the same."""
        first, *others = task.problems
        title, _suggestion = issue_text(self.env, first.code, {**first.params})
        texts = [*task.done, title]
        if others:
            texts.append(self.env._("and %s more", len(others)))
        return ", ".join(texts)

    def _day(self, moment):
        """The calendar day of a moment (UTC) in the backend's time zone; today for none."""
        return Datetime.context_timestamp(self, moment or Datetime.now()).date()
