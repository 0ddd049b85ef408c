"""What the contract tests ask of the toy warehouse."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import Decimal

from odoo.addons.channel_connector.core.adapter import Credentials

from ..provider.adapter import ToyWarehouseAdapter
from .warehouse import Warehouse


class ToyWorld:
    def __init__(self, warehouse: Warehouse) -> None:
        self.warehouse = warehouse
        self.adapter = self._adapter()

    def _adapter(self, **settings: float) -> ToyWarehouseAdapter:
        house = self.warehouse
        return ToyWarehouseAdapter(
            Credentials(house.url, house.account, house.password, settings=settings)
        )

    def impatient(self) -> ToyWarehouseAdapter:
        return self._adapter(read_timeout=1)

    def lose(self, how: str, when: str) -> None:
        self.warehouse.lose(how, when)

    def refuse_key(self) -> None:
        self.warehouse.password = "another"

    def requests(self) -> int:
        return len(self.warehouse.requests)

    # === TIME === #

    def tick(self, seconds: int) -> None:
        self.warehouse.late += timedelta(seconds=seconds)

    def stop_clock(self) -> None:
        self.warehouse.clock = datetime.now(timezone.utc)

    # === GOODS === #

    def sku(self) -> str:
        name = f"TOY-{len(self.warehouse.skus) + 1}"
        self.warehouse.skus.add(name)
        return name

    def ask(self, quantity: int = 1) -> str:
        address = dict.fromkeys(("name", "street", "zip", "city"), "x")
        row = self.warehouse.accept(
            {
                "client_ref": f"somebody-{len(self.warehouse.dispatches)}",
                "reference": "",
                "order": "",
                "service": "",
                "to": {**address, "country": "BE"},
                "lines": [{"sku": self.sku(), "pieces": str(quantity)}],
            }
        )
        return row["id"]

    def open_requests(self) -> list[str]:
        return [row["id"] for row in self.warehouse.open()]

    def asked_for(self, external_id: str) -> dict[str, Decimal]:
        lines = self.warehouse.dispatches[external_id]["lines"]
        return {line["sku"]: Decimal(line["pieces"]) for line in lines}

    def label(self, external_id: str) -> str:
        return "\n".join(self.warehouse.dispatches[external_id]["to"].values())

    def send(self, external_id: str, quantity: int = 0, last: bool = True) -> str:
        return self.warehouse.ship(external_id, quantity, last)

    def refuse(self, external_id: str) -> str:
        return self.warehouse.reject(external_id)
