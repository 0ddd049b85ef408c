"""What an order's payment becomes: invoice, payment, services, each as a story over real HTTP."""

from odoo.tests import tagged

from .money_case import MoneyCase


@tagged("post_install", "-at_install")
class TestPaid(MoneyCase):
    def test_nothing_configured_makes_no_event(self):
        """A backend whose gateways have no workflow behaves as if there were none."""
        sale = self.buy(("MUG", 2), payment_method="stripe")
        self.assertEqual(sale.state, "sale")
        self.assertFalse(self.money_events(sale))
        sale = self.buy(("MUG", 2), payment_method="bacs", status="on-hold")
        sale.action_confirm()
        self.ship(sale)
        self.assertFalse(self.money_events(sale))

    def test_paid_by_card_at_the_checkout(self):
        self.gateway("stripe")
        order = self.place(("MUG", 2), ("BOOK", 1), **self.card(), **self.charges)
        sale = self.import_order(order)
        event = self.money(sale)
        invoice = sale.invoice_ids
        self.assertEqual(
            event.reason,
            f"Invoice {invoice.name} posted, {order['total']} EUR paid by Credit card (ch_1)",
        )
        self.assertEqual(event.res_id, sale.id)
        self.assertMoney(order)
        self.assertEqual((invoice.ref, invoice.payment_reference), (order["number"],) * 2)
        self.assertEqual(invoice.partner_id, sale.partner_invoice_id)
        self.assertEqual(sale.invoice_status, "invoiced")
        payment = sale.channel_payment_ids
        self.assertEqual(payment.journal_id, self.journal)
        self.assertEqual(payment.channel_transaction_id, "ch_1")
        self.assertEqual(payment.memo, f"{order['number']} ch_1")

    def test_bank_transfer_paid_later(self):
        """Held until the money is there; then confirmed, invoiced and paid at once."""
        self.gateway("bacs")
        order = self.place(("MUG", 3), payment_method="bacs", status="on-hold")
        sale = self.import_order(order)
        self.assertEqual((sale.state, len(self.money_events(sale))), ("draft", 0))
        self.store.clock.advance(5)
        self.store.pay(order["id"])
        self.again(order)
        self.money(sale)
        self.assertMoney(order)
        self.assertFalse(sale.channel_payment_ids.channel_transaction_id)

    def test_invoice_before_the_bank_transfer(self):
        """The customer gets the invoice and pays it; the payment comes with a later event."""
        self.gateway("bacs", invoice_policy="confirmed", order_policy="always")
        order = self.place(("MUG", 3), payment_method="bacs", status="on-hold")
        sale = self.import_order(order)
        event = self.money(sale)
        self.assertEqual(event.reason, f"Invoice {sale.invoice_ids.name} posted")
        self.assertMoney(order, paid=False)
        event = self.look_again(sale)
        self.assertEqual(event.reason, "Payment by Direct bank transfer is not confirmed yet")
        self.store.clock.advance(5)
        self.store.pay(order["id"])
        self.again(order)
        self.money(sale)
        self.assertMoney(order)
        self.assertEqual(len(sale.invoice_ids), 1)

    def test_cash_on_delivery(self):
        """Released for shipping but not paid: the shop says so when it completes the order."""
        self.gateway("cod")
        order = self.place(("MUG", 1), payment_method="cod")
        sale = self.import_order(order)
        event = self.money(sale, "ignored")
        self.assertEqual(event.reason, "Payment by Cash on delivery is not confirmed yet")
        self.assertMoney(order, paid=False, invoiced=False)
        self.ship(sale)
        self.assertFalse(self.money_events(sale).filtered(lambda one: one.state == "pending"))
        self.store.clock.advance(5)
        self.store.update_order(order["id"], status="completed")
        self.again(order)
        self.money(sale)
        self.assertMoney(order)

    def test_authorised_is_not_paid(self):
        self.gateway("stripe", order_policy="always")
        order = self.place(("MUG", 1), payment_method="stripe", authorised=True, status=None)
        self.assertTrue(order["transaction_id"])
        sale = self.import_order(order)
        event = self.money(sale, "ignored")
        self.assertEqual(event.reason, "Payment by Credit card is not confirmed yet")
        self.assertMoney(order, paid=False, invoiced=False)
        self.store.clock.advance(5)
        self.store.capture(order["id"])
        self.again(order)
        self.money(sale)
        self.assertMoney(order)
        self.assertEqual(sale.channel_payment_ids.channel_transaction_id, order["transaction_id"])

    def test_free_order(self):
        """Nothing to pay: no gateway, no payment, and an invoice that is paid."""
        self.gateway("no_method", invoice_policy="paid")
        self.store.add_coupon("gratis", "percent", "100")
        order = self.place(("MUG", 1), coupons=["gratis"], payment_method="")
        self.assertEqual(order["total"], "0.00")
        sale = self.import_order(order)
        self.money(sale)
        self.assertMoney(order)
        self.assertFalse(sale.channel_payment_ids)
        self.assertEqual(sale.invoice_ids.payment_state, "paid")

    def test_order_without_gateway_gets_a_row(self):
        order = self.place(("MUG", 1), payment_method="")
        self.import_order(order)
        row = self.env["channel.map.payment"]._find(self.backend, "no_method")
        self.assertEqual((row.external_label, row.invoice_policy), ("No payment method", "none"))

    def test_two_orders_of_a_customer_are_two_invoices(self):
        self.gateway("stripe")
        orders = [self.place(("MUG", 1), **self.card(f"ch_{number}")) for number in (1, 2)]
        sales = [self.import_order(order) for order in orders]
        for sale in sales:
            self.money(sale)
        for order in orders:
            self.assertMoney(order)
        self.assertNotEqual(sales[0].invoice_ids, sales[1].invoice_ids)

    def test_order_confirmed_by_a_person(self):
        self.gateway("stripe", order_policy="quotation")
        order = self.place(("MUG", 1), **self.card())
        sale = self.import_order(order)
        self.assertFalse(self.money_events(sale))
        sale.action_confirm()
        self.money(sale)
        self.assertMoney(order)

    def test_cancelled_before_the_job_ran(self):
        self.gateway("stripe")
        order = self.place(("MUG", 1), **self.card())
        sale = self.import_order(order)
        self.store.update_order(order["id"], status="cancelled")
        self.again(order)
        event = self.money(sale, "ignored")
        self.assertEqual(event.reason, f"Sales order {sale.name} is cancelled")
        self.assertFalse(sale.invoice_ids | sale.channel_payment_ids.move_id)


@tagged("post_install", "-at_install")
class TestGiftCards(MoneyCase):
    """What gift cards paid is a payment, not a discount."""

    def setUp(self):
        super().setUp()
        self.gateway("stripe")

    def order_with_card(self, total="32.56"):
        """Two mugs and a fee-less cart; a plug-in takes 20.00 off the total."""
        order = self.place(("MUG", 2), **self.card())
        payload = self.payload(order)
        rest = f"{float(payload['total']) - 20:.2f}"
        payload.update(total=rest, gift_cards=[{"id": 1, "code": "ABCD", "amount": "20.00"}])
        self.store.orders[order["id"]]["total"] = rest
        event, sale = self.import_changed(payload)
        self.assertEqual((event.state, sale.state), ("done", "sale"), event.reason)
        return order, sale

    def test_registered_through_its_own_journal(self):
        cards = self._journal("Gift cards", "GIFT", type="cash")
        self.gateway("gift_card", journal_id=cards.id)
        order, sale = self.order_with_card()
        self.money(sale)
        self.assertMoney(order, gift_cards="20.00")
        by_journal = {one.journal_id: one.amount for one in sale.channel_payment_ids}
        self.assertEqual(by_journal[cards], 20.0)

    def test_unmapped_is_an_issue_and_the_rest_is_done(self):
        order, sale = self.order_with_card()
        event = self.money(sale, "blocked")
        self.assertIn("Invoice", event.reason)
        self.assertIn("Gift cards and store credit", event.reason)
        self.assertEqual(sale.invoice_ids.amount_residual, 20.0)
        row = self.env["channel.map.payment"]._find(self.backend, "gift_card")
        self.assertTrue(row.is_unmapped)
        row.journal_id = self._journal("Gift cards", "GIFT", type="cash")
        self.assertFalse(row.is_unmapped)
        event.issue_id.action_retry()
        self.money(sale)
        self.assertEqual(event.issue_id.state, "resolved")
        self.assertMoney(order, gift_cards="20.00")

    def test_paid_completely_by_gift_card(self):
        cards = self._journal("Gift cards", "GIFT", type="cash")
        self.gateway("gift_card", journal_id=cards.id)
        self.gateway("no_method")
        order = self.place(("MUG", 2), payment_method="")
        payload = self.payload(order)
        whole = payload["total"]
        payload.update(total="0.00", gift_cards=[{"id": 1, "code": "ABCD", "amount": whole}])
        self.store.orders[order["id"]]["total"] = "0.00"
        _event, sale = self.import_changed(payload)
        self.money(sale)
        self.assertMoney(order, gift_cards=whole)


@tagged("post_install", "-at_install")
class TestIncomplete(MoneyCase):
    """What a person has to add, and what is done all the same."""

    def test_gateway_without_journal(self):
        row = self.gateway("stripe", journal_id=False)
        self.assertTrue(row.is_unmapped)
        orders = [self.place(("MUG", 1), **self.card(f"ch_{number}")) for number in (1, 2)]
        sales = [self.import_order(order) for order in orders]
        events = [self.money(sale, "blocked") for sale in sales]
        issue = events[0].issue_id
        self.assertEqual((issue.code, issue), ("payment_journal_missing", events[1].issue_id))
        self.assertMoney(orders[0], paid=False)
        row.journal_id = self.journal
        issue.action_retry()
        for sale, order in zip(sales, orders, strict=True):
            self.money(sale)
            self.assertMoney(order)

    def test_books_closed_until_today(self):
        """Odoo moves an invoice behind a lock date, unless today is locked, too."""
        self.gateway("stripe")
        order = self.place(("MUG", 1), **self.card())
        sale = self.import_order(order)
        today = self.env["channel.payment.importer"]._day(None)
        self.company.fiscalyear_lock_date = today
        event = self.money(sale, "blocked")
        self.assertIn("Lock Date", event.issue_id.title)
        self.assertFalse(sale.invoice_ids)
        self.company.fiscalyear_lock_date = False
        event.issue_id.action_retry()
        self.money(sale)
        self.assertMoney(order)

    def test_accounting_date_moves_behind_a_lock_date(self):
        self.gateway("stripe", invoice_date="order")
        order = self.place(("MUG", 1), **self.card())
        self.store.orders[order["id"]].update(
            date_created_gmt="2026-01-15T12:00:00", date_paid_gmt="2026-01-16T12:00:00"
        )
        sale = self.import_order(order)
        self.company.fiscalyear_lock_date = "2026-01-31"
        self.money(sale)
        self.assertMoney(order)
        self.assertEqual(str(sale.invoice_ids.invoice_date), "2026-01-15")
        self.assertGreater(str(sale.invoice_ids.date), "2026-01-31")
        payment = sale.channel_payment_ids
        self.assertEqual(str(payment.date), "2026-01-16")
        self.assertGreater(str(payment.move_id.date), "2026-01-31")

    def test_total_that_is_not_the_shops_stays_a_draft(self):
        self.gateway("stripe")
        order = self.place(("MUG", 2), **self.card())
        sale = self.import_order(order)
        sale.order_line.price_unit = 10
        event = self.money(sale, "blocked")
        draft = sale.invoice_ids
        self.assertEqual((event.issue_id.code, draft.state), ("invoice_totals_mismatch", "draft"))
        self.assertIn(order["total"], event.issue_id.title)
        self.look_again(sale, "blocked")
        self.assertEqual(sale.invoice_ids, draft)
        draft.action_post()
        self.assertIn("matched with", self.money(sale).reason)
        self.assertEqual(len(sale.channel_payment_ids), 1)
        self.look_again(sale)

    def test_a_persons_partial_draft_is_left_alone(self):
        self.gateway("stripe")
        order = self.place(("MUG", 2), **self.card())
        sale = self.import_order(order)
        self.mug.invoice_policy = "order"
        draft = sale._create_invoices()
        draft.invoice_line_ids.quantity = 1
        event = self.money(sale)
        self.assertIn("paid by Credit card", event.reason)
        self.assertEqual((sale.invoice_ids, draft.state), (draft, "draft"))
