"""The addresses that anybody may ask: no traceback, no row without a valid signature, no crash."""

import gzip
import json
import random
import zlib

import hypothesis

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..core.signature import hmac_sha256_base64
from .hostile_case import STEADY
from .pure.hostile import damaged
from .pure.woo import load, names
from .webhook_case import ORDER, SECRET, WebhookCase

TOPIC = {"X-WC-Webhook-Topic": "order.updated", "Content-Type": "application/json"}


class HostileCase(WebhookCase):
    def setUp(self):
        super().setUp()
        self.authenticate(None, None)
        self.backend.webhooks_per_minute = 0
        self.env.flush_all()

    # === WHAT IS SENT === #

    def _post(self, body, path=None, signed=False, **headers):
        headers = {**TOPIC, **{name.replace("_", "-"): value for name, value in headers.items()}}
        if signed:
            headers["X-WC-Webhook-Signature"] = hmac_sha256_base64(SECRET, body)
        response = self.opener.post(
            self.base_url() + (path or self.url), data=body, headers=headers
        )
        self.assertNoTraceback(response.text)
        return response.status_code

    # === CHECKS === #

    def assertNoTraceback(self, text):
        for word in ("Traceback", 'File "', "psycopg2", "channel_connector", "SELECT "):
            self.assertNotIn(word, text)

    def assertNothingIsKept(self):
        self.assertFalse(self._events())
        self.assertFalse(self._jobs())


@tagged("post_install", "-at_install")
class TestHostileEndpoint(HostileCase):
    # === UNSIGNED === #

    def test_recorded_payloads_without_a_valid_signature(self):
        chance = random.Random(6)
        signature = hmac_sha256_base64(SECRET, b"another body")
        for name in names("order"):
            body = bytearray(json.dumps(load(name)).encode())
            body[chance.randrange(len(body))] ^= 1 << chance.randrange(8)
            given = chance.choice(["", "x", signature, signature[:-1], signature + "=", "\xff" * 9])
            status = self._post(bytes(body), X_WC_Webhook_Signature=given)
            self.assertEqual(status, 401, name)
        self.assertNothingIsKept()

    def test_signatures_of_other_shapes(self):
        body = json.dumps(ORDER).encode()
        good = hmac_sha256_base64(SECRET, body)
        for given in (
            good.lower(),
            good.rstrip("="),
            f"sha256={good}",
            f"{good}, {good}",
            good * 200,
            good.encode().hex(),
            "=" * 44,
            "A" * 8000,
        ):
            with self.subTest(given=given[:50]):
                self.assertEqual(self._post(body, X_WC_Webhook_Signature=given), 401)
        with self.subTest("of what the body means, not of its bytes"):
            self.assertEqual(self._post(body + b" ", X_WC_Webhook_Signature=good), 401)
        self.assertNothingIsKept()

    def test_bombs_are_not_unpacked(self):
        bombs = {
            "gzip": gzip.compress(bytes(50_000_000)),
            "deflate": zlib.compress(bytes(50_000_000)),
            "br": b"\x00" * 500,
            "gzip, gzip": gzip.compress(gzip.compress(bytes(50_000_000))),
            "GZIP": gzip.compress(b"{}"),
        }
        for encoding, body in bombs.items():
            with self.subTest(encoding=encoding):
                # signed or not: whoever sends it has to send it plainly
                self.assertEqual(self._post(body, signed=True, Content_Encoding=encoding), 415)
        self.assertNothingIsKept()

    def test_forms_are_no_deliveries(self):
        part = 'Content-Disposition: form-data; name="webhook_id"\r\n\r\n15\r\n'
        for kind, body in (
            ("multipart/form-data; boundary=x", f"--x\r\n{part}--x--".encode()),
            ("multipart/form-data", b"--x"),
            ("multipart/form-data; boundary=x", b"--x\r\n" * 5000),
            ("text/xml", b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"),
            ("application/x-php", b"x"),
            ("application/json, text/html", b"{}"),
        ):
            with self.subTest(kind=kind):
                self.assertEqual(self._post(body, Content_Type=kind), 415)
        form = "application/x-www-form-urlencoded"
        for body in (
            b"webhook_id=x",
            b"webhook_id=15&a=b",
            b"webhook_id=%FF%00",
            b"&" * 5000,
            b"=",
        ):
            with self.subTest(body=body[:20]):
                self.assertIn(self._post(body, Content_Type=form), (400, 401, 413))
        self.assertNothingIsKept()

    @mute_logger("odoo.http")
    def test_tokens_that_are_none(self):
        for token in (
            "x",
            "%00",
            "%FF%FE",
            "..%2f..%2fetc%2fpasswd",
            "'%20OR%201=1--",
            "%F0%9F%98%80",
            "x" * 5000,
            self.backend.webhook_token.swapcase(),
            self.backend.webhook_token[:-1],
            f"{self.backend.webhook_token}%00",
            "False",
            "None",
        ):
            with self.subTest(token=token[:30]):
                body = json.dumps(ORDER).encode()
                path = f"/channel/{token}/webhook"
                self.assertIn(self._post(body, path, signed=True), (400, 404))
        self.assertNothingIsKept()

    # === BAD ONES AMONG GOOD ONES === #

    def _queries(self, body, path=None, **headers):
        """Status of a request, and what it asked the database."""
        before = self.cr.sql_log_count
        status = self._post(body, path, **headers)
        return status, self.cr.sql_log_count - before

    def test_a_bad_one_costs_next_to_nothing(self):
        body = json.dumps(ORDER).encode()
        wrong = {"X_WC_Webhook_Signature": hmac_sha256_base64("another", body)}
        self._post(body, signed=True)  # what is known from now on
        self._post(body, **wrong)  # the issue that tells of it
        _status, good = self._queries(body + b" ", signed=True)
        for path, headers, expected in (
            ("/channel/guessed/webhook", {}, 404),
            (None, wrong, 401),
            (None, {"Content_Type": "text/xml"}, 415),
            (None, {"Content_Encoding": "gzip"}, 415),
        ):
            with self.subTest(expected=expected):
                status, queries = self._queries(body, path, **headers)
                self.assertEqual(status, expected)
                self.assertLessEqual(queries, 1)
                self.assertLess(queries, good)

    # === SIGNED === #

    def test_signed_bodies_of_every_kind_are_kept_and_explained(self):
        bodies = {
            b'{"id": 1e999}': "",
            b'{"id": 155, "x": 1e999}': "155",
            b'{"id": 155, "x": NaN}': "",
            b'{"id": ' + b"9" * 30 + b"}": "",
            b'{"id": "' + b"9" * 5000 + b'"}': "",
            b'{"id": "0155"}': "155",
            b'{"id": 155, "x": ' + b"[" * 900 + b"]" * 900 + b"}": "155",
            b'{"id": 155, "x": ' + b"[" * 90_000 + b"]" * 90_000 + b"}": "",
            b'{"id": 155, "x": "\\u0000\\ud800"}': "155",
            b'\xef\xbb\xbf{"id": 155}': "155",
            b'{"id": 155, "x": "\xff"}': "",
            b'{"id": 155, "id": 156}': "156",
            b'{"code": "' + b"x" * 50_000 + b'"}': "",
            b"[]": "",
            b"null": "",
            b"{}": "",
            b"": "",
            b"\x00": "",
        }
        for body, external_id in bodies.items():
            with self.subTest(body=body[:30]):
                before = self._events()
                self.assertEqual(self._post(body, signed=True), 200)
                event = self._events() - before
                self.assertEqual(len(event), 1)
                self.assertEqual(event.external_id or "", external_id)
                self.assertEqual(event.state, "pending" if external_id else "ignored")
                self.assertTrue(external_id or event.reason)
                self.assertLess(len(event.reason or ""), 500)
                self.assertTrue(event.payload_text is not None)
                event._settle("ignored", "for the test")
                self.env.flush_all()

    def test_signed_bodies_with_bytes_damaged(self):
        @STEADY
        @hypothesis.given(damaged([json.dumps(load(name)).encode() for name in names("order")]))
        def deliver(body):
            self.assertEqual(self._post(body, signed=True), 200)

        deliver()
        events = self._events()
        self.assertEqual(set(events.mapped("state")), {"pending", "ignored"})
        ignored = events.filtered(lambda event: event.state == "ignored")
        self.assertTrue(all(event.reason for event in ignored))

    def test_a_body_of_megabytes_is_kept_or_refused_as_the_limit_says(self):
        body = json.dumps({**ORDER, "note": "x" * 3_000_000}).encode()
        self.backend.webhook_max_kb = 2000
        self.env.flush_all()
        self.assertEqual(self._post(body, signed=True), 413)
        self.assertNothingIsKept()
        self.backend.webhook_max_kb = 4000
        self.env.flush_all()
        self.assertEqual(self._post(body, signed=True), 200)
        self.assertEqual(len(self._events().payload["note"]), 3_000_000)
