"""What the server said: its JSON found again, its headers read, its errors named."""

from __future__ import annotations

import itertools
import json
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

from ...core import errors, plain

_logger = logging.getLogger(__name__)
Default = TypeVar("Default", int, None)

#: Longest Retry-After that is believed, in seconds.
MAX_RETRY_AFTER = 86400.0
_OPENING = re.compile(r"[{\[]")


@dataclass(frozen=True)
class Answer:
    """A good answer. ``sent_at`` (UTC) was taken before the request left, ``seconds`` later the
    whole answer was there.
    """

    data: Any
    status: int
    headers: Mapping[str, str]
    sent_at: datetime
    seconds: float = 0.0

    @property
    def server_time(self) -> datetime:
        """The shop's own clock, ours where it doesn't tell."""
        return parse_http_date(self.headers.get("Date", "")) or self.sent_at

    @property
    def total_pages(self) -> int:
        return _count(self.headers.get("X-WP-TotalPages", ""), 1)

    @property
    def total(self) -> int | None:
        """Records of the whole list; None where a proxy has taken the header away."""
        return _count(self.headers.get("X-WP-Total", ""), None)

    def mapping(self) -> Mapping[str, Any]:
        """The data, which has to be one record. :raises errors.ServerError: it isn't."""
        return self._of_type(dict)

    def sequence(self) -> list[dict[str, Any]]:
        """The data, which has to be a list of records. :raises errors.ServerError: it isn't."""
        records: list[Any] = self._of_type(list)
        return [record for record in records if isinstance(record, dict)]

    def _of_type(self, kind: type) -> Any:
        if not isinstance(self.data, kind):
            raise errors.ServerError("unexpected_answer", expected=kind.__name__)
        return self.data


def _count(text: str, default: Default) -> int | Default:
    """A number of records or pages; ``default`` where it can't be one (superscripts are digits)."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else default


def parse_http_date(text: str) -> datetime | None:
    """An HTTP date as aware UTC, None where it isn't one."""
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    if moment.year not in plain.YEARS:
        return None
    if moment.tzinfo is None:
        return moment.replace(tzinfo=timezone.utc)
    return moment.astimezone(timezone.utc)


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds of a ``Retry-After`` header (a number or an HTTP date), None without one."""
    text = headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text), MAX_RETRY_AFTER)
    moment = parse_http_date(text)
    if moment is None:
        return None
    clock = parse_http_date(headers.get("Date", "")) or now
    return min(max((moment - clock).total_seconds(), 0.0), MAX_RETRY_AFTER)


def decode(content: bytes) -> str:
    """The body as text. WordPress always speaks UTF-8; some plug-ins put BOMs before it."""
    return content.decode("utf-8-sig", "replace").lstrip("\ufeff \t\r\n")


def read_json(text: str) -> Any:
    """A body that is nothing but JSON. :raises ValueError: it isn't."""
    return plain.loads(text)


def salvage_json(text: str, content_type: str) -> Any:
    """The JSON behind PHP notices that a server printed before (or after) it.

    Only what says it is JSON is searched: pages have scripts with objects in them. JSON that
    breaks off is not searched for a part that happens to be whole.
    :raises ValueError: there is none
    """
    if "json" not in content_type:
        raise ValueError("not JSON")
    for opening in itertools.islice(_OPENING.finditer(text), 20):
        try:
            value, end = plain.decode(text, opening.start())
        except json.JSONDecodeError as error:
            if error.msg.startswith("Unterminated") or not text[error.pos :].strip():
                break
            continue
        if text[end:].strip()[:1] in ("", "<"):
            _logger.warning(
                "salvaged JSON between %d other characters", opening.start() + len(text) - end
            )
            return value
    raise ValueError("no JSON found")


def parse_body(text: str, content_type: str, reading: bool) -> Any:
    """The body's JSON, None without. A write's answer counts only when it is clean."""
    try:
        return read_json(text)
    except ValueError:
        if not reading:
            return None
    try:
        return salvage_json(text, content_type)
    except ValueError:
        return None
