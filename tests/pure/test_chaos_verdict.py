"""The verdict on a storm: silent where both sides are equal, and it names what is not."""

from copy import deepcopy
from decimal import Decimal
from unittest import TestCase

from ...dev.chaos_run.side_odoo import Document, House, OdooProduct, OdooSide, Refund, Sale
from ...dev.chaos_run.side_shop import ShopOrder, ShopProduct, ShopRefund, ShopSide
from ...dev.chaos_run.verdict import compare

NUMBER = "EAST-1-1"


def _shop():
    """One order, paid, shipped and refunded in part; one cancelled; one on hold."""
    common = {"email": "jane@east.example.com", "note": "", "tax": Decimal("2.10")}
    shipped = ShopOrder(
        id="1",
        number="1",
        status="completed",
        method="stripe",
        is_paid=True,
        total=Decimal("12.10"),
        lines={"MUG": Decimal(2)},
        refunds=[ShopRefund("7", Decimal("6.05"), {"MUG": Decimal(1)})],
        told={NUMBER: {"fulfilments": 1, "notes": 1}},
        number_told="S1",
        **common,
    )
    waiting = ShopOrder(
        id="2",
        number="2",
        status="on-hold",
        method="bacs",
        is_paid=False,
        total=Decimal("6.05"),
        lines={"MUG": Decimal(3)},
        refunds=[],
        told={},
        **common,
    )
    over = deepcopy(waiting)
    over.id, over.status = "3", "cancelled"
    return ShopSide(
        name="east",
        orders={order.id: order for order in (shipped, waiting, over)},
        products={"MUG": ShopProduct("11", "MUG", "Mug", 7, Decimal("6.05"))},
        accounts={"jane@east.example.com": "Jane Doe"},
    )


def _odoo():
    common = {"email": "jane@east.example.com", "note": "", "tax": Decimal("2.10")}
    shipped = Sale(
        id=1,
        name="S1",
        state="sale",
        total=Decimal("12.10"),
        lines={"MUG": Decimal(2)},
        shipped={"MUG": Decimal(2)},
        parcels=[NUMBER],
        moves=[
            Document(1, "INV1", "out_invoice", Decimal("12.10")),
            Document(2, "RINV1", "out_refund", Decimal("6.05")),
        ],
        payments=[
            Document(1, "PAY1", "inbound", Decimal("12.10")),
            Document(2, "PAY2", "outbound", Decimal("6.05")),
        ],
        refunds=[Refund("7", Decimal("6.05"), 2)],
        **common,
    )
    waiting = Sale(
        id=2,
        name="S2",
        state="draft",
        total=Decimal("6.05"),
        lines={"MUG": Decimal(3)},
        **common,
    )
    over = Sale(id=3, name="S3", state="cancel", total=Decimal("6.05"), **common)
    product = OdooProduct("Mug", Decimal(5), rate=Decimal(21))
    return OdooSide({"1": shipped, "2": waiting, "3": over}, {"MUG": product})


def _house():
    return House(
        on_hand={"MUG": Decimal(10)},
        contacts={"jane@east.example.com": ["Jane Doe"]},
        codes={"MUG": 1},
        strays=[],
        jobs=[],
    )


class TestVerdict(TestCase):
    def setUp(self):
        super().setUp()
        self.begin()

    def begin(self):
        self.shop, self.odoo, self.house = _shop(), _odoo(), _house()
        self.order, self.sale = self.shop.orders["1"], self.odoo.sales["1"]

    def verdict(self):
        return compare([self.shop], [self.odoo], self.house)

    def assertNames(self, kind, text):
        """One finding, of this kind and with this text."""
        verdict = self.verdict()
        found = {name: getattr(verdict, name) for name in ("lost", "doubled", "left", "differing")}
        self.assertEqual({name for name, texts in found.items() if texts}, {kind}, found)
        self.assertIn(text, " ".join(found[kind]))
        self.assertFalse(verdict.is_good)

    def test_equal_sides(self):
        verdict = self.verdict()
        self.assertTrue(verdict.is_good, verdict)
        self.assertEqual(verdict.compared["orders"], 3)
        self.assertEqual(verdict.explained + verdict.issues, [])

    # === ORDERS === #

    def test_an_order_is_lost(self):
        del self.odoo.sales["2"]
        self.assertNames("lost", "not in Odoo")

    def test_an_order_that_was_never_ordered_is_not(self):
        self.shop.orders["2"].status = "pending"
        self.house.on_hand["MUG"] -= 3
        del self.odoo.sales["2"]
        self.assertNames("lost", "not in Odoo")
        self.odoo.ignored["2"] = "Not ordered yet"
        self.assertTrue(self.verdict().is_good)

    def test_an_order_is_there_twice(self):
        self.house.strays.append("sales order S9")
        self.assertNames("doubled", "S9")

    def test_a_sales_order_of_no_order(self):
        self.odoo.sales["9"] = deepcopy(self.odoo.sales["3"])
        self.assertNames("doubled", "S3")

    def test_totals_taxes_lines_and_words(self):
        for name, value in (
            ("total", Decimal("12.11")),
            ("tax", Decimal("2.11")),
            ("state", "draft"),
            ("note", "Ring twice"),
            ("email", "joe@east.example.com"),
        ):
            with self.subTest(name=name):
                self.begin()
                setattr(self.sale, name, value)
                self.assertNames("differing", f"{value}")

    def test_pieces(self):
        self.odoo.sales["2"].lines["MUG"] = Decimal(2)
        self.assertNames("differing", "3 x MUG in the shop, 2 x MUG in S2")

    def test_cancelled_on_one_side(self):
        self.odoo.sales["3"].state = "sale"
        self.assertNames("differing", "S3 is sale")
        self.begin()
        self.odoo.sales["2"].state = "cancel"
        self.assertNames("differing", "S2 is cancelled")

    def test_the_number_was_not_told(self):
        self.order.number_told = ""
        self.assertNames("lost", "number S1")

    # === GOODS === #

    def test_a_parcel_was_not_told(self):
        self.order.told[NUMBER] = {}
        self.assertNames("lost", NUMBER)

    def test_a_parcel_was_told_twice(self):
        for feature in ("notes", "trackings", "fulfilments"):
            self.order.told[NUMBER] = {feature: 2}
            self.assertNames("doubled", NUMBER)

    def test_goods_left_twice(self):
        self.sale.shipped["MUG"] = Decimal(4)
        self.assertNames("doubled", "4 x MUG left")

    def test_goods_are_to_leave_that_nobody_ordered(self):
        self.sale.open["MUG"] = Decimal(1)
        verdict = self.verdict()
        self.assertIn("1 x MUG in open transfers", " ".join(verdict.differing))

    def test_the_completion_was_not_told(self):
        self.order.status = "processing"
        self.assertNames("lost", "has left")

    # === MONEY === #

    def test_an_invoice_or_a_payment_is_lost_or_doubled(self):
        for name in ("moves", "payments"):
            with self.subTest(name=name):
                self.begin()
                documents = getattr(self.sale, name)
                first = documents.pop(0)
                self.assertNames("lost", "S1 has no")
                documents += [first, first]
                self.assertNames("doubled", "S1 has 2")

    def test_an_invoice_of_what_waits_for_its_money(self):
        waiting = self.odoo.sales["2"]
        waiting.moves.append(Document(9, "INV9", "out_invoice", Decimal("6.05")))
        self.assertNames("doubled", "S2 has 1 invoices")

    def test_a_refund_is_lost_on_either_side(self):
        self.order.refunds.append(ShopRefund("8", Decimal("1.00")))
        self.assertIn("refund 8 of 1.00 is not in Odoo", " ".join(self.verdict().lost))
        self.begin()
        self.order.refunds.clear()
        self.assertIn("refund 7 of 6.05 is not in the shop", " ".join(self.verdict().lost))

    def test_a_credit_note_is_lost_or_doubled(self):
        self.sale.moves.append(Document(3, "RINV2", "out_refund", Decimal("6.05")))
        verdict = self.verdict()
        self.assertIn("the shop was not told of RINV2 of 6.05", " ".join(verdict.lost))
        self.assertIn("were invoiced", " ".join(verdict.differing))
        del self.sale.moves[1:]
        self.assertIn("refund 7 of 6.05 has no posted credit note", " ".join(self.verdict().lost))

    def test_a_refund_before_the_invoice_has_no_credit_note(self):
        self.sale.refunds[0].credit_note = None
        self.sale.moves[:] = [Document(1, "INV1", "out_invoice", Decimal("6.05"))]
        self.assertTrue(self.verdict().is_good, self.verdict().differing)

    def test_what_was_paid_back_differs(self):
        self.sale.payments.pop()
        self.assertNames("differing", "6.05, 12.10 were paid")

    # === STOCK, PRODUCTS, PEOPLE === #

    def test_stock(self):
        self.shop.products["MUG"].stock = 6
        self.assertNames("differing", "MUG shows 6 pieces: 10 on hand, 3 ordered")

    def test_demand_of_the_other_shop_counts(self):
        other = deepcopy(self.shop)
        other.orders = {}
        verdict = compare([self.shop, other], [self.odoo, deepcopy(self.odoo)], self.house)
        self.assertEqual([text for text in verdict.differing if "shows" in text], [])
        other.products["MUG"].stock = 10
        verdict = compare([self.shop, other], [self.odoo, deepcopy(self.odoo)], self.house)
        self.assertIn("MUG shows 10 pieces", " ".join(verdict.differing))

    def test_prices(self):
        self.shop.products["MUG"].price = Decimal("6.00")
        self.assertNames("differing", "MUG costs 6.00")

    def test_a_product_is_lost_or_doubled(self):
        self.house.codes["MUG"] = 2
        self.assertNames("doubled", "product MUG is in Odoo 2 times")
        self.begin()
        self.odoo.products.clear()
        self.assertNames("lost", "product MUG is not in Odoo")

    def test_a_contact_is_lost_doubled_or_differs(self):
        for names, kind in (
            ([], "lost"),
            (["Jane Doe", "Jane Doe"], "doubled"),
            (["Joe Doe"], "differing"),
        ):
            self.house.contacts["jane@east.example.com"] = names
            self.assertNames(kind, "jane@east.example.com")

    # === WHAT IS LEFT === #

    def test_what_waits_is_left(self):
        self.house.jobs.append("import (failed)")
        self.assertNames("left", "job import")
        self.begin()
        self.odoo.unfinished.append("event 5, order 2")
        self.assertNames("left", "event 5")
        self.begin()
        self.shop.undelivered = 1
        self.assertNames("left", "1 webhooks")

    def test_what_is_stuck_needs_an_issue(self):
        self.odoo.stuck.append(("2", "order 2 is blocked: why", False))
        self.assertNames("left", "no issue")
        self.odoo.stuck[0] = ("2", "order 2 is blocked: why", True)
        verdict = self.verdict()
        self.assertTrue(verdict.is_good)
        self.assertEqual(verdict.explained, ["east: order 2 is blocked: why"])

    def test_an_issue_explains_a_difference_but_nothing_doubled(self):
        self.odoo.issues = {("order", "1"): "Edited too late", ("issue", "1"): "Edited too late"}
        self.sale.total = Decimal(1)
        verdict = self.verdict()
        self.assertTrue(verdict.is_good)
        self.assertEqual(len(verdict.explained), 1)
        self.assertEqual(verdict.issues, ["east: Edited too late"])
        self.sale.payments.append(self.sale.payments[0])
        self.assertFalse(self.verdict().is_good)
