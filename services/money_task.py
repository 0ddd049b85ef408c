"""What the payment handler holds in memory while it looks at one order."""

from dataclasses import dataclass, field
from typing import Any

from .job_errors import Recorder


@dataclass
class MoneyTask:
    """An order whose invoice and payment have to become what its gateway's workflow says.

    ``row``: the gateway's ``channel.map.payment``; ``cards``: the row of gift cards, empty where
    there is none. ``done``, ``waits``: texts for people; ``problems``: errors that stop a step
    while everything else is done.
    """

    binding: Any
    sale: Any
    row: Any
    cards: Any
    recorder: Recorder
    done: list[str] = field(default_factory=list)
    waits: list[str] = field(default_factory=list)
    problems: list[Any] = field(default_factory=list)

    @property
    def gateway(self) -> str:
        return self.row.external_label or self.row.external_code

    @property
    def is_paid(self) -> bool:
        """Whether the shop says that the money is there; an order of nothing is paid."""
        binding = self.binding
        return bool(binding.paid_at) or self.sale.currency_id.is_zero(binding.amount_total)

    def text_of(self, amount: float) -> str:
        """An amount in the order's currency, for people."""
        currency = self.sale.currency_id
        return f"{amount:.{currency.decimal_places}f} {currency.name}"
