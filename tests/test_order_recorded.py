"""Every order of the recorded stores: equal to the cent, or a reason that says why not."""

from odoo.tests import tagged

from .common import ChannelCase


class RecordedCase(ChannelCase):
    """Polls a whole recorded store and imports it in chunks, as the jobs do."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._currency("JPY", 161.37)
        cls._make_shop_products()
        cls.backend.product_policy = "placeholder"

    def listed(self):
        """What a poll finds, its sweep of the trash included; automatic drafts show nowhere."""
        orders = self.store.orders.values()
        return [order for order in orders if order["status"] != "auto-draft"]

    def check_store(self):
        """Import all; returns ``{state: number of orders}``."""
        events = {int(event.external_id): event for event in self.import_all()}
        self.assertEqual(set(events), {order["id"] for order in self.listed()})
        states = {}
        for order in self.listed():
            event = events[order["id"]]
            states[event.state] = states.get(event.state, 0) + 1
            with self.subTest(order=order["id"], status=order["status"]):
                if event.state == "done":
                    self.check_sale(self.env["sale.order"].browse(event.res_id), order)
                    continue
                self.assertEqual(event.state, "ignored", event.reason)
                over = ("cancelled", "failed", "trash", "checkout-draft")
                self.assertIn(order["status"], over)
                self.assertTrue(event.reason)
        return states

    def check_sale(self, sale, order):
        """The shop's total; refunds are taken off what is confirmed and not invoiced yet."""
        refunds = [row for row in self.store.refunds.values() if row["parent_id"] == order["id"]]
        if sale.state != "sale" or not refunds:
            self.assertTotals(sale, order)
            return
        back = sum(float(refund["amount"]) for refund in refunds)
        net = f"{float(order['total']) - back:.3f}"
        self.assertEqual(f"{sale.amount_total:.3f}", net)
        self.assertEqual(f"{sale.channel_net:.3f}", net)
        self.assertFalse(round(sale.channel_difference, 6))


@tagged("post_install", "-at_install")
class TestRecordedIncluded(RecordedCase):
    recorded = "incl"

    def test_every_order(self):
        states = self.check_store()
        self.assertGreater(states["done"], 110)
        used = self.env["channel.binding.order"].search([("rounding_line_used", "=", True)])
        self.assertFalse(used)
        # a second poll finds nothing that is not here already
        flow = self.backend.flow_ids.filtered(lambda flow: flow.kind == "order")
        flow.cursor_id.value = {}
        again = self.import_all()
        self.assertFalse(
            set(again.mapped("external_id"))
            & set(self.env["channel.binding.order"].search([]).mapped("external_id"))
        )


@tagged("post_install", "-at_install")
class TestRecordedExcluded(RecordedCase):
    recorded = "excl"

    def test_every_order(self):
        self.assertGreater(self.check_store()["done"], 20)
