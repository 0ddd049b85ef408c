"""The webhook endpoint over real HTTP."""

import json

from odoo.tests import BaseCase, tagged
from odoo.tools import mute_logger

from ..controllers import webhook
from ..controllers.webhook import Flood, _flood
from ..core.signature import hmac_sha256_base64
from .webhook_case import ORDER, SECRET, WebhookCase


@tagged("post_install", "-at_install")
class TestFlood(BaseCase):
    def test_memory_is_bounded(self):
        flood = Flood()
        self.patch(webhook, "_KEYS", 10)
        for number in range(1000):
            self.assertFalse(flood.exceeds(number, 1))
            self.assertTrue(flood.exceeds(number, 1))
        self.assertLessEqual(len(flood._moments), 10)
        self.assertTrue(flood.exceeds(999, 1), "the newest keep their count")

    def test_refused_ones_are_not_counted(self):
        flood = Flood()
        for _number in range(100):
            flood.exceeds("key", 3)
        self.assertEqual(len(flood._moments["key"]), 3)


@tagged("post_install", "-at_install")
class TestWebhook(WebhookCase):
    def _deliver(self, body, topic="order.updated", secret=SECRET, url=None, **headers):
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {
            "Content-Type": "application/json",
            "X-WC-Webhook-Topic": topic,
            "X-WC-Webhook-Resource": topic.split(".")[0],
            "X-WC-Webhook-Event": topic.split(".")[1],
            "X-WC-Webhook-Source": "http://127.0.0.1:9/",
            "X-WC-Webhook-Delivery-ID": "0123456789abcdef",
            **headers,
        }
        if secret:
            headers["X-WC-Webhook-Signature"] = hmac_sha256_base64(secret, raw)
        return self.url_open(url or self.url, data=raw, headers=headers).status_code

    def test_valid_delivery_becomes_event_and_job(self):
        self.assertEqual(self._deliver(ORDER), 200)
        event = self._events()
        self.assertEqual(
            (event.kind, event.topic, event.external_id, event.source, event.state),
            ("order", "order.updated", "155", "webhook", "pending"),
        )
        self.assertEqual(event.payload, ORDER)
        job = self._jobs()
        self.assertEqual((job.channel, job.method_name), ("root.channel.order", "_job_process"))

    def test_job_carries_no_payload(self):
        self._deliver({**ORDER, "billing": {"email": "jane@example.org"}})
        job = self._jobs()
        text = f"{job.name} {job.args} {job.kwargs} {job.func_string} {job.identity_key}"
        self.assertNotIn("jane", text)

    def test_missing_and_wrong_signature_leave_nothing(self):
        self.assertEqual(self._deliver(ORDER, secret=""), 401)
        self.assertEqual(self._deliver(ORDER, secret="other"), 401)
        self.assertFalse(self._events())
        self.assertFalse(self._jobs())
        issue = self.env["channel.issue"].search([("backend_id", "=", self.backend.id)])
        self.assertEqual(issue.mapped("code"), ["rejected_deliveries"])

    def test_secret_before_the_present_one_stays_valid(self):
        self.backend.webhook_secret = "the-next-secret"
        self.env.flush_all()
        self.assertEqual(self._deliver(ORDER), 200)
        self.assertEqual(self._deliver({"id": 156}, secret="the-next-secret"), 200)

    def test_wrong_token(self):
        self.assertEqual(self._deliver(ORDER, url="/channel/unknown/webhook"), 404)

    def test_trying_tokens_costs_no_query_and_no_memory(self):
        backends = self.env["channel.backend"]
        self.assertTrue(backends._delivery_rules(self.backend.webhook_token))
        counted = dict(_flood._moments)
        with self.assertQueryCount(0):
            for number in range(50):
                self.assertIsNone(backends._delivery_rules(f"guess-{number}"))
        for number in range(5):
            self.assertEqual(self._deliver(ORDER, url=f"/channel/guess-{number}/webhook"), 404)
        self.assertEqual(_flood._moments, counted)

    def test_a_new_backend_and_a_new_token_are_known_at_once(self):
        self._deliver(ORDER)
        other = self.backend.copy({"state": "connected"})
        other.webhook_secret = SECRET
        other.state = "connected"
        self.env.flush_all()
        url = f"/channel/{other.webhook_token}/webhook"
        self.assertEqual(self._deliver(ORDER, url=url), 200)

    def test_draft_backend_and_neutralised_database(self):
        self.env["ir.config_parameter"].set_param("database.is_neutralized", "True")
        self.assertEqual(self._deliver(ORDER), 404)
        self.env["ir.config_parameter"].set_param("database.is_neutralized", False)
        self.backend.state = "draft"
        self.env.flush_all()
        self.assertEqual(self._deliver(ORDER), 404)
        self.assertFalse(self._events())

    def test_paused_backend_stores_and_says_200(self):
        self.backend.state = "paused"
        self.env.flush_all()
        self.assertEqual(self._deliver(ORDER), 200)
        self.assertEqual(self._events().state, "pending")

    def test_too_large(self):
        self.backend.webhook_max_kb = 1
        self.env.flush_all()
        self.assertEqual(self._deliver({**ORDER, "note": "x" * 2000}), 413)
        self.assertFalse(self._events())

    def test_too_large_without_saying_so(self):
        self.backend.webhook_max_kb = 1
        self.env.flush_all()
        parts = (b"x" * 600 for _part in range(3))  # sent in chunks: no length is announced
        url = self.base_url() + self.url
        response = self.opener.post(url, data=parts, headers={"Content-Type": "application/json"})
        self.assertEqual(response.status_code, 413)
        self.assertFalse(self._events())

    def test_compressed_or_strange_bodies(self):
        for header, value in (
            ("Content-Encoding", "gzip"),
            ("Content-Type", "multipart/form-data; boundary=x"),
            ("Content-Type", "text/xml"),
        ):
            with self.subTest(value=value):
                self.assertEqual(self._deliver(ORDER, **{header: value}), 415)
        self.assertFalse(self._events())
        for value in ("application/json; charset=UTF-8", "application/vnd.shop+json"):
            with self.subTest(value=value):
                self.assertEqual(self._deliver(ORDER, **{"Content-Type": value}), 200)

    def test_flood(self):
        self.backend.webhooks_per_minute = 2
        self.env.flush_all()
        statuses = [self._deliver({"id": number}) for number in range(3)]
        self.assertEqual(statuses, [200, 200, 429])

    def test_bad_signatures_use_up_nothing_of_what_the_shop_may_send(self):
        self.backend.webhooks_per_minute = 2
        self.env.flush_all()
        for number in range(5):
            self.assertEqual(self._deliver({"id": number}, secret="other"), 401)
        statuses = [self._deliver({"id": number}) for number in range(3)]
        self.assertEqual(statuses, [200, 200, 429])

    def test_flood_of_one_shop_is_not_the_others(self):
        self.backend.webhooks_per_minute = 1
        other = self.backend.copy({"webhooks_per_minute": 1})
        other.webhook_secret, other.state = SECRET, "connected"
        self.env.flush_all()
        self.assertEqual([self._deliver({"id": number}) for number in range(2)], [200, 429])
        self.assertEqual(self._deliver(ORDER, url=f"/channel/{other.webhook_token}/webhook"), 200)

    def test_no_limit_counts_nothing(self):
        self.backend.webhooks_per_minute = 0
        self.env.flush_all()
        self.assertEqual([self._deliver({"id": number}) for number in range(3)], [200] * 3)
        self.assertFalse(_flood._moments)

    def test_replay_waits_once_and_is_new_after_settlement(self):
        self._deliver(ORDER)
        self._deliver(ORDER)
        event = self._events()
        self.assertEqual(len(event), 1)
        event._settle("done", "for the test")
        self.env.flush_all()
        self._deliver(ORDER)
        self.assertEqual(len(self._events()), 2)

    def test_two_bodies_with_one_delivery_id_are_two_events(self):
        self._deliver(ORDER)
        self._deliver({**ORDER, "status": "completed"})
        self.assertEqual(len(self._events()), 2)
        self.assertEqual(len(self._jobs()), 1, "one job settles what waits for its record")

    def test_ping_is_unsigned_form(self):
        response = self.url_open(self.url, data={"webhook_id": "15"})
        self.assertEqual(response.status_code, 200)
        self.assertFalse(self._events())

    def test_signed_error_body_without_id(self):
        body = {"code": "woocommerce_rest_shop_order_invalid_id", "data": {"status": 404}}
        self.assertEqual(self._deliver(body), 200)
        event = self._events()
        self.assertEqual(event.state, "ignored")
        self.assertIn("woocommerce_rest_shop_order_invalid_id", event.reason)
        self.assertFalse(self._jobs())

    def test_signed_garbage_is_kept_as_ignored(self):
        self.assertEqual(self._deliver(b"<html>not json"), 200)
        self.assertEqual(self._events().state, "ignored")

    def test_a_byte_order_mark_hides_no_delivery(self):
        self.assertEqual(self._deliver(b"\xef\xbb\xbf" + json.dumps(ORDER).encode()), 200)
        self.assertEqual((self._events().external_id, self._events().payload), ("155", ORDER))

    def test_kind_without_flow_is_ignored_without_job(self):
        self.assertEqual(self._deliver({"id": 9}, topic="product.updated"), 200)
        self.assertEqual((self._events().kind, self._events().state), ("product", "ignored"))
        self.assertFalse(self._jobs())

    def test_nul_character_is_stored(self):
        self.assertEqual(self._deliver({**ORDER, "note": "a\x00b"}), 200)
        self.assertEqual(self._events().payload["note"], "ab")

    @mute_logger("odoo.http")
    def test_get_is_no_way_in(self):
        self.assertIn(self.url_open(self.url).status_code, (404, 405))
