"""What is known of one product's price on both sides."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..core.catalogue import Price
from ..core.ownership import Standing
from .price_values import aware, price_from_json


@dataclass(frozen=True)
class PriceChange:
    """What a drain, or its dry run, does about the price of one product in the shop.

    ``before``: what the shop asks as far as it is known, None where it was never told nor read;
    ``after``: what it should ask. ``is_sent``: whether it is told; otherwise ``reason`` says why
    not in plain words. ``error``: :class:`core.errors.NeedsHuman`, a person has to see something
    (with or without the rest being sent).
    """

    product_id: int
    binding: Any
    before: Price | None
    after: Price
    is_sent: bool
    reason: str = ""
    error: Exception | None = None


class ShopPrice:
    """What the shop asks now, and what it asked when both sides were last in step.

    The latest news count: what it was told, or what an import has read since. A sale that has
    begun since differs by its beginning, and one that is over by itself: so the shop is told
    then, too, although it knows the dates. Its own task may run but once a day.
    """

    def __init__(self, binding, published):
        """:param published: ``channel.published.price`` of the binding, or empty"""
        told = _entry(published.price, aware(published.sent_at or None)) if published else None
        kept = binding.shop_price or {}
        seen = _entry(kept.get("seen"), _moment(kept.get("seen_at")))
        step = _entry(kept.get("step"), _moment(kept.get("step_at")))
        self.now = _latest(told, seen)
        self.in_step = _latest(told, step)

    def standing(self, price):
        """How both sides have changed since, see :mod:`..core.ownership`.

        A change of the shop that an import has left alone is older than Odoo's: otherwise it
        would have been taken over.
        """
        if self.in_step is None:
            return Standing(None, None)
        return Standing(price != self.in_step, self.now != self.in_step, channel_newer=False)


def _entry(values, moment):
    return (moment, price_from_json(values)) if values is not None and moment else None


def _moment(text):
    return datetime.fromisoformat(text) if text else None


def _latest(told, read):
    """The later one; of two in the same second what was read, which was not before."""
    entries = [entry for entry in (told, read) if entry]
    return max(reversed(entries), key=lambda entry: entry[0])[1] if entries else None
