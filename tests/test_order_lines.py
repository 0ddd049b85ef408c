"""Every kind of line: what becomes of it in the sales order, and that the sum stays the shop's."""

from odoo.fields import Command
from odoo.tests import tagged

from ..dev.woostore.orders import as_rest
from .common import JANE, ChannelCase


class LineCase(ChannelCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mug = cls._add_product("MUG", "19.99")
        cls.book = cls._add_product("BOOK", "24.90", tax_class="reduced-rate")

    def payload(self, order):
        """An order as the importer reads it, for changes that only plug-ins make."""
        return as_rest(self.store, self.store.orders[order["id"]], dp=8)

    def line_of(self, sale, item):
        """The line(s) of the sales order that an item of the shop's order became."""
        wanted = str(item["id"])
        return sale.order_line.filtered(lambda line: line.channel_external_id == wanted)

    def map_carrier(self, code, carrier):
        rows = self.env["channel.map.carrier"]
        rows._ensure_rows(self.backend, {code: {}})
        rows._find(self.backend, code).carrier_id = carrier

    def import_changed(self, payload):
        """Import an order with a changed payload; returns (event, sales order)."""
        event = self.import_payload(payload)
        return event, self.env["sale.order"].browse(event.res_id)


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


@tagged("post_install", "-at_install")
class TestShipping(LineCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.carrier = cls.env["delivery.carrier"].create(
            {
                "name": "Van",
                "product_id": cls._make_product("VAN", type="service", is_storable=False).id,
                "company_id": cls.company.id,
            }
        )

    def test_mapped_method(self):
        self.map_carrier("flat_rate", self.carrier)
        order = self.place(("MUG", 1), shipping=[("flat_rate", "4.95", "By van")])
        sale = self.import_order(order)
        self.assertTotals(sale, order)
        line = self.line_of(sale, order["shipping_lines"][0])
        self.assertTrue(line.is_delivery)
        self.assertEqual((line.product_id, line.name), (self.carrier.product_id, "By van"))
        self.assertEqual((sale.carrier_id, sale.picking_ids.carrier_id), (self.carrier,) * 2)

    def test_instance_comes_before_method(self):
        other = self.carrier.copy({"name": "Bike"})
        self.map_carrier("flat_rate", other)
        self.map_carrier("flat_rate:3", self.carrier)
        sale = self.buy(("MUG", 1), shipping=[("flat_rate", "4.95", "By van", 3)])
        self.assertEqual(sale.carrier_id, self.carrier)

    def test_unmapped_method_stops_nothing_but_is_told_until_mapped(self):
        order = self.place(("MUG", 1), shipping=[("sledge", "4.95", "Sledge")])
        sale = self.import_order(order)
        self.assertTotals(sale, order)
        line = self.line_of(sale, order["shipping_lines"][0])
        self.assertEqual(line.product_id, self.backend.shipping_product_id)
        self.assertEqual(sale.state, "sale")
        row = self.env["channel.map.carrier"]._find(self.backend, "sledge")
        self.assertEqual((row.external_label, row.is_unmapped), ("Sledge", True))
        issue = self.backend.issue_ids.filtered(lambda issue: issue.code == "unmapped_carrier")
        self.assertIn("Sledge", issue.title)
        self.buy(("MUG", 1), shipping=[("sledge", "4.95", "Sledge")])
        self.assertEqual(len(self.backend.issue_ids), 1)
        row.carrier_id = self.carrier
        self.assertEqual(issue.state, "resolved")

    def test_several_lines(self):
        order = self.place(
            ("MUG", 1), ("BOOK", 1), shipping=[("flat_rate", "4.95"), ("flat_rate", "2.33")]
        )
        sale = self.import_order(order)
        self.assertTotals(sale, order)
        self.assertEqual(len(sale.order_line.filtered("is_delivery")), 2)

    def test_local_pickup(self):
        order = self.place(("MUG", 1), shipping=[("local_pickup", "0", "Local pickup")])
        sale = self.import_order(order)
        self.assertTotals(sale, order)
        self.assertEqual(sale.order_line.filtered("is_delivery").price_total, 0)

    def test_cost_of_the_carrier_is_not_put_on_the_order(self):
        self.map_carrier("flat_rate", self.carrier)
        self.carrier.write({"invoice_policy": "real", "fixed_price": 12.0})
        order = self.place(("MUG", 1), shipping=[("flat_rate", "4.95")])
        sale = self.import_order(order)
        picking = sale.picking_ids
        picking.carrier_price = 12
        picking._add_delivery_cost_to_so()
        self.assertTotals(sale, order)
        self.assertEqual(len(sale.order_line), 2)


@tagged("post_install", "-at_install")
class TestFeesAndDiscounts(LineCase):
    def test_fee(self):
        order = self.place(("MUG", 1), fees=[("Gift wrap", "2.50"), ("Insurance", "1", None)])
        sale = self.import_order(order)
        self.assertTotals(sale, order)
        wrap, insurance = (self.line_of(sale, fee) for fee in order["fee_lines"])
        self.assertEqual((wrap.product_id, wrap.price_subtotal), (self.backend.fee_product_id, 2.5))
        self.assertTrue(wrap.tax_ids)
        self.assertFalse(insurance.tax_ids)

    def test_negative_fee_of_one_class(self):
        order = self.place(("MUG", 1), fees=[("Discount", "-5")])
        sale = self.import_order(order)
        self.assertTotals(sale, order)
        line = self.line_of(sale, order["fee_lines"][0])
        self.assertEqual((line.price_subtotal, len(line.tax_ids)), (-5, 1))

    def test_negative_fee_is_split_by_tax_class(self):
        """Its tax belongs to several classes: each line has the base its tax was computed on."""
        order = self.place(("MUG", 3), ("BOOK", 2), fees=[("Discount", "-10")])
        sale = self.import_order(order)
        self.assertTotals(sale, order)
        lines = self.line_of(sale, order["fee_lines"][0])
        self.assertEqual(len(lines), 2)
        self.assertAlmostEqual(sum(lines.mapped("price_subtotal")), -10)
        for line in lines:
            self.assertEqual(len(line.tax_ids), 1)
            computed = line.price_subtotal * line.tax_ids.amount / 100
            self.assertAlmostEqual(line.price_tax, computed, delta=0.011)
            self.assertIn(line.tax_ids.name, line.name)

    def test_negative_fee_over_two_rates_on_one_base(self):
        """Two rates that apply together (QC) are one class: the fee stays one line."""
        address = {**JANE, "country": "CA", "state": "QC", "city": "Québec", "postcode": "G1A"}
        order = self.place(("MUG", 3), fees=[("Discount", "-10")], billing=address)
        sale = self.import_order(order)
        self.assertTotals(sale, order)
        line = self.line_of(sale, order["fee_lines"][0])
        self.assertEqual((len(line), len(line.tax_ids)), (1, 2))

    def test_coupons_are_named_and_never_subtracted_twice(self):
        self.store.add_coupon("ten", "percent", "10")
        self.store.add_coupon("five", "fixed_cart", "5")
        order = self.place(("MUG", 3), ("BOOK", 1), coupons=["ten", "five"])
        sale = self.import_order(order)
        self.assertTotals(sale, order)
        note = sale.order_line.filtered("display_type")
        self.assertEqual(note.name, "Coupons (already deducted): ten, five")
        self.assertEqual(sale.order_line.mapped("discount"), [0, 0, 0])
        self.assertIn("Before discounts: 59.97", sale.order_line[0].name)

    def test_fully_discounted_order(self):
        self.store.add_coupon("all", "percent", "100")
        order = self.place(("MUG", 1), coupons=["all"], payment_method="")
        sale = self.import_order(order)
        self.assertEqual((sale.amount_total, sale.state), (0, "sale"))
        self.assertEqual(sale.order_line[0].product_id, self.mug)


@tagged("post_install", "-at_install")
class TestGaps(LineCase):
    """The shop's total is not what its lines make."""

    def _without(self, amount):
        payload = self.payload(self.place(("MUG", 3)))
        payload["total"] = f"{float(payload['total']) - amount:.2f}"
        return payload

    def test_gift_card_explains_the_gap(self):
        payload = self._without(20)
        payload["gift_cards"] = [{"id": 1, "code": "ABCD-1234", "amount": "20.00"}]
        event, sale = self.import_changed(payload)
        self.assertEqual((event.state, sale.state), ("done", "sale"))
        self.assertEqual((sale.amount_total, sale.amount_tax), (72.56, 12.59))
        binding = sale.channel_binding_ids
        self.assertEqual((binding.amount_total, binding.amount_gift_cards), (52.56, 20))
        note = sale.order_line.filtered("display_type").name
        self.assertIn("20.00 EUR", note)
        self.assertNotIn("ABCD", note)

    def test_gift_card_that_the_total_includes(self):
        payload = self._without(0)
        payload["gift_cards"] = [{"id": 1, "code": "ABCD-1234", "amount": "20.00"}]
        event, sale = self.import_changed(payload)
        self.assertEqual((event.state, sale.amount_total), ("done", 72.56))
        self.assertFalse(sale.channel_binding_ids.amount_gift_cards)

    def test_a_small_gift_card_is_no_rounding(self):
        payload = self._without(0.03)
        payload["gift_cards"] = [{"id": 1, "code": "ABCD-1234", "amount": "0.03"}]
        _event, sale = self.import_changed(payload)
        self.assertEqual((sale.amount_total, sale.amount_tax), (72.56, 12.59))
        self.assertEqual(sale.channel_binding_ids.amount_gift_cards, 0.03)

    def test_unexplained_gap_is_a_quotation_and_an_issue(self):
        event, sale = self.import_changed(self._without(20))
        self.assertEqual((event.state, sale.state), ("blocked", "draft"))
        self.assertEqual(event.issue_id.code, "totals_mismatch")
        for text in ("52.56", "72.56"):
            self.assertIn(text, event.issue_id.title)
        self.assertIn("-20.00 EUR", event.issue_id.suggestion)
        self.assertTrue(sale.channel_hold_reason)
        self.assertEqual(event.value, 52.56)

    def test_mended_in_the_shop_and_tried_again(self):
        order = self.place(("MUG", 3))
        payload = self.payload(order)
        payload["total"] = "52.56"
        event, sale = self.import_changed(payload)
        event.action_retry()
        self.run_job(event)
        self.assertEqual((event.state, event.res_id), ("done", sale.id), event.reason)
        self.assertEqual((sale.state, sale.channel_hold_reason), ("sale", False))
        self.assertTotals(sale, order)
        self.assertEqual(self.backend.issue_ids.mapped("state"), ["resolved"])

    def test_gap_of_tax_alone(self):
        payload = self.payload(self.place(("MUG", 3)))
        payload.update(total_tax="11.59", cart_tax="11.59")
        event, sale = self.import_changed(payload)
        self.assertEqual((event.state, sale.state), ("blocked", "draft"))

    def test_rounding_line_only_where_no_line_can_carry_it(self):
        payload = self.payload(self.place(("MUG", 1)))
        payload["total"] = "24.22"  # three cents on one line: at most one may go there
        event, sale = self.import_changed(payload)
        self.assertEqual((event.state, sale.state), ("done", "sale"), event.reason)
        self.assertEqual((sale.amount_total, sale.amount_tax), (24.22, 4.20))
        line = sale.order_line.filtered(
            lambda line: line.product_id == self.backend.rounding_product_id
        )
        self.assertEqual(line.price_total, 0.03)
        self.assertTrue(sale.channel_binding_ids.rounding_line_used)

    def test_rounding_of_tax(self):
        payload = self.payload(self.place(("MUG", 1)))
        payload.update(total="24.21", total_tax="4.22", cart_tax="4.22")
        event, sale = self.import_changed(payload)
        self.assertEqual(event.state, "done", event.reason)
        self.assertEqual((sale.amount_total, sale.amount_tax), (24.21, 4.22))

    def test_one_cent_goes_to_a_line(self):
        payload = self.payload(self.place(("MUG", 1), ("BOOK", 2)))
        payload["total"] = f"{float(payload['total']) + 0.02:.2f}"
        event, sale = self.import_changed(payload)
        self.assertEqual(event.state, "done", event.reason)
        self.assertFalse(sale.channel_binding_ids.rounding_line_used)
        self.assertEqual(f"{sale.amount_total:.2f}", payload["total"])


@tagged("post_install", "-at_install")
class TestIncludedTaxes(LineCase):
    """Odoo's own taxes may be included in its prices: amounts and prices still agree."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.backend.tax_map_ids.tax_id.price_include_override = "tax_included"

    def test_gross_price_net_amount(self):
        order = self.place(("MUG", 3), ("BOOK", 1), shipping=[("flat_rate", "4.95")])
        sale = self.import_order(order)
        self.assertTotals(sale, order)
        line = self.line_of(sale, order["line_items"][0])
        self.assertEqual((line.price_subtotal, line.price_total), (59.97, 72.56))
        self.assertAlmostEqual(line.price_unit * 3, 72.56)

    def test_mixed(self):
        self.backend.tax_map_ids.tax_id.filtered(
            lambda tax: tax.amount == 6
        ).price_include_override = "tax_excluded"
        order = self.place(("MUG", 7), ("BOOK", 3), fees=[("Discount", "-3.33")])
        sale = self.import_order(order)
        self.assertTotals(sale, order)


@tagged("post_install", "-at_install")
class TestTaxes(LineCase):
    def _buy_in(self, **address):
        order = self.place(("MUG", 3), ("BOOK", 1), billing={**JANE, **address})
        sale = self.import_order(order)
        self.assertTotals(sale, order)
        return sale

    def test_two_rates_at_once(self):
        sale = self._buy_in(country="CA", state="QC")
        self.assertEqual(sale.order_line[0].tax_ids.mapped("amount"), [5, 9.975])

    def test_compound_rate_is_computed_on_the_other(self):
        sale = self._buy_in(country="CA", state="BC")
        extra = sale.order_line[0].extra_tax_data["manual_tax_amounts"]
        bases = sorted(values["base_amount_currency"] for values in extra.values())
        self.assertEqual(bases, [59.97, 62.97])

    def test_zero_rate(self):
        self._add_product("TEA", "3.75", tax_class="zero-rate")
        order = self.place(("TEA", 2))
        sale = self.import_order(order)
        self.assertTotals(sale, order)
        self.assertEqual(sale.order_line.tax_ids.amount, 0)
        self.assertEqual(len(sale.order_line.tax_ids), 1)

    def test_country_without_tax(self):
        sale = self._buy_in(country="JP", state="JP13")
        self.assertEqual((sale.amount_tax, len(sale.order_line.tax_ids)), (0, 0))

    def test_two_rates_mapped_to_one_tax(self):
        rows = self.backend.tax_map_ids.filtered(lambda row: row.state_code == "QC")
        rows.tax_id = rows[0].tax_id
        sale = self._buy_in(country="CA", state="QC")
        self.assertEqual(len(sale.order_line[0].tax_ids), 1)

    def test_rate_mapped_to_a_group(self):
        rows = self.backend.tax_map_ids.filtered(lambda row: row.country_code == "BE")
        standard = rows.filtered(lambda row: row.percent == 21)
        children = self.env["account.tax"].create(
            [{"name": f"Part {percent}", "amount": percent} for percent in (15, 6)]
        )
        standard.tax_id = self.env["account.tax"].create(
            {
                "name": "Both",
                "amount_type": "group",
                "children_tax_ids": [Command.set(children.ids)],
            }
        )
        sale = self._buy_in()
        self.assertEqual(sale.order_line[0].price_total, 72.56)

    def test_a_fiscal_position_changes_no_tax(self):
        row = self.backend.tax_map_ids.filtered(
            lambda row: row.country_code == "BE" and row.percent == 21
        )
        exempt = row.tax_id.copy({"name": "Exempt", "amount": 0})
        position = self.env["account.fiscal.position"].create(
            {
                "name": "Export",
                "company_id": self.company.id,
                "auto_apply": True,
                "country_id": self.env.ref("base.be").id,
            }
        )
        exempt.write(
            {
                "fiscal_position_ids": [Command.link(position.id)],
                "original_tax_ids": [Command.link(row.tax_id.id)],
            }
        )
        sale = self._buy_in()
        self.assertEqual(sale.fiscal_position_id, position)
        self.assertEqual(sale.order_line[0].tax_ids, row.tax_id)
