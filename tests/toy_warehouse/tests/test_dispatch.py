"""Goods that a toy warehouse sends: asked for by real HTTP, done here, told to the shop."""

from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.channel_connector.services.messages import issue_text

from ..provider.adapter import ToyWarehouseAdapter
from .toy_case import ToyCase


@tagged("post_install", "-at_install")
class TestDispatch(ToyCase):
    # === JOINING === #

    def test_it_shows_only_what_it_can(self):
        self.assertIs(self.toy._get_adapter_class(), ToyWarehouseAdapter)
        keys = {flow._key() for flow in self.toy.flow_ids}
        self.assertEqual(keys, {("fulfilment", "in"), ("fulfilment", "out")})
        kinds = set(self.backend.flow_ids.mapped("kind"))
        self.assertIn("shipment", kinds)
        self.assertNotIn("fulfilment", kinds)

    def test_connecting_and_a_tick(self):
        toy = self._make_toy(name="Another", warehouse_ids=False)
        self.assertEqual(self._toy_flow("out", toy).active, False)
        toy.action_connect()
        self.assertEqual(toy.state, "connected", toy.finding_ids.mapped("title"))
        toy._tick()
        self.assertEqual(toy.state, "connected")

    def test_a_refused_password(self):
        toy = self._make_toy(api_secret="wrong")
        toy.action_connect()
        self.assertEqual((toy.state, toy.finding_ids.mapped("level")), ("draft", ["error"]))
        self.warehouse.password = "changed"
        self.sold()
        self.ask()
        (note,) = self.asks()
        self.assertEqual((note.state, self.toy.state), ("blocked", "error"))
        self.assertEqual(note.issue_id.error_class, "BadCredentials")

    # === ONE ORDER === #

    def test_from_the_shop_to_the_door(self):
        order, sale, dispatch = self.asked(("MUG", 2), ("BOOK", 1))
        picking = sale.picking_ids
        self.assertEqual(self.pieces(dispatch), {"MUG": "2", "BOOK": "1"})
        self.assertEqual((dispatch["reference"], dispatch["order"]), (picking.name, sale.name))
        self.assertEqual(dispatch["to"]["name"], "Jane Doe")
        self.assertEqual(dispatch["to"]["street"], "Nieuwstraat 1")
        self.assertEqual(self.look().state, "ignored")
        self.assertEqual(picking.state, "assigned")
        number = self.warehouse.ship(dispatch["id"])
        event = self.look()
        self.assertEqual((event.state, event.reason), ("done", f"Validated: {picking.name}"))
        self.assertEqual((picking.state, picking.carrier_tracking_ref), ("done", number))
        self.assertEqual(self.delivered(sale), {"MUG": 2, "BOOK": 1})
        self.assertEqual(self.binding(dispatch).state, "sent")
        self.assertTold(picking)
        (text,) = self.shop_notes(order)
        self.assertIn(number, text)
        self.assertEqual(self.shop(order)["status"], "completed")

    def test_in_two_parcels(self):
        order, sale, dispatch = self.asked(("MUG", 3))
        first = self.warehouse.ship(dispatch["id"], pieces=1, last=False)
        self.look()
        done = sale.picking_ids.filtered(lambda picking: picking.state == "done")
        rest = sale.picking_ids - done
        self.assertEqual((done.carrier_tracking_ref, rest.state), (first, "assigned"))
        self.assertEqual(self.delivered(sale), {"MUG": 1})
        self.ask()
        self.assertEqual(len(self.warehouse.dispatches), 1, "the rest comes with the same request")
        self.tell()
        self.assertEqual(self.shop(order)["status"], "processing")
        second = self.warehouse.ship(dispatch["id"])
        self.look()
        self.assertEqual((rest.state, rest.carrier_tracking_ref), ("done", second))
        self.tell()
        texts = self.shop_notes(order)
        self.assertEqual([first in texts[0], second in texts[1], len(texts)], [True, True, 2])
        self.assertEqual(self.shop(order)["status"], "completed")

    def test_two_parcels_at_once(self):
        order, sale, dispatch = self.asked(("MUG", 3), ("BOOK", 1))
        numbers = [
            self.warehouse.ship(dispatch["id"], pieces=2, last=False),
            self.warehouse.ship(dispatch["id"]),
        ]
        self.look()
        self.assertEqual(sale.picking_ids.sorted("id").mapped("carrier_tracking_ref"), numbers)
        self.assertEqual(self.delivered(sale), {"MUG": 3, "BOOK": 1})
        self.tell()
        self.assertEqual(len(self.shop_notes(order)), 2)

    def test_other_warehouses_are_none_of_its_business(self):
        self.toy.warehouse_ids = self.env["stock.warehouse"].create(
            {"name": "Far Away", "code": "FAR", "company_id": self.company.id}
        )
        self.sold()
        self.assertFalse(self.asks())

    def test_switched_off(self):
        self._toy_flow("out").active = False
        self.sold()
        self.assertFalse(self.asks())

    def test_archived(self):
        self.toy.active = False
        self.sold()
        self.assertFalse(self.asks())

    def test_a_warehouse_that_is_chosen_later(self):
        self.toy.warehouse_ids = False
        self.sold()
        self.assertFalse(self.asks())
        self.toy.warehouse_ids = self.house
        self.assertEqual(len(self.asks()), 1)

    def test_what_was_ready_before_it_is_switched_on(self):
        flow = self._toy_flow("out")
        flow.active = False
        _order, sale = self.sold()
        self.assertFalse(self.asks())
        flow.active = True
        self.ask()
        (dispatch,) = self.warehouse.open()
        self.assertEqual(dispatch["reference"], sale.picking_ids.name)

    # === ONCE === #

    def test_killed_after_asking(self):
        self.sold()
        (note,) = self.asks()
        self.kill("channel.fulfilment.exporter", "_store", lambda: self.run_notes(note))
        self.assertEqual((note.state, len(self.warehouse.dispatches)), ("pending", 1))
        self.assertFalse(self.ask())
        self.assertEqual((note.state, len(self.warehouse.dispatches)), ("done", 1))
        self.run_notes(note)
        self.assertEqual(len(self.warehouse.dispatches), 1)

    def test_an_answer_is_lost_and_the_parcel_is_faster(self):
        order, sale = self.sold()
        self.warehouse.lose("reset", "after")
        (error,) = self.ask()
        self.assertFalse(error.ignore_retry)
        (dispatch,) = self.warehouse.open()
        number = self.warehouse.ship(dispatch["id"])
        self.look()
        self.assertEqual(sale.picking_ids.mapped("carrier_tracking_ref"), [number])
        self.ask()
        (note,) = self.asks()
        self.assertEqual((note.state, note.reason), ("ignored", "The transfer is done"))
        self.assertEqual(len(self.warehouse.dispatches), 1)
        self.tell()
        self.assertEqual(self.shop(order)["status"], "completed")

    def test_killed_while_taking_over(self):
        order, sale, dispatch = self.asked(("MUG", 2))
        number = self.warehouse.ship(dispatch["id"])
        self.kill("channel.fulfilment.importer", "_outcome", self.look)
        self.assertEqual(sale.picking_ids.state, "assigned")
        self.run_pending(self.toy)
        self.assertEqual(sale.picking_ids.mapped("carrier_tracking_ref"), [number])
        self.tell()
        self.assertEqual(len(self.shop_notes(order)), 1)

    def test_told_again_and_late(self):
        order, sale, dispatch = self.asked(("MUG", 2))
        self.look()
        self.warehouse.ship(dispatch["id"], pieces=1, last=False)
        old = dict(dispatch)
        self.warehouse.ship(dispatch["id"])
        self.look()
        self._toy_flow("in").cursor_id.value = {}
        self.assertEqual(self.look().state, "ignored")
        adapter = self.toy._adapter()
        self.addCleanup(adapter.close)
        record = adapter.fetch_fulfilment(dispatch["id"])
        old = {**old, "changed_at": "2020-01-01T00:00:00+00:00", "parcels": []}
        stale = type(record)("fulfilment", dispatch["id"], old, None, record.fetched_at)
        event = self.env["channel.event"]._receive_polled(self.toy, [stale])
        self.run_job(event)
        self.assertEqual((event.state, event.reason), ("ignored", "Newer data was taken over"))
        self.assertEqual(len(sale.picking_ids), 2)
        self.assertEqual(self.binding(dispatch).state, "sent")
        self.tell()
        self.assertEqual(len(self.shop_notes(order)), 2)

    def test_done_by_hand_before_the_parcel_is_told(self):
        order, sale, dispatch = self.asked(("MUG", 2))
        picking = self.send(sale)
        number = self.warehouse.ship(dispatch["id"])
        self.look()
        self.assertEqual((picking.carrier_tracking_ref, len(sale.picking_ids)), (number, 1))
        self.tell()
        self.assertIn(number, self.shop_notes(order)[-1])

    # === REFUSED === #

    def test_unknown_goods_have_a_remedy(self):
        self.warehouse.skus.discard("BOOK")
        _order, sale = self.sold(("MUG", 1), ("BOOK", 1))
        self.ask()
        (note,) = self.asks()
        issue = note.issue_id
        self.assertEqual((note.state, issue.code), ("blocked", "goods_unknown"))
        self.assertIn("BOOK", issue.title)
        self.assertIn(sale.picking_ids.name, issue.title)
        self.assertIn("retry", issue.suggestion)
        self.assertFalse(self.warehouse.dispatches)
        self.warehouse.skus.add("BOOK")
        issue.action_retry()
        self.ask()
        self.assertEqual((note.state, issue.state), ("done", "resolved"))
        self.assertEqual(len(self.warehouse.open()), 1)

    def test_goods_without_a_sku(self):
        _order, sale = self.sold(("MUG", 1))
        self.mug.default_code = False
        self.ask()
        (note,) = self.asks()
        self.assertEqual((note.state, note.issue_id.code), ("blocked", "goods_without_sku"))
        self.assertIn(sale.picking_ids.name, note.issue_id.title)

    def test_an_address_nobody_can_deliver_to(self):
        _order, sale = self.sold(("MUG", 1))
        sale.picking_ids.partner_id.street = False
        self.ask()
        (note,) = self.asks()
        self.assertEqual((note.state, note.issue_id.code), ("blocked", "address_missing"))
        sale.picking_ids.partner_id.write({"street": "Here 1", "zip": False})
        note.issue_id.action_retry()
        self.ask()
        self.assertEqual((note.state, note.issue_id.code), ("blocked", "address_refused"))
        self.assertIn("zip", note.issue_id.title)

    def test_refused_later_and_asked_anew(self):
        _order, sale, dispatch = self.asked(("MUG", 1))
        self.warehouse.reject(dispatch["id"], "damaged_label")
        event = self.look()
        issue = event.issue_id
        self.assertEqual((event.state, issue.code), ("blocked", "fulfilment_refused"))
        self.assertIn("damaged_label", issue.title)
        self._toy_flow("in").cursor_id.value = {}
        self.look()
        self.ask()
        self.assertEqual(len(self.warehouse.dispatches), 1, "nobody has decided yet")
        self.assertEqual(issue.state, "open")
        issue.action_retry()
        self.run_pending(self.toy)
        self.assertEqual((event.state, issue.state), ("done", "resolved"))
        self.ask()
        (anew,) = self.warehouse.open()
        number = self.warehouse.ship(anew["id"])
        self.look()
        self.assertEqual(sale.picking_ids.mapped("carrier_tracking_ref"), [number])

    def test_less_than_asked_for(self):
        _order, sale, dispatch = self.asked(("MUG", 3))
        self.warehouse.ship(dispatch["id"], pieces=1, last=True)
        event = self.look()
        self.assertEqual((event.state, event.issue_id.code), ("blocked", "fulfilment_short"))
        self.assertIn("2 x", event.issue_id.title)
        self.assertEqual(self.delivered(sale), {"MUG": 1})
        self.ask()
        self.assertEqual(len(self.warehouse.dispatches), 1)
        event.issue_id.action_retry()
        self.run_pending(self.toy)
        self.ask()
        (anew,) = self.warehouse.open()
        self.assertEqual(self.pieces(anew), {"MUG": "2"})
        self.warehouse.ship(anew["id"])
        self.look()
        self.assertEqual(self.delivered(sale), {"MUG": 3})

    def test_something_else_has_left(self):
        _order, sale, dispatch = self.asked(("MUG", 1))
        self.warehouse.ship(dispatch["id"])
        dispatch["parcels"][0]["contents"] = [{"sku": "BOOK", "pieces": "1"}]
        event = self.look()
        self.assertEqual((event.state, event.issue_id.code), ("blocked", "fulfilment_differs"))
        self.assertEqual(sale.picking_ids.state, "assigned")
        picking = self.send(sale)
        event.issue_id.action_retry()
        self.run_pending(self.toy)
        self.assertEqual(event.state, "done")
        self.assertTrue(picking.carrier_tracking_ref)

    # === CHANGED === #

    def test_cancelled_before_it_left(self):
        _order, sale, dispatch = self.asked()
        sale._action_cancel()
        self.ask()
        self.assertEqual(dispatch["status"], "cancelled")
        self.assertEqual(self.binding(dispatch).state, "over")
        self.assertEqual(self.look().state, "ignored")

    def test_cancelled_too_late(self):
        _order, sale, dispatch = self.asked()
        self.warehouse.ship(dispatch["id"])
        sale._action_cancel()
        self.ask()
        note = self.asks()[-1]
        self.assertEqual((note.state, note.issue_id.code), ("blocked", "fulfilment_under_way"))
        event = self.look()
        self.assertEqual((event.state, event.issue_id.code), ("blocked", "fulfilment_of_cancelled"))

    def test_cancelled_there(self):
        _order, sale, dispatch = self.asked()
        self.warehouse.cancel(dispatch["id"])
        event = self.look()
        self.assertEqual((event.state, event.issue_id.code), ("blocked", "fulfilment_withdrawn"))
        sale._action_cancel()
        event.issue_id.action_retry()
        self.run_pending(self.toy)
        self.assertEqual((event.state, event.reason), ("done", "Nothing is left to send"))

    def test_a_changed_quantity(self):
        _order, sale, dispatch = self.asked(("MUG", 2))
        self.goods(sale).product_uom_qty = 5
        self.ask()
        self.assertEqual(self.pieces(dispatch), {"MUG": "5"})
        self.assertEqual(len(self.warehouse.dispatches), 1)

    def test_held_until_the_shop_releases_it(self):
        self.policy("bacs", "blocked")
        order = self.place(("MUG", 1), payment_method="bacs", status="on-hold")
        sale = self.import_order(order)
        self.assertTrue(sale.channel_delivery_blocked)
        self.ask()
        self.assertFalse(self.warehouse.dispatches)
        sale.action_channel_release()
        self.ask()
        self.assertEqual(len(self.warehouse.open()), 1)

    def test_not_everything_is_there(self):
        order = self.place(("MUG", 60))
        sale = self.import_order(order)
        self.ask()
        self.assertFalse(self.warehouse.dispatches)
        self.env["stock.quant"]._update_available_quantity(self.mug, self.house.lot_stock_id, 20)
        sale.picking_ids.action_assign()
        self.ask()
        self.assertEqual(self.pieces(self.warehouse.open()[0]), {"MUG": "60"})

    # === PEOPLE === #

    def test_what_names_a_customer_can_be_erased(self):
        _order, sale, dispatch = self.asked(("MUG", 1))
        dispatch["to"]["email"] = ""
        event = self.look()
        self.assertIn("Jane Doe", str(event.payload))
        privacy = self.env["channel.privacy"]
        person = privacy._person(sale.partner_id)
        privacy._erase(privacy._find(person, self.toy), person.words)
        self.assertFalse(event.payload)

    # === WORDS === #

    def test_an_addon_has_words_of_its_own(self):
        more = {"dock_closed": ("Dock %(dock)s is closed", "Come back on Monday")}
        with patch.object(type(self.env["channel.issue"]), "_more_texts", return_value=more):
            words = issue_text(self.env, "dock_closed", {"dock": 7, "class": "Rejected"})
        self.assertEqual(words, ("Dock 7 is closed", "Come back on Monday"))
