"""Which error an answer or a broken connection becomes."""

from __future__ import annotations

from typing import Any

import requests

from odoo.addons.channel_connector.core import errors

from . import const


def connection_error(problem: requests.RequestException, write: bool) -> errors.ChannelError:
    """A change that was on its way may have happened, unless nobody was there to take it."""
    unheard = isinstance(problem, requests.exceptions.ConnectTimeout) or (
        "NewConnectionError" in repr(problem)
    )
    if write and not unheard:
        return errors.UnknownOutcome("no_answer")
    code = "read_timeout" if isinstance(problem, requests.Timeout) else "no_connection"
    return errors.Unreachable(code)


def answer_error(status: int, data: Any, write: bool) -> errors.ChannelError | None:
    """The error that an answer means, None when it is good; ``data``: None where it is no JSON."""
    if status < 400:
        if isinstance(data, dict):
            return None
        unreadable = errors.UnknownOutcome if write else errors.Unreachable
        return unreadable("answer_unreadable", status=status)
    if status == 429:
        return errors.RateLimited("too_many_requests")
    if status in (401, 403):
        return errors.BadCredentials("key_refused", status=status)
    if status == 404:
        return errors.NotFound(status=status)
    if status >= 500:
        return (errors.UnknownOutcome if write else errors.ServerError)("server_error")
    return _refusal(status, data if isinstance(data, dict) else {})


def _refusal(status: int, data: dict[str, Any]) -> errors.ChannelError:
    word = data.get("error")
    code = word if isinstance(word, str) else ""
    if code not in const.REFUSALS:
        return errors.Rejected(status=status, channel_code=code)
    kind, name, part = const.REFUSALS[code]
    named = data.get(part)
    params = {part: ", ".join(map(str, named))} if isinstance(named, list) else {}
    return kind(name, status=status, **params)
