"""What an import of products is going to do: plain values, made before anything is written."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..core.catalogue import Product, ProductKind, StockKeeper, Variant
from ..core.catalogue_diff import Change
from ..core.fingerprint import fingerprint


@dataclass
class Match:
    """What of Odoo a shop's product is.

    ``template`` is empty where nothing fits, or where the shop cuts its products in another way
    than Odoo (``bind_only``: its variants are known, but there is no product that is the whole).
    ``variants``: external id → ``product.product`` of the shop's variants that are known;
    ``bound``: bindings of its variants (those that are gone from the shop, too).
    """

    template: Any
    binding: Any
    bound: Any
    variants: dict[str, Any] = field(default_factory=dict)
    bind_only: bool = False
    error: Exception | None = None


@dataclass
class ProductPlan:
    """One product of a shop, and what an import would make of it.

    ``action``: ``create``, ``change``, ``leave`` (nothing to write; ``reason`` says why) or
    ``ignore`` (Odoo has no counterpart of it, or something newer: ``stale``). ``groups``: what may
    be written of it. ``changes``: what that would change, for people. ``error`` stands in the way
    of all of it.

    ``lang``: code of the language its texts are in; ``primary``: it speaks for the product, other
    languages bring their texts only (``speaks``: it always will, not only because it is the first
    to come). ``parts``: fingerprints of the shop's side by group.
    ``warnings``: (code, parameters) of what a person should know. ``record``: what it became.
    ``send_back``: groups whose value in Odoo counts although the shop changed it. ``follows``: it
    is planned again when another new one of the same product was written.
    """

    product: Product
    match: Match
    action: str = "leave"
    reason: str = ""
    changes: tuple[Change, ...] = ()
    groups: frozenset[str] = frozenset()
    error: Exception | None = None
    lang: str = ""
    primary: bool = True
    speaks: bool = True
    parts: Mapping[str, str] = field(default_factory=dict)
    fingerprint: str = ""
    send_back: frozenset[str] = frozenset()
    warnings: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    record: Any = None
    follows: bool = False
    stale: bool = False

    @property
    def template(self) -> Any:
        return self.match.template

    @property
    def writes(self) -> bool:
        return self.error is None and self.action in ("create", "change")


def is_service(variant: Variant) -> bool:
    """Goods that no warehouse holds."""
    return variant.virtual or variant.downloadable


def is_variable(product: Product) -> bool:
    return product.kind is ProductKind.VARIABLE


def counted(product: Product) -> bool:
    """Whether the shop counts pieces of any variant."""
    return any(variant.stock.keeper is not StockKeeper.NOBODY for variant in product.variants)


def content_fingerprint(product: Product, parts: Mapping[str, str], owners: str) -> str:
    """Of everything an import takes over; an equal one means nothing to do.

    Quantities are left out (a shop tells of each piece it sells), and so is what was found for
    another owner: who changes the owner wants the product to be looked at again.
    """
    variants = [
        [variant.external_id, variant.sku, variant.stock.keeper.value]
        for variant in product.variants
    ]
    own = {group: part for group, part in parts.items() if group != "stock"}
    return fingerprint([own, variants, product.status_code, product.language, owners])
