"""What people do in Odoo after an order: deliveries, returns, credit notes, decisions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from odoo_client import OdooClient

Record = dict[str, Any]
#: Odoo's questions that a person answers with yes: make a backorder, send no text message.
ANSWERED = {"skip_backorder": True, "skip_sms": True}


class Clerk:
    """An admin's hands on sales orders, given as :meth:`.odoo_view.OdooView.sale` reads them."""

    def __init__(self, odoo: OdooClient) -> None:
        self.odoo = odoo

    # === ORDERS === #

    def cancel(self, sale: Record) -> None:
        self.odoo.call("sale.order", "action_cancel", [sale["id"]])

    def decide(self, sale: Record, button: str) -> str:
        """Press a button on the order's only open issue; returns what the issue says."""
        (issue,) = self._read("channel.issue", sale["channel_issue_ids"], ["title", "comparison"])
        self.odoo.call("channel.issue", button, [issue["id"]])
        return issue["comparison"]

    # === GOODS === #

    def deliver(
        self, sale: Record, pieces: Mapping[str, float] | None = None, **values: Any
    ) -> str:
        """Deliver these pieces (by SKU) of the open transfer, or all; the rest follows later.

        ``values``: of the transfer, such as carrier_tracking_ref. Returns its name.
        """
        return self._validate(self._open_transfer(sale, "outgoing"), pieces, values)

    def receive(self, sale: Record) -> str:
        """Receive the open return completely; returns its name."""
        return self._validate(self._open_transfer(sale, "incoming"), None, {})

    def take_back(self, sale: Record, pieces: Mapping[str, float]) -> str:
        """Return these pieces (by SKU) of the last delivery by Odoo's wizard, and receive them."""
        delivery = self._transfer(sale, "outgoing", [("state", "=", "done")])
        context = {"active_id": delivery, "active_ids": [delivery], "active_model": "stock.picking"}
        (wizard,) = self.odoo.call("stock.return.picking", "create", [{}], context=context)
        lines = self.odoo.search_read(
            "stock.return.picking.line", [("wizard_id", "=", wizard)], ["product_id"]
        )
        skus = self._skus(lines)
        for line in lines:
            values = {"quantity": pieces.get(skus[line["id"]], 0)}
            self.odoo.call("stock.return.picking.line", "write", [line["id"]], values)
        back = self.odoo.call("stock.return.picking", "action_create_returns", [wizard])["res_id"]
        return self._validate(back, None, {})

    def _transfer(self, sale: Record, code: str, domain: list[Any]) -> int:
        found = self.odoo.call(
            "stock.picking",
            "search",
            [("id", "in", sale["picking_ids"]), ("picking_type_code", "=", code), *domain],
            order="id desc",
        )
        if not found:
            raise LookupError(f"{sale['name']} has no {code} transfer")
        return found[0]

    def _open_transfer(self, sale: Record, code: str) -> int:
        return self._transfer(sale, code, [("state", "not in", ("done", "cancel"))])

    def _validate(
        self, picking: int, pieces: Mapping[str, float] | None, values: Mapping[str, Any]
    ) -> str:
        if values:
            self.odoo.call("stock.picking", "write", [picking], values)
        wanted_moves = [("picking_id", "=", picking), ("state", "!=", "cancel")]
        moves = self.odoo.search_read("stock.move", wanted_moves, ["product_id", "product_uom_qty"])
        skus = self._skus(moves)
        for move in moves:
            wanted = move["product_uom_qty"]
            done = wanted if pieces is None else pieces.get(skus[move["id"]], 0)
            written = {"quantity": done, "picked": bool(done)}
            self.odoo.call("stock.move", "write", [move["id"]], written)
        self.odoo.call("stock.picking", "button_validate", [picking], context=ANSWERED)
        return self._name("stock.picking", picking)

    def _skus(self, rows: list[Record]) -> dict[int, str]:
        """The SKU of each row's product, by the row's id."""
        products = {row["id"]: row["product_id"][0] for row in rows}
        codes = self._read("product.product", list(set(products.values())), ["default_code"])
        by_product = {code["id"]: code["default_code"] for code in codes}
        return {row: by_product[product] for row, product in products.items()}

    # === MONEY BACK === #

    def credit(self, sale: Record, sku: str, pieces: float, reason: str) -> str:
        """Credit some pieces of the order's invoice by Odoo's wizard and post it; its name."""
        invoices = self._read("account.move", sale["invoice_ids"], ["move_type", "journal_id"])
        (invoice,) = [move for move in invoices if move["move_type"] == "out_invoice"]
        context = {"active_model": "account.move", "active_ids": [invoice["id"]]}
        values = {"journal_id": invoice["journal_id"][0], "reason": reason}
        wizard = self.odoo.call("account.move.reversal", "create", [values], context=context)
        credit = self.odoo.call("account.move.reversal", "refund_moves", wizard)["res_id"]
        self.keep_only(credit, sku, pieces)
        self.odoo.call("account.move", "action_post", [credit])
        return self._name("account.move", credit)

    def keep_only(self, credit: int, sku: str, pieces: float) -> None:
        """Leave nothing on a draft credit note but some pieces of one product."""
        of_products = [("move_id", "=", credit), ("display_type", "=", "product")]
        kept = [*of_products, ("product_id.default_code", "=", sku)]
        rest = self.odoo.call("account.move.line", "search", of_products)
        line = self.odoo.call("account.move.line", "search", kept, limit=1)
        others = [Command.delete(number) for number in rest if number not in line]
        changes = [Command.update(number, {"quantity": pieces}) for number in line]
        values = {"invoice_line_ids": [*others, *changes]}
        self.odoo.call("account.move", "write", [credit], values)

    def pay_back(self, credit: str, journal: int) -> None:
        """Register the payment of a posted credit note in a gateway's journal."""
        found = self.odoo.call("account.move", "search", [("name", "=", credit)])
        context = {"active_model": "account.move", "active_ids": found}
        values = {"journal_id": journal}
        wizard = self.odoo.call("account.payment.register", "create", [values], context=context)
        self.odoo.call("account.payment.register", "action_create_payments", wizard)

    # === READING === #

    def _name(self, model: str, record: int) -> str:
        return self._read(model, [record], ["name"])[0]["name"]

    def _read(self, model: str, ids: list[int], names: list[str]) -> list[Record]:
        return self.odoo.search_read(model, [("id", "in", ids)], names)


class Command:
    """Commands of a One2many field, as JSON-RPC takes them."""

    @staticmethod
    def update(record: int, values: Record) -> tuple[int, int, Record]:
        return (1, record, values)

    @staticmethod
    def delete(record: int) -> tuple[int, int, int]:
        return (2, record, 0)
