"""The error ladder: which error an answer or a broken connection becomes. In one place."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Collection, Mapping
from datetime import datetime, timezone
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
import urllib3.exceptions

from ...core import errors
from . import const
from .answer import retry_after


def error_of(
    status: int,
    data: Any,
    headers: Mapping[str, str],
    *,
    url: str,
    write: bool,
    now: datetime,
) -> errors.ChannelError | None:
    """The error that an answer means, None when it is good.

    :param data: the parsed body, None when it isn't JSON
    :param write: whether a change was sent, which may have happened in spite of the error
    """
    if 300 <= status < 400:
        return errors.BadCredentials("redirected", status=status, target=_target(url, headers))
    if status < 400:
        return _unreadable(status, headers, write) if data is None else None
    code = _error_code(data)
    meaning = _meaning(status, code)
    kind = meaning.write if write and meaning.write else meaning.error
    params = {"status": status, **({"channel_code": code} if code else {}), **_details(data)}
    if issubclass(kind, errors.Retryable):
        return kind(meaning.code, retry_after=retry_after(headers, now), **params)
    return kind(meaning.code, **params)


def _meaning(status: int, code: str) -> const.Meaning:
    keys = [(status, code), (0, code), (status, const.ANY)] if code else [(status, const.HTML)]
    for key in keys:
        if key in const.MEANINGS:
            return const.MEANINGS[key]
    return const.OTHER_SERVER_ERROR if status >= 500 else const.OTHER_CLIENT_ERROR


def _error_code(data: Any) -> str:
    """WordPress's code of an error, '(none)' for JSON without one, '' for what isn't JSON."""
    if data is None:
        return ""
    code = data.get("code") if isinstance(data, dict) else None
    return code if isinstance(code, str) and code else "(none)"


def item_error(record: Mapping[str, Any]) -> errors.ChannelError | None:
    """The error of one item of a batch, None where it went well."""
    error = record.get("error")
    if not isinstance(error, dict):
        return None
    data = error.get("data")
    status = data.get("status") if isinstance(data, dict) else None
    if not isinstance(status, int) or status < 400:
        status = 400
    return error_of(status, error, {}, url="", write=False, now=datetime.now(timezone.utc))


def refused_as(error: errors.ChannelError | None, codes: Collection[str]) -> str:
    """Which of these of the channel's own codes a refusal has, '' for none."""
    code = error.params.get("channel_code", "") if isinstance(error, errors.Rejected) else ""
    return code if code in codes else ""


def too_heavy(error: errors.ChannelError) -> bool:
    """Whether fewer records might go through: no time, no memory or no room left for them, or one
    of them breaks the whole call.
    """
    if isinstance(error, errors.Rejected):
        return True
    codes = ("read_timeout", "fatal_error", "server_error", "broken_json", "answer_unreadable")
    return error.code in (*codes, "answer_too_large") or error.params.get("status") in (504, 524)


def has_ended(error: errors.ChannelError) -> bool:
    """Whether the shop certainly isn't at work any more on the call that failed."""
    return error.code in ("fatal_error", "server_error", "answer_unreadable")


def _details(data: Any) -> dict[str, Any]:
    """Names of refused fields and the id of a clashing record; never a value that was sent.

    ``data`` is an object, but for refunds a bare number.
    """
    details = data.get("data") if isinstance(data, dict) else None
    if not isinstance(details, dict):
        return {}
    found: dict[str, Any] = {}
    if isinstance(details.get("params"), dict | list):
        found["fields"] = ", ".join(sorted(map(str, details["params"])))
    if isinstance(details.get("resource_id"), int):
        found["resource_id"] = details["resource_id"]
    return found


def _unreadable(status: int, headers: Mapping[str, str], write: bool) -> errors.ChannelError:
    """Success, but the body is a page (maintenance, login wall, bot check) or broken JSON."""
    if write:
        return errors.UnknownOutcome("answer_unreadable", status=status)
    if "json" in headers.get("Content-Type", ""):
        return errors.ServerError("broken_json", status=status)
    return errors.Unreachable("not_json", status=status)


def too_large(write: bool) -> errors.ChannelError:
    """An answer that nobody reads to its end; a change may have happened all the same."""
    return (errors.UnknownOutcome if write else errors.ServerError)("answer_too_large")


def _target(url: str, headers: Mapping[str, str]) -> str:
    """The shop's address that a redirect names; its query or user might hold secrets."""
    try:
        parts = urlsplit(urljoin(url, headers.get("Location", "")))
    except ValueError:
        return ""
    folder, api, _path = parts.path.partition("/wp-json")
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{folder if api else ''}"


def connection_error(error: requests.RequestException, *, write: bool) -> errors.ChannelError:
    """What a broken connection means. Requests' own texts hold addresses, so none is kept."""
    if isinstance(error, requests.exceptions.TooManyRedirects):
        return errors.BadCredentials("redirected", target="")
    code, sent = _diagnose(error)
    if code == "bad_url":
        return errors.BadCredentials(code, reason="invalid")
    if write and sent:
        return errors.UnknownOutcome(code)
    return errors.Unreachable(code)


def _diagnose(error: requests.RequestException) -> tuple[str, bool]:
    """(code, whether the request may have reached the shop)."""
    if isinstance(error, requests.exceptions.InvalidURL | requests.exceptions.InvalidSchema):
        return "bad_url", False
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return "connect_timeout", False
    if isinstance(error, requests.exceptions.SSLError):
        return "tls_failed", not _has_cause(error, ssl.SSLCertVerificationError)
    if isinstance(error, requests.exceptions.ProxyError):
        return "proxy_failed", False
    if _has_cause(error, socket.gaierror):
        return "unknown_host", False
    if _has_cause(error, urllib3.exceptions.NewConnectionError):
        return "connection_refused", False
    if isinstance(error, requests.exceptions.ReadTimeout) or _has_cause(
        error, urllib3.exceptions.ReadTimeoutError
    ):
        return "read_timeout", True
    return "connection_lost", True


def _has_cause(error: BaseException, kind: type[BaseException]) -> bool:
    """Whether an error of this kind is behind it: requests wraps urllib3, which wraps sockets."""
    queue: list[object] = [error]
    seen: set[int] = set()
    while queue:
        current = queue.pop()
        if isinstance(current, kind):
            return True
        if isinstance(current, BaseException) and id(current) not in seen:
            seen.add(id(current))
            queue += [current.__cause__, current.__context__, getattr(current, "reason", None)]
            queue += current.args
    return False


def connection_was_stale(error: requests.RequestException) -> bool:
    """The server closed a kept connection before any byte of an answer came."""
    return isinstance(error, requests.exceptions.ConnectionError) and _diagnose(error) == (
        "connection_lost",
        True,
    )
