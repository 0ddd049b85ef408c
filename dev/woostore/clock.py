"""The store's clock: real time by default, movable and stoppable by tests."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

GMT = timezone.utc
STAMP = "%Y-%m-%dT%H:%M:%S"


class Clock:
    """UTC time for one store.

    ``now()`` follows the machine's clock plus what ``advance`` added, until ``freeze`` stops it.
    """

    def __init__(self) -> None:
        self._offset = timedelta()
        self._frozen: datetime | None = None

    def now(self) -> datetime:
        """Current time, aware, in UTC."""
        if self._frozen is not None:
            return self._frozen
        return datetime.now(GMT) + self._offset

    def advance(self, seconds: float) -> datetime:
        """Move the clock by ``seconds`` (may be negative) and return the new time."""
        if self._frozen is not None:
            self._frozen += timedelta(seconds=seconds)
        else:
            self._offset += timedelta(seconds=seconds)
        return self.now()

    def freeze(self, at: datetime | None = None) -> datetime:
        """Stop the clock at ``at`` (aware; default: now). ``advance`` still moves it."""
        moment = at or self.now()
        self._frozen = moment if moment.tzinfo else moment.replace(tzinfo=GMT)
        return self._frozen

    def run(self) -> None:
        """Let a frozen clock go on from where it stands."""
        if self._frozen is not None:
            self._offset = self._frozen - datetime.now(GMT)
            self._frozen = None

    def stamp(self) -> str:
        """The time as WordPress stores it: UTC, no offset, whole seconds."""
        return self.now().strftime(STAMP)


def zone_of(name: str) -> tzinfo:
    """A time zone by name, or a fixed offset such as "+05:30" (a site without a named zone)."""
    match = re.fullmatch(r"([+-])(\d\d):(\d\d)", name)
    if not match:
        return ZoneInfo(name)
    offset = timedelta(hours=int(match[2]), minutes=int(match[3]))
    return timezone(-offset if match[1] == "-" else offset)


def to_local(stamp: str | None, zone: tzinfo) -> str | None:
    """A stored UTC stamp as the site's local time without offset; None stays None."""
    if not stamp:
        return stamp
    moment = datetime.strptime(stamp, STAMP).replace(tzinfo=GMT)
    return moment.astimezone(zone).strftime(STAMP)


def to_gmt(stamp: str | None, zone: tzinfo) -> str | None:
    """A site-local stamp without offset as UTC; None stays None."""
    if not stamp:
        return stamp
    moment = datetime.strptime(stamp, STAMP).replace(tzinfo=zone)
    return moment.astimezone(GMT).strftime(STAMP)
