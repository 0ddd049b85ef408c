"""An import of orders that leaves nothing behind: the import itself, in a transaction undone."""

from dataclasses import dataclass

from odoo import models

from ..core import errors
from .job_errors import Recorder, draft_of
from .job_run import FOR_A_PERSON, Outcome, Work, as_channel_error
from .messages import issue_text
from .order_values import naive

#: Results that need a word; what becomes a sales order explains itself, and its name is undone.
UNCLEAR = ("quotation", "ignored", "blocked", "failed")


@dataclass
class Known:
    """The newest contact and product from before: what has a higher id is made by the trial."""

    partner: int
    product: int


class ChannelOrderTrial(models.AbstractModel):
    _name = "channel.order.trial"
    _description = "Channel order trial"

    def _try(self, backend, adapter, records):
        """Import ``records`` the way a job does, look at the result, and undo it.

        On a cursor of its own, which is always rolled back: no order, contact, transfer, mail or
        job stays, and no number of a sequence is used up.

        :param records: :class:`core.canonical.Record` of orders
        :return: ``(rows, recorder)``: values of ``channel.setup.trial``, and what was noted
        """
        self.env.flush_all()
        with self.env.registry.cursor() as cr:
            env = backend.env(cr=cr, context={**backend.env.context, "channel_trial": True})
            try:
                return self.with_env(env)._import(backend.with_env(env), adapter, records)
            finally:
                cr.rollback()

    def _import(self, backend, adapter, records):
        recorder = Recorder("dry run")
        known = Known(*(self._newest_id(name) for name in ("res.partner", "product.product")))
        works = [
            Work(self._event(backend, record), record.external_id, record, adapter, recorder)
            for record in records
        ]
        outcomes = self._apply(backend, works) if works else []
        rows = [
            self._row(backend, work, outcome, known)
            for work, outcome in zip(works, outcomes, strict=True)
        ]
        return rows, recorder

    def _newest_id(self, model):
        records = self.env[model].with_context(active_test=False)
        return records.search([], order="id desc", limit=1).id or 0

    def _event(self, backend, record):
        """As if a person had asked for this order: one from before the first day comes, too."""
        events = self.env["channel.event"]
        return events._insert(
            backend,
            [
                {
                    "kind": "order",
                    "topic": "dry run",
                    "external_id": record.external_id,
                    "source": "manual",
                    "dedup_key": events._dedup_key("trial", record.external_id),
                    "payload": record.payload,
                    "fetched_at": naive(record.fetched_at),
                }
            ],
        )

    def _apply(self, backend, works):
        """Together, as a chunk; where that fails one by one, so that only the faulty one does."""
        handler = backend._get_handler("order")
        try:
            with self.env.cr.savepoint():
                return handler._apply(works)
        except FOR_A_PERSON:
            return [self._apply_one(handler, work) for work in works]

    def _apply_one(self, handler, work):
        try:
            with self.env.cr.savepoint():
                (outcome,) = handler._apply([work])
                return outcome
        except FOR_A_PERSON as error:
            return Outcome("blocked", error=as_channel_error(error))

    # === WHAT IT WOULD BECOME === #

    def _row(self, backend, work, outcome, known):
        """Values of one line; an override returns the dictionary, extended."""
        order = self._parsed(work)
        sale = outcome.record if outcome.record else self.env["sale.order"]
        title, suggestion = self._texts(work, outcome)
        result = self._result(outcome, sale)
        return {
            "backend_id": backend.id,
            "external_id": work.external_id,
            "number": order.number if order else work.external_id,
            "ordered_at": naive(order.created_at) if order else False,
            "result": result,
            "customer": sale.partner_id.display_name or False,
            "customer_found": self._customer_found(sale, known),
            "products": self._products(backend, sale, known),
            "currency_id": self._currency(backend, order, sale).id,
            "shop_total": float(order.total) if order else 0.0,
            "odoo_total": sale.amount_total,
            "shop_tax": float(order.total_tax) if order else 0.0,
            "odoo_tax": sale.amount_tax,
            "reason": title or (outcome.reason if result in UNCLEAR else False),
            "suggestion": suggestion or False,
            "lines": [self._line(line) for line in sale.order_line],
        }

    def _currency(self, backend, order, sale):
        """The order's own; where it is not active in Odoo, the company's shows the figures."""
        named = self.env["res.currency"].search([("name", "=", order.currency if order else "")])
        return sale.currency_id or named or backend.company_id.currency_id

    def _parsed(self, work):
        try:
            return work.adapter.parse_order(work.record.payload)
        except errors.Rejected:
            return None

    def _texts(self, work, outcome):
        if not outcome.error:
            return "", ""
        draft = draft_of(outcome.error, "order", work.external_id)
        return issue_text(self.env, draft.code, draft.params)

    def _result(self, outcome, sale):
        if outcome.state != "done":
            return outcome.state
        return "order" if sale.state == "sale" else "quotation"

    def _customer_found(self, sale, known):
        if not sale:
            return False
        return "new" if sale.partner_id.id > known.partner else "known"

    def _products(self, backend, sale, known):
        """In words, how many products were found, made or replaced."""
        helpers = backend.shipping_product_id | backend.fee_product_id | backend.rounding_product_id
        products = sale.order_line.product_id - helpers - self._carriers(sale)
        placeholder = products & backend.placeholder_product_id
        created = (products - placeholder).filtered(lambda one: one.id > known.product)
        counts = {
            self.env._("%s known"): len(products - placeholder - created),
            self.env._("%s new"): len(created),
            self.env._("%s replaced by the placeholder"): len(placeholder),
        }
        return ", ".join(text % count for text, count in counts.items() if count) or False

    def _carriers(self, sale):
        return sale.order_line.filtered("is_delivery").product_id

    def _line(self, line):
        return {
            "name": (line.name or "").split("\n")[0],
            "product": line.product_id.display_name or "",
            "quantity": line.product_uom_qty,
            "subtotal": line.price_subtotal,
            "taxes": ", ".join(line.tax_ids.mapped("name")),
        }
