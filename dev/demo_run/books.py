"""What a bookkeeper sets up and does in Odoo: gateways, and what they pay out; by JSON-RPC."""

from __future__ import annotations

import base64
from collections.abc import Iterable
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
CASH = Gateway("cod", "Cash on delivery", "cash", order_policy="always", invoice_policy="delivered")
GATEWAYS = (CARD, STRIPE, TRANSFER, CHEQUE, CASH)


class Books:
    """The books of one backend's company."""

    def __init__(self, odoo: OdooClient, backend: int) -> None:
        self.odoo = odoo
        self.backend = backend

    def open_gateways(self, gateways: Iterable[Gateway] = GATEWAYS) -> None:
        """Each gateway gets a journal; invoice and payment are made by themselves."""
        for gateway in gateways:
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
        return self.odoo.create("account.journal", name=gateway.journal, type=gateway.journal_type)

    def switch_on(self, kind: str) -> None:
        """Switch on what comes in of a kind that no shop starts with."""
        flow = self.odoo.call(
            "channel.flow",
            "search",
            [("backend_id", "=", self.backend), ("kind", "=", kind), ("direction", "=", "in")],
            context={"active_test": False},
        )
        self.odoo.call("channel.flow", "write", flow, {"active": True})

    # === PAYOUTS === #

    def profile(self, gateway: Gateway, account: int) -> int:
        """The profile that reads a gateway's payouts, with the account of its fees."""
        named = [("gateway_codes", "like", gateway.code)]
        profiles = self.odoo.call("channel.settlement.profile", "search", named)
        values = {"fee_account_id": account}
        self.odoo.call("channel.settlement.profile", "write", profiles, values)
        return profiles[0]

    def fee_account(self) -> int:
        """The expense account of the gateways' fees, made on first use."""
        named = [("name", "=", "Payment gateway fees")]
        found = self.odoo.call("account.account", "search", named)
        if found:
            return found[0]
        return self.odoo.create(
            "account.account",
            name="Payment gateway fees",
            code="620900",
            account_type="expense",
        )

    def sync_now(self) -> None:
        self.odoo.call("channel.backend", "action_sync_now", [self.backend])

    def import_file(self, profile: int, filename: str, text: str) -> None:
        """Import a payout file by Odoo's wizard."""
        values = {
            "backend_id": self.backend,
            "profile_id": profile,
            "filename": filename,
            "data": base64.b64encode(text.encode()).decode(),
        }
        wizard = self.odoo.create("channel.settlement.import", **values)
        self.odoo.call("channel.settlement.import", "action_import", [wizard])

    def match_again(self, external_id: str) -> None:
        payouts = self.odoo.call(
            "channel.settlement", "search", [("external_id", "=", external_id)]
        )
        self.odoo.call("channel.settlement", "action_match_again", payouts)
