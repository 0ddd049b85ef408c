"""Orders edited in the shop before anything was delivered or invoiced: the sales order follows."""

from random import Random

from odoo.tests import tagged

from ..dev.woostore.randomcarts import random_cart
from .common import JANE, ChannelCase
from .edit_case import EditCase
from .line_case import OTHER


@tagged("post_install", "-at_install")
class TestEditConfirmed(EditCase):
    def test_more_pieces(self):
        order = self.place(("MUG", 2), ("BOOK", 1), shipping=[("flat_rate", "4.95")])
        sale = self.import_order(order)
        lines = sale.order_line
        self.assertEqual(self.follow(order, {"MUG": 5}), sale)
        self.assertEqual(sale.order_line, lines)
        self.assertEqual(self.ordered(sale), {"MUG": 5, "BOOK": 1})
        self.assertEqual(self.demand(sale), {"MUG": 5, "BOOK": 1})
        self.assertEqual(len(sale.picking_ids), 1)

    def test_fewer_pieces(self):
        order = self.place(("MUG", 5), ("BOOK", 2))
        sale = self.import_order(order)
        self.follow(order, {"MUG": 2})
        self.assertEqual(self.demand(sale), {"MUG": 2, "BOOK": 2})
        self.assertFalse(self.demand(sale, "incoming"))

    def test_up_and_down_and_up_again(self):
        order = self.place(("MUG", 3))
        sale = self.import_order(order)
        for pieces in (7, 1, 4):
            self.follow(order, {"MUG": pieces})
            self.assertEqual(self.demand(sale), {"MUG": pieces})
        self.assertEqual(len(sale.order_line), 1)

    def test_a_reserved_transfer_follows_and_stays_reserved(self):
        stock = (
            self.env["stock.warehouse"]
            .search([("company_id", "=", self.company.id)], limit=1)
            .lot_stock_id
        )
        self.env["stock.quant"]._update_available_quantity(self.mug, stock, 10)
        order = self.place(("MUG", 5))
        sale = self.import_order(order)
        self.assertEqual(sale.picking_ids.state, "assigned")
        self.follow(order, {"MUG": 2})
        self.assertEqual(sale.picking_ids.move_ids.mapped("quantity"), [2])
        self.follow(order, {"MUG": 8})
        moves = sale.picking_ids.move_ids
        self.assertEqual(
            (sum(moves.mapped("quantity")), set(moves.mapped("state"))), (8, {"assigned"})
        )
        self.assertEqual(self.mug.with_context(location=stock.id).free_qty, 2)

    def test_a_printed_transfer_follows(self):
        """People must not send by the old paper; they are told to print again."""
        order = self.place(("MUG", 5))
        sale = self.import_order(order)
        sale.picking_ids.printed = True
        self.follow(order, {"MUG": 2})
        self.assertEqual((self.demand(sale), self.demand(sale, "incoming")), ({"MUG": 2}, {}))
        self.assertIn(f"print again: {sale.picking_ids.name}", sale.message_ids[0].body)
        self.follow(order, {"MUG": 6})
        self.assertEqual(self.demand(sale), {"MUG": 6})

    def test_pick_and_ship(self):
        """Every step of the delivery follows."""
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", self.company.id)])
        warehouse.delivery_steps = "pick_ship"
        order = self.place(("MUG", 5))
        sale = self.import_order(order)
        self.follow(order, {"MUG": 2})
        open_moves = sale.picking_ids.move_ids.filtered(lambda move: move.state != "cancel")
        self.assertEqual(set(open_moves.mapped("product_uom_qty")), {2})
        self.follow(order, {"MUG": 4}, add=[("CUP", 1)])
        by_product = {}
        for move in sale.picking_ids.move_ids.filtered(lambda move: move.state != "cancel"):
            key = (move.picking_type_id.code, move.product_id.default_code)
            by_product[key] = by_product.get(key, 0) + move.product_uom_qty
        self.assertEqual(
            {pieces for (_code, sku), pieces in by_product.items() if sku == "MUG"}, {4}
        )

    def test_added_line(self):
        order = self.place(("MUG", 2))
        sale = self.import_order(order)
        self.follow(order, add=[("BOOK", 3)])
        self.assertEqual(self.demand(sale), {"MUG": 2, "BOOK": 3})
        self.assertEqual(len(sale.picking_ids), 1)
        self.assertIn("Added: 3 x [BOOK]", sale.message_ids[0].body)

    def test_removed_line(self):
        order = self.place(("MUG", 2), ("BOOK", 1))
        sale = self.import_order(order)
        self.follow(order, remove=["BOOK"])
        self.assertEqual((self.ordered(sale), self.demand(sale)), ({"MUG": 2}, {"MUG": 2}))
        book = sale.order_line.filtered(lambda line: line.product_id == self.book)
        self.assertEqual((book.product_uom_qty, book.price_total), (0, 0))
        self.assertIn("Removed: 1 x [BOOK]", sale.message_ids[0].body)

    def test_removed_and_added_again(self):
        order = self.place(("MUG", 2), ("BOOK", 1))
        sale = self.import_order(order)
        self.follow(order, remove=["BOOK"])
        self.follow(order, add=[("BOOK", 4)])
        self.assertEqual((self.ordered(sale)["BOOK"], self.demand(sale)["BOOK"]), (4, 4))

    def test_everything_at_once(self):
        order = self.place(
            ("MUG", 2), ("BOOK", 3), shipping=[("flat_rate", "4.95")], fees=[("Gift wrap", "2.50")]
        )
        sale = self.import_order(order)
        self.follow(order, {"MUG": 7}, remove=["BOOK"], add=[("CUP", 2)], customer_note="Quick!")
        self.assertEqual(self.demand(sale), {"MUG": 7, "CUP": 2})
        self.assertIn("Quick!", sale.note)

    def test_a_locked_order_is_locked_again(self):
        self.env["res.config.settings"].create({"group_auto_done_setting": True}).execute()
        order = self.place(("MUG", 2))
        sale = self.import_order(order)
        self.assertTrue(sale.locked)
        self.follow(order, {"MUG": 3}, add=[("CUP", 1)])
        self.assertTrue(sale.locked)
        self.assertEqual(self.demand(sale), {"MUG": 3, "CUP": 1})

    def test_a_line_of_odoo_stays_and_is_named(self):
        order = self.place(("MUG", 2))
        sale = self.import_order(order)
        sale.order_line = [
            (
                0,
                0,
                {"product_id": self.cup.id, "product_uom_qty": 1, "price_unit": 3, "tax_ids": []},
            )
        ]
        event, edited = self.edit(order, {"MUG": 3})
        self.assertEqual(event.state, "done", event.reason)
        added = sale.order_line.filtered(lambda line: not line.channel_external_id)
        self.assertEqual((added.product_uom_qty, added.price_total), (1, 3))
        self.assertEqual(f"{sale.amount_total - 3:.2f}", edited["total"])
        self.assertIn("added in Odoo: [CUP] CUP", sale.message_ids[0].body)

    def test_what_a_person_wrote_stays_where_the_shop_changed_nothing(self):
        order = self.place(("MUG", 2), ("BOOK", 1))
        sale = self.import_order(order)
        book = sale.order_line.filtered(lambda line: line.product_id == self.book)
        book.name = "Book, signed by the author"
        self.follow(order, {"MUG": 3})
        self.assertEqual(book.name, "Book, signed by the author")

    def test_a_renamed_line(self):
        """What a customer wants engraved is corrected by the shop."""
        order = self.place(("MUG", 1))
        sale = self.import_order(order)
        payload = self.payload(order)
        payload["line_items"][0]["meta_data"].append(
            {
                "id": 1,
                "key": "Engraving",
                "value": "Anna",
                "display_key": "Engraving",
                "display_value": "Anna",
            }
        )
        event, sale = self.import_changed(payload)
        self.assertEqual(event.state, "done", event.reason)
        self.assertIn("Anna", sale.order_line[0].name)

    def test_a_line_that_sells_something_else(self):
        order = self.place(("MUG", 2))
        sale = self.import_order(order)
        payload = self.payload(order)
        payload["line_items"][0].update(
            product_id=self.store.product("CUP")["id"], sku="CUP", name="Cup"
        )
        event, sale = self.import_changed(payload)
        self.assertEqual(event.state, "done", event.reason)
        self.assertEqual((self.ordered(sale), self.demand(sale)), ({"CUP": 2}, {"CUP": 2}))
        self.assertTotals(sale, payload)

    def test_a_product_deleted_in_the_shop_is_still_sold(self):
        order = self.place(("MUG", 2), ("BOOK", 1))
        sale = self.import_order(order)
        payload = self.payload(self.edit(order, {"BOOK": 2})[1])
        payload["line_items"][0].update(product_id=0, sku=None)
        payload["customer_note"] = "Hello"
        event, sale = self.import_changed(payload)
        self.assertEqual(event.state, "done", event.reason)
        self.assertEqual(self.ordered(sale), {"MUG": 2, "BOOK": 2})

    def test_an_unknown_product_stops_the_content_only(self):
        """Status and payment still count; the rest follows when the product is known."""
        order = self.place(("MUG", 2))
        sale = self.import_order(order)
        self.store.add_product(sku="NEW", name="New", regular_price="5.00")
        event, edited = self.edit(order, {"MUG": 4}, add=[("NEW", 1)], status="completed")
        self.assertEqual((event.state, event.issue_id.code), ("blocked", "unknown_product"))
        self.assertEqual((sale.channel_status, self.ordered(sale)), ("completed", {"MUG": 2}))
        self._make_product("NEW")
        event.issue_id.action_retry()
        self.run_job(event)
        self.assertEqual((event.state, self.ordered(sale)), ("done", {"MUG": 4, "NEW": 1}))
        self.assertTotals(sale, edited)

    def test_a_real_gap_is_an_issue(self):
        order = self.place(("MUG", 2))
        sale = self.import_order(order)
        payload = self.payload(order)
        payload["total"] = "1.00"
        event, sale = self.import_changed(payload)
        self.assertEqual((event.state, event.issue_id.code), ("blocked", "totals_mismatch"))
        self.assertEqual(sale.state, "sale")
        event = self.again(order, source="manual")
        self.assertEqual(event.state, "done", event.reason)
        self.assertEqual(self.backend.issue_ids.mapped("state"), ["resolved"])

    def test_unchanged_lines_are_not_written(self):
        order = self.place(("MUG", 2), ("BOOK", 1))
        sale = self.import_order(order)
        before = sale.order_line.mapped("write_date")
        written = []
        write = type(sale.order_line).write

        def spy(lines, values):
            written.extend(lines.ids)
            return write(lines, values)

        self.patch(type(sale.order_line), "write", spy)
        self.follow(order, customer_note="Ring twice", billing={"phone": "02 555 00 00"})
        self.assertEqual((written, sale.order_line.mapped("write_date")), ([], before))

    def test_the_cents_of_all_lines_follow(self):
        order = self.place(("MUG", 3), ("CUP", 3), ("BOOK", 1))
        sale = self.import_order(order)
        self.assertTotals(sale, order)
        for pieces in range(1, 9):
            self.follow(order, {"MUG": pieces, "CUP": 9 - pieces})
        self.assertEqual(self.demand(sale), {"MUG": 8, "CUP": 1, "BOOK": 1})


@tagged("post_install", "-at_install")
class TestEditCharges(EditCase):
    def test_coupon_added_later(self):
        self.store.add_coupon("ten", "percent", "10")
        order = self.place(("MUG", 2), ("BOOK", 1))
        sale = self.import_order(order)
        discounted = self.payload(self.place(("MUG", 2), ("BOOK", 1), coupons=["ten"]))
        payload = self.payload(order)
        for mine, theirs in zip(payload["line_items"], discounted["line_items"], strict=True):
            mine.update({name: theirs[name] for name in ("total", "total_tax", "taxes")})
        names = ("coupon_lines", "discount_total", "discount_tax", "total", "total_tax", "cart_tax")
        payload.update({name: discounted[name] for name in names})
        event, sale = self.import_changed(payload)
        self.assertEqual(event.state, "done", event.reason)
        self.assertTotals(sale, payload)
        notes = sale.order_line.filtered("display_type").mapped("name")
        self.assertEqual([note for note in notes if "ten" in note.lower()], notes)
        self.assertEqual(len(notes), 1)
        event = self.import_payload(self.payload(order), fetched_at=None)
        self.assertEqual(event.state, "done", event.reason)
        self.assertFalse(sale.order_line.filtered("display_type"))
        self.assertTotals(sale, order)

    def test_shipping_and_fees(self):
        order = self.place(
            ("MUG", 2), ("BOOK", 1), shipping=[("flat_rate", "4.95")], fees=[("Discount", "-3.33")]
        )
        sale = self.import_order(order)
        other = self.payload(
            self.place(
                ("MUG", 2), ("BOOK", 1), shipping=[("flat_rate", "9.90")], fees=[("Discount", "-5")]
            )
        )
        payload = self.payload(order)
        for name in ("shipping_lines", "fee_lines"):
            ids = [line["id"] for line in payload[name]]
            payload[name] = [
                {**line, "id": known} for line, known in zip(other[name], ids, strict=True)
            ]
        names = ("total", "total_tax", "cart_tax", "shipping_total", "shipping_tax", "tax_lines")
        payload.update({name: other[name] for name in names})
        lines = len(sale.order_line)
        event, sale = self.import_changed(payload)
        self.assertEqual((event.state, len(sale.order_line)), ("done", lines), event.reason)
        self.assertTotals(sale, payload)

    def test_shipping_removed_from_a_confirmed_order(self):
        carrier_product = self._make_product("VAN", type="service", is_storable=False)
        carrier = self.env["delivery.carrier"].create(
            {"name": "Van", "product_id": carrier_product.id}
        )
        self.map_carrier("flat_rate", carrier)
        order = self.place(("MUG", 2), shipping=[("flat_rate", "4.95")])
        sale = self.import_order(order)
        self.assertEqual(sale.picking_ids.carrier_id, carrier)
        payload, plain = self.payload(order), self.payload(self.place(("MUG", 2)))
        names = (
            "shipping_lines",
            "total",
            "total_tax",
            "cart_tax",
            "shipping_total",
            "shipping_tax",
        )
        payload.update({name: plain[name] for name in names})
        event, sale = self.import_changed(payload)
        self.assertEqual(event.state, "done", event.reason)
        self.assertTotals(sale, plain)
        self.assertFalse(sale.order_line.filtered("is_delivery"))

    def test_another_delivery_method(self):
        service = self._make_product("VAN", type="service", is_storable=False)
        van, post = self.env["delivery.carrier"].create(
            [{"name": name, "product_id": service.id} for name in ("Van", "Post")]
        )
        self.map_carrier("flat_rate", van)
        self.map_carrier("local_pickup", post)
        order = self.place(("MUG", 2), shipping=[("flat_rate", "4.95")])
        sale = self.import_order(order)
        payload = self.payload(order)
        payload["shipping_lines"][0].update(method_id="local_pickup", method_title="Post")
        event, sale = self.import_changed(payload)
        self.assertEqual(event.state, "done", event.reason)
        self.assertEqual((sale.carrier_id, sale.picking_ids.carrier_id), (post, post))

    def test_gift_card_added(self):
        order = self.place(("MUG", 3))
        sale = self.import_order(order)
        payload = self.payload(order)
        payload["total"] = f"{float(payload['total']) - 20:.2f}"
        payload["gift_cards"] = [{"id": 1, "code": "ABCD", "amount": "20.00"}]
        event, sale = self.import_changed(payload)
        self.assertEqual(event.state, "done", event.reason)
        self.assertEqual(sale.channel_binding_ids.amount_gift_cards, 20)
        self.assertTotals(sale, order)


@tagged("post_install", "-at_install")
class TestEditIncluded(TestEditConfirmed):
    """A shop whose prices include tax."""

    allow_inherited_tests_method = True
    store_options = {"prices_include_tax": True, "timezone": "Europe/Brussels"}


@tagged("post_install", "-at_install")
class TestEditAtSubtotal(EditCase):
    """A shop that rounds tax at the subtotal, in a currency that is not the company's."""

    store_options = {
        "prices_include_tax": False,
        "timezone": "Europe/Brussels",
        "currency": "USD",
        "round_at_subtotal": True,
    }

    def test_cents_move_between_lines(self):
        self._currency("USD", 1.37)
        order = self.place(("MUG", 3), ("CUP", 3), ("BOOK", 1))
        sale = self.import_order(order)
        self.assertEqual(sale.currency_id.name, "USD")
        for pieces in range(1, 9):
            self.follow(order, {"MUG": pieces, "CUP": 9 - pieces})
        self.assertEqual(self.demand(sale), {"MUG": 8, "CUP": 1, "BOOK": 1})


@tagged("post_install", "-at_install")
class TestEditAddress(EditCase):
    def test_open_delivery_goes_to_the_new_address(self):
        order = self.place(("MUG", 2), shipping_address=JANE)
        sale = self.import_order(order)
        customer, street = sale.partner_id, sale.partner_id.street
        self.follow(order, shipping={**JANE, **OTHER})
        self.assertEqual(sale.partner_shipping_id.street, "Other Street 9")
        self.assertEqual(sale.picking_ids.partner_id, sale.partner_shipping_id)
        self.assertEqual(sale.picking_ids.move_ids.partner_id, sale.partner_shipping_id)
        self.assertFalse(sale.picking_ids.activity_ids)
        self.assertEqual((sale.partner_id, customer.street), (customer, street))
        self.assertEqual(sale.partner_invoice_id, customer)

    def test_what_left_keeps_its_address(self):
        order = self.place(("MUG", 2), ("BOOK", 1), shipping_address=JANE)
        sale = self.import_order(order)
        old = sale.partner_shipping_id
        done = self.send(sale, MUG=2)
        self.follow(order, shipping={**JANE, **OTHER})
        waiting = sale.picking_ids - done
        self.assertEqual((done.partner_id, waiting.partner_id), (old, sale.partner_shipping_id))
        self.assertIn(done.name, sale.message_ids[0].body)

    def test_invoice_address(self):
        order = self.place(("MUG", 2), shipping_address=JANE)
        sale = self.import_order(order)
        customer = sale.partner_id
        self.follow(order, billing={**JANE, **OTHER})
        self.assertEqual(sale.partner_invoice_id.street, "Other Street 9")
        self.assertEqual(sale.partner_shipping_id, customer)
        self.assertEqual((sale.partner_id, customer.street), (customer, "Nieuwstraat 1"))

    def test_an_old_orders_address_never_rewrites_the_customer(self):
        """The customer has moved since, and ordered from the new home."""
        old = self.place(("MUG", 1))
        old_sale = self.import_order(old)
        customer = old_sale.partner_id
        new_sale = self.buy(("MUG", 1), billing={**JANE, **OTHER})
        before = {name: customer[name] for name in ("name", "street", "city", "zip", "email")}
        self.follow(old, billing={**JANE, "address_1": "Third Street 3", "last_name": "Dough"})
        self.assertEqual({name: customer[name] for name in before}, before)
        self.assertEqual(old_sale.partner_id, customer)
        self.assertEqual(old_sale.partner_invoice_id.street, "Third Street 3")
        self.assertEqual(new_sale.partner_invoice_id.street, "Other Street 9")

    def test_the_customer_never_rewrites_an_old_order(self):
        """The account's addresses change in the shop; the contact moves in Odoo."""
        account = self.store.add_customer("jane@example.com", first_name="Jane", last_name="Doe")
        order = self.place(("MUG", 1), customer_id=account["id"])
        sale = self.import_order(order)
        parties = sale.partner_id, sale.partner_invoice_id, sale.partner_shipping_id
        self.store.customers[account["id"]]["billing"].update(OTHER)
        event = self.receive(account["id"], kind="customer")
        self.assertIn(event.state, ("done", "ignored"))
        self.assertEqual(sale.partner_id.street, "Nieuwstraat 1")
        sale.partner_id.write({"street": "Moved 1", "city": "Namur"})
        self.follow(order, {"MUG": 2})
        self.assertEqual(
            (sale.partner_id, sale.partner_invoice_id, sale.partner_shipping_id), parties
        )
        self.assertEqual(sale.partner_id.street, "Moved 1")

    def test_an_order_given_to_another_customer_keeps_its_own(self):
        order = self.place(("MUG", 1))
        sale = self.import_order(order)
        customer = sale.partner_id
        self.follow(order, billing={**JANE, "email": "other@example.com", "first_name": "Joan"})
        self.assertEqual(sale.partner_id, customer)
        self.assertEqual(sale.partner_invoice_id.name, "Joan Doe")
        self.assertEqual(customer.email, "jane@example.com")


@tagged("post_install", "-at_install")
class TestEditQuotation(EditCase):
    def test_what_a_person_added_stays(self):
        order = self.place(("MUG", 2), ("BOOK", 1), status="on-hold")
        sale = self.import_order(order)
        mug = sale.order_line.filtered(lambda line: line.product_id == self.mug)
        sale.order_line = [(0, 0, {"display_type": "line_note", "name": "Call before delivery"})]
        user = sale.user_id = self.env.user
        event, edited = self.edit(order, {"MUG": 4}, remove=["BOOK"], add=[("CUP", 1)])
        self.assertEqual(event.state, "done", event.reason)
        self.assertTotals(sale, edited)
        self.assertTrue(mug.exists())
        self.assertEqual(self.ordered(sale), {"MUG": 4, "CUP": 1})
        self.assertNotIn(self.book, sale.order_line.product_id)
        self.assertIn("Call before delivery", sale.order_line.mapped("name"))
        self.assertEqual((sale.state, sale.user_id), ("draft", user))

    def test_edit_and_release_at_once(self):
        order = self.place(("MUG", 2), status="on-hold")
        sale = self.import_order(order)
        self.follow(order, {"MUG": 3}, status="processing", shipping={**JANE, **OTHER})
        self.assertEqual((sale.state, self.demand(sale)), ("sale", {"MUG": 3}))
        self.assertEqual(sale.picking_ids.partner_id.street, "Other Street 9")

    def test_another_customer(self):
        self.buy(("MUG", 1), billing={**JANE, "email": "joan@example.com", "first_name": "Joan"})
        order = self.place(("MUG", 2), status="on-hold")
        sale = self.import_order(order)
        self.follow(order, billing={**JANE, "email": "joan@example.com", "first_name": "Joan"})
        self.assertEqual(sale.partner_id.email, "joan@example.com")


@tagged("post_install", "-at_install")
class TestEditRandom(ChannelCase):
    """Twenty random carts, each edited at random: total and tax are the shop's each time."""

    currency, rate = "EUR", None
    store_options = {"prices_include_tax": True, "round_at_subtotal": True}
    backend_values = {"product_policy": "placeholder"}

    def test_random_edits(self):
        if self.rate:
            self._currency(self.currency, self.rate)
        rng = Random(20251107)
        for number in range(20):
            with self.subTest(cart=number):
                order = self.store.place_order(random_cart(rng, self.store), status="processing")
                sale = self.import_order(order)
                self.assertTotals(sale, order)
                self.store.clock.advance(5)
                edited = self.store.edit_order(order["id"], **self._changes(rng, order))
                event = self.receive(order["id"])
                self.assertEqual(event.state, "done", f"{event.reason} {event.issue_id.details}")
                self.assertTotals(sale, edited)
                self.assertEqual(self._pieces(sale), self._pieces_of(edited))

    def _changes(self, rng, order):
        items = [item["id"] for item in order["line_items"]]
        removed = rng.sample(items, rng.randint(0, len(items) - 1))
        changed = [item for item in items if item not in removed and rng.random() < 0.6]
        skus = [row["sku"] for row in self.store.products.values() if row.get("sku")]
        return {
            "remove": removed,
            "set_quantity": {item: rng.randint(1, 40) for item in changed},
            "add": [(rng.choice(skus), rng.randint(1, 9)) for _n in range(rng.randint(0, 2))],
        }

    def _pieces(self, sale):
        lines = sale.order_line.filtered(
            lambda line: line.product_id == self.backend.placeholder_product_id
        )
        return sum(lines.mapped("product_uom_qty"))

    def _pieces_of(self, order):
        return sum(item["quantity"] for item in order["line_items"])


@tagged("post_install", "-at_install")
class TestEditRandomForeign(TestEditRandom):
    allow_inherited_tests_method = True
    currency, rate = "KWD", 0.3342
    store_options = {"currency": "KWD", "decimals": 3}
