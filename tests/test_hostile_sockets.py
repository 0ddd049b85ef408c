"""Requests that no HTTP library would send: bytes, lengths and methods, over a bare socket."""

import json
import socket
from contextlib import suppress
from urllib.parse import urlsplit

import hypothesis

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..controllers.webhook import HARD_LIMIT
from .hostile_case import STEADY
from .pure.hostile import damaged
from .pure.woo import load, names
from .test_hostile_endpoint import TOPIC, HostileCase


@tagged("post_install", "-at_install")
class TestHostileSockets(HostileCase):
    def _raw(self, *parts):
        """Send bytes as they are; return the status and the text of what came back."""
        self.cr.flush()
        self.cr.clear()
        with self.allow_requests(all_requests=True):  # nothing here has its cookie
            answer = self._exchange(b"".join(parts))
        text = answer.decode("latin-1")
        self.assertNoTraceback(text)
        return int(text.split(" ", 2)[1]) if text.startswith("HTTP/") else 0

    def _exchange(self, sent):
        address = urlsplit(self.base_url())
        answer = b""
        with socket.create_connection((address.hostname, address.port), timeout=30) as connection:
            with suppress(ConnectionError):  # it may have hung up already
                connection.sendall(sent)
                connection.shutdown(socket.SHUT_WR)
            with suppress(ConnectionError):
                while piece := connection.recv(65536):
                    answer += piece
        return answer

    def _head(self, *lines, method="POST", path=None):
        first = f"{method} {path or self.url} HTTP/1.0\r\nHost: {urlsplit(self.base_url()).netloc}"
        topic = [f"{name}: {value}" for name, value in TOPIC.items()]
        return "\r\n".join([first, *topic, *lines, "", ""]).encode("latin-1")

    def test_bytes_in_headers_that_no_browser_sends(self):
        for line in (
            "X-WC-Webhook-Signature: \xff\xfe\x80",
            "X-WC-Webhook-Signature: a\tb",
            "X-WC-Webhook-Topic: order.updated\xff",
            "Content-Type: \xff/\xfe; charset=\x80",
            "Content-Type: application/json; charset=no-such-charset",
            "Content-Encoding: \xff",
            "Accept-Language: \xff;q=\xfe",
            "Cookie: session_id=\xff; frontend_lang=\x80",
            "X-Forwarded-For: '; DROP TABLE channel_event; --",
            f"X-Long: {'x' * 60_000}",
        ):
            with self.subTest(line=line[:60]):
                body = b'{"id": 155}'
                status = self._raw(self._head(line, f"Content-Length: {len(body)}"), body)
                self.assertIn(status, (400, 401, 415, 431))
        self.assertNothingIsKept()

    def test_a_great_many_headers(self):
        lines = [f"X-Header-{number}: x" for number in range(500)]
        self.assertIn(self._raw(self._head(*lines, "Content-Length: 2"), b"{}"), (0, 400, 401, 431))

    def test_lengths_that_lie(self):
        body = b'{"id": 155}'
        for length, expected in (
            ("5", (401,)),
            ("500", (0, 400, 401)),
            ("-1", (0, 400, 401, 413)),
            ("x", (0, 400, 401)),
            ("1e3", (0, 400, 401)),
            ("9" * 30, (413,)),
            (str(HARD_LIMIT + 1), (413,)),
        ):
            with self.subTest(length=length):
                self.assertIn(self._raw(self._head(f"Content-Length: {length}"), body), expected)
        self.assertNothingIsKept()

    def test_chunks_that_lie(self):
        for body in (b"b\r\n" + b'{"id": 155}' + b"\r\n0\r\n\r\n", b"ffffffff\r\n{}", b"-1\r\n{}"):
            with self.subTest(body=body):
                head = self._head("Transfer-Encoding: chunked")
                status = self._raw(head.replace(b"HTTP/1.0", b"HTTP/1.1"), body)
                self.assertIn(status, (0, 400, 401, 408, 413))
        self.assertNothingIsKept()

    @mute_logger("odoo.http")
    def test_other_methods(self):
        for method in ("GET", "HEAD", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "X"):
            with self.subTest(method=method):
                status = self._raw(self._head("Content-Length: 2", method=method), b"{}")
                self.assertIn(status, (0, 400, 404, 405, 501))
        self.assertNothingIsKept()

    @mute_logger("odoo.http")
    def test_the_other_public_addresses(self):
        for path in (
            "/channel/image/9999999999-x/a.png",
            "/channel/image/1-%FF%FE/a.png",
            "/channel/image/%00/a.png",
            "/channel/image/-/a.png",
            "/channel/image/1/a.png",
            f"/channel/image/{'9' * 4000}-x/a.png",
            "/channel/metrics",
        ):
            with self.subTest(path=path[:40]):
                line = "Authorization: Bearer \xff\xfe"
                self.assertIn(self._raw(self._head(line, method="GET", path=path)), (400, 404))
        token = self.env["channel.metrics.token"]._renew()
        for given in ("", "Bearer", "Bearer \xff\xfe", f"Basic {token}", f"Bearer {token}x"):
            with self.subTest(given=given[:10]):
                head = self._head(f"Authorization: {given}", method="GET", path="/channel/metrics")
                self.assertEqual(self._raw(head), 401)

    @mute_logger("odoo.http")
    def test_requests_with_bytes_damaged(self):
        bodies = [json.dumps(load(name)).encode()[:3000] for name in names("order")[:3]]
        lengths = [f"Content-Length: {len(body)}" for body in bodies]
        whole = [
            self._head("X-WC-Webhook-Signature: " + "A" * 43 + "=", length) + body
            for length, body in zip(lengths, bodies, strict=True)
        ]

        @STEADY
        @hypothesis.given(damaged(whole))
        def send(request):
            status = self._raw(request)
            self.assertTrue(status < 500 or status in (501, 505), status)

        send()
        self.assertNothingIsKept()
