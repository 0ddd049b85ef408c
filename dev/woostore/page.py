"""The shop's one page for people. (Filled in below.)"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .rest import Answer, Request

if TYPE_CHECKING:
    from .store import Store

HTML = {"Content-Type": "text/html; charset=UTF-8"}


def not_found() -> Answer:
    return Answer(None, 404, dict(HTML), b"<!DOCTYPE html><title>Not found</title>Not found")


def serve(store: Store, request: Request) -> Answer:
    if request.path != "/":
        return not_found()
    text = f'<!DOCTYPE html><title>Shop</title><a href="{store.url}/wp-json/">API</a>'
    return Answer(None, 200, dict(HTML), text.encode())
