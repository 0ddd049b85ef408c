"""Products on their way to the shop: what is known of each while it is saved."""

from __future__ import annotations

from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field
from functools import cached_property

from ...core import errors
from ...core.catalogue import Image, ProductDraft, ProductKind, Variant
from . import fields
from .serialize_products import VARIANT_GROUPS


@dataclass
class Job:
    """A draft; ``external_id`` is known from the beginning, or found, or made."""

    draft: ProductDraft
    external_id: str = ""
    adopted: bool = False
    error: errors.ChannelError | None = None
    #: ids of variations that were found in the shop, by SKU in lower case
    found: dict[str, str] = dataclass_field(default_factory=dict)

    def __post_init__(self) -> None:
        product = self.draft.product
        self.external_id = product.external_id
        own = ("", product.external_id)
        if product.external_id and any(v.external_id not in own for v in product.variants):
            # all its variations leave all options open: one thing to Odoo, which can't tell
            # what they vary by, and must not make it a simple product with variations
            kept = self.draft.groups
            if product.kind is ProductKind.SIMPLE:
                kept -= {"attributes"}
            product = replace(product, kind=ProductKind.VARIABLE)
            self.draft = replace(self.draft, product=product, groups=kept)

    @property
    def key(self) -> str:
        return self.draft.key

    @property
    def groups(self) -> frozenset[str]:
        return self.draft.groups

    @property
    def is_variable(self) -> bool:
        return self.draft.product.kind is ProductKind.VARIABLE

    @property
    def sku(self) -> str:
        """By which it is found: a simple product's is its variant's."""
        product = self.draft.product
        return product.sku if self.is_variable else product.variants[0].sku

    @property
    def new_variants(self) -> list[Variant]:
        """Those to be created: with options that their product gets in the same breath."""
        product = self.draft.product
        if not self.is_variable or (product.external_id and "attributes" not in self.groups):
            return []
        return [variant for variant in product.variants if not variant.external_id]

    @property
    def known_variants(self) -> list[Variant]:
        if not self.groups & VARIANT_GROUPS:
            return []
        return [variant for variant in self.draft.product.variants if variant.external_id]

    @cached_property
    def downloads(self) -> bool:
        """Whether the shop has to fetch images for it."""
        product = self.draft.product
        shown = [*product.images, *(variant.image for variant in product.variants)]
        return "images" in self.groups and any(map(_is_fetched, shown))


@dataclass
class VariantJob:
    job: Job
    variant: Variant
    external_id: str = ""
    adopted: bool = False
    error: errors.ChannelError | None = None

    def __post_init__(self) -> None:
        found = self.job.found.get(self.variant.sku.casefold(), "")
        self.external_id = self.variant.external_id or found

    @property
    def key(self) -> str:
        """Ids and SKUs may be the same numbers."""
        if self.variant.external_id:
            return f"id {self.variant.external_id}"
        return f"sku {self.variant.sku.casefold()}"


def _is_fetched(image: Image | None) -> bool:
    return image is not None and not fields.identifier(image.external_id)
