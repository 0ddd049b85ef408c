"""What a contract test asks of a provider's store."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol


class World(Protocol):
    """An adapter and the store behind it. Times are the store's own."""

    adapter: Any

    def place_order(self) -> str:
        """Sell something; returns the order's external id."""

    def touch_order(self, external_id: str) -> None:
        """Change an order so that its moment of change moves."""

    def refund_order(self, external_id: str, amount: str) -> str:
        """Give back an amount of an order, without lines; returns the refund's external id."""

    def delete_refund(self, external_id: str) -> None:
        """Delete a refund in the store."""

    def tick(self, seconds: int) -> None:
        """Let the store's time go on (by less than a quarter of an hour in all)."""

    def stop_clock(self) -> None:
        """Whatever happens from now on happens in the same second, until the next tick."""

    def add_customer(self, email: str) -> str:
        """Open an account; returns its external id."""

    def requests(self) -> int:
        """How many requests the store has answered so far."""

    def refuse_key(self) -> None:
        """From now on the store refuses the adapter's key."""

    def hook_url(self) -> str:
        """An address that takes deliveries."""

    def break_hook(self, external_id: str) -> None:
        """Switch a hook off, as the store does after too many failures."""

    def copy_hook(self, external_id: str) -> None:
        """Make a second hook for the same topic and address."""

    def delivery(self, secret: str) -> tuple[Mapping[str, str], bytes, str]:
        """Headers and body of a signed delivery about an order, and that order's id."""

    def ping(self) -> tuple[Mapping[str, str], bytes, Mapping[str, str]]:
        """Headers, body and form of the store's test call."""
