"""Canonical values → the bodies that WooCommerce takes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ...core.canonical import Hook


def webhook(topic: str, url: str, secret: str) -> dict[str, str]:
    """A new hook. Without a secret WooCommerce would invent one that nobody can read."""
    return {
        "name": f"Odoo {topic}",
        "topic": topic,
        "delivery_url": url,
        "status": "active",
        "secret": secret,
    }


def webhook_changes(keep: Iterable[Hook], secret: str, delete: Iterable[Hook]) -> dict[str, Any]:
    """A batch that gives hooks their secret and deletes others; {} where there is nothing to do.

    At most 100 hooks of one address, which is what a batch takes.
    """
    changes = {
        "update": [{"id": int(hook.external_id), "secret": secret} for hook in keep],
        "delete": [int(hook.external_id) for hook in delete],
    }
    return {name: items for name, items in changes.items() if items}
