"""What a bookkeeper sets up and does in Odoo: gateways, and what they pay out; by JSON-RPC."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from odoo_client import OdooClient

Record = dict[str, Any]


@dataclass(frozen=True)
class Gateway:
    """A payment method of the shop and what Odoo shall do: values of ``channel.map.payment``."""

    code: str
    journal: str
    journal_type: str = "bank"
    order_policy: str = "released"
    invoice_policy: str = "paid"


CARD = Gateway("woocommerce_payments", "WooPayments")
STRIPE = Gateway("stripe", "Stripe")
TRANSFER = Gateway("bacs", "Bank transfers", order_policy="blocked")
CHEQUE = Gateway("cheque", "Cheques", order_policy="always")
CASH = Gateway(
    "cod", "Cash on delivery", "cash", order_policy="always", invoice_policy="delivered"
)
GATEWAYS = (CARD, STRIPE, TRANSFER, CHEQUE, CASH)


class Books:
    """The books of one backend's company."""

    def __init__(self, odoo: OdooClient, backend: int) -> None:
        self.odoo = odoo
        self.backend = backend

    def open_gateways(self) -> None:
        """Each gateway gets a journal; invoice and payment are made by themselves."""
        for gateway in GATEWAYS:
            row = self.odoo.call(
                "channel.map.payment",
                "search",
                [("backend_id", "=", self.backend), ("external_code", "=", gateway.code)],
            )
            values = {
                "order_policy": gateway.order_policy,
                "invoice_policy": gateway.invoice_policy,
                "register_payment": True,
                "journal_id": self.journal(gateway),
            }
            self.odoo.call("channel.map.payment", "write", row, values)

    def journal(self, gateway: Gateway) -> int:
        """The gateway's journal, made on first use."""
        named = [("name", "=", gateway.journal)]
        found = self.odoo.call("account.journal", "search", named)
        if found:
            return found[0]
        return self.odoo.create(
            "account.journal", name=gateway.journal, type=gateway.journal_type
        )

    def follow_completions(self) -> None:
        """Let an order that is completed in the shop deliver its goods in Odoo."""
        flow = self.odoo.call(
            "channel.flow",
            "search",
            [
                ("backend_id", "=", self.backend),
                ("kind", "=", "shipment"),
                ("direction", "=", "in"),
                ("active", "in", (True, False)),
            ],
        )
        self.odoo.call("channel.flow", "write", flow, {"active": True})
