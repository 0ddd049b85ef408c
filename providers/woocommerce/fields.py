"""Reads single fields of a payload. A wrong type is as good as nothing: never a crash."""

from __future__ import annotations

import html
import re
from datetime import datetime, timezone
from decimal import Decimal, InvalidOperation
from typing import Any

from ...core import errors
from ...core.canonical import ZERO
from ...core.html_form import without_comments, without_long_references
from ...core.plain import YEARS, storable_text

_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_LINE_BREAK = re.compile(r"<br\s*/?>|</p>|</li>", re.IGNORECASE)
#: Amounts beyond are no money; an exponent like 1e999999 would fill the memory.
_MAX_DIGITS = 18


def text(value: Any) -> str:
    """Raw text; numbers as they are written, everything else ''."""
    if isinstance(value, str):
        return storable_text(value).strip()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return ""


def plain(value: Any) -> str:
    """Text for people on one line: tags dropped, entities decoded (WooCommerce escapes names)."""
    return " ".join(paragraphs(value).split())


def paragraphs(value: Any) -> str:
    """As :func:`plain`, with its line breaks."""
    shown = _TAG.sub("", _LINE_BREAK.sub("\n", without_comments(text(value))))
    return html.unescape(without_long_references(shown)).strip()


def amount(value: Any, default: Decimal | None = ZERO) -> Decimal | None:
    """A number in any JSON spelling; ``default`` where it is none. "-0.00" is zero."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return default
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        return default
    if not number.is_finite() or abs(number.adjusted()) > _MAX_DIGITS:
        return default
    return number + ZERO


def money(value: Any) -> Decimal:
    """An amount, zero where it is none."""
    return amount(value) or ZERO


def identifier(value: Any) -> str:
    """The id of a record as text; '' for 0, null and what can't be one."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return ""
    if isinstance(value, int):
        return str(value) if 0 < value < 10**_MAX_DIGITS else ""
    found = value.strip()
    if not (found.isascii() and found.isdigit() and len(found) <= _MAX_DIGITS):
        return ""
    return found.lstrip("0")


def moment(value: Any) -> datetime | None:
    """A ``*_gmt`` field, naive by nature, as aware UTC."""
    try:
        found = datetime.fromisoformat(text(value).replace("Z", "+00:00"))
    except ValueError:
        return None
    if found.year not in YEARS:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=timezone.utc)).astimezone(timezone.utc)


def mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def records(value: Any) -> list[dict[str, Any]]:
    """The objects of a list; PHP writes a list with gaps as an object."""
    if isinstance(value, dict):
        value = list(value.values())
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def checked(external_id: str) -> str:
    """Ids are numbers; anything else would ask for another route. :raises errors.NotFound:"""
    if not identifier(external_id):
        raise errors.NotFound("not_found")
    return external_id
