"""Shipping, fees and discounts; and totals that the lines do not explain."""

from odoo.tests import tagged

from .common import JANE
from .line_case import LineCase


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
        self.assertEqual(binding.odoo_id.channel_difference, 0)
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
