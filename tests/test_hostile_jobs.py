"""Jobs over payloads that no shop should send: each ends as a state that a person can read."""

import itertools
import json
import random

from odoo.tests import tagged

from ..core import plain
from .catalogue_case import ShopCase
from .common import JANE
from .hostile_case import HostileMixin
from .line_case import LineCase
from .pure.woo import load, names
from .refund_case import RefundCase


@tagged("post_install", "-at_install")
class TestHostileOrders(HostileMixin, LineCase):
    backend_values = {"product_policy": "create"}

    def test_orders(self):
        orders = [
            self.place(
                ("MUG", 2),
                ("BOOK", 1 + number),
                fees=[("Gift wrap", "2.50")],
                shipping=[("flat_rate", "4.95")],
            )
            for number in range(3)
        ]
        documents = [self.payload(order) for order in orders]
        ids, numbers = {str(order["id"]) for order in orders}, itertools.count(1_000_000)

        def try_one(payload):
            external_id = next(numbers)
            if str(payload.get("id")) in ids:
                payload["id"] = external_id
            event = self.settle("order", external_id, payload)
            if event.state == "done" and event.res_model == "sale.order":
                sale = self.env["sale.order"].browse(event.res_id)
                difference = sale.amount_total - float(payload["total"])
                self.assertTrue(sale.currency_id.is_zero(difference), payload)

        self.try_out(documents, try_one, ["done", "blocked"])

    def test_an_order_that_changes_again_and_again(self):
        order = self.place(("MUG", 2), ("BOOK", 1), shipping=[("flat_rate", "4.95")])
        self.import_order(order)
        self.try_out(
            [self.payload(order)],
            lambda payload: self.settle("order", order["id"], payload),
            ["done", "blocked"],
        )

    def test_one_bad_order_holds_up_no_chunk(self):
        order = self.payload(self.place(("MUG", 2)))
        chance = random.Random(6)
        numbers = itertools.count(2_000_000)

        def variant(**values):
            return {**order, "id": next(numbers), **values}

        bad = [
            variant(total=value) for value in (None, "x", "1e999", [], "99999999999999999999")
        ] + [variant(line_items="x"), variant(currency="\u0000"), variant(tax_lines=[[[]]])]
        payloads = [*bad, *(variant() for _number in range(12))]
        chance.shuffle(payloads)
        events = self.poll(*plain.loads(json.dumps(payloads)))
        self.run_chunk(events)
        self.run_pending()
        states = {int(event.external_id): event.state for event in events}
        wrong = {payload["id"] for payload in bad}
        self.assertEqual({states[number] for number in states if number not in wrong}, {"done"})
        self.assertNotIn("pending", states.values())
        self.assertNotIn("failed", states.values())

    # === CUSTOMERS === #

    def customer(self, number):
        """An account that has ordered: its payload, and the contact that follows it."""
        email = f"customer{number}@example.com"
        billing = {**JANE, "email": email}
        account = self.store.add_customer(
            email, first_name="Jane", last_name=f"Doe {number}", billing=billing
        )
        sale = self.buy(("MUG", 1), billing=billing, customer_id=account["id"])
        adapter = self.backend._adapter()
        self.addCleanup(adapter.close)
        return dict(adapter.fetch_customer(str(account["id"])).payload), sale.partner_id

    def test_customers(self):
        documents, partners = zip(*(self.customer(number) for number in range(3)), strict=True)
        contacts = {
            document["id"]: partner for document, partner in zip(documents, partners, strict=True)
        }
        turns = itertools.cycle(contacts.items())
        streets = [partner.street for partner in partners]

        def try_one(payload):
            external_id, contact = next(turns)
            event = self.settle("customer", external_id, payload)
            self.assertEqual((event.res_model, event.res_id), ("res.partner", contact.id))
            self.assertTrue(contact.name)

        self.try_out(documents, try_one, ["done", "ignored", "blocked"])
        self.assertEqual([partner.street for partner in partners], streets)
        for document, partner in zip(documents, partners, strict=True):
            event = self.settle("customer", document["id"], {**document, "first_name": "Joan"})
            self.assertEqual(event.state, "done", "what came before stops nothing")
            self.assertEqual(partner.name, f"Joan {document['last_name']}")
        wrong = self.env["channel.event"].search([("kind", "=", "customer")])
        self.assertFalse(wrong.issue_ids.filtered(lambda issue: issue.state == "open"))

    def test_customers_that_never_ordered(self):
        before = self.env["res.partner"].search_count([])
        account = self.store.add_customer("jane@example.com", first_name="Jane", last_name="Doe")
        self.try_out(
            [{**account, "billing": JANE}],
            lambda payload: self.settle("customer", account["id"], payload),
            ["ignored"],
        )
        self.assertEqual(set(self.ended), {"ignored"})
        self.assertEqual(self.env["res.partner"].search_count([]), before)


@tagged("post_install", "-at_install")
class TestHostileProducts(HostileMixin, ShopCase):
    def test_products(self):
        numbers = itertools.count(1_000_000)

        def try_one(payload):
            self.settle("product", next(numbers), payload)

        documents = [load(name) for name in names("product")]
        self.try_out(documents, try_one, ["done", "blocked"])

    def test_a_product_that_changes_again_and_again(self):
        document = load("product__variable")
        external_id = document["product"]["id"]
        self.try_out(
            [document], lambda payload: self.settle("product", external_id, payload), ["done"]
        )


@tagged("post_install", "-at_install")
class TestHostileRefunds(HostileMixin, RefundCase):
    def test_refunds(self):
        order, sale = self.sold()
        made = self.store.refund_order(
            order["id"], restock=False, lines=[self.line(order["line_items"][0], 1)]
        )
        adapter = self.backend._adapter()
        self.addCleanup(adapter.close)
        document = dict(adapter.fetch_refunds(str(order["id"])).payload)
        self.assertEqual([row["id"] for row in document["refunds"]], [made["id"]])
        self.try_out(
            [document],
            lambda payload: self.settle("refund", order["id"], payload),
            ["done"],
        )
        self.assertTrue(sale.exists())
