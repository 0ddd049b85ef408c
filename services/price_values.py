"""Prices on their way between Odoo's floats and the channel's exact amounts."""

from dataclasses import dataclass
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

from odoo.tools import float_round

from ..core.catalogue import Price


@dataclass(frozen=True)
class PriceTerms:
    """How a store states prices.

    ``currency``: ``res.currency``; ``decimals``: digits of its price strings; ``includes_tax``
    None where the store computes no taxes or has not been asked yet: prices stay as they are.
    """

    currency: Any
    decimals: int
    includes_tax: bool | None

    def amount(self, value: float) -> Decimal:
        """A price in the store's decimals, rounded as the currency is.

        A store may show more or fewer digits than its currency has; then those count.
        """
        if self.decimals == self.currency.decimal_places:
            rounded = self.currency.round(value)
        else:
            rounded = float_round(value, precision_digits=self.decimals)
        return Decimal(f"{rounded:.{self.decimals}f}")

    def price(self, price: Price) -> Price:
        """A price of the shop in its own decimals: a shop keeps more of them, and shows less."""
        return Price(
            self._exact(price.regular), self._exact(price.sale), price.sale_from, price.sale_to
        )

    def _exact(self, amount: Decimal | None) -> Decimal | None:
        return None if amount is None else self.amount(float(amount))


@dataclass(frozen=True)
class Quote:
    """What a product costs by the price lists of a backend.

    ``price``: as it is published; ``refused``: a sale price that is not below the regular one and
    is therefore not in it; ``rule`` and ``sale_rule``: the ``product.pricelist.item`` that made
    the prices, empty where none did.
    """

    price: Price
    rule: Any
    sale_rule: Any
    refused: Decimal | None = None


def aware(moment: datetime | None) -> datetime | None:
    """Odoo's naive UTC with its time zone; None for nothing."""
    return moment.replace(tzinfo=timezone.utc) if moment else None


def price_to_json(price: Price) -> dict[str, str]:
    """A price as a ``Json`` field keeps it; only what it has."""
    values = {
        "regular": None if price.regular is None else str(price.regular),
        "sale": None if price.sale is None else str(price.sale),
        "sale_from": price.sale_from and price.sale_from.isoformat(),
        "sale_to": price.sale_to and price.sale_to.isoformat(),
    }
    return {name: value for name, value in values.items() if value is not None}


def price_from_json(values: dict[str, str] | None) -> Price:
    """What :func:`price_to_json` has kept."""
    values = values or {}
    return Price(
        *(Decimal(values[name]) if name in values else None for name in ("regular", "sale")),
        *(
            datetime.fromisoformat(values[name]) if name in values else None
            for name in ("sale_from", "sale_to")
        ),
    )
