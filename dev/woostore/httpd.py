"""HTTP/1.1 on a socket: one thread per connection, connections are kept."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol
from urllib.parse import urlsplit

from . import faults as faulty
from .rest import Answer, Request


class Dropped(Exception):
    """The connection is to be closed without a (whole) answer."""


class Owner(Protocol):
    """Whoever answers the requests."""

    behind_proxy: bool

    def answer(self, request: Request, raw_target: str) -> Answer: ...

    def date(self) -> str: ...


class HTTPServer(ThreadingHTTPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], owner: Owner, tls: ssl.SSLContext | None) -> None:
        self.owner = owner
        self.tls = tls
        self.connections: set[socket.socket] = set()
        self.lock = threading.Lock()
        super().__init__(address, Handler)

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


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "nginx/1.22.1"
    server: HTTPServer

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

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = handle_any

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

    def log_message(self, format: str, *args: Any) -> None:
        """Requests are kept in ``store.requests``, not printed."""
