"""What a customer puts on the till: the input of ``Store.place_order``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Cart:
    """A cart at checkout.

    - ``lines``: ``(product id or SKU, quantity)`` or ``(…, quantity, [meta dicts])``
    - ``coupons``: codes of coupons of the store
    - ``fees``: ``(name, amount)``, ``(name, amount, tax class)``; tax class None = not taxable
    - ``shipping``: ``(method id, cost)``, ``(…, title)``, ``(…, title, instance id)``
    - ``created_via``: ``store-api`` (block checkout) or ``checkout`` (classic); they round and
      fire events differently
    - ``vat_exempt``: the customer pays no tax
    - ``authorised``: the card is authorised only, its money is taken later (``Store.capture``)
    """

    lines: list[tuple[Any, ...]] = field(default_factory=list)
    coupons: list[str] = field(default_factory=list)
    fees: list[tuple[Any, ...]] = field(default_factory=list)
    shipping: list[tuple[Any, ...]] = field(default_factory=list)
    billing: dict[str, str] = field(default_factory=dict)
    shipping_address: dict[str, str] = field(default_factory=dict)
    customer_id: int = 0
    payment_method: str = "bacs"
    currency: str | None = None
    meta_data: list[dict[str, Any]] = field(default_factory=list)
    created_via: str = "store-api"
    customer_note: str = ""
    transaction_id: str = ""
    vat_exempt: bool = False
    authorised: bool = False
