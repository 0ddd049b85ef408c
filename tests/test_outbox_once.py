"""Whatever becomes of the answer to a POST: exactly one in the shop after the retries."""

from odoo.tests import tagged

from ..services.shipment_exporter import ChannelShipmentExporter
from .outbound_case import OutboundCase


@tagged("post_install", "-at_install")
class TestNoteOnce(OutboundCase):
    """Whatever happens to the answer: exactly one in the shop. Here by the way of every shop."""

    #: path of the request that makes it
    path = "/notes"
    #: how an answer is lost after the shop has done what was asked
    losses = ("reset", "half-body", "504-html", "500-fatal-json", "broken-json")

    def made(self, order):
        """How many there are in the shop."""
        return len(self.shop_notes(order))

    def picking(self):
        order, sale = self.sold(("MUG", 1))
        return order, self.send(sale, tracking="A1", carrier=self.carrier)

    def setUp(self):
        super().setUp()
        self.carrier = self._carrier()

    def test_the_answer_was_lost(self):
        for kind in self.losses:
            with self.subTest(kind=kind):
                order, picking = self.picking()
                self.server.faults.add(kind, method="POST", path=self.path, when="after")
                note = self.notes(picking)
                error = self.run_notes(note)
                self.assertTrue(error, "tried again later")
                self.assertEqual((note.state, self.made(order)), ("pending", 1))
                self.env["channel.gate"]._of(self.backend).write(
                    {"open_until": False, "failures": 0}
                )
                self.tell()
                self.assertEqual((note.state, self.made(order)), ("done", 1), note.reason)
                self.assertEqual(self.known(picking).tracking_number, "A1")

    def test_lost_three_times(self):
        order, picking = self.picking()
        self.server.faults.add("504-html", times=1, method="POST", path=self.path, when="after")
        self.run_notes(self.notes(picking))
        for _number in range(2):
            self.env["channel.gate"]._of(self.backend).write({"open_until": False, "failures": 0})
            self.server.faults.add("504-html", method="GET", path=self.path)
            self.assertTrue(self.run_notes(self.notes(picking)))
        self.env["channel.gate"]._of(self.backend).write({"open_until": False, "failures": 0})
        self.tell()
        self.assertEqual(self.made(order), 1)

    def test_killed_between_sending_and_storing(self):
        order, picking = self.picking()
        note = self.notes(picking)
        self.kill_while_storing(note, ChannelShipmentExporter)
        self.assertEqual((note.state, self.made(order)), ("pending", 1))
        self.assertTrue(note.attempted_at)
        self.tell()
        self.assertEqual((note.state, self.made(order)), ("done", 1))

    def test_given_up_and_noted_again(self):
        """The new note is about the same thing: what the stuck one has made is found."""
        order, picking = self.picking()
        stuck = self.notes(picking)
        self.server.faults.add("504-html", method="POST", path=self.path, when="after")
        self.run_notes(stuck)
        self.env["channel.gate"]._of(self.backend).write({"open_until": False, "failures": 0})
        stuck._job_failed(exc_name="FailedJobError")
        self.assertEqual(stuck.state, "failed")
        self.env["channel.outbox"]._note("shipment", picking, lambda one: one.sale_id)
        self.tell()
        self.assertEqual(self.notes(picking).mapped("state"), ["done", "done"])
        self.assertEqual((self.made(order), stuck.issue_id.state), (1, "resolved"))


@tagged("post_install", "-at_install")
class TestTrackingOnce(TestNoteOnce):
    allow_inherited_tests_method = True
    path = "/shipment-trackings"

    def setUp(self):
        super().setUp()
        self.store.features.add("shipment-tracking")

    def made(self, order):
        return len(self.store.trackings(order["id"]))


@tagged("post_install", "-at_install")
class TestFulfilmentOnce(TestNoteOnce):
    allow_inherited_tests_method = True
    path = "/fulfillments"
    store_options = {**OutboundCase.store_options, "version": "10.3.0"}

    def setUp(self):
        super().setUp()
        self.store.features.add("fulfillments")

    def made(self, order):
        rows = self.store.fulfillments.values()
        return len([row for row in rows if str(row["entity_id"]) == str(order["id"])])


@tagged("post_install", "-at_install")
class TestReturnOnce(OutboundCase):
    def test_the_answer_was_lost(self):
        order, sale = self.sold()
        picking = self.send(sale)
        self.give_back(picking, MUG=1)
        self.tell()
        texts = [text for text in self.shop_notes(order) if "Return" in text]
        self.assertEqual(len(texts), 1)
        back = self.give_back(picking, BOOK=1)
        self.server.faults.add("reset", method="POST", path="/notes", when="after")
        self.assertTrue(self.run_notes(self.notes(back)))
        self.env["channel.gate"]._of(self.backend).write({"open_until": False, "failures": 0})
        self.tell()
        texts = [text for text in self.shop_notes(order) if "Return" in text]
        self.assertEqual(len(texts), 2)
