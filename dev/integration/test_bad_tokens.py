"""Thousands of requests with wrong tokens and signatures next to a shop's own deliveries.

Real servers, real HTTP. How long the good ones took depends on the machine: it is printed, not
tested. ``BAD_TOKENS=20000:500`` runs more of it: bad requests, good ones.
"""

from __future__ import annotations

import http.client
import json
import os
import secrets
import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from odoo_client import OdooClient, connect_store

from channel_connector.core.signature import hmac_sha256_base64
from channel_connector.dev.woostore import Server, Store

BAD, GOOD = map(int, os.environ.get("BAD_TOKENS", "2000:100").split(":"))
SECRET = "s3cret-of-the-hook"
CLIENTS = 4
HEADERS = {"Content-Type": "application/json", "X-WC-Webhook-Topic": "order.updated"}
Sent = tuple[str, bytes, dict[str, str]]


def good(token: str, number: int) -> Sent:
    body = json.dumps({"id": number, "status": "processing", "note": "x" * 2000}).encode()
    signature = hmac_sha256_base64(SECRET, body)
    return f"/channel/{token}/webhook", body, {**HEADERS, "X-WC-Webhook-Signature": signature}


def bad(token: str, number: int) -> Sent:
    """Of ten: seven tokens that were guessed, two wrong signatures, one that is much too large."""
    kind = number % 10
    guessed = token if kind > 6 else secrets.token_urlsafe(24)
    path, body, headers = good(guessed, 5_000_000 + number)
    if kind in (7, 8):
        headers["X-WC-Webhook-Signature"] = hmac_sha256_base64("another", body)
    if kind == 9:
        headers["Content-Length"] = str(10**9)
        body = b""
    return path, body, headers


def post_all(url: str, requests: Iterator[Sent]) -> list[tuple[int, float]]:
    """Send one after the other; status and seconds of each."""
    found = []
    for path, body, headers in requests:
        connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
        started = time.perf_counter()
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        text = answer.read()
        found.append((answer.status, time.perf_counter() - started))
        connection.close()
        assert b"Traceback" not in text
    return found


class Crowd:
    """Clients that send bad requests until all are sent."""

    def __init__(self, url: str, token: str) -> None:
        self.statuses: list[int] = []
        self._numbers = iter(range(BAD))
        self._lock = threading.Lock()
        self._threads = [
            threading.Thread(target=self._run, args=(url, token), daemon=True)
            for _number in range(CLIENTS)
        ]

    def __enter__(self) -> Crowd:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        for thread in self._threads:
            thread.join()

    @property
    def is_busy(self) -> bool:
        return any(thread.is_alive() for thread in self._threads)

    def _run(self, url: str, token: str) -> None:
        while (number := self._next()) is not None:
            for status, _seconds in post_all(url, iter([bad(token, number)])):
                self.statuses.append(status)

    def _next(self) -> int | None:
        with self._lock:
            return next(self._numbers, None)


def test_bad_tokens_stop_no_delivery(server: Callable, database: str, sql: Callable, capsys):
    # no job runner: what is stored stays as it came
    running = server(workers=4, channels="root:0")
    store = Store(currency="USD")  # the company of a new database
    with Server(store) as shop:
        odoo = OdooClient(running.url, database)
        backend = connect_store(odoo, shop.url, store.key, store.secret, webhooks=False)
        odoo.call("channel.backend", "write", [backend], {"webhook_secret": SECRET})
    ((token,),) = sql("SELECT webhook_token FROM channel_backend WHERE id = %s", backend)
    post_all(running.url, (good(token, number) for number in range(1, 5)))  # each worker awake
    alone = post_all(running.url, (good(token, number) for number in range(10, 10 + GOOD)))
    with Crowd(running.url, token) as crowd:
        among = post_all(running.url, (good(token, 10_000 + number) for number in range(GOOD)))
        overlapped = crowd.is_busy
    assert {status for status, _seconds in alone + among} == {200}
    stored = sql("SELECT external_id, count(*) FROM channel_event GROUP BY 1")
    wanted = [*range(1, 5), *range(10, 10 + GOOD), *range(10_000, 10_000 + GOOD)]
    assert dict(stored) == {str(number): 1 for number in wanted}
    counted = Counter(crowd.statuses)
    assert set(counted) <= {401, 404, 413}
    assert (sum(counted.values()), counted[401], counted[413]) == (BAD, BAD // 5, BAD // 10)
    issues = sql("SELECT code, count(*) FROM channel_issue WHERE state = 'open' GROUP BY 1")
    assert ("rejected_deliveries", 1) in issues
    log = running.log.read_text()
    assert "Traceback" not in log
    assert " ERROR " not in log
    with capsys.disabled():
        print(f"\n{report(alone, among, counted, overlapped)}")


def report(alone: list, among: list, counted: Counter, overlapped: bool) -> str:
    first, second = (
        statistics.median(seconds * 1000 for _status, seconds in found) for found in (alone, among)
    )
    return (
        f"{BAD} bad requests by {CLIENTS} clients {dict(sorted(counted.items()))}, among them"
        f" {GOOD} good ones ({'all' if overlapped else 'not all'} of them): median {second:.1f} ms,"
        f" alone {first:.1f} ms, ratio {second / first:.1f}"
    )
