"""A poll as the shell runs it, for the contracts of all sources that are polled."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from ...core.canonical import Record


def poll(
    list_page: Callable[[dict[str, Any], int], Any],
    cursor: Mapping[str, Any],
    limit: int = 100,
    between: Callable[[], None] | None = None,
) -> tuple[list[Record], dict[str, Any]]:
    """One run of a poll up to its end, with the cursor through JSON at every step.

    :param list_page: the adapter's method that lists a page
    :param between: what happens in the shop between two pages
    """
    found: list[Record] = []
    position, more, steps = dict(cursor), True, 0
    while more:
        steps += 1
        assert steps < 200, "the poll never ends"
        page = list_page(json.loads(json.dumps(position)), limit)
        assert len(page.records) <= limit
        found += page.records
        position, more = dict(page.cursor), page.more
        if between and more:
            between()
    return found, position


def ids(records: list[Record]) -> list[str]:
    return [record.external_id for record in records]
