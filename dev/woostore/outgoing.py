"""The shop's own calls to the outside."""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
from urllib.parse import quote, urljoin, urlsplit

PORTS = {80, 443, 8080}


def post(url: str, body: bytes, headers: dict[str, str], timeout: float) -> int:
    """POST without following redirects; the status, or 0 if there was no answer."""
    parts = urlsplit(url)
    target = parts.path or "/"
    if parts.query:
        target = f"{target}?{parts.query}"
    connection = _connection(parts.scheme, parts.netloc, timeout)
    try:
        connection.request("POST", target, body, {"Accept": "*/*", **headers})
        answer = connection.getresponse()
        answer.read()
        return answer.status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def get(url: str, timeout: float, redirects: int = 5) -> tuple[int, str, bytes]:
    """GET; (status, reason, body), status 0 with what went wrong where nothing answered."""
    parts = urlsplit(url)
    target = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~")
    if parts.query:
        target = f"{target}?{parts.query}"
    connection = _connection(parts.scheme, parts.netloc, timeout)
    try:
        connection.request("GET", target, headers={"Accept": "*/*", "Connection": "close"})
        answer = connection.getresponse()
        body = answer.read()
    except (OSError, ValueError, http.client.HTTPException):
        return 0, f"cURL error 7: Failed to connect to {parts.netloc}", b""
    finally:
        connection.close()
    location = answer.headers.get("Location")
    if location and 300 <= answer.status < 400 and redirects:
        return get(urljoin(url, location), timeout, redirects - 1)
    return answer.status, answer.reason, body


def _connection(scheme: str, host: str, timeout: float) -> http.client.HTTPConnection:
    host = host.rpartition("@")[2]
    if scheme != "https":
        return http.client.HTTPConnection(host, timeout=timeout)
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return http.client.HTTPSConnection(host, timeout=timeout, context=context)


def is_unsafe(url: str) -> bool:
    """What ``wp_safe_remote_request`` refuses: private addresses and unusual ports."""
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    if port not in PORTS:
        return True
    try:
        address = ipaddress.ip_address(socket.gethostbyname(parts.hostname or ""))
    except (OSError, ValueError):
        return True
    return address.is_private or address.is_loopback
