"""What follows from an order that comes in: hints for its payment, refunds and shipments."""

from odoo.tests import tagged

from .line_case import WorkflowCase


@tagged("post_install", "-at_install")
class TestFollowUps(WorkflowCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        flows = cls.env["channel.flow"].with_context(active_test=False)
        for kind in ("payment", "refund", "shipment"):
            flow = flows.search(
                [
                    ("backend_id", "=", cls.backend.id),
                    ("kind", "=", kind),
                    ("direction", "=", "in"),
                ]
            )
            values = {"backend_id": cls.backend.id, "kind": kind, "direction": "in"}
            (flow or flows.create(values)).active = True

    def want_payments(self):
        """Have every gateway register payments: then their orders have a hint."""
        self.backend.payment_map_ids.register_payment = True

    def hints(self, order):
        """Kinds of the follow-up events of an order that wait; they are settled."""
        events = self.env["channel.event"].search(
            [
                ("external_id", "=", str(order["id"])),
                ("source", "=", "order"),
                ("state", "=", "pending"),
            ]
        )
        kinds = sorted(events.mapped("kind"))
        events._settle("done")
        events.flush_recordset()
        return kinds

    def test_a_plain_order_has_none(self):
        order = self.place(("MUG", 1))
        self.import_order(order)
        self.assertEqual(self.hints(order), [])

    def test_payment_where_the_gateway_wants_it(self):
        self.want_payments()
        order = self.place(("MUG", 1))
        self.import_order(order)
        self.assertEqual(self.hints(order), ["payment"])
        self.assertEqual(self.again(order).state, "ignored")
        self.assertEqual(self.hints(order), [])
        self.store.clock.advance(5)
        self.store.update_order(order["id"], status="completed")
        self.again(order)
        self.assertEqual(self.hints(order), ["payment", "shipment"])

    def test_none_for_a_quotation_until_it_is_confirmed(self):
        self.want_payments()
        order = self.place(("MUG", 1), status="on-hold")
        sale = self.import_order(order)
        self.assertEqual(self.hints(order), [])
        sale.action_confirm()
        self.assertEqual(self.hints(order), ["payment", "shipment"])

    def test_release_makes_the_hint_once(self):
        self.want_payments()
        order = self.place(("MUG", 1), status="on-hold")
        sale = self.import_order(order)
        self.store.update_order(order["id"], status="processing")
        self.again(order)
        self.assertEqual((sale.state, self.hints(order)), ("sale", ["payment"]))
        events = self.env["channel.event"].search_count(
            [("kind", "=", "payment"), ("external_id", "=", str(order["id"]))]
        )
        self.assertEqual(events, 1)

    def test_a_person_asks_again(self):
        self.want_payments()
        order = self.place(("MUG", 1))
        self.import_order(order)
        self.hints(order)
        self.again(order, source="manual")
        self.assertEqual(self.hints(order), ["payment"])

    def test_refunds_and_their_end(self):
        """A refund, another, one that was bound meanwhile, one that is gone."""
        order = self.place(("MUG", 3))
        sale = self.import_order(order)
        lines = sale.order_line.ids
        first = self.store.refund_order(order["id"], amount="1.00")
        self.again(order)
        self.assertEqual(self.hints(order), ["refund"])
        self.env["channel.binding.refund"]._bind(
            self.backend,
            first["id"],
            self.env["account.move"],
            order_id=sale.id,
            order_external_id=str(order["id"]),
        )
        self.store.clock.advance(5)
        self.store.update_order(order["id"], customer_note="Ring twice")
        self.again(order)
        self.assertEqual(self.hints(order), [])
        self.store.clock.advance(5)
        self.store.delete_refund(first["id"])
        self.store.update_order(order["id"], customer_note="Ring")
        self.again(order)
        self.assertEqual(self.hints(order), ["refund"])
        self.assertEqual((sale.order_line.ids, sale.state), (lines, "sale"))

    def test_refund_of_an_order_that_is_held(self):
        self.want_payments()
        order = self.place(("MUG", 3), status="on-hold")
        self.store.refund_order(order["id"], amount="1.00")
        sale = self.import_order(order)
        self.assertEqual((sale.state, self.hints(order)), ("draft", ["refund"]))
        sale.action_confirm()
        self.assertEqual(self.hints(order), ["payment", "refund", "shipment"])

    def test_refund_of_an_order_that_is_over(self):
        order = self.place(("MUG", 3))
        sale = self.import_order(order)
        self.store.refund_order(order["id"], amount="1.00")
        self.store.update_order(order["id"], status="cancelled")
        self.again(order)
        self.assertEqual((sale.state, self.hints(order)), ("cancel", ["refund"]))
        self.again(order)
        self.assertEqual(self.hints(order), [])

    def test_flows_that_are_off(self):
        self.want_payments()
        flows = self.backend.flow_ids.filtered(lambda flow: flow.kind != "order")
        flows.active = False
        order = self.place(("MUG", 1), status="completed")
        self.store.refund_order(order["id"], amount="1.00")
        self.import_order(order)
        self.assertEqual(self.hints(order), [])

    def test_a_chunk_makes_them_together(self):
        self.want_payments()
        payloads = [self.payload(self.place(("MUG", number))) for number in (1, 2, 3)]
        insert = type(self.env["channel.event"])._follow_up
        calls = []

        def follow_up(events, backend, kind, external_ids, **options):
            calls.append((kind, list(external_ids)))
            return insert(events, backend, kind, external_ids, **options)

        self.patch(type(self.env["channel.event"]), "_follow_up", follow_up)
        self.run_chunk(self.poll(*payloads))
        self.assertEqual(calls, [("payment", [str(payload["id"]) for payload in payloads])])
