"""What Odoo knows of a gateway's payout, in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from odoo_client import OdooClient

from .chapter import ODOO
from .odoo_view import short

Record = dict[str, Any]
STATES = {"draft": "is not booked", "open": "is booked, with open lines", "done": "is reconciled"}
NAMES = ["external_id", "journal_id", "state", "residual", "difference", "line_ids"]
NAMES += ["amount_charges", "amount_refunds", "amount_fees", "amount_payout"]


class PayoutView:
    """Reads the payouts of one backend."""

    def __init__(self, odoo: OdooClient, backend: int) -> None:
        self.odoo = odoo
        self.backend = backend

    def read(self, external_id: str) -> Record:
        """A payout. :raises LookupError: there is none"""
        mine = [("backend_id", "=", self.backend), ("external_id", "=", external_id)]
        found = self.odoo.search_read("channel.settlement", mine, NAMES)
        if not found:
            raise LookupError(f"payout {external_id} is not in Odoo")
        return found[0]

    def facts(self, external_id: str) -> dict[tuple[Any, ...], str]:
        """Nothing as long as Odoo has not heard of it."""
        try:
            payout = self.read(external_id)
        except LookupError:
            return {}
        found = [*self._statement(payout), *self._open_lines(payout)]
        found += [(("issue", text), text) for text in self.issues(payout)]
        return {(ODOO, external_id, *key): text for key, text in found}

    def issues(self, payout: Record) -> list[str]:
        """What open issues say of it."""
        events = self.odoo.search_read(
            "channel.event",
            [
                ("backend_id", "=", self.backend),
                ("kind", "=", "settlement"),
                ("external_id", "=", payout["external_id"]),
                ("issue_id.state", "=", "open"),
            ],
            ["issue_id"],
        )
        return [f"issue “{event['issue_id'][1]}”" for event in events]

    def _statement(self, payout: Record) -> Iterator[tuple[tuple[Any, ...], str]]:
        parts = {
            "payments": payout["amount_charges"],
            "refunds": payout["amount_refunds"],
            "fees": payout["amount_fees"],
        }
        sums = ", ".join(f"{name} {amount:.2f}" for name, amount in parts.items() if amount)
        text = (
            f"bank statement of {payout['amount_payout']:.2f} in {payout['journal_id'][1]}: {sums}"
        )
        yield ("statement",), text
        yield ("state",), f"the payout {STATES[payout['state']]}"

    def _open_lines(self, payout: Record) -> Iterator[tuple[tuple[Any, ...], str]]:
        lines = self.odoo.search_read(
            "channel.settlement.line",
            [("id", "in", payout["line_ids"])],
            ["transaction_id", "amount", "problem", "is_open"],
        )
        for line in lines:
            if line["is_open"]:
                text = f"{short(line['transaction_id'])} of {line['amount']:.2f} is open"
                yield ("line", line["id"]), f"{text}: {line['problem']}"
