"""Reads images: public files, so no key goes with the request."""

from __future__ import annotations

import time
from datetime import datetime, timezone
from urllib.parse import unquote, urlsplit

import requests

from ...core import errors
from ...core.catalogue import Image, Picture
from . import failure
from .client import WooClient
from .session import read_body

#: How a file of a type begins: (offset, bytes); types that browsers show and shops take.
_BEGINNINGS = (
    ("image/jpeg", 0, b"\xff\xd8\xff"),
    ("image/png", 0, b"\x89PNG\r\n\x1a\n"),
    ("image/gif", 0, b"GIF8"),
    ("image/webp", 8, b"WEBP"),
    ("image/avif", 4, b"ftypavif"),
    ("image/bmp", 0, b"BM"),
)


def mimetype_of(content: bytes) -> str:
    """The type of an image by its content, '' for what is none."""
    for mimetype, offset, beginning in _BEGINNINGS:
        if content[offset : offset + len(beginning)] == beginning:
            return mimetype
    return ""


def fetch_picture(client: WooClient, image: Image, max_bytes: int) -> Picture:
    """Read an image from where the shop shows it.

    :raises errors.NotFound: it is gone
    :raises errors.Rejected: ``bad_image`` with ``reason`` address, refused, size or type
    """
    if not _is_web_address(image.url):
        raise _bad(image, "address")
    content = _download(client, image, max_bytes)
    mimetype = mimetype_of(content)
    if not mimetype:
        raise _bad(image, "type")
    name = unquote(urlsplit(image.url).path.rpartition("/")[2])
    return Picture(content, mimetype, name)


def _is_web_address(url: str) -> bool:
    try:
        return urlsplit(url).scheme in ("http", "https")
    except ValueError:
        return False


def _download(client: WooClient, image: Image, max_bytes: int) -> bytes:
    """At most ``max_bytes`` are ever read. Nothing of an answer is kept but its size."""
    client.announce()
    started, moment = time.monotonic(), datetime.now(timezone.utc)
    status, content = 0, b""
    error: errors.ChannelError | None
    try:
        with client.open_public(image.url) as response:
            status = response.status_code
            if status == 200:
                content = read_body(response, max_bytes)
        error = _error(image, status, response, moment)
        if len(content) > max_bytes:
            error = _bad(image, "size")
    except requests.RequestException as problem:
        error = failure.connection_error(problem, write=False)
    seconds = time.monotonic() - started
    client.tell("GET", image.url, status, seconds, f"{len(content)} bytes", error)
    if error:
        raise error
    return content


def _error(
    image: Image, status: int, response: requests.Response, moment: datetime
) -> errors.ChannelError | None:
    """A firewall that keeps its images to itself says nothing about our key."""
    if status == 200:
        return None
    if status in (404, 410):
        return errors.NotFound("not_found", status=status)
    if status < 500 and status not in (408, 429):
        return _bad(image, "refused", status=status)
    return failure.error_of(status, None, response.headers, url=image.url, write=False, now=moment)


def _bad(image: Image, reason: str, **params: int) -> errors.Rejected:
    return errors.Rejected("bad_image", reason=reason, image=image.external_id, **params)
