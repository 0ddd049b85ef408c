"""The shop edits an order: before its goods have left, and after."""

from odoo.tests import tagged

from .story_case import StoryCase


class Edits:
    def setUp(self):
        super().setUp()
        self.gateway("cod")
        self.shipments.complete_order = False  # the shop itself completes what was paid
        self.the_customer_orders(("MUG", 3), ("BOOK", 2), payment_method="cod", **self.charges)

    # === BEFORE === #

    def test_before_delivery(self):
        self.the_shop_edits({"MUG": 5}, remove=["BOOK"], add=[("CUP", 1)])
        self.assertPeace()
        self.sale_follows()
        self.the_warehouse_ships()
        self.assertEqual(self.sent(), {"MUG": 5, "CUP": 1})
        self.the_cash_arrives()
        self.assertTheEnd()

    def test_another_address_before_delivery(self):
        customer = self.sale.partner_id.street
        self.the_shop_edits(shipping={**self.order["billing"], "address_1": "Other Street 9"})
        self.assertEqual(self.sale.partner_shipping_id.street, "Other Street 9")
        self.assertEqual(self.sale.partner_id.street, customer)
        self.the_warehouse_ships()
        self.the_cash_arrives()
        self.assertTheEnd()

    def test_between_two_deliveries(self):
        """What has left stays, what has not left follows."""
        self.the_warehouse_ships(MUG=3)
        self.the_shop_edits({"BOOK": 1}, add=[("CUP", 2)])
        self.assertPeace()
        self.sale_follows()
        self.the_warehouse_ships()
        self.assertEqual(self.sent(), {"MUG": 3, "BOOK": 1, "CUP": 2})
        self.the_cash_arrives()
        self.assertTheEnd()

    # === AFTER === #

    def test_more_after_delivery(self):
        self.the_warehouse_ships()
        self.the_shop_edits({"MUG": 4})
        self.assertPeace()
        self.sale_follows()
        self.the_warehouse_ships()
        self.assertEqual(self.sent(), {"MUG": 4, "BOOK": 2})
        self.the_cash_arrives()
        self.assertTheEnd()

    def test_fewer_after_delivery_is_undone_in_the_shop(self):
        self.the_warehouse_ships()
        total = self.sale.amount_total
        self.the_shop_edits({"MUG": 1})
        issue = self.an_issue_shows_both_sides()
        self.assertEqual(self.sale.amount_total, total)
        self.the_shop_edits({"MUG": 3})
        self.assertEqual(issue.state, "resolved")
        self.the_cash_arrives()
        self.assertTheEnd()

    def test_fewer_after_delivery_the_shop_is_right(self):
        parcel = self.the_warehouse_ships()
        self.the_shop_edits({"MUG": 1})
        self.an_issue_shows_both_sides().action_accept_shop()
        self.time_goes_by()
        self.sale_follows()
        self.the_goods_come_back(parcel, MUG=2)
        self.the_cash_arrives()
        self.assertEqual(self.sent(), {"MUG": 1, "BOOK": 2})
        self.assertTheEnd()

    def test_fewer_after_delivery_odoo_is_right(self):
        """The shop keeps its mistake; nobody is asked again until it changes once more."""
        self.the_warehouse_ships()
        self.the_shop_edits({"MUG": 1})
        self.an_issue_shows_both_sides().action_keep_odoo()
        self.time_goes_by()
        self.assertFalse(self.issues())
        self.the_shop_says_it_again()
        self.assertEqual(self.sent(), {"MUG": 3, "BOOK": 2})

    # === WHAT HAPPENS === #

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._add_product("CUP", "7.35")

    def the_shop_edits(self, quantities=None, remove=(), **changes):
        self.order = self.the_shop(
            "edit_order",
            set_quantity={
                self.item(sku)["id"]: pieces for sku, pieces in (quantities or {}).items()
            },
            remove=[self.item(sku)["id"] for sku in remove],
            **changes,
        )

    def sale_follows(self):
        self.assertTotals(self.sale, self.order)

    def an_issue_shows_both_sides(self):
        issue = self.issues()
        self.assertTrue(issue.choices, issue.title)
        self.assertIn("MUG", issue.comparison)
        return issue

    def the_cash_arrives(self):
        self.the_shop("update_order", status="completed")

    def sent(self):
        """Pieces that the customer has, by SKU."""
        lines = self.sale.order_line.filtered(lambda line: line.product_id.type == "consu")
        return {
            line.product_id.default_code: line.qty_delivered for line in lines if line.qty_delivered
        }


@tagged("post_install", "-at_install")
class TestTaxExclusive(Edits, StoryCase):
    pass


@tagged("post_install", "-at_install")
class TestTaxInclusive(Edits, StoryCase):
    store_options = {"prices_include_tax": True, "timezone": "Europe/Brussels"}
