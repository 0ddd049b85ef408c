"""The adapter's roles that publish stock and prices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

from ...core import errors
from ...core.adapter import Credentials
from ...core.catalogue import ItemResult, PriceItem, StockItem, StockState
from . import const, const_products, prices_out, stock_in, stock_out
from .client import WooClient
from .survey import Survey


class SinkRoles:
    """Part of :class:`.adapter.WooCommerceAdapter`. ``_survey`` is what was read of the store."""

    credentials: Credentials
    client: WooClient
    _survey: Survey

    @property
    def batch_size(self) -> int:
        """Items of a call: the setting ``batch_size``, where a shop takes less (or more) than
        WooCommerce itself does.
        """
        return int(self.credentials.settings.get("batch_size") or const.MAX_BATCH)

    # === STOCK === #

    counts_below_zero = True

    def push_stock(self, items: Sequence[StockItem]) -> Iterator[Sequence[ItemResult]]:
        return stock_out.push_stock(self.client, items, lambda: self._counts, self.batch_size)

    def list_stock(self) -> Iterator[Sequence[StockState]]:
        return stock_in.list_stock(self.client)

    @cached_property
    def _counts(self) -> bool | None:
        """Whether the shop counts at all, asked now; else what it said when it was checked."""
        try:
            return self._survey.stock_enabled
        except errors.ChannelError:
            # this is about the words of an error: not worth another one
            return self.credentials.settings.get("stock_enabled")

    # === PRICES === #

    def push_prices(self, items: Sequence[PriceItem]) -> Iterator[Sequence[ItemResult]]:
        return prices_out.push_prices(self.client, items, self.price_decimals, self.batch_size)

    @cached_property
    def price_decimals(self) -> int:
        """Of the store's prices; two where it does not tell."""
        known = self.credentials.settings.get("price_decimals")
        found = self._survey.decimals if known is None else int(known)
        return const_products.USUAL_DECIMALS if found is None else found
