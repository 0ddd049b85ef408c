"""What can go wrong with a channel, named by what happens next.

::

    ChannelError
    ├── Retryable                 the same call may succeed later
    │   ├── RateLimited           the channel asks to wait; opens the circuit breaker
    │   ├── Unreachable           no answer, maintenance, gateway errors; opens the breaker
    │   └── ServerError           the channel broke on this call: spends a try
    ├── UnknownOutcome            a write whose answer was lost: look before repeating
    ├── NotFound                  the record is gone on the channel: usually "ignored"
    └── NeedsHuman                no retry helps: an issue is opened, the work is blocked
        ├── Unmapped              a value has no translation yet
        ├── TotalsMismatch        the money does not add up
        ├── Conflict              both sides changed, or the change is not allowed any more
        ├── BadCredentials        key, secret, permission or address are wrong
        └── Rejected              the channel (or a rule) refuses this very input

An error carries a ``code`` and ``params``. Texts for people are made from them by the shell
(``services/job_errors.py``), which also translates; ``str(error)`` is for log files only.
``params`` never hold secrets or personal data: identifiers, names of fields and amounts only.
"""

from __future__ import annotations

from typing import Any


class ChannelError(Exception):
    """Base of all errors a provider or a service raises on purpose.

    :param code: stable machine-readable name, part of the issue's fingerprint
    :param params: what the message needs (identifiers, amounts; no personal data)
    """

    default_code = "channel_error"
    #: names of the ``params`` which tell one cause from another: equal causes share one issue
    cause: tuple[str, ...] = ()
    #: whether each record is a cause of its own
    per_record = False

    def __init__(self, code: str = "", **params: Any) -> None:
        self.code = code or self.default_code
        self.params = params
        super().__init__(self.code, params)

    def __str__(self) -> str:
        details = ", ".join(f"{key}={value}" for key, value in sorted(self.params.items()))
        return f"{self.code} ({details})" if details else self.code


# === THE SAME CALL MAY SUCCEED LATER === #


class Retryable(ChannelError):
    """Try again later.

    ``retry_after``: seconds the channel asked for, None where it named none.
    """

    default_code = "retryable"

    def __init__(self, code: str = "", retry_after: float | None = None, **params: Any) -> None:
        super().__init__(code, **params)
        self.retry_after = retry_after


class RateLimited(Retryable):
    default_code = "rate_limited"


class Unreachable(Retryable):
    default_code = "unreachable"


class ServerError(Retryable):
    default_code = "server_error"


# === LOOK FIRST === #


class UnknownOutcome(ChannelError):
    """A write was sent and its answer was lost: it may or may not have happened."""

    default_code = "unknown_outcome"


class NotFound(ChannelError):
    """The record does not exist on the channel (any more)."""

    default_code = "not_found"


# === A PERSON HAS TO ACT === #


class NeedsHuman(ChannelError):
    default_code = "needs_human"


class Unmapped(NeedsHuman):
    """``params``: ``kind`` (tax, carrier, …), ``value`` (the channel's code), ``label``."""

    default_code = "unmapped"
    cause = ("kind", "value")


class TotalsMismatch(NeedsHuman):
    """``params``: ``expected``, ``computed``, ``missing``, ``currency`` (amounts as text)."""

    default_code = "totals_mismatch"
    per_record = True


class Conflict(NeedsHuman):
    default_code = "conflict"
    per_record = True


class BadCredentials(NeedsHuman):
    default_code = "bad_credentials"


class Rejected(NeedsHuman):
    """``params`` may name ``field`` and ``remedy``-relevant values; equal ones share an issue."""

    default_code = "rejected"
    per_record = True
