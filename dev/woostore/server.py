"""Stores behind a real HTTP server: HTTP/1.1, kept alive, one thread per connection."""

from __future__ import annotations

import contextlib
import shutil
import socket
import ssl
import struct
import sys
import tempfile
import threading
from collections.abc import Iterable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from . import faults as faulty
from . import page, phpquery
from .clock import GMT
from .faults import Fault, Faults
from .rest import Answer, Request, serve
from .store import Store
from .tls import make_certificate, server_context

HTTP_DATE = "%a, %d %b %Y %H:%M:%S GMT"


class Dropped(Exception):
    """The connection is to be closed without a (whole) answer."""


class Server:
    """Serves one store, or several under ``/name``. A context manager.

    ``behind_proxy``: believe ``X-Forwarded-Proto``; without it a shop that is reached by plain
    HTTP behind a TLS proxy ignores Basic and query keys.
    """

    def __init__(
        self,
        stores: Store | Mapping[str, Store] | Iterable[tuple[str, Store]],
        host: str = "127.0.0.1",
        port: int = 0,
        tls: bool = False,
        prefix: str = "",
        behind_proxy: bool = False,
    ) -> None:
        named = {"": stores} if isinstance(stores, Store) else dict(stores)
        self.stores: dict[str, Store] = named
        self.host = host
        self.port = port
        self.prefix = prefix.rstrip("/")
        self.behind_proxy = behind_proxy
        self.faults = Faults()
        self.ca_path: str | None = None
        self._tls: ssl.SSLContext | None = None
        self._folder: Path | None = None
        self._stopping = threading.Event()
        self._delivering: threading.Thread | None = None
        self._stop_delivering = threading.Event()
        self._http: _HTTPServer | None = None
        self._thread: threading.Thread | None = None
        if tls:
            self._folder = Path(tempfile.mkdtemp(prefix="woostore-"))
            self._tls = server_context(make_certificate(self._folder, host))
            self.ca_path = str(self._folder / "ca.pem")

    # --- addresses -----------------------------------------------------------------------

    @property
    def url(self) -> str:
        """Address of the first store, without a slash at the end."""
        return self.url_of(next(iter(self.stores)))

    def url_of(self, name: str) -> str:
        scheme = "https" if self._tls else "http"
        base = f"{scheme}://{self.host}:{self.port}{self.prefix}"
        return f"{base}/{name}" if name else base

    def find(self, path: str) -> tuple[Store | None, str]:
        """The store a path belongs to, and the rest of the path."""
        if not path.startswith(self.prefix):
            return None, path
        rest = path[len(self.prefix) :] or "/"
        for name, store in self.stores.items():
            if not name:
                return store, rest
            if rest == f"/{name}" or rest.startswith(f"/{name}/"):
                return store, rest[len(name) + 1 :] or "/"
        return None, rest

    # --- life ----------------------------------------------------------------------------

    def start(self) -> Server:
        self._stopping.clear()
        self._listen()
        for name, store in self.stores.items():
            store.url = self.url_of(name)
        return self

    def _listen(self) -> None:
        self._http = _HTTPServer((self.host, self.port), self, self._tls)
        self.port = self._http.server_address[1]
        self._thread = threading.Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        self.stop_delivering()
        self.pause()
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)

    def pause(self) -> None:
        """Close the listening socket and all connections: clients get "connection refused"."""
        self._stopping.set()
        if self._http is not None:
            self._http.shutdown()
            self._http.server_close()
            self._http.drop_connections()
            self._http = None

    def resume(self) -> None:
        """Listen again, on the same port."""
        if self._http is None:
            self._stopping.clear()
            self._listen()

    def __enter__(self) -> Server:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    # --- webhooks ------------------------------------------------------------------------

    def start_delivering(self, every: float = 0.5) -> None:
        """Deliver webhooks of all stores in the background, each ``every`` seconds."""
        if self._delivering is not None:
            return
        self._stop_delivering.clear()
        self._delivering = threading.Thread(target=self._deliver, args=(every,), daemon=True)
        self._delivering.start()

    def _deliver(self, every: float) -> None:
        while not self._stop_delivering.wait(every):
            for store in self.stores.values():
                store.deliver()

    def stop_delivering(self) -> None:
        if self._delivering is not None:
            self._stop_delivering.set()
            self._delivering.join(timeout=10)
            self._delivering = None

    # --- answering -----------------------------------------------------------------------

    def answer(self, request: Request, raw_target: str) -> Answer:
        """What the shop (or what stands before it) answers. Dropped: nothing at all."""
        if self.faults.down:
            return faulty.ANSWERS["503-html"]()
        fault = self.faults.take(request.method, request.path)
        if fault is None:
            return self._serve(request)
        return self._faulty(fault, request, raw_target)

    def _faulty(self, fault: Fault, request: Request, raw_target: str) -> Answer:
        own_url = self.url_of("")[: -len(self.prefix) or None] + raw_target
        spoils = fault.kind in faulty.SPOILS or fault.kind == "half-body"
        answer = self._serve(request) if fault.when == "after" or spoils else None
        if fault.kind == "timeout":
            self._stopping.wait(fault.seconds)
            raise Dropped
        if fault.kind == "reset":
            raise Dropped("reset")
        if fault.kind == "half-body" and answer is not None:
            answer.headers["X-Half-Body"] = "1"
            return answer
        instead = faulty.stand_in(fault, own_url)
        if instead is not None:
            return instead
        return faulty.spoil(fault, answer or self._serve(request))

    def _serve(self, request: Request) -> Answer:
        store, path = self.find(request.path)
        if store is None:
            return page.not_found()
        query = phpquery.parse(request.query)
        request.path = path
        if path in ("/", "/index.php") and "rest_route" in query:
            request.rest_route = True
            request.path = "/wp-json" + str(query["rest_route"])
            return serve(store, request)
        if path == "/wp-json" or path.startswith("/wp-json/"):
            return serve(store, request)
        return page.serve(store, request)

    def date(self) -> str:
        store = next(iter(self.stores.values()))
        return store.clock.now().astimezone(GMT).strftime(HTTP_DATE)


class _HTTPServer(ThreadingHTTPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self, address: tuple[str, int], owner: Server, tls: ssl.SSLContext | None
    ) -> None:
        self.owner = owner
        self.tls = tls
        self.connections: set[socket.socket] = set()
        self.lock = threading.Lock()
        super().__init__(address, _Handler)

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Shake hands in the connection's own thread, so that nobody waits for a slow client."""
        request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.tls:
            request = self.tls.wrap_socket(request, server_side=True)
        with self.lock:
            self.connections.add(request)
        try:
            super().finish_request(request, client_address)
        finally:
            with self.lock:
                self.connections.discard(request)
            if self.tls:
                with contextlib.suppress(OSError):
                    request.shutdown(socket.SHUT_RDWR)
                request.close()

    def drop_connections(self) -> None:
        with self.lock:
            connections = list(self.connections)
        for connection in connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that go away are none of our business; anything else is shown."""
        if not isinstance(sys.exc_info()[1], (OSError, ssl.SSLError)):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "nginx/1.22.1"
    server: _HTTPServer

    def handle_any(self) -> None:
        parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(
            method=self.command,
            path=parts.path,
            query=parts.query,
            headers=headers,
            body=self.rfile.read(length) if length else b"",
            secure=self._secure(headers),
        )
        try:
            answer = self.server.owner.answer(request, self.path)
        except Dropped as dropped:
            self._drop(hard=str(dropped) == "reset")
            return
        self._send(answer)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = handle_any  # noqa: N815

    def _secure(self, headers: dict[str, str]) -> bool:
        if self.server.tls:
            return True
        proto = headers.get("x-forwarded-proto", "")
        return self.server.owner.behind_proxy and proto.lower() == "https"

    def _send(self, answer: Answer) -> None:
        body = faulty.body_bytes(answer)
        half = bool(answer.headers.pop("X-Half-Body", ""))
        lines = {"Server": self.server_version, "Date": self.server.owner.date()}
        lines.update(answer.headers)
        lines["Content-Length"] = str(len(body))
        self.send_response_only(answer.status)
        for name, value in lines.items():
            self.send_header(name, value)
        if half:
            body = body[: len(body) // 2]
        if self.command == "HEAD":
            body = b""
        # Headers and body in one go: two small writes would wait for each other's ACK.
        self._headers_buffer.append(b"\r\n")  # type: ignore[attr-defined]
        self.wfile.write(b"".join(self._headers_buffer) + body)  # type: ignore[attr-defined]
        self._headers_buffer = []
        if half:
            self._drop()

    def _drop(self, *, hard: bool = False) -> None:
        """Close the connection; ``hard`` with a reset instead of a farewell."""
        self.close_connection = True
        with contextlib.suppress(OSError):
            if hard:
                linger = struct.pack("ii", 1, 0)
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                self.rfile.close()
                self.connection.close()
            else:
                self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Requests are kept in ``store.requests``, not printed."""
