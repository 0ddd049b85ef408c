"""The shop completed an order by itself: its goods leave here, too, where the flow says so."""

from odoo.tests import tagged

from .outbound_case import OutboundCase


@tagged("post_install", "-at_install")
class TestShipmentIn(OutboundCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.inbound = cls._flow("shipment", "in")
        cls.inbound.active = True
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )

    def stock(self, **pieces):
        for sku, quantity in pieces.items():
            product = self.mug if sku == "MUG" else self.book
            location = self.warehouse.lot_stock_id
            self.env["stock.quant"]._update_available_quantity(product, location, quantity)

    def complete(self, order):
        """The shop completes it; returns the event of what follows, as it ended."""
        self.store.clock.advance(5)
        self.store.update_order(order["id"], status="completed")
        self.again(order)
        self.run_pending()
        self.tell()
        return self.follow_up(order)

    def follow_up(self, order):
        return self.env["channel.event"].search(
            [("kind", "=", "shipment"), ("external_id", "=", str(order["id"]))], limit=1
        )

    def test_off_at_first(self):
        backend = self._make_backend(self.company, name="Another")
        flow = backend.flow_ids.filtered(
            lambda one: (one.kind, one.direction) == ("shipment", "in")
        )
        self.assertEqual(flow.mapped("active"), [False])
        self.inbound.active = False
        self.stock(MUG=5, BOOK=5)
        order, sale = self.sold()
        self.assertFalse(self.complete(order))
        self.assertEqual(sale.picking_ids.state, "assigned")

    def test_what_is_there_is_delivered_and_not_told_back(self):
        self.shipments.notify_customer = True
        self.stock(MUG=5, BOOK=5)
        order, sale = self.sold(("MUG", 2), ("BOOK", 1))
        event = self.complete(order)
        picking = sale.picking_ids
        self.assertEqual((event.state, picking.state), ("done", "done"), event.reason)
        self.assertIn(picking.name, event.reason)
        self.assertEqual(self.ended(picking), ("ignored", "The shop completed the order itself"))
        self.assertEqual(self.shop_notes(order), [])
        self.assertEqual(self.mails(order, "customer_note"), [])
        self.assertEqual(self.known(picking).via, "shop")
        self.assertEqual(self.notes(sale, state="pending"), self.env["channel.outbox"])

    def test_a_tracking_number_that_comes_later_is_news(self):
        self.stock(MUG=5, BOOK=5)
        order, sale = self.sold()
        self.complete(order)
        sale.picking_ids.carrier_tracking_ref = "A1"
        self.assertTold(sale.picking_ids)
        (text,) = self.shop_notes(order)
        self.assertIn("A1", text)

    def test_what_is_missing_stays_open_until_it_is_there(self):
        self.stock(MUG=2)
        order, sale = self.sold(("MUG", 2), ("BOOK", 1))
        event = self.complete(order)
        self.assertEqual((event.state, event.issue_id.code), ("blocked", "completed_without_goods"))
        self.assertIn("1 x Product BOOK", event.issue_id.title)
        self.assertEqual(set(sale.picking_ids.mapped("state")), {"done", "confirmed"})
        self.stock(BOOK=1)
        event.issue_id.action_retry()
        self.run_pending()
        self.assertEqual((event.state, event.issue_id.state), ("done", "resolved"))
        self.assertEqual(set(sale.picking_ids.mapped("state")), {"done"})
        self.tell()
        self.assertEqual(self.shop_notes(order), [])

    def test_every_step_of_the_warehouse(self):
        self.warehouse.delivery_steps = "pick_pack_ship"
        self.stock(MUG=2)
        order, sale = self.sold(("MUG", 2))
        event = self.complete(order)
        self.assertEqual(event.state, "done", event.reason)
        self.assertEqual(sale.picking_ids.mapped("state"), ["done"] * 3)
        self.assertEqual(sale.order_line[0].qty_delivered, 2)

    def test_run_twice(self):
        self.stock(MUG=5, BOOK=5)
        order, sale = self.sold()
        self.complete(order)
        event = self.note(order["id"], kind="shipment", source="order")
        self.run_job(event)
        self.assertEqual((event.state, event.reason), ("ignored", "Nothing is left to deliver"))
        self.assertEqual(len(sale.picking_ids), 1)

    def test_a_hint_that_is_not_true_any_more(self):
        self.stock(MUG=5, BOOK=5)
        order, sale = self.sold()
        event = self.note(order["id"], kind="shipment", source="order")
        self.run_job(event)
        self.assertEqual((event.state, sale.picking_ids.state), ("ignored", "assigned"))
        self.assertIn("processing", event.reason)

    def test_never_while_the_delivery_is_blocked(self):
        self.stock(MUG=5, BOOK=5)
        order, sale = self.sold()
        sale.write({"channel_delivery_blocked": True, "channel_hold_reason": "Waiting for money"})
        self.store.update_order(order["id"], status="completed")
        sale.channel_binding_ids.status_code = "completed"
        event = self.note(order["id"], kind="shipment", source="order")
        self.run_job(event)
        self.assertEqual((event.state, event.issue_id.code), ("blocked", "odoo_refused"))
        self.assertIn("Waiting for money", event.issue_id.title)
        self.assertEqual(sale.picking_ids.state, "assigned")
        sale.channel_delivery_blocked = False
        event.issue_id.action_retry()
        self.run_pending()
        self.assertEqual((event.state, sale.picking_ids.state), ("done", "done"))

    def test_what_odoo_asks_for_blocks(self):
        self.mug.tracking = "serial"
        order, sale = self.sold(("MUG", 1))
        move = sale.picking_ids.move_ids
        move.quantity = 1
        event = self.complete(order)
        self.assertEqual((event.state, event.issue_id.code), ("blocked", "odoo_refused"))
        self.assertNotEqual(sale.picking_ids.state, "done")
