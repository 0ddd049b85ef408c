"""Shipments told to a tracking plug-in, or to the shop's own fulfilments."""

from odoo.tests import tagged

from .outbound_case import OutboundCase


@tagged("post_install", "-at_install")
class TestTracking(OutboundCase):
    """Shipment Tracking, the plug-in."""

    def setUp(self):
        super().setUp()
        self.store.features.add("shipment-tracking")

    def test_carrier_and_number(self):
        carrier = self._carrier("Belgian Post", link="https://track.test/<shipmenttrackingnumber>")
        self.call_carrier(carrier, "bpost")
        order, sale = self.sold()
        picking = self.send(sale, tracking="323299", carrier=carrier)
        self.assertTold(picking)
        (parcel,) = self.store.trackings(order["id"])
        self.assertEqual(parcel["tracking_number"], "323299")
        self.assertEqual(parcel["custom_tracking_provider"] or parcel["tracking_provider"], "bpost")
        self.assertEqual(self.shop_notes(order), [])
        self.assertEqual(self.known(picking).via, "tracking")
        self.assertIn("323299", self.mails(order, "completed")[0].text, "told before completed")

    def test_tracking_that_comes_later(self):
        carrier = self._carrier("bpost")
        order, sale = self.sold()
        picking = self.send(sale)
        self.tell()
        self.assertEqual(self.store.trackings(order["id"]), [])
        picking.write({"carrier_tracking_ref": "A1", "carrier_id": carrier.id})
        self.assertTold(picking)
        self.assertEqual(
            [row["tracking_number"] for row in self.store.trackings(order["id"])], ["A1"]
        )
        picking.carrier_tracking_ref = "B2"
        self.assertTold(picking)
        self.assertEqual(
            [row["tracking_number"] for row in self.store.trackings(order["id"])], ["B2"]
        )
        (known,) = self.known(picking)
        self.assertEqual((known.via, known.tracking_number), ("tracking", "B2"))

    def test_nothing_changed(self):
        _order, sale = self.sold()
        picking = self.send(sale, tracking="A1", carrier=self._carrier())
        self.tell()
        calls = len(self.store.requests)
        picking.carrier_tracking_ref = "A1"
        self.tell()
        self.assertEqual(self.ended(picking), ("ignored", "The shop knows this already"))
        self.assertEqual(len(self.store.requests), calls)

    def test_several_numbers_in_one_field(self):
        carrier = self._carrier("bpost", link="https://track.test/<shipmenttrackingnumber>")
        order, sale = self.sold()
        picking = self.send(sale, tracking="A1,B2, A1", carrier=carrier)
        exporter = self.backend.env["channel.shipment.exporter"]
        tracking = exporter._prepare_tracking(self.backend, picking.with_env(self.backend.env))
        self.assertEqual((tracking.number, tracking.url), ("A1, B2", "https://track.test/A1"))
        self.assertTold(picking)
        parcels = self.store.trackings(order["id"])
        self.assertEqual({row["tracking_number"] for row in parcels}, {"A1", "B2"})

    def test_two_transfers_in_one_parcel(self):
        carrier = self._carrier()
        _order, sale = self.sold()
        first = self.send(sale, MUG=2, tracking="A1", carrier=carrier)
        second = self.send(sale, tracking="A1", carrier=carrier)
        self.tell()
        self.assertEqual([self.ended(one)[0] for one in (first, second)], ["done", "done"])
        self.assertEqual(len(self.known(first) | self.known(second)), 2)
        first.carrier_tracking_ref = "C3"
        self.assertTold(first)
        self.assertEqual(self.known(second).tracking_number, "A1")


@tagged("post_install", "-at_install")
class TestFulfilment(OutboundCase):
    """WooCommerce's own fulfilments."""

    store_options = {**OutboundCase.store_options, "version": "10.3.0"}

    def setUp(self):
        super().setUp()
        self.store.features.add("fulfillments")

    def fulfilments(self, order):
        rows = self.store.fulfillments.values()
        mine = [row for row in rows if str(row["entity_id"]) == str(order["id"])]
        return [{meta["key"]: meta["value"] for meta in row["meta_data"]} for row in mine]

    def test_lines_carrier_and_number(self):
        carrier = self._carrier("bpost")
        order, sale = self.sold(("MUG", 2), ("BOOK", 1))
        first = self.send(sale, MUG=2, tracking="A1", carrier=carrier)
        self.assertTold(first)
        (row,) = self.fulfilments(order)
        mug, book = (item["id"] for item in order["line_items"])
        self.assertEqual(row["_items"], [{"item_id": mug, "qty": 2}])
        self.assertEqual(row["_tracking_number"], "A1")
        self.assertEqual(self.mails(order, "fulfillment_created"), [])
        self.shipments.notify_customer = True
        self.assertTold(self.send(sale, BOOK=1))
        self.assertEqual(self.fulfilments(order)[1]["_items"], [{"item_id": book, "qty": 1}])
        self.assertEqual(len(self.mails(order, "fulfillment_created")), 1)
        self.assertEqual(self.shop(order)["status"], "completed")

    def test_tracking_that_comes_later_changes_it(self):
        order, sale = self.sold()
        picking = self.send(sale)
        self.tell()
        picking.carrier_tracking_ref = "A1"
        self.assertTold(picking)
        (row,) = self.fulfilments(order)
        self.assertEqual(row["_tracking_number"], "A1")
        self.assertEqual(self.known(picking).via, "fulfillment")
