"""What comes first: orders and stock before the catalogue, in the runner and in a backend."""

from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.queue_job.jobrunner.channels import ChannelManager

from ..services import job_drains
from ..services.urgency import (
    CATALOGUE_CHANNEL,
    CHUNK_DELAY,
    channel_of,
    is_urgent,
    priority_of,
)
from .common import ChannelCase
from .test_price_out import PriceOutCase

#: The README's channels.
CHANNELS = "root:3,root.channel.catalog:1"


@tagged("post_install", "-at_install")
class TestRunner(ChannelCase):
    """queue_job's own runner, given jobs with our channels and priorities."""

    def setUp(self):
        super().setUp()
        self.runner = ChannelManager()
        self.runner.simple_configure(CHANNELS)
        self.made = 0

    def notify(self, kind, state="pending", uuid=None):
        """What the database tells the runner of a job; one that is named was made first."""
        self.made += 1
        name = uuid or f"{kind}-{self.made}"
        self.runner.notify(
            "db",
            channel_of(kind),
            name,
            seq=10,
            date_created=0 if uuid else self.made,
            priority=priority_of(kind),
            eta=None,
            state=state,
        )

    def started(self):
        return [job.uuid.split("-")[0] for job in self.runner.get_jobs_to_run(self.made)]

    def test_the_catalogue_takes_one_place_and_orders_the_others(self):
        for _number in range(5):
            self.notify("product")
        self.assertEqual(self.started(), ["product"])
        for _number in range(5):
            self.notify("order")
        self.assertEqual(self.started(), ["order", "order"])

    def test_orders_and_stock_overtake_what_waits_of_the_catalogue(self):
        self.notify("product", uuid="product-0")
        self.assertEqual(self.started(), ["product"])
        for kind in ("price", "product", "customer", "stock", "order"):
            self.notify(kind)
        self.notify("product", "done", "product-0")
        self.assertEqual(self.started(), ["stock", "order", "customer"])

    def test_new_orders_and_stock_overtake_what_tells_the_shop(self):
        self.notify("order", uuid="order-0")
        self.assertEqual(self.started(), ["order"])
        self.notify("order_status", uuid="order_status-0")
        self.notify("shipment", uuid="shipment-0")
        self.assertEqual(self.started(), ["order_status", "shipment"])
        for kind in ("order_status", "shipment", "payment", "order", "stock"):
            self.notify(kind)
        for uuid in ("order-0", "order_status-0", "shipment-0"):
            self.notify(uuid.partition("-")[0], "done", uuid)
        self.assertEqual(self.started(), ["order", "stock", "order_status"])

    def test_many_orders_at_once_come_behind_all_that_is_urgent(self):
        self.assertGreater(priority_of("order") + CHUNK_DELAY, priority_of("shipment"))

    def test_every_flow_has_its_place(self):
        for flow in self.backend.flow_ids:
            options = flow._job_options()
            if is_urgent(flow.kind):
                self.assertNotEqual(options["channel"], CATALOGUE_CHANNEL, flow.kind)
            self.assertEqual(options["priority"] > 10, not is_urgent(flow.kind), flow.kind)


@tagged("post_install", "-at_install")
class TestSlices(PriceOutCase):
    def again(self):
        self.env["queue.job"].flush_model()
        return self.env["queue.job"].search([("identity_key", "=", self.prices._drain_key())])

    def test_an_export_gives_its_place_back_and_comes_again(self):
        self.mug.list_price, self.book.list_price = 11, 21
        with (
            patch.object(job_drains, "CATALOGUE_DRAIN_SIZE", 1),
            patch.object(job_drains, "DRAIN_SECONDS", -1),
        ):
            self.drain()
            self.assertEqual(len(self.notes()), 1, "one of two is told, the other one waits")
            self.assertEqual(self.again().state, "pending")
            self.drain()
        self.assertFalse(self.notes())
        self.assertEqual(self.store.product("MUG")["regular_price"], "11.00")
        self.assertEqual(self.store.product("BOOK")["regular_price"], "21.00")
