"""What people do in Odoo after an order: books, deliveries, returns, credit notes; by JSON-RPC."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from odoo_client import OdooClient

Record = dict[str, Any]


class Clerk:
    """An admin's hands in one company of Odoo, for one backend."""

    def __init__(self, odoo: OdooClient, backend: int) -> None:
        self.odoo = odoo
        self.backend = backend
        self._journals: dict[str, int] = {}

    # === BOOKS === #

    def open_gateways(self, gateways: Mapping[str, str]) -> None:
        """A journal per gateway (code in the shop → its name); invoice and payment when paid."""
        for code, name in gateways.items():
            known = self.odoo.call("account.journal", "search", [("name", "=", name)])
            journal = (known or [self.odoo.create("account.journal", name=name, type="bank")])[0]
            self._journals[code] = journal
            row = self.odoo.call(
                "channel.map.payment",
                "search",
                [("backend_id", "=", self.backend), ("external_code", "=", code)],
            )
            values = {
                "invoice_policy": "paid",
                "register_payment": True,
                "journal_id": journal,
            }
            self.odoo.call("channel.map.payment", "write", row, values)

    # === READING === #

    def sale(self, external_id: int) -> Record:
        """The sales order of a shop's order, with what its Channel tab shows."""
        names = ["name", "state", "invoice_ids", "picking_ids", "channel_status", "currency_id"]
        names += ["channel_net", "channel_net_invoiced", "channel_net_paid", "channel_hold_reason"]
        binding = self.odoo.search_read(
            "channel.binding.order",
            [("backend_id", "=", self.backend), ("external_id", "=", str(external_id))],
            ["odoo_id"],
        )[0]
        return self.odoo.search_read("sale.order", [("id", "=", binding["odoo_id"][0])], names)[0]

    def moves(self, sale: Record) -> list[Record]:
        """Invoices and credit notes, oldest first."""
        return self.odoo.search_read(
            "account.move",
            [("id", "in", sale["invoice_ids"])],
            ["name", "move_type", "state", "amount_total", "amount_tax", "payment_state"],
            order="id",
        )

    def transfers(self, sale: Record) -> list[Record]:
        names = ["name", "state", "picking_type_code"]
        return self.odoo.search_read(
            "stock.picking", [("id", "in", sale["picking_ids"])], names, order="id"
        )

    def told(self, sale: Record) -> list[Record]:
        """What was told to the shop about an order, oldest first."""
        return self.odoo.search_read(
            "channel.outbox",
            [("order_id", "=", sale["id"])],
            ["kind", "state", "reason"],
            order="id",
        )

    # === GOODS === #

    def deliver(self, sale: Record, quantities: Mapping[str, float], tracking: str = "") -> str:
        """Deliver these pieces (by SKU) of the open transfer; the rest becomes a backorder."""
        picking = self._open_transfer(sale, "outgoing")
        if tracking:
            self.odoo.call("stock.picking", "write", [picking], {"carrier_tracking_ref": tracking})
        self._validate(picking, quantities)
        return self._name("stock.picking", picking)

    def receive_return(self, sale: Record) -> str:
        """Receive the open return completely."""
        picking = self._open_transfer(sale, "incoming")
        self._validate(picking, {})
        return self._name("stock.picking", picking)

    def _open_transfer(self, sale: Record, code: str) -> int:
        return self.odoo.call(
            "stock.picking",
            "search",
            [
                ("id", "in", sale["picking_ids"]),
                ("picking_type_code", "=", code),
                ("state", "not in", ("done", "cancel")),
            ],
        )[0]

    def _validate(self, picking: int, quantities: Mapping[str, float]) -> None:
        """Validate with these quantities by SKU; without any, with all that is asked for."""
        moves = self.odoo.search_read(
            "stock.move", [("picking_id", "=", picking)], ["product_id", "product_uom_qty"]
        )
        skus = {
            row["id"]: row["default_code"]
            for row in self.odoo.search_read(
                "product.product",
                [("id", "in", [move["product_id"][0] for move in moves])],
                ["default_code"],
            )
        }
        for move in moves:
            wanted = quantities.get(skus[move["product_id"][0]], 0) if quantities else None
            done = move["product_uom_qty"] if wanted is None else wanted
            values = {"quantity": done, "picked": bool(done)}
            self.odoo.call("stock.move", "write", [move["id"]], values)
        self.odoo.call(
            "stock.picking",
            "button_validate",
            [picking],
            context={"skip_backorder": True, "skip_sms": True},
        )

    # === MONEY BACK === #

    def credit(self, sale: Record, product_code: str, reason: str) -> str:
        """Credit the invoice's lines of one product by Odoo's wizard, and post it."""
        (invoice,) = [move["id"] for move in self.moves(sale) if move["move_type"] == "out_invoice"]
        context = {"active_model": "account.move", "active_ids": [invoice]}
        journal = self.odoo.search_read("account.move", [("id", "=", invoice)], ["journal_id"])
        wizard = self.odoo.call(
            "account.move.reversal",
            "create",
            [{"journal_id": journal[0]["journal_id"][0], "reason": reason}],
            context=context,
        )
        credit = self.odoo.call("account.move.reversal", "refund_moves", wizard)["res_id"]
        others = self.odoo.call(
            "account.move.line",
            "search",
            [
                ("move_id", "=", credit),
                ("display_type", "=", "product"),
                ("product_id.default_code", "!=", product_code),
            ],
        )
        self.odoo.call("account.move.line", "unlink", others)
        self.odoo.call("account.move", "action_post", [credit])
        return self._name("account.move", credit)

    def pay_back(self, name: str, gateway: str) -> None:
        """Register the payment of a credit note in a gateway's journal."""
        (credit,) = self.odoo.call("account.move", "search", [("name", "=", name)])
        context = {"active_model": "account.move", "active_ids": [credit]}
        wizard = self.odoo.call(
            "account.payment.register",
            "create",
            [{"journal_id": self._journals[gateway]}],
            context=context,
        )
        self.odoo.call("account.payment.register", "action_create_payments", wizard)

    def cancel(self, sale: Record) -> None:
        self.odoo.call("sale.order", "action_cancel", [sale["id"]])

    def _name(self, model: str, record: int) -> str:
        return self.odoo.search_read(model, [("id", "=", record)], ["name"])[0]["name"]
