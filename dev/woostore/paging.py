"""Answers that handlers make: pages of lists, whole lists, new records."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from . import listing
from .rest import Answer, Call

if TYPE_CHECKING:
    from .store import Store

Record = dict[str, Any]


def page(
    call: Call,
    rows: list[Any],
    show: Callable[[Any], Record],
    *,
    link_params: Record | None = None,
    empty_past_end: bool = False,
) -> Answer:
    """A page of a list with its paging headers.

    ``link_params``: defaults that orders add to the links of the neighbour pages.
    ``empty_past_end``: orders report a total of 0 on a page behind the last.
    """
    shown, pages = listing.page_of(rows, call.params)
    total = len(rows)
    if empty_past_end and not shown:
        total = pages = 0
    headers = {"X-WP-Total": str(total), "X-WP-TotalPages": str(pages)}
    links = _page_links(call, pages, link_params or {} if shown else {})
    if links:
        headers["Link"] = ", ".join(links)
    return Answer([show(row) for row in shown], headers=headers)


def whole(store: Store, rows: list[Record]) -> Answer:
    """A list that knows no pages; since 9 it says how long it is."""
    if store.release < (9,):
        return Answer(rows)
    pages = "1" if rows else "0"
    return Answer(rows, headers={"X-WP-Total": str(len(rows)), "X-WP-TotalPages": pages})


def _page_links(call: Call, pages: int, extra: Record) -> list[str]:
    number = call.params["page"]
    links = []
    if number > 1:
        links.append(f'<{_page_url(call, min(number - 1, pages), extra)}>; rel="prev"')
    if number < pages:
        links.append(f'<{_page_url(call, number + 1, extra)}>; rel="next"')
    return links


def _page_url(call: Call, number: int, extra: Record) -> str:
    """The query as it was understood: lists spelled out, true as 1."""
    asked = {key: call.params.get(key, value) for key, value in call.query.items()}
    flat: dict[str, Any] = {}
    for key, value in {**asked, **extra, "page": number}.items():
        if isinstance(value, list):
            flat.update({f"{key}[{index}]": item for index, item in enumerate(value)})
        else:
            flat[key] = int(value) if isinstance(value, bool) else value
    query = urlencode(flat)
    return f"{call.store.url}{call.path.rstrip('/')}?{query}"


def created(store: Store, path: str, body: Record) -> Answer:
    return Answer(body, 201, {"Location": f"{store.url}/wp-json/wc/v3/{path}"})
