"""Lists: filter by ids and dates, sort, page, and trim to ``_fields``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from .clock import STAMP

if TYPE_CHECKING:
    from .store import Store

Record = dict[str, Any]
ZONED = re.compile(r"^(.{19})(?:\.\d+)?(Z|[+-]\d{2}(?::?\d{2})?)?$")


def site_time(store: Store, value: str) -> str:
    """A date parameter as it is compared: the part behind the seconds is dropped.

    A value with ``Z`` or an offset is first turned into the site's local time, even where
    ``dates_are_gmt`` then compares it with UTC columns: an hour of orders is skipped in Madrid.
    """
    match = ZONED.match(value)
    if not match:
        return value
    naive = match[1][:10] + "T" + match[1][11:]
    if not match[2]:
        return naive
    moment = datetime.strptime(naive, STAMP).replace(tzinfo=_offset(match[2]))
    return moment.astimezone(store.zone).strftime(STAMP)


def _offset(text: str) -> timezone:
    if text == "Z":
        return timezone.utc
    sign = -1 if text[0] == "-" else 1
    digits = text[1:].replace(":", "").ljust(4, "0")
    return timezone(sign * timedelta(hours=int(digits[:2]), minutes=int(digits[2:])))


def in_dates(store: Store, rows: Iterable[Record], params: Record) -> list[Record]:
    """Bounds are exclusive and count whole seconds."""
    out = list(rows)
    for name, column in (("", "date_created_gmt"), ("modified_", "date_modified_gmt")):
        for side, keeps in (("after", _later), ("before", _earlier)):
            value = params.get(f"{name}{side}")
            if value:
                bound = site_time(store, value)
                column_of = _column(store, column, bool(params.get("dates_are_gmt")))
                out = [row for row in out if keeps(column_of(row), bound)]
    return out


def _later(value: str, bound: str) -> bool:
    return value > bound


def _earlier(value: str, bound: str) -> bool:
    return value < bound


def _column(store: Store, column: str, gmt: bool) -> Callable[[Record], str]:
    if gmt:
        return lambda row: row[column] or ""
    return lambda row: store.local(row[column]) or ""


def by_ids(rows: Iterable[Record], params: Record) -> list[Record]:
    include, exclude = set(params.get("include") or ()), set(params.get("exclude") or ())
    return [
        row for row in rows if (not include or row["id"] in include) and row["id"] not in exclude
    ]


def sort_posts(rows: list[Record], params: Record, *, older_first: bool = False) -> list[Record]:
    """Sort as asked. Within one second the order is the database's, not by id.

    As recorded: a lower bound on an order's date reads an index, which yields newer ids first;
    products of one second (``older_first``) come by id.
    """
    orderby, descending = params.get("orderby", "date"), params.get("order") == "desc"
    key = _SORT_KEYS.get(orderby, _SORT_KEYS["date"])
    if orderby == "include" and params.get("include"):
        place = {wanted: index for index, wanted in enumerate(params["include"])}
        return sorted(rows, key=lambda row: place.get(row["id"], len(place)))
    newer_first = descending != (orderby == "modified" and bool(params.get("modified_after")))
    newer_first = newer_first and not older_first
    ties = sorted(rows, key=lambda row: row["id"], reverse=newer_first)
    return sorted(ties, key=key, reverse=descending)


_SORT_KEYS: dict[str, Callable[[Record], Any]] = {
    "date": lambda row: row["date_created_gmt"] or "",
    "modified": lambda row: row["date_modified_gmt"] or "",
    "id": lambda row: row["id"],
    "include": lambda row: row["id"],
    "title": lambda row: str(row.get("name", "")).lower() or row["id"],
    "slug": lambda row: row.get("slug", "") or str(row["id"]),
}


def page_of(rows: list[Any], params: Record) -> tuple[list[Any], int]:
    """The rows of the page, and how many pages there are."""
    size = params["per_page"]
    start = params.get("offset")
    if start is None:
        start = (params["page"] - 1) * size
    return rows[start : start + size], -(-len(rows) // size)


def trim(value: Any, fields: list[str]) -> Any:
    """``_fields``: keep the named keys; ``a.b`` reaches into objects, not into lists."""
    if isinstance(value, list):
        return [trim(row, fields) for row in value]
    if not isinstance(value, dict) or not fields:
        return value
    out: Record = {}
    for field in fields:
        _copy_path(value, out, field.split("."))
    return {key: out[key] for key in value if key in out}


def trim_batch(value: Record, fields: list[str]) -> Record | list[Any]:
    """Of a batch nothing is left: ``update.id`` reaches into lists, which have no such key."""
    kept = {key for key in value if key in fields}
    emptied = {field.partition(".")[0] for field in fields} & value.keys() - kept
    out = {key: [] if key in emptied else value[key] for key in value if key in kept | emptied}
    return out or []


def _copy_path(source: Record, target: Record, path: list[str]) -> None:
    key = path[0]
    if key not in source:
        return
    if len(path) == 1:
        target[key] = source[key]
    elif isinstance(source[key], dict) and isinstance(target.setdefault(key, {}), dict):
        _copy_path(source[key], target[key], path[1:])
        if not target[key]:
            del target[key]


def fields_of(params: Record) -> list[str]:
    asked = params.get("_fields")
    if asked is None:
        return []
    parts = asked if isinstance(asked, list) else str(asked).split(",")
    return [part.strip() for part in parts if part.strip()]
