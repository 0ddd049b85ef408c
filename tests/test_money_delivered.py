"""Invoices as goods are delivered, and whole orders whose products wait for their delivery."""

from odoo.tests import tagged

from .money_case import MoneyCase


class DeliveryCase(MoneyCase):
    def deliver(self, sale, **quantities):
        """Ship these quantities (by SKU); the rest becomes a backorder."""
        picking = sale.picking_ids.filtered(lambda one: one.state not in ("done", "cancel"))
        for move in picking.move_ids:
            quantity = quantities.get(move.product_id.default_code, 0)
            move.write({"quantity": quantity, "picked": bool(quantity)})
        picking.with_context(skip_backorder=True).button_validate()
        return picking

    def changed(self, order, item=0, **amounts):
        """Import an order whose item has amounts that no division leaves whole."""
        payload = self.payload(order)
        row = payload["line_items"][item]
        before = float(row["total"]) + float(row["total_tax"])
        row.update(subtotal=amounts["total"], **amounts)
        for tax in row["taxes"]:
            tax["total"] = amounts["total_tax"]
        after = float(amounts["total"]) + float(amounts["total_tax"])
        payload["total"] = f"{float(payload['total']) - before + after:.2f}"
        payload["total_tax"] = f"{self._tax_of(payload):.2f}"
        self.store.orders[order["id"]].update(total=payload["total"])
        event, sale = self.import_changed(payload)
        self.assertEqual((event.state, sale.state), ("done", "sale"), event.reason)
        return sale

    def _tax_of(self, payload):
        kinds = ("line_items", "shipping_lines", "fee_lines")
        return sum(float(row["total_tax"]) for kind in kinds for row in payload[kind])


@tagged("post_install", "-at_install")
class TestDelivered(DeliveryCase):
    invoice_policy = "delivered"

    def setUp(self):
        super().setUp()
        self.gateway("stripe", invoice_policy="delivered")

    def test_three_deliveries_of_seven_pieces(self):
        """The payment comes first, on account; each invoice takes its part of it."""
        sale = self.changed(
            self.place(("MUG", 7), **self.card(), **self.charges),
            total="139.90",
            total_tax="29.37",
        )
        order = int(sale.channel_binding_ids.external_id)
        event = self.money(sale)
        self.assertIn("paid by Credit card (ch_1)", event.reason)
        self.assertMoney(order, invoiced=False)
        for quantity in (2, 2, 3):
            self.deliver(sale, MUG=quantity)
            event = self.money(sale)
            self.assertIn("matched with", event.reason)
        self.assertMoney(order)
        self.assertEqual(len(sale.channel_payment_ids), 1)
        lines = sale.invoice_ids.sorted("id").invoice_line_ids
        mugs = lines.filtered(lambda line: line.product_id == self.mug)
        self.assertEqual(mugs.mapped("quantity"), [2, 2, 3])
        self.assertAlmostEqual(sum(mugs.mapped("price_subtotal")), 139.90)
        first = sale.invoice_ids.sorted("id")[0]
        self.assertEqual(len(first.invoice_line_ids.filtered("quantity")), 3)  # with the charges
        self.assertEqual(sale.invoice_status, "invoiced")
        self.look_again(sale)

    def test_delivered_before_it_is_paid(self):
        self.gateway("bacs", invoice_policy="delivered", order_policy="always")
        order = self.place(("MUG", 3), payment_method="bacs", status="on-hold")
        sale = self.import_order(order)
        self.money(sale, "ignored")
        for quantity in (1, 2):
            self.deliver(sale, MUG=quantity)
            self.money(sale)
        self.assertMoney(order, paid=False)
        self.store.clock.advance(5)
        self.store.pay(order["id"])
        self.again(order)
        self.money(sale)
        self.assertEqual((len(sale.invoice_ids), len(sale.channel_payment_ids)), (2, 1))
        self.assertMoney(order)

    def test_paid_between_two_deliveries(self):
        self.gateway("bacs", invoice_policy="delivered", order_policy="always")
        order = self.place(("MUG", 3), payment_method="bacs", status="on-hold")
        sale = self.import_order(order)
        self.money(sale, "ignored")
        self.deliver(sale, MUG=1)
        self.money(sale)
        self.store.clock.advance(5)
        self.store.pay(order["id"])
        self.again(order)
        self.money(sale)
        self.assertEqual(sale.invoice_ids.payment_state, "paid")
        self.deliver(sale, MUG=2)
        self.money(sale)
        self.assertEqual((len(sale.invoice_ids), len(sale.channel_payment_ids)), (2, 1))
        self.assertMoney(order)

    def test_goods_whose_product_is_invoiced_on_order(self):
        """The gateway decides, not the product."""
        self.mug.invoice_policy = "order"
        order = self.place(("MUG", 3), ("BOOK", 1), **self.card())
        sale = self.import_order(order)
        self.money(sale)
        self.assertFalse(sale.invoice_ids)
        self.assertNotEqual(sale.invoice_status, "to invoice")
        self.deliver(sale, BOOK=1)
        self.money(sale)
        self.assertEqual(sale.invoice_ids.invoice_line_ids.product_id, self.book)
        self.deliver(sale, MUG=3)
        self.money(sale)
        self.assertMoney(order)

    def test_more_delivered_than_sold(self):
        order = self.place(("MUG", 3), **self.card())
        sale = self.import_order(order)
        self.money(sale)
        sale.picking_ids.move_ids.write({"quantity": 4, "picked": True})
        sale.picking_ids.button_validate()
        self.money(sale)
        self.assertEqual((sale.order_line.qty_delivered, sale.order_line.qty_invoiced), (4, 3))
        self.assertMoney(order)

    def test_nothing_to_ship(self):
        self._add_product("EBOOK", "9.90", odoo={"type": "service", "is_storable": False})
        order = self.place(("EBOOK", 1), **self.card())
        sale = self.import_order(order)
        self.money(sale)
        self.assertMoney(order)

    def test_service_that_a_person_does(self):
        service = {"type": "service", "is_storable": False, "invoice_policy": "delivery"}
        self._add_product("REPAIR", "50.00", odoo=service)
        order = self.place(("MUG", 1), ("REPAIR", 1), **self.card())
        sale = self.import_order(order)
        self.money(sale)
        self.deliver(sale, MUG=1)
        self.money(sale)
        repair = sale.order_line.filtered(lambda line: line.product_id.default_code == "REPAIR")
        self.assertFalse(repair.qty_invoiced)
        repair.qty_delivered = 1
        self.money(sale)
        self.assertMoney(order)

    def test_invoice_in_between_was_cancelled(self):
        """What completes the line takes what is left of it, to the cent."""
        sale = self.changed(
            self.place(("MUG", 7), **self.card()), total="139.90", total_tax="29.37"
        )
        self.money(sale)
        for quantity in (2, 2):
            self.deliver(sale, MUG=quantity)
            self.money(sale)
        first = sale.invoice_ids.sorted("id")[0]
        first.button_draft()
        first.button_cancel()
        self.deliver(sale, MUG=3)
        self.money(sale)
        self.assertMoney(int(sale.channel_binding_ids.external_id))

    def test_credit_note_is_not_invoiced_again(self):
        order = self.place(("MUG", 2), **self.card())
        sale = self.import_order(order)
        self.money(sale)
        self.deliver(sale, MUG=2)
        self.money(sale)
        self.credit(sale.invoice_ids)
        self.assertEqual(sale.order_line.qty_invoiced, 0)
        self.assertEqual(sale.invoice_status, "invoiced")
        self.look_again(sale)
        self.assertEqual(len(sale.invoice_ids), 2)

    def credit(self, move):
        wizard = self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=move.ids
        )
        wizard = wizard.create({"journal_id": move.journal_id.id, "reason": "Broken"})
        self.env["account.move"].browse(wizard.refund_moves()["res_id"]).action_post()


@tagged("post_install", "-at_install")
class TestWhole(DeliveryCase):
    """Products invoiced on delivered quantities, orders invoiced as a whole before it."""

    def setUp(self):
        super().setUp()
        (self.mug | self.book).invoice_policy = "delivery"

    def test_invoiced_once_and_delivered_later(self):
        for policy, code in (("confirmed", "ch_1"), ("paid", "ch_2")):
            with self.subTest(policy=policy):
                self.gateway("stripe", invoice_policy=policy)
                order = self.place(("MUG", 3), ("BOOK", 1), **self.card(code), **self.charges)
                sale = self.import_order(order)
                self.money(sale)
                self.assertMoney(order)
                self.assertEqual(sale.invoice_status, "invoiced")
                self.assertFalse(any(sale.order_line.mapped("qty_to_invoice")))
                self.assertFalse(any(sale.order_line.mapped("amount_to_invoice")))
                self.assertFalse(any(sale.order_line.mapped("untaxed_amount_to_invoice")))
                self.deliver(sale, MUG=2, BOOK=1)
                self.deliver(sale, MUG=1)
                self.assertEqual(sale.invoice_status, "invoiced")
                self.look_again(sale)
                self.assertMoney(order)

    def test_order_that_grew(self):
        """An accepted edit: the difference is invoiced, the money for it has to come first."""
        self.gateway("stripe")
        order = self.place(("MUG", 3), **self.card())
        sale = self.import_order(order)
        self.money(sale)
        line, binding = sale.order_line, sale.channel_binding_ids
        more = line.copy({"order_id": sale.id, "product_uom_qty": 1, "extra_tax_data": False})
        binding.amount_total += more.price_total
        binding.amount_tax += more.price_tax
        event = self.look_again(sale, "blocked")
        self.assertEqual(event.issue_id.code, "payment_difference")
        self.assertEqual(len(sale.invoice_ids), 2)
        self.assertAlmostEqual(sum(sale.invoice_ids.mapped("amount_total")), binding.amount_total)
        binding.transaction_id = "ch_2"
        self.look_again(sale, "done")
        self.assertEqual(
            sale.channel_payment_ids.sorted("id").mapped("channel_transaction_id"),
            ["ch_1", "ch_2"],
        )
        self.assertSettled(sale)

    def test_line_that_grew(self):
        """The second invoice of the line is what its amounts are now minus what they were."""
        self.gateway("stripe", register_payment=False)
        order = self.place(("MUG", 3), **self.card())
        sale = self.import_order(order)
        self.money(sale)
        self.store.clock.advance(5)
        item = order["line_items"][0]["id"]
        self.store.edit_order(order["id"], set_quantity={item: 4})
        after = self.store.orders[order["id"]]
        other = self.import_order(self.place(("MUG", 4), **self.card("ch_2")))
        self.assertEqual(other.amount_total, float(after["total"]))
        sale.order_line.write(
            {
                "product_uom_qty": 4,
                "price_unit": other.order_line.price_unit,
                "extra_tax_data": other.order_line.extra_tax_data,
            }
        )
        sale.order_line._compute_amount()
        sale.channel_binding_ids.write(
            {"amount_total": other.amount_total, "amount_tax": other.amount_tax}
        )
        self.look_again(sale, "done")
        self.assertEqual(sale.invoice_ids.sorted("id").invoice_line_ids.mapped("quantity"), [3, 1])
        self.assertMoney(order, paid=False)

    def test_difference_that_a_person_registered(self):
        self.gateway("bacs")
        order = self.place(("MUG", 3), payment_method="bacs", status="on-hold")
        self.store.pay(order["id"])
        sale = self.import_order(order)
        self.money(sale)
        line, binding = sale.order_line, sale.channel_binding_ids
        more = line.copy({"order_id": sale.id, "product_uom_qty": 1, "extra_tax_data": False})
        binding.amount_total += more.price_total
        binding.amount_tax += more.price_tax
        event = self.look_again(sale, "blocked")
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=sale.invoice_ids.sorted("id")[1].ids
        )
        wizard.create({"journal_id": self.journal.id})._create_payments()
        event.issue_id.action_retry()
        self.money(sale, "ignored")
        self.assertEqual(event.issue_id.state, "resolved")
        self.assertSettled(sale)


@tagged("post_install", "-at_install")
class TestServices(DeliveryCase):
    def setUp(self):
        super().setUp()
        self.service = self._make_product(
            "COURSE", type="service", is_storable=False, invoice_policy="delivery"
        )
        self.store.add_product(sku="COURSE", name="Course", regular_price="80.00")

    def delivered(self, sale):
        return {line.product_id.default_code: line.qty_delivered for line in sale.order_line}

    def test_when_confirmed(self):
        self.gateway("bacs", invoice_policy="none", register_payment=False, deliver_virtual=True)
        order = self.place(("MUG", 1), ("COURSE", 2), payment_method="bacs")
        sale = self.import_order(order)
        self.assertEqual(self.money(sale).reason, "Services delivered: 1")
        self.assertEqual(self.delivered(sale), {"MUG": 0, "COURSE": 2})
        self.look_again(sale)

    def test_when_paid(self):
        self.gateway("bacs", order_policy="always", deliver_virtual=True)
        order = self.place(("MUG", 1), ("COURSE", 2), payment_method="bacs", status="on-hold")
        sale = self.import_order(order)
        self.money(sale, "ignored")
        self.assertEqual(self.delivered(sale), {"MUG": 0, "COURSE": 0})
        self.store.clock.advance(5)
        self.store.pay(order["id"])
        self.again(order)
        self.money(sale)
        self.assertEqual(self.delivered(sale), {"MUG": 0, "COURSE": 2})
        self.assertMoney(order)
