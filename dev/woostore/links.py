"""``_links`` of REST objects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .store import Store

ITEM = ("GET", "POST", "PUT", "PATCH", "DELETE")
EDIT = ("GET", "POST", "PUT", "PATCH")
READ = ("GET",)
READ_DELETE = ("GET", "DELETE")


def href(store: Store, path: str, space: str = "wc/v3") -> str:
    return f"{store.url}/wp-json/{space}/{path}"


def item_links(
    store: Store,
    item: str,
    collection: str,
    allow: tuple[str, ...],
    up: str | None = None,
    space: str = "wc/v3",
) -> dict[str, Any]:
    """self (with what may be done), collection and optionally up."""
    links: dict[str, Any] = {
        "self": [{"href": href(store, item, space), "targetHints": {"allow": list(allow)}}],
        "collection": [{"href": href(store, collection, space)}],
    }
    if up:
        links["up"] = [{"href": href(store, up, space)}]
    return links
