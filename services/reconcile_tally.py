"""What a reconciliation holds while it goes on: plain values, kept as JSON with its position."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from ..core.reconcile import DayMoney


@dataclass
class Seen:
    """What one page has read of the shop.

    ``found``: ``{external id: what the shop shows, None where it is gone}``; ``cursor``: where the
    next page starts, None behind the last one; ``until``: orders placed before it have all been
    shown. ``is_walk``: the page is one of all there are, and not of what was asked for by its id.
    """

    found: dict[str, Any]
    cursor: dict[str, Any] | None
    until: datetime | None = None
    is_walk: bool = True


@dataclass
class Tally:
    """``figures``: ``{kind: [compared, different, value]}`` of the whole run, ``days``: money of
    days that are not through, ``{"<date> <currency>": DayMoney}``.

    Of a page: ``rows``, values of ``channel.variance`` that were found, and ``scopes``: which
    kinds were compared for which external ids. What of them is not in ``rows`` is equal.
    """

    figures: dict[str, list[Any]] = field(default_factory=dict)
    days: dict[str, DayMoney] = field(default_factory=dict)
    rows: list[dict[str, Any]] = field(default_factory=list)
    scopes: list[tuple[tuple[str, ...], list[str]]] = field(default_factory=list)

    @classmethod
    def load(cls, position: Mapping[str, Any]) -> Tally:
        figures = {kind: list(row) for kind, row in (position.get("figures") or {}).items()}
        days = {key: DayMoney.load(row) for key, row in (position.get("days") or {}).items()}
        return cls(figures, days)

    def dump(self) -> dict[str, Any]:
        return {
            "figures": self.figures,
            "days": {key: day.dump() for key, day in self.days.items()},
        }

    def compared(self, kinds: tuple[str, ...], external_ids: list[str]) -> None:
        """These things were looked at, in all these regards."""
        self.scopes.append((kinds, external_ids))
        for kind in kinds:
            self._figure(kind)[0] += len(external_ids)

    def differ(self, row: dict[str, Any]) -> None:
        """``row``: values of a ``channel.variance`` without backend and run."""
        self.rows.append(row)
        figure = self._figure(row["kind"])
        figure[1] += 1
        figure[2] += row["value"]

    def _figure(self, kind: str) -> list[Any]:
        return self.figures.setdefault(kind, [0, 0, 0.0])


def exact(amount: float | Decimal, digits: int) -> Decimal:
    """An amount of Odoo's, which is a float, as the decimal it stands for."""
    return Decimal(f"{amount:.{digits}f}")
