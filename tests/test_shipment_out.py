"""Goods that left are told to the shop: by fulfilment, tracking plug-in or note."""

from datetime import timezone

from odoo.fields import Command
from odoo.tests import tagged

from .outbound_case import OutboundCase


@tagged("post_install", "-at_install")
class TestShipmentByNote(OutboundCase):
    """A shop without any plug-in."""

    def test_shipped_in_two_parts_then_complete(self):
        order, sale = self.sold(("MUG", 2), ("BOOK", 1))
        first = self.send(sale, MUG=2, tracking="323299", carrier=self._carrier("bpost"))
        self.assertTold(first)
        (text,) = self.shop_notes(order)
        self.assertIn("Shipped 2 x Product MUG with bpost, tracking 323299", text)
        self.assertIn("1 x Product BOOK follows", text)
        self.assertEqual(self.shop(order)["status"], "processing")
        self.assertEqual(self.mails(order, "customer_note"), [])
        second = self.send(sale)
        self.assertTold(second)
        self.assertEqual(len(self.shop_notes(order)), 2)
        self.assertNotIn("follows", self.shop_notes(order)[1])
        self.assertEqual(self.shop(order)["status"], "completed")
        self.assertEqual(sale.channel_status, "completed")
        known = self.known(first)
        self.assertEqual((known.via, known.tracking_number), ("note", "323299"))
        self.assertTrue(known.external_id.startswith("note:"))

    def test_the_customer_is_mailed_when_the_flow_says_so(self):
        self.shipments.notify_customer = True
        order, sale = self.sold()
        self.assertTold(self.send(sale))
        self.assertEqual(len(self.mails(order, "customer_note")), 1)

    def test_the_order_stays_open_when_the_flow_says_so(self):
        self.shipments.complete_order = False
        order, sale = self.sold()
        self.assertTold(self.send(sale))
        self.assertEqual(self.shop(order)["status"], "processing")

    def test_a_flow_that_is_off_notes_nothing(self):
        order, sale = self.sold()
        self.shipments.active = False
        picking = self.send(sale)
        self.assertFalse(self.notes(picking))
        self.assertEqual(self.shop_notes(order), [])

    def test_in_the_language_of_the_backend(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.backend.lang_id = self.env["res.lang"]._lang_get("fr_FR")
        carrier = self._carrier("Post")
        carrier.with_context(lang="fr_FR").name = "La Poste"
        order, sale = self.sold()
        self.assertTold(self.send(sale, tracking="1", carrier=carrier))
        self.assertIn("La Poste", self.shop_notes(order)[0])

    def test_what_came_back_is_told_once(self):
        order, sale = self.sold(("MUG", 2), ("BOOK", 1))
        picking = self.send(sale)
        self.tell()
        back = self.give_back(picking, MUG=2)
        self.assertTold(back)
        self.assertEqual(
            self.shop_notes(order)[1:], [f"Return {back.name} received: 2 x Product MUG"]
        )
        self.assertEqual(self.shop(order)["status"], "completed")
        self.env["channel.outbox"]._note("shipment", back, lambda one: one.sale_id)
        self.tell()
        self.assertEqual(self.ended(back), ("ignored", "The shop knows this already"))
        self.assertEqual(len(self.shop_notes(order)), 2)

    def test_a_return_that_the_shop_asked_for_is_told(self):
        order, sale = self.sold()
        picking = self.send(sale)
        self.tell()
        self.statuses.active = False
        back = self.give_back(picking, MUG=1)
        self.env["channel.binding.refund"].create(
            {
                "backend_id": self.backend.id,
                "external_id": "77",
                "order_id": sale.id,
                "order_external_id": str(order["id"]),
                "picking_ids": [Command.set(back.ids)],
            }
        )
        self.assertTold(back)
        self.assertIn(f"Return {back.name} received: 1 x Product MUG", self.shop_notes(order))

    def test_goods_that_left_before_the_order_came_here(self):
        """A first import of old orders: nobody is mailed because somebody tidies up here."""
        self.shipments.notify_customer = True
        order, sale = self.sold(status="completed")
        picking = self.send(sale)
        self.tell()
        self.assertEqual(self.ended(picking), ("ignored", "The shop completed the order itself"))
        self.assertEqual(self.shop_notes(order), [])
        picking.carrier_tracking_ref = "A1"
        self.assertTold(picking)
        self.assertIn("A1", self.shop_notes(order)[0])

    def test_goods_that_are_sent_again_after_the_completion(self):
        order, sale = self.sold(("MUG", 1))
        picking = self.send(sale)
        self.tell()
        self.assertEqual(self.shop(order)["status"], "completed")
        back = self.give_back(picking, MUG=1)
        self.tell()
        again = self.give_back(back, MUG=1)
        self.assertTold(again)
        self.assertEqual(len(self.shop_notes(order)), 3)
        self.assertIn("Shipped 1 x Product MUG", self.shop_notes(order)[2])

    def test_gone_in_the_shop(self):
        order, sale = self.sold()
        self.store.delete_order(order["id"])
        picking = self.send(sale)
        self.tell()
        self.assertEqual(self.ended(picking), ("ignored", "The order is gone in the shop"))

    def test_the_rest_that_is_cancelled_completes_the_order(self):
        order, sale = self.sold(("MUG", 2), ("BOOK", 1))
        self.assertTold(self.send(sale, MUG=2))
        self.assertEqual(self.shop(order)["status"], "processing")
        self.open_picking(sale).action_cancel()
        self.tell()
        self.assertEqual(self.shop(order)["status"], "completed")

    def test_without_a_backorder_it_is_complete(self):
        order, sale = self.sold(("MUG", 2), ("BOOK", 1))
        self.assertTold(self.send(sale, backorder=False, MUG=1))
        self.assertEqual(self.shop(order)["status"], "completed")


@tagged("post_install", "-at_install")
class TestQuantities(OutboundCase):
    """What a transfer holds of the shop's lines."""

    def test_pieces_of_this_transfer_alone(self):
        order, sale = self.sold(("MUG", 5), ("BOOK", 1))
        mug, book = self.ids(order)
        first, second = self.send(sale, MUG=2), self.send(sale, MUG=1, BOOK=1)
        last = self.send(sale)
        self.assertEqual(self.parcel(sale, first)[0], {mug: "2.0"})
        self.assertEqual(self.parcel(sale, second)[0], {mug: "1.0", book: "1.0"})
        lines, shipment = self.parcel(sale, last)
        self.assertEqual((lines, shipment.complete), ({mug: "2.0"}, True))
        self.assertEqual(shipment.shipped_at.tzinfo, timezone.utc)
        self.assertEqual(shipment.shipped_at.replace(tzinfo=None), last.date_done)

    def test_lines_added_by_hand_are_none_of_the_shops(self):
        order, sale = self.sold(("MUG", 1))
        gift = self._make_product("GIFT")
        sale.order_line = [Command.create({"product_id": gift.id, "product_uom_qty": 1})]
        picking = self.send(sale, MUG=1)
        lines, shipment = self.parcel(sale, picking)
        self.assertEqual(lines, {self.ids(order)[0]: "1.0"})
        self.assertFalse(shipment.complete)
        self.tell()
        self.assertEqual(self.shop(order)["status"], "processing")
        gift_only = self.send(sale)
        self.tell()
        self.assertEqual(
            self.ended(gift_only), ("ignored", "Nothing that the shop sold is in this transfer")
        )
        self.assertEqual(self.shop(order)["status"], "completed")

    def test_units_of_the_sale(self):
        order, sale = self.sold(("MUG", 24))
        dozen = self.env.ref("uom.product_uom_dozen")
        picking = self.open_picking(sale)
        picking.move_ids.write({"product_uom": dozen.id, "product_uom_qty": 2})
        picking = self.send(sale, MUG=1)
        self.assertEqual(self.parcel(sale, picking)[0], {self.ids(order)[0]: "12.0"})

    def test_several_moves_of_one_line(self):
        order, sale = self.sold(("MUG", 3))
        picking = self.open_picking(sale)
        move = picking.move_ids
        move.copy(
            {"product_uom_qty": 1, "picking_id": picking.id, "sale_line_id": move.sale_line_id.id}
        )
        move.product_uom_qty = 2
        picking.action_confirm()
        picking = self.send(sale)
        self.assertEqual(self.parcel(sale, picking)[0], {self.ids(order)[0]: "3.0"})

    def test_a_set_is_not_shipped_itself(self):
        order = self.place(("MUG", 1), ("BOOK", 2))
        payload = self.payload(order)
        box, part = payload["line_items"]
        box["bundled_items"], part["bundled_by"] = [part["id"]], box["id"]
        _event, sale = self.import_changed(payload)
        self.tell()
        picking = self.send(sale)
        lines, shipment = self.parcel(sale, picking)
        self.assertEqual((lines, shipment.complete), ({str(part["id"]): "2.0"}, True))

    def test_only_the_last_step_reaches_the_customer(self):
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", self.company.id)], limit=1
        )
        warehouse.delivery_steps = "pick_pack_ship"
        self.env["stock.quant"]._update_available_quantity(self.mug, warehouse.lot_stock_id, 10)
        order, sale = self.sold(("MUG", 2))
        steps = []
        for _step in range(3):
            steps.append(self.send(sale))
            self.tell()
        pick, pack, ship = steps
        self.assertFalse(self.notes(pick) | self.notes(pack))
        self.assertEqual(self.ended(ship)[0], "done")
        self.assertEqual(len(self.shop_notes(order)), 1)
        self.assertEqual(self.shop(order)["status"], "completed")
