"""A seeded story of a shop, told to Odoo in different ways, and what must come of it each time."""

from collections import Counter
from random import Random

from odoo.tools import html2plaintext

from ..dev.woostore.jsontext import dumps
from ..dev.woostore.story import Story
from .common import JANE
from .story_case import StoryCase

#: Orders that are over in the shop; Odoo has cancelled them, or has never taken them over.
OVER = {"trash", "cancelled"}
STEPS = 36


class StormCase(StoryCase):
    """Tells a story by webhooks, polls or both, and compares both sides at its end."""

    #: whether the shop's webhooks arrive: as they come, ``dropped`` or in a ``storm``
    weather = ""
    backend_values = {"product_policy": "issue"}

    def setUp(self):
        super().setUp()
        self._begin_earlier()
        for name in ("orders", "customers", "refunds"):
            getattr(self.store, name).clear()
        self.store.add_product(sku="POSTER", name="Poster", regular_price="5")
        self.addCleanup(self.store.delete_product, "POSTER")
        for sku in ("MUG", "BOOK"):
            self.store.product(sku).update(
                name=f"Product {sku}",
                stock_quantity=10_000,
                date_modified_gmt=self.store.clock.stamp(),
            )
        self._switch_products_on()
        self.chance = Random(7)
        self.under_way = []
        self.addCleanup(setattr, self.store, "drop", None)

    def _begin_earlier(self):
        """A story takes a while, and a signed request is refused that is a quarter of an hour off,
        either way. What the shop has already must not be younger than the story.
        """
        clock = self.store.clock
        self.addCleanup(setattr, clock, "_offset", clock._offset)
        clock.advance(-800)

    def _switch_products_on(self):
        self.flow_of("product").active = True
        self.backend.action_create_pricelists()
        tax = self.env["account.tax"].search(
            [("company_id", "=", self.company.id), ("type_tax_use", "=", "sale")], limit=1
        )
        for row in self.backend.tax_class_map_ids:
            if row.external_code != "standard":
                row.tax_ids = tax.copy({"name": row.external_code})
            else:
                row.tax_ids = tax

    def flow_of(self, kind):
        flows = self.backend.flow_ids
        return flows.filtered(lambda flow: (flow.kind, flow.direction) == (kind, "in"))

    # === TELLING === #

    def tell(self, seed, polls):
        """The whole story; ``polls``: how likely one runs after each thing that happens."""
        story = Story(self.store, Random(seed), JANE)
        for _number in range(STEPS):
            story.go_on()
            self._deliver()
            self._work()
            if self.chance.random() < polls:
                self._ask(self.chance.choice(["order", "product", "order"]))
        return story

    def all_is_said(self):
        """What is under way arrives, the schedule runs once more, and the night's work."""
        while self.under_way:
            self._deliver()
            self._work()
        self.time_goes_by()
        for kind in ("order", "product", "customer", "refund"):
            self._ask(kind)
            self.time_goes_by()

    def _ask(self, kind):
        self.assertIsNone(self._run(self.flow_of(kind), "_job_poll"))

    def _work(self):
        """Some of the waiting jobs run, in any order."""
        waiting = self._waiting()
        self.chance.shuffle(waiting)
        for row in waiting[: max(1, len(waiting) * 2 // 3)]:
            self._run(row, "_job_process" if row._name == "channel.event" else "_job_export")

    def _deliver(self):  # pylint: disable=missing-return
        if self.weather == "dropped":
            self.store.drop = lambda *_delivery: True
            self.store.deliver()
        elif self.weather == "storm":
            self._storm()
        else:
            super()._deliver()

    def _storm(self):
        """Each delivery three times, one of them with what the record was when it was queued;
        late, and in any order."""
        hooks = self.store.webhooks
        for hook_id, resource_id in hooks.pending:
            old = hooks.payload(hooks[hook_id], resource_id)
            self.under_way += [(hook_id, resource_id, body) for body in (None, None, old)]
        hooks.pending.clear()
        self.chance.shuffle(self.under_way)
        count = min(len(self.under_way), max(4, len(self.under_way) // 3))
        sent, self.under_way = self.under_way[:count], self.under_way[count:]
        with self._odoo_listens():
            statuses = {self._send(*delivery) for delivery in sent}
        self.assertLessEqual(statuses, {200})

    def _send(self, hook_id, resource_id, old):
        hooks = self.store.webhooks
        hook = hooks[hook_id]
        if old is None:
            return hooks._deliver_one(hook, resource_id)
        body = dumps(old).encode()
        return hooks._post(hook["delivery_url"], body, hooks.headers(hook, body))

    # === BOTH SIDES === #

    def in_shop(self, order):
        """An order as both sides have to show it; None where it is over."""
        if order["status"] in OVER:
            return None
        lines = Counter()
        for line in order["line_items"]:
            lines[self.store.products[line["product_id"]]["sku"]] += line["quantity"]
        refunds = [row for row in self.store.refunds.values() if row["parent_id"] == order["id"]]
        paid = order["payment_method"] == "stripe"
        return {
            "state": "draft" if order["status"] == "on-hold" else "sale",
            "total": f"{float(order['total']):.2f}",
            "tax": f"{float(order['total_tax']):.2f}",
            "lines": dict(+lines),
            "to ship": {} if order["status"] == "on-hold" else dict(+lines),
            "note": order["customer_note"],
            "email": order["billing"]["email"],
            "invoices": [f"{float(order['total']):.2f}"] if paid else [],
            "payments": [f"{float(order['total']):.2f}"] if paid else [],
            "refunds": sorted(f"{float(row['amount']):.2f}" for row in refunds),
            "credit notes": sorted(f"{float(row['amount']):.2f}" for row in refunds),
        }

    def in_odoo(self, order_id):
        sales = (
            self.env["channel.binding.order"]
            .search([("backend_id", "=", self.backend.id), ("external_id", "=", str(order_id))])
            .odoo_id
        )
        sale = sales.filtered(lambda sale: sale.state != "cancel")
        if not sale:
            return None
        lines, to_ship = Counter(), Counter()
        for line in sale.order_line.filtered("product_id.default_code"):
            if line.product_id.is_storable:
                lines[line.product_id.default_code] += int(line.product_uom_qty)
        for move in sale.picking_ids.move_ids.filtered(lambda move: move.state != "cancel"):
            to_ship[move.product_id.default_code] += int(move.product_uom_qty)
        moves = self.moves_of(sale)
        invoices = moves.filtered(lambda move: move.move_type == "out_invoice")
        bindings = self.env["channel.binding.refund"].search([("order_id", "=", sale.id)])
        return {
            "state": sale.state,
            "total": f"{sale.amount_total:.2f}",
            "tax": f"{sale.amount_tax:.2f}",
            "lines": dict(+lines),
            "to ship": dict(+to_ship),
            "note": html2plaintext(sale.note or "").strip(),
            "email": sale.partner_invoice_id.email or sale.partner_id.email,
            "invoices": [f"{move.amount_total:.2f}" for move in invoices],
            "payments": [
                f"{payment.amount:.2f}"
                for payment in self.payments_of(sale)
                if payment.payment_type == "inbound"
            ],
            "refunds": sorted(f"{binding.amount:.2f}" for binding in bindings),
            "credit notes": sorted(f"{move.amount_total:.2f}" for move in moves - invoices),
        }

    def differences(self):
        """``{order id: (shop, Odoo)}`` of the orders that differ."""
        self.env.invalidate_all()
        both = {
            order["id"]: (self.in_shop(order), self.in_odoo(order["id"]))
            for order in self.store.orders.values()
        }
        return {order_id: sides for order_id, sides in both.items() if sides[0] != sides[1]}

    def assertInStep(self, story):
        """Nothing is lost, and nothing is there twice."""
        self.assertEqual(self.differences(), {})
        self.assertPeace()
        bindings = self.env["channel.binding.order"].search([("backend_id", "=", self.backend.id)])
        sales = self.env["sale.order"].search([("channel_backend_id", "=", self.backend.id)])
        self.assertEqual(sorted(sales.ids), sorted(bindings.odoo_id.ids))
        self.assertEqual(len(sales), len(bindings))
        self._assert_contacts(story)
        self._assert_products()

    def _assert_contacts(self, story):
        for account in story.accounts:
            binding = self.env["channel.binding.partner"]._find(self.backend, account["id"])
            if binding:
                partner = binding.odoo_id
                found = (partner.name, partner.email, (partner.phone or "").replace(" ", "")[-6:])
                phone = account["billing"]["phone"].replace(" ", "")[-6:]
                self.assertEqual(found, (f"{account['first_name']} Doe", account["email"], phone))
        emails = {order["billing"]["email"] for order in self.store.orders.values()}
        people = self.env["res.partner"].search(
            [("email", "in", list(emails)), ("parent_id", "=", False)]
        )
        self.assertLessEqual(max(Counter(people.mapped("email")).values()), 1)

    def _assert_products(self):
        templates = self.env["channel.binding.template"].with_context(active_test=False)
        for sku in ("MUG", "BOOK", "POSTER"):
            shown = self.store.product(sku)
            binding = templates._find(self.backend, str(shown["id"]))
            if shown["status"] == "trash":
                self.assertTrue(not binding or binding.gone_at, sku)
            else:
                self.assertEqual(
                    (binding.odoo_id.name, bool(binding.gone_at)), (shown["name"], False)
                )
