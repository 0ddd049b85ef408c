"""A proxy in front of a shop, which changes what PHP sees."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ...dev.woostore import Server
from ...dev.woostore.tls import make_certificate, server_context


@contextmanager
def tls_front(
    port: int, folder: Path, behind: Server | None = None, strip: bool = False
) -> Iterator[str]:
    """A TLS server that hands everything on to ``port``, the way a proxy does.

    :param behind: the server at that port, where it speaks TLS itself
    :param strip: leave out the Authorization header, as some PHP set-ups do
    """
    context = server_context(make_certificate(folder))
    onward = ssl.create_default_context(cafile=behind.ca_path) if behind else None
    with socket.create_server(("127.0.0.1", 0)) as listener:
        arguments = (listener, context, port, onward, strip)
        threading.Thread(target=_accept, args=arguments, daemon=True).start()
        yield f"https://127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)


def _accept(listener: socket.socket, context: ssl.SSLContext, *rest: Any) -> None:
    while True:
        try:
            client, _address = listener.accept()
        except OSError:
            return
        threading.Thread(
            target=_forward,
            args=(context.wrap_socket(client, server_side=True), *rest),
            daemon=True,
        ).start()


def _forward(client: ssl.SSLSocket, port: int, onward: ssl.SSLContext | None, strip: bool) -> None:
    shop = socket.create_connection(("127.0.0.1", port))
    if onward:
        shop = onward.wrap_socket(shop, server_hostname="127.0.0.1")
    with client, shop:
        while request := _message(client):
            if strip:
                lines = request.split(b"\r\n")
                request = b"\r\n".join(x for x in lines if not x.startswith(b"Authorization:"))
            shop.sendall(request)
            client.sendall(_message(shop))


def _message(peer: socket.socket) -> bytes:
    """A whole request or answer; b"" when there is none any more."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = peer.recv(65536)
        if not more:
            return b""
        data += more
    head, _blank, body = data.partition(b"\r\n\r\n")
    lengths = [x for x in head.split(b"\r\n") if x.lower().startswith(b"content-length")]
    length = int(lengths[0].split(b":")[1]) if lengths else 0
    while len(body) < length:
        body += peer.recv(65536)
    return head + b"\r\n\r\n" + body
