"""The flows against a real store: ``WOO_URL=… WOO_KEY=… WOO_SECRET=… dev/test --live``.

Nothing is written to the store. ``WOO_ORDERS`` limits how many orders are imported (200).
"""

import os
import unittest
from urllib.parse import urlsplit

from odoo.tests import tagged
from odoo.tests.common import _super_send

from ...core.adapter import Connectable
from ..common import CHUNK, ChannelCase

NAMES = ("WOO_URL", "WOO_KEY", "WOO_SECRET")
MISSING = [name for name in NAMES if not os.environ.get(name)]


@tagged("post_install", "-at_install", "live")
@unittest.skipIf(MISSING, f"no real store is named: {', '.join(MISSING)}")
class TestLiveStore(ChannelCase):
    @classmethod
    def setUpClass(cls):
        super(ChannelCase, cls).setUpClass()
        cls.company = cls._make_company("Live Company")
        cls.env = cls.env(context={**cls.env.context, "allowed_company_ids": cls.company.ids})
        cls.backend = (
            cls.env["channel.backend"]
            .create(
                {
                    "name": "Live store",
                    "provider": "woocommerce",
                    "company_id": cls.company.id,
                    "base_url": os.environ["WOO_URL"],
                    "api_key": os.environ["WOO_KEY"],
                    "api_secret": os.environ["WOO_SECRET"],
                    "product_policy": "create",
                }
            )
            ._env()
        )
        store = cls.backend._call(lambda adapter: adapter.describe(), Connectable)
        cls._currency(store.currency)

    def setUp(self):
        super(ChannelCase, self).setUp()
        mode = self.enter_registry_test_mode()
        mode.__enter__()
        self.addCleanup(mode.__exit__, None, None, None)

    @classmethod
    def _request_handler(cls, session, request, /, **kwargs):
        if urlsplit(request.url).hostname == urlsplit(os.environ["WOO_URL"]).hostname:
            return _super_send(session, request, **kwargs)
        return super()._request_handler(session, request, **kwargs)

    def _connect(self):
        self.backend.action_connect()
        findings = self.backend.finding_ids.filtered(lambda finding: finding.level == "error")
        self.assertFalse(findings.mapped("title"))
        self.backend.tax_map_ids.filtered(lambda row: not row.tax_id).action_create_taxes()

    def test_connection_names_nothing_wrong(self):
        self._connect()
        self.assertEqual(self.backend.state, "connected")
        self.assertTrue(self.backend.payment_map_ids)

    def test_every_order_is_equal_or_says_why(self):
        self._connect()
        flow = self.backend.flow_ids.filtered(lambda flow: flow.kind == "order")
        self.env.flush_all()
        with self.registry.cursor() as cr:
            result = flow.with_env(flow.env(cr=cr))._job_poll()
        self.assertRegex(result, r"^\d+ records$")
        self.env.invalidate_all()
        events = self.env["channel.event"].search(
            [("backend_id", "=", self.backend.id)],
            order="id DESC",
            limit=int(os.environ.get("WOO_ORDERS", "200")),
        )
        self.assertTrue(events, "the store has no orders")
        for start in range(0, len(events), CHUNK):
            self.run_chunk(events[start : start + CHUNK])
        for event in events.filtered(lambda event: event.state == "pending"):
            self.run_job(event)
        for event in events:
            self.assertIn(event.state, ("done", "ignored", "blocked"), event.reason)
            if event.state == "blocked":
                self.assertTrue(event.issue_id.title)
        bindings = self.env["channel.binding.order"].search(
            [("backend_id", "=", self.backend.id), ("odoo_id.channel_hold_reason", "=", False)]
        )
        for binding in bindings:
            event = events.filtered(lambda event, one=binding: event.external_id == one.external_id)
            self.assertTotals(binding.odoo_id, event.sudo().payload)
