"""Goods on an order, alone and in sets; the sum stays the shop's."""

from odoo.tests import tagged

from .line_case import LineCase


@tagged("post_install", "-at_install")
class TestGoods(LineCase):
    def test_simple(self):
        order = self.place(("MUG", 3), ("BOOK", 1))
        sale = self.import_order(order)
        self.assertTotals(sale, order)
        line = self.line_of(sale, order["line_items"][0])
        self.assertEqual((line.product_id, line.product_uom_qty), (self.mug, 3))
        self.assertEqual((line.price_subtotal, line.price_total), (59.97, 72.56))
        self.assertEqual(line.discount, 0)
        self.assertEqual(sale.picking_ids.move_ids.mapped("product_uom_qty"), [3, 1])

    def test_total_that_odoo_would_compute_differently(self):
        """3 x 19.99 at 21 %: the shop's cent more survives, on the line and on the order."""
        payload = self.payload(self.place(("MUG", 3)))
        item = payload["line_items"][0]
        item["total_tax"] = item["taxes"][0]["total"] = "12.60"
        payload.update(total="72.57", total_tax="12.60", cart_tax="12.60")
        event, sale = self.import_changed(payload)
        self.assertEqual(event.state, "done", event.reason)
        self.assertEqual((sale.amount_total, sale.amount_tax), (72.57, 12.60))
        self.assertEqual(self.line_of(sale, item).price_total, 72.57)

    def test_variation(self):
        self.store.add_variable_product(
            "Shirt",
            [{"sku": "S-R", "regular_price": "9.90", "options": {"Colour": "Red"}}],
            sku="S",
        )
        shirt = self._make_product("S-R")
        order = self.place(("S-R", 2))
        sale = self.import_order(order)
        self.assertTotals(sale, order)
        self.assertEqual(sale.order_line.product_id, shirt)
        binding = self.env["channel.binding.product"].search([("odoo_id", "=", shirt.id)])
        self.assertEqual(binding.external_id, str(order["line_items"][0]["variation_id"]))

    def test_virtual_goods_make_no_delivery(self):
        self._add_product("EBOOK", "5.99", {"type": "service", "is_storable": False}, virtual=True)
        order = self.place(("EBOOK", 1))
        sale = self.import_order(order)
        self.assertTotals(sale, order)
        self.assertEqual((sale.state, len(sale.picking_ids)), ("sale", 0))

    def test_texts_of_add_ons_are_in_the_description(self):
        engraving = {"key": "Engraving", "value": "For “Zoë” & 🎁"}
        sale = self.buy(("MUG", 1, [engraving, {"key": "_hidden", "value": "internal"}]))
        self.assertIn("Engraving: For “Zoë” & 🎁", sale.order_line.name)
        self.assertNotIn("internal", sale.order_line.name)

    def test_sixty_lines(self):
        skus = [f"P{number}" for number in range(60)]
        for number, sku in enumerate(skus):
            self._add_product(sku, f"{1 + number * 0.37:.2f}", {"is_storable": False})
        order = self.place(*((sku, 1 + number % 4) for number, sku in enumerate(skus)))
        sale = self.import_order(order)
        self.assertTotals(sale, order)
        self.assertEqual(len(sale.order_line), 60)
        self.assertEqual(sale.order_line.product_id.mapped("default_code"), skus)

    def test_decimal_quantity(self):
        payload = self.payload(self.place(("MUG", 1)))
        item = payload["line_items"][0]
        item.update(quantity=0.75, subtotal="14.99", total="14.99", total_tax="3.15")
        item["taxes"][0]["total"] = "3.15"
        payload.update(total="18.14", total_tax="3.15", cart_tax="3.15")
        _event, sale = self.import_changed(payload)
        self.assertEqual(sale.order_line.product_uom_qty, 0.75)
        self.assertEqual((sale.amount_total, sale.amount_tax), (18.14, 3.15))

    def test_quantity_finer_than_odoo_is_told(self):
        payload = self.payload(self.place(("MUG", 1)))
        payload["line_items"][0]["quantity"] = 0.333
        event, sale = self.import_changed(payload)
        self.assertEqual(event.state, "done", event.reason)
        self.assertEqual((sale.order_line.product_uom_qty, sale.amount_total), (0.33, 24.19))
        self.assertIn("0.333", sale.message_ids[0].body)

    def test_quantity_zero_without_money_is_a_note(self):
        payload = self.payload(self.place(("MUG", 1), ("BOOK", 1)))
        item = payload["line_items"][1]
        item.update(quantity=0, subtotal="0", total="0", total_tax="0", taxes=[])
        payload.update(total="24.19", total_tax="4.20", cart_tax="4.20")
        _event, sale = self.import_changed(payload)
        self.assertEqual(self.line_of(sale, item).display_type, "line_note")
        self.assertEqual((sale.amount_total, sale.amount_tax), (24.19, 4.20))

    def test_quantity_zero_with_money_ships_nothing(self):
        payload = self.payload(self.place(("MUG", 1), ("BOOK", 1)))
        payload["line_items"][1]["quantity"] = 0
        _event, sale = self.import_changed(payload)
        line = self.line_of(sale, payload["line_items"][1])
        self.assertEqual(line.product_id, self.backend.fee_product_id)
        self.assertEqual(sale.picking_ids.move_ids.product_id, self.mug)
        self.assertEqual(f"{sale.amount_total:.2f}", payload["total"][:5])

    def test_free_product_and_price_survive_a_new_quantity(self):
        """Odoo would put its list price on a line when a person changes the quantity."""
        self._add_product("SAMPLE", "0", {"list_price": 99})
        self.mug.list_price = 50
        sale = self.buy(("MUG", 2), ("SAMPLE", 1), payment_method="bacs", status="on-hold")
        mug, sample = sale.order_line
        mug.product_uom_qty = 4
        sample.product_uom_qty = 3
        self.assertEqual((mug.price_unit, mug.price_total), (19.99, 96.75))
        self.assertEqual((sample.price_unit, sample.price_total), (0, 0))

    def test_one_product_on_two_lines(self):
        order = self.place(("MUG", 1), ("MUG", 2, [{"key": "Colour", "value": "Blue"}]))
        sale = self.import_order(order)
        self.assertTotals(sale, order)
        self.assertEqual(sale.order_line.mapped("product_uom_qty"), [1, 2])


@tagged("post_install", "-at_install")
class TestBundles(LineCase):
    def _bundle(self, price="0"):
        """A set that contains MUG and BOOK, with a price of its own beside theirs."""
        # the shop forgets nothing between tests
        sku = f"BOX-{price}-{self._testMethodName}"
        self._add_product(sku, price)
        payload = self.payload(self.place((sku, 1), ("MUG", 2), ("BOOK", 2)))
        parent, *children = payload["line_items"]
        parent["bundled_items"] = [child["id"] for child in children]
        for child in children:
            child["bundled_by"] = parent["id"]
        return payload

    def test_parts_are_shipped_and_the_sum_is_kept(self):
        payload = self._bundle("60.00")
        event, sale = self.import_changed(payload)
        self.assertEqual(event.state, "done", event.reason)
        self.assertEqual(f"{sale.amount_total:.2f}", f"{float(payload['total']):.2f}")
        container = self.line_of(sale, payload["line_items"][0])
        self.assertTrue(container.channel_is_container)
        self.assertEqual(container.price_subtotal, 60)
        self.assertEqual(sale.picking_ids.move_ids.product_id, self.mug | self.book)

    def test_delivery_completes_the_order(self):
        _event, sale = self.import_changed(self._bundle("60.00"))
        for move in sale.picking_ids.move_ids:
            move.write({"quantity": move.product_uom_qty, "picked": True})
        sale.picking_ids.button_validate()
        self.assertEqual(sale.delivery_status, "full")
        self.assertEqual(sale.order_line.mapped("qty_delivered"), [1, 2, 2])

    def test_a_duplicate_of_the_order_ships_no_set_either(self):
        _event, sale = self.import_changed(self._bundle())
        copy = sale.copy()
        copy.action_confirm()
        self.assertEqual(copy.picking_ids.move_ids.product_id, self.mug | self.book)
        self.assertEqual(copy.amount_total, sale.amount_total)

    def test_composite(self):
        payload = self._bundle()
        parent, *children = payload["line_items"]
        parent["composite_children"] = parent.pop("bundled_items")
        for child in children:
            child["composite_parent"] = child.pop("bundled_by")
        _event, sale = self.import_changed(payload)
        self.assertEqual(sale.picking_ids.move_ids.product_id, self.mug | self.book)
