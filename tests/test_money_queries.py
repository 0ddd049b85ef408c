"""What invoice and payment cost beyond Odoo's own wizards does not grow with lines; no HTTP."""

from odoo.tests import tagged

from ..services.job_errors import Recorder
from ..services.job_run import Work
from .money_case import MoneyCase


@tagged("post_install", "-at_install")
class TestMoneyQueries(MoneyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for number in range(12):
            cls._add_product(f"P{number}", "3.33", odoo={"invoice_policy": "order"})

    def _buy(self, size, transaction):
        lines = [(f"P{number}", 2) for number in range(size)]
        return self.buy(*lines, **self.card(transaction))

    def _count(self, work):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        work()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def _ours(self, sale):
        handler = self.backend._env().env["channel.payment.importer"]
        event = self.money_events(sale)
        work = Work(event, event.external_id, None, None, Recorder())
        count = self._count(lambda: handler._apply([work]))
        self.assertEqual(sale.invoice_ids.payment_state, "paid")
        return count

    def _bare(self, sale):
        """The same by Odoo's wizards alone."""
        env = self.backend._env().env
        sale = sale.with_env(env)

        def work():
            wizard = env["sale.advance.payment.inv"].create({"sale_order_ids": sale.ids})
            move = wizard._create_invoices(sale)
            move.action_post()
            register = env["account.payment.register"].with_context(
                active_model="account.move", active_ids=move.ids
            )
            register.create({"journal_id": self.journal.id})._create_payments()

        count = self._count(work)
        self.assertEqual(sale.invoice_ids.payment_state, "paid")
        return count

    def _extra(self, size, transaction):
        ours = self._ours(self._buy(size, transaction))
        bare = self._bare(self._buy(size, transaction))
        return ours - bare

    def test_constant_per_line(self):
        self.gateway("stripe")
        self._extra(12, "ch_0")  # caches and sequences
        few, many = self._extra(2, "ch_1"), self._extra(12, "ch_2")
        self.assertLessEqual(abs(many - few), 1)
        self.assertLess(few, 30)

    def test_a_hint_too_many_is_cheap(self):
        self.gateway("stripe")
        sale = self._buy(12, "ch_1")
        first = self._ours(sale)
        self.assertLess(self._ours(sale) * 5, first)

    def test_no_http(self):
        self.gateway("stripe")
        sale = self._buy(2, "ch_1")
        before = len(self.store.requests)
        self.money(sale)
        self.assertEqual(len(self.store.requests), before)

    def test_following_up_costs_an_import_nothing_where_nobody_wants_it(self):
        self.gateway("stripe", invoice_policy="none", register_payment=False)
        sale = self._buy(1, "ch_1")
        self.assertFalse(self.money_events(sale))
