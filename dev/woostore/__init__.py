"""A WooCommerce shop that lives in memory and answers real HTTP as recorded shops did.

It knows nothing of the project's own code, so that it is an independent witness: standard
library, werkzeug, requests and cryptography only.
"""

from __future__ import annotations

from .cart import Cart
from .clock import Clock
from .recorded import recorded_store, take_catalogue
from .server import Server
from .store import Store

__all__ = ["Cart", "Clock", "Server", "Store", "recorded_store", "take_catalogue"]
