"""Every order of the recorded stores: equal to the cent, or an issue that says why not."""

from collections import Counter

from odoo.tests import tagged

from .common import ChannelCase


class RecordedCase(ChannelCase):
    """Polls a whole recorded store through the real path, in chunks."""

    backend_values = {"product_policy": "placeholder"}

    def check_store(self):
        events = {int(event.external_id): event for event in self.import_all()}
        listed = [
            order
            for order in self.store.orders.values()
            if order["status"] not in ("trash", "auto-draft")
        ]
        self.assertEqual(set(events), {order["id"] for order in listed})
        states = Counter()
        for order in listed:
            event = events[order["id"]]
            states[event.state] += 1
            with self.subTest(order=order["id"], status=order["status"]):
                if event.state == "done":
                    sale = self.env["sale.order"].browse(event.res_id)
                    self.assertTotals(sale, order)
                else:
                    print(order["id"], event.state, event.reason, event.issue_id.details)
                    self.assertTrue(event.reason)
                    self.assertTrue(event.state == "ignored" or event.issue_id)
        return states


@tagged("post_install", "-at_install")
class TestRecordedIncluded(RecordedCase):
    recorded = "incl"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_shop_products()

    def test_every_order(self):
        states = self.check_store()
        print(states)


@tagged("post_install", "-at_install")
class TestRecordedExcluded(RecordedCase):
    recorded = "excl"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_shop_products()

    def test_every_order(self):
        states = self.check_store()
        print(states)
