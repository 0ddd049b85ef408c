"""Numbers and moments as CSV files write them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime, time, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

from .plain import YEARS

#: Swiss files group thousands by it.
_QUOTE = "\N{RIGHT SINGLE QUOTATION MARK}"


def parse_amount(text: str, decimal_comma: bool = False) -> Decimal:
    """A number as files write it: groups of thousands and a currency's symbol are allowed.

    :raises ValueError: it is none, or is written with the other decimal mark
    """
    plain = "".join(
        "-" if mark == "\N{MINUS SIGN}" else " " if mark.isspace() else mark
        for mark in text
        if unicodedata.category(mark) != "Sc"
    )
    plain = re.sub("(?<=[+-]) +", "", plain.strip())
    group, point = (".", ",") if decimal_comma else (",", ".")
    whole = rf"\d{{1,3}}(?:[{group} '{_QUOTE}]\d{{3}})+|\d*"
    found = re.fullmatch(rf"([+-]?)({whole})(?:[{point}](\d*))?", plain)
    if not found or not (found[2] or found[3]):
        raise ValueError("no number")
    digits = re.sub(r"\D", "", found[2]) or "0"
    return Decimal(f"{found[1]}{digits}.{found[3] or '0'}")


def parse_date(text: str, formats: Sequence[str], zone: ZoneInfo, day: bool = False) -> datetime:
    """A moment in UTC; a day without a time is its noon, which is that day in most places.

    :param day: only the day counts, whatever time stands behind it
    :raises ValueError: it is written in none of the ``formats`` (none given: ISO 8601)
    """
    if formats:
        moment, dated = _by_formats(text, formats)
    else:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00").replace("z", "+00:00"))
        dated = len(text) <= len("2026-01-31")
    if moment.year not in YEARS:
        raise ValueError("no date")
    if dated or day:
        moment = datetime.combine(moment.date(), time(12))
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    return moment.astimezone(timezone.utc)


def _by_formats(text: str, formats: Sequence[str]) -> tuple[datetime, bool]:
    for pattern in formats:
        try:
            return datetime.strptime(text, pattern), not re.search("%[HIXcTR]", pattern)
        except ValueError:
            continue
    raise ValueError("no date")
