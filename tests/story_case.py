"""What happens between a shop, its customers, a warehouse and a bookkeeper, told as stories.

The shop's REST API is asked over real HTTP, and its signed webhooks arrive at Odoo's own HTTP
server. Jobs run as queue_job runs them, until nothing waits on either side.
"""

from contextlib import nullcontext
from decimal import Decimal

from odoo.tests import HttpCase

from ..controllers.webhook import _flood
from .money_case import MoneyCase
from .outbound_case import MANY, OutboundCase

#: How events and notes may end by themselves; everything else needs a person.
IN_PEACE = {"done", "ignored"}


class StoryCase(MoneyCase, OutboundCase, HttpCase):
    """A shop and its Odoo. ``self.order`` is the shop's order of the story, ``self.sale`` ours."""

    #: a card, paid at the checkout; its orders are invoiced when paid
    card_code = "stripe"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.mug | cls.book).invoice_policy = "order"
        for sku in ("MUG", "BOOK"):
            cls.store.product(sku).update(manage_stock=True, stock_quantity=100)

    def setUp(self):
        super().setUp()
        self.gateway(self.card_code)
        self.map_carrier("flat_rate", self._carrier("Parcel Post"))
        self.store.webhooks.records.clear()
        self.store.webhooks.pending.clear()
        self.backend._ensure_webhook_secret()
        with self._odoo_listens():
            self.backend.action_install_webhooks()
        _flood._moments.clear()

    def enter_registry_test_mode(self):
        return nullcontext()  # an HttpCase is in it already

    # === TIME GOES BY === #

    def time_goes_by(self):
        """Webhooks arrive and jobs run until nothing waits; a second passes in the shop."""
        for _round in range(MANY):
            self._deliver()
            waiting = self._waiting()
            if not waiting and not self.store.webhooks.pending:
                self.store.clock.advance(1)
                return
            for record in waiting:
                self._run(
                    record, "_job_process" if record._name == "channel.event" else "_job_export"
                )
        self.fail(f"no end: {[(row, row.reason) for row in self._waiting()]}")

    def _waiting(self):
        own = [("backend_id", "=", self.backend.id), ("state", "=", "pending")]
        return [
            *self.env["channel.event"].search(own, order="id"),
            *self.env["channel.outbox"].search(own, order="id"),
        ]

    def _deliver(self):
        """The shop sends what it has to tell, by its webhooks."""
        if not self.store.webhooks.pending:
            return
        with self._odoo_listens():
            sent = self.store.deliver()
        self.assertEqual({status for status, _topic, _id in sent} - {200}, set())

    def _odoo_listens(self):
        self.env.flush_all()
        self.env.cr.clear()
        self.addCleanup(setattr, self, "http_request_allow_all", self.http_request_allow_all)
        return self.allow_requests(all_requests=True)

    # === IN THE SHOP === #

    def the_customer_orders(self, *lines, **cart):
        self.order = self.place(*lines, **cart)
        self.time_goes_by()
        self.sale = self._sale()

    def the_customer_pays_by_card(self, *lines, **cart):
        self.the_customer_orders(*lines, **{**self.card(), **cart})
        self.assertEqual(self.sale.state, "sale")

    def _sale(self):
        binding = self.env["channel.binding.order"]._find(self.backend, self.order["id"])
        return binding.odoo_id

    def the_shop(self, doing, *args, **options):
        """The shop does something to the order: ``the_shop("refund_order", amount="5.00")``."""
        result = getattr(self.store, doing)(self.order["id"], *args, **options)
        self.time_goes_by()
        return result

    def the_shop_refunds(self, **options):
        return self.the_shop("refund_order", **options)

    def part_of_line(self, name, quantity, share=None):
        """A line of a refund as REST takes it: this many pieces with their part of the money."""
        item = self.item(name)
        part = Decimal(share if share is not None else quantity) / Decimal(item["quantity"])
        cents = lambda amount: f"{Decimal(amount) * part:.2f}"  # noqa: E731
        return {
            "id": item["id"],
            "quantity": quantity,
            "refund_total": cents(item["total"]),
            "refund_tax": [
                {"id": tax["id"], "refund_total": cents(tax["total"])} for tax in item["taxes"]
            ],
        }

    def item(self, name):
        """A line of the shop's order by SKU, or its first one of a kind: ``shipping_lines``."""
        if name in ("shipping_lines", "fee_lines"):
            return {"quantity": 1, **self.order[name][0]}
        return next(item for item in self.order["line_items"] if item["sku"] == name)

    @property
    def shop_status(self):
        return self.store.orders[self.order["id"]]["status"]

    @property
    def shop_refunds(self):
        found = (row for row in self.store.refunds.values() if row["parent_id"] == self.order["id"])
        return sorted(found, key=lambda row: row["id"])

    def pieces_in_shop(self, sku):
        return self.store.product(sku)["stock_quantity"]

    # === IN THE WAREHOUSE === #

    def the_warehouse_ships(self, **pieces):
        """Ship pieces by SKU, or all that is open; returns the parcel."""
        parcel = self.send(self.sale, **pieces)
        self.time_goes_by()
        return parcel

    def the_goods_come_back(self, parcel, **pieces):
        back = self.give_back(parcel, **pieces)
        self.time_goes_by()
        return back

    def the_warehouse_receives_the_returns(self):
        """Take in what refunds of the shop have announced."""
        open_ones = self.sale.picking_ids.filtered(
            lambda one: one.picking_type_code == "incoming" and one.state not in ("done", "cancel")
        )
        for move in open_ones.move_ids:
            move.write({"quantity": move.product_uom_qty, "picked": True})
        open_ones.button_validate()
        self.time_goes_by()

    def pieces_with_customer(self, sku):
        lines = self.sale.order_line.filtered(lambda line: line.product_id.default_code == sku)
        return sum(lines.mapped("qty_delivered"))

    # === IN THE BOOKS === #

    @property
    def invoices(self):
        return self.moves_of(self.sale).filtered(lambda move: move.move_type == "out_invoice")

    @property
    def credit_notes(self):
        return self.moves_of(self.sale).filtered(lambda move: move.move_type == "out_refund")

    def the_bookkeeper_credits(self, reason="Broken", **pieces):
        """Credit pieces of the invoice by SKU (all where none are named), and pay them back."""
        wizard = self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=self.invoices.ids
        )
        wizard = wizard.create({"reason": reason, "journal_id": self.invoices.journal_id.id})
        wizard.refund_moves()
        note = wizard.new_move_ids
        for line in note.invoice_line_ids if pieces else ():
            sku = line.product_id.default_code
            if sku in pieces:
                line.quantity = pieces[sku]
            else:
                line.unlink()
        note.action_post()
        self.the_bookkeeper_pays(note)
        self.time_goes_by()
        return note

    def the_bookkeeper_pays(self, move):
        register = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        )
        register.create({"journal_id": self.journal.id})._create_payments()

    # === HOW IT ENDS === #

    def issues(self, state="open"):
        domain = [("backend_id", "=", self.backend.id), ("state", "=", state)]
        return self.env["channel.issue"].search(domain)

    def assertPeace(self):
        """Everything was told and taken over, and no person has to do anything."""
        self.assertEqual(self.issues().mapped("title"), [])
        for model in ("channel.event", "channel.outbox"):
            rows = self.env[model].search([("backend_id", "=", self.backend.id)])
            self.assertLessEqual(set(rows.mapped("state")), IN_PEACE, rows.mapped("reason"))

    def assertIssue(self, code):
        """One issue is open, of this code; returns it."""
        issues = self.issues()
        self.assertEqual(issues.mapped("code"), [code], issues.mapped("title"))
        return issues

    def assertTheEnd(self, **money):
        """All is quiet, what Odoo told came back as an echo, and the money is right."""
        self.assertPeace()
        self.the_shop_says_it_again()
        self.assertMoney(self.order, **money)

    def the_shop_says_it_again(self):
        """Another webhook of the same order changes nothing."""
        before = self._figures()
        event = self.receive(self.order["id"])
        self.assertEqual(event.state, "ignored", event.reason)
        self.time_goes_by()
        self.assertEqual(self._figures(), before)

    def _figures(self):
        self.env.invalidate_all()
        return (
            self.sale.state,
            self.sale.amount_total,
            len(self.moves_of(self.sale)),
            len(self.payments_of(self.sale)),
            len(self.sale.picking_ids),
            len(self.shop_refunds),
        )
