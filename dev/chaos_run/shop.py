"""What everybody here needs to know of a shop."""

from __future__ import annotations

from typing import Protocol

from ..woostore import Server, Store


class Shop(Protocol):
    """One shop and the backend that it is connected to."""

    name: str
    store: Store
    server: Server
    backend: int
