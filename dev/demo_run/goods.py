"""What a product manager does in Odoo: matching, dry runs, stock, prices; by JSON-RPC."""

from __future__ import annotations

import time
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from odoo_client import OdooClient

Record = dict[str, Any]
#: Seconds that a matching or a dry run may take.
PATIENCE = 120
EVERY = 0.3


class Goods:
    """The catalogue of one backend."""

    def __init__(self, odoo: OdooClient, backend: int) -> None:
        self.odoo = odoo
        self.backend = backend

    # === MATCHING AND DRY RUNS === #

    def begin(self, action: str) -> Record:
        """Press a button of the backend that begins a run; returns it when it was read.

        :raises ValueError: it has failed, or takes too long
        """
        opened = self.odoo.call("channel.backend", action, [self.backend])
        return self._when(opened["res_model"], opened["res_id"], ("ready",))

    def apply(self, run: Record) -> Record:
        """Approve all of a run; returns it when everything was handed over."""
        self.odoo.call(run["model"], "action_apply", [run["id"]])
        return self._when(run["model"], run["id"], ("ready", "applied"))

    def _when(self, model: str, run_id: int, states: Iterable[str]) -> Record:
        last = time.monotonic() + PATIENCE
        while time.monotonic() < last:
            run = self._run(model, run_id)
            if run["state"] in states:
                return run
            if run["state"] == "failed":
                raise ValueError(f"{model} failed: {run['reason']}")
            time.sleep(EVERY)
        raise ValueError(f"{model} takes too long")

    def _run(self, model: str, run_id: int) -> Record:
        names = [*self._counts(model), "state", "reason"]
        run = self.odoo.search_read(model, [("id", "=", run_id)], names)[0]
        return {**run, "model": model}

    def _counts(self, model: str) -> list[str]:
        if model == "channel.matching":
            kinds = ["matched", "ambiguous", "missing_odoo", "missing_shop", "bound"]
        else:
            kinds = ["create", "change", "leave", "skip", "refuse"]
        return [f"{kind}_count" for kind in kinds]

    def lines(self, run: Record, action: str) -> list[Record]:
        """The lines of a dry run with this action: name, reason, changes."""
        domain = [("preview_id", "=", run["id"]), ("action", "=", action)]
        return self.odoo.search_read("channel.preview.line", domain, ["name", "reason", "changes"])

    # === SETTINGS === #

    def switch_on(self, kind: str, direction: str, **values: Any) -> None:
        domain = [
            ("backend_id", "=", self.backend),
            ("kind", "=", kind),
            ("direction", "=", direction),
        ]
        flow = self.odoo.call("channel.flow", "search", domain, context={"active_test": False})
        self.odoo.call("channel.flow", "write", flow, {"active": True, **values})

    def own(self, group: str, owner: str) -> None:
        """Say who owns a part of the products."""
        domain = [("backend_id", "=", self.backend), ("group", "=", group)]
        row = self.odoo.call("channel.ownership", "search", domain)
        self.odoo.call("channel.ownership", "write", row, {"owner": owner})

    def press(self, action: str) -> None:
        self.odoo.call("channel.backend", action, [self.backend])

    def configure(self, **values: Any) -> None:
        self.odoo.call("channel.backend", "write", [self.backend], values)

    def map_tax_classes(self) -> None:
        """Each tax class of the shop means the tax of its rate in the company's country."""
        country = self.odoo.search_read("res.company", [], ["country_code"], limit=1)[0]
        mine = [("backend_id", "=", self.backend)]
        rates = self.odoo.search_read(
            "channel.map.tax",
            [*mine, ("country_code", "in", (country["country_code"], False, ""))],
            ["tax_class", "tax_id"],
        )
        for row in self.odoo.search_read("channel.map.tax.class", mine, ["external_code"]):
            names = {row["external_code"]} | ({""} if row["external_code"] == "standard" else set())
            taxes = {
                rate["tax_id"][0]
                for rate in rates
                if rate["tax_id"] and (rate["tax_class"] or "") in names
            }
            values = {"tax_ids": [(6, 0, sorted(taxes)[:1])]}
            self.odoo.call("channel.map.tax.class", "write", [row["id"]], values)

    # === STOCK === #

    def product(self, sku: str) -> int:
        """The variant with this SKU. :raises LookupError: there is none"""
        found = self.odoo.call("product.product", "search", [("default_code", "=", sku)], limit=1)
        if not found:
            raise LookupError(f"Odoo has no product {sku}")
        return found[0]

    def count(self, sku: str, pieces: int) -> None:
        """Somebody counts the pieces of a product in the first warehouse."""
        product = self.product(sku)
        warehouse = self.odoo.search_read("stock.warehouse", [], ["lot_stock_id"], limit=1)[0]
        location = warehouse["lot_stock_id"][0]
        known = self.odoo.call(
            "stock.quant",
            "search",
            [("product_id", "=", product), ("location_id", "=", location)],
        )
        values = {"inventory_quantity": pieces, "inventory_quantity_set": True}
        context = {"inventory_mode": True}
        if known:
            self.odoo.call("stock.quant", "write", known[:1], values, context=context)
        else:
            values.update(product_id=product, location_id=location)
            known = self.odoo.call("stock.quant", "create", [values], context=context)
        self.odoo.call("stock.quant", "action_apply_inventory", known[:1])

    def published_stock(self) -> dict[str, Record]:
        """What the shop was told, by the id there: quantity, explanation, product."""
        rows = self.odoo.search_read(
            "channel.published.stock",
            [("backend_id", "=", self.backend)],
            ["binding_id", "quantity", "explanation", "explanation_text", "answer"],
        )
        return {row["binding_id"][1]: row for row in rows}

    # === PRICES === #

    def published_price(self, sku: str) -> Record:
        """What the shop was told a product costs: ``regular``, ``sale``, … as texts."""
        domain = [("backend_id", "=", self.backend), ("product_id", "=", self.product(sku))]
        rows = self.odoo.search_read("channel.published.price", domain, ["price"], limit=1)
        return (rows[0]["price"] or {}) if rows else {}

    def fix_price(self, pricelist: int, sku: str, price: float) -> None:
        """The price of a product without variants in a price list, by its rule or a new one."""
        rule = [("pricelist_id", "=", pricelist), ("product_tmpl_id.default_code", "=", sku)]
        known = self.odoo.call("product.pricelist.item", "search", rule, limit=1)
        if known:
            values = {"compute_price": "fixed", "fixed_price": price}
            self.odoo.call("product.pricelist.item", "write", known, values)
            return
        self.odoo.create(
            "product.pricelist.item",
            pricelist_id=pricelist,
            applied_on="0_product_variant",
            product_id=self.product(sku),
            compute_price="fixed",
            fixed_price=price,
        )

    def sale(self, sku: str, price: Decimal, start: str, end: str) -> None:
        """A sale of one product: a rule of the shop's sale price list."""
        lists = self.odoo.search_read(
            "channel.backend", [("id", "=", self.backend)], ["sale_pricelist_id"]
        )
        self.odoo.create(
            "product.pricelist.item",
            pricelist_id=lists[0]["sale_pricelist_id"][0],
            applied_on="0_product_variant",
            product_id=self.product(sku),
            compute_price="fixed",
            fixed_price=float(price),
            date_start=start,
            date_end=end,
        )
