"""Trimmed recordings of WooCommerce, and a server that plays them over real HTTP."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from ...core.adapter import Credentials
from ...core.http import Exchange
from ...providers.woocommerce.adapter import WooCommerceAdapter

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "woocommerce"
KEY, SECRET = "ck_0123456789abcdef", "cs_fedcba9876543210"


def load(name: str) -> Any:
    """A fixture, e.g. ``order__empty``."""
    return json.loads((FIXTURES / f"{name}.json").read_text(encoding="utf-8"))


def names(topic: str) -> list[str]:
    """All fixtures of a topic."""
    return sorted(path.stem for path in FIXTURES.glob(f"{topic}__*.json"))


@dataclass
class Canned:
    """One prepared answer. ``cut``: bytes of the body that are really sent; ``hang``: none at
    all until the server stops; ``drop``: the connection is closed instead.
    """

    status: int = 200
    body: bytes | str = b"{}"
    headers: list[tuple[str, str]] = field(
        default_factory=lambda: [("Content-Type", "application/json; charset=UTF-8")]
    )
    cut: int | None = None
    hang: bool = False
    drop: bool = False

    @classmethod
    def recorded(cls, name: str) -> Canned:
        recorded = load(name)
        return cls(
            recorded["status"], recorded["body"], [tuple(pair) for pair in recorded["headers"]]
        )


@dataclass
class Request:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Replay(ThreadingHTTPServer):
    """Answers with what is in ``answers``, the last one again and again."""

    daemon_threads = True

    def __init__(self, *answers: Canned) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers = list(answers)
        self.requests: list[Request] = []
        self.connections = 0
        self.stopping = threading.Event()

    def verify_request(self, request: Any, client_address: Any) -> bool:
        self.connections += 1
        return True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def adapter(
        self, exchanges: list[Exchange] | None = None, **settings: Any
    ) -> WooCommerceAdapter:
        return adapter(self.url, exchanges, **settings)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Replay

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.requests.append(Request(self.command, self.path, dict(self.headers), body))
        answers = self.server.answers
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if answer.hang:
            self.server.stopping.wait(30)
        if answer.hang or answer.drop:
            self.close_connection = True
            return
        content = answer.body.encode() if isinstance(answer.body, str) else answer.body
        self.send_response_only(answer.status)
        for name, value in [*answer.headers, ("Content-Length", str(len(content)))]:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content[: answer.cut])
        self.close_connection = answer.cut is not None

    do_GET = do_POST = do_PUT = do_DELETE = _answer

    def log_message(self, *_args: Any) -> None:
        """Silence: the tests look at ``requests``."""


@contextmanager
def replay(*answers: Canned) -> Iterator[Replay]:
    server = Replay(*answers)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.stopping.set()
        server.shutdown()
        server.server_close()
        thread.join()


def adapter(
    url: str, exchanges: list[Exchange] | None = None, **settings: Any
) -> WooCommerceAdapter:
    """An adapter that appends what it exchanges to ``exchanges``."""
    seen: list[Exchange] = [] if exchanges is None else exchanges
    settings.setdefault("poll_trash", False)
    return WooCommerceAdapter(
        Credentials(url, KEY, SECRET, settings=settings, on_exchange=seen.append)
    )
