"""One order's whole life as it is told: who did what on which side, and whether it adds up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

#: (side, what about) → what there is to say of it
Facts = Mapping[tuple[Any, ...], str]
SHOP, ODOO = "Shop", "Odoo"


@dataclass
class Chapter:
    """A story while it is being told; every line is printed as it happens.

    ``sums``: what has to be equal in the end, by its name. ``residual``: what has to be zero.
    ``problems``: whatever went wrong. ``lines``: all that was printed.
    """

    number: int
    title: str
    order_ids: list[int] = field(default_factory=list)
    payout: str = ""
    lines: list[str] = field(default_factory=list)
    sums: dict[str, str] = field(default_factory=dict)
    residual: str | None = None
    problems: list[str] = field(default_factory=list)
    known: dict[tuple[Any, ...], str] = field(default_factory=dict, repr=False)

    @property
    def adds_up(self) -> bool:
        equal = len(set(self.sums.values())) <= 1
        return equal and not self.problems and not (self.residual and Decimal(self.residual))

    def as_json(self) -> dict[str, Any]:
        values = asdict(self)
        del values["known"]
        return {**values, "adds_up": self.adds_up}

    # === TELLING === #

    def begin(self) -> None:
        self._print(f"\n{self.number}. {self.title}")

    def happens(self, side: str, text: str) -> None:
        """Somebody does something."""
        self._print(f"   {side}  {text}")

    def then(self, facts: Facts) -> None:
        """What came of it: only what nobody was told yet."""
        for key, text in facts.items():
            if self.known.get(key) != text:
                self.known[key] = text
                self.adds(f"{key[0]}: {text}")

    def adds(self, text: str) -> None:
        """More of what came of it."""
        self._print(f"         → {text}")

    def fails(self, problem: str) -> None:
        self.problems.append(problem)
        self._print(f"   !     {problem}")

    def compare(self, sums: Mapping[str, Decimal], unit: str, places: int = 2) -> None:
        """The last line of a story: these have to be equal."""
        self.sums = {name: f"{amount:.{places}f}" for name, amount in sums.items()}
        sign = " = " if len(set(self.sums.values())) == 1 else " ≠ "
        self._end(sign.join(f"{name} {amount}" for name, amount in self.sums.items()), unit)

    def settle(self, residual: Decimal, unit: str) -> None:
        """The last line of a payout: nothing may be left."""
        self.residual = f"{residual:.2f}"
        self._end(f"left of the payout: {self.residual}", unit)

    def _end(self, text: str, unit: str) -> None:
        self._print(f"   {'✓' if self.adds_up else '✗'}     {text} {unit}")

    def _print(self, text: str) -> None:
        self.lines += text.strip("\n").split("\n")
        print(text, flush=True)
