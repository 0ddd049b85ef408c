"""``_links`` of REST objects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .store import Store

ITEM = ("GET", "POST", "PUT", "PATCH", "DELETE")
EDIT = ("GET", "POST", "PUT", "PATCH")
READ = ("GET",)
READ_DELETE = ("GET", "DELETE")


def href(store: Store, path: str) -> str:
    return f"{store.url}/wp-json/wc/v3/{path}"


def item_links(
    store: Store, item: str, collection: str, allow: tuple[str, ...], up: str | None = None
) -> dict[str, Any]:
    """self (with what may be done), collection and optionally up."""
    links: dict[str, Any] = {
        "self": [{"href": href(store, item), "targetHints": {"allow": list(allow)}}],
        "collection": [{"href": href(store, collection)}],
    }
    if up:
        links["up"] = [{"href": href(store, up)}]
    return links
