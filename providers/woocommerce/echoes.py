"""What the shop shows of a product that was written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ...core.catalogue import Image, Product, ProductDraft
from .parse_products import parse_product
from .units import Units


def echo_of(payload: Mapping[str, Any], draft: ProductDraft, units: Units) -> Product:
    """The product as the shop has it, its images with the content that was sent.

    Images keep their order, so the ids that the shop gave them are those of what was sent.
    """
    echo = parse_product(payload, units)
    if "images" not in draft.groups:
        return echo
    sent = {variant.sku.casefold(): variant.image for variant in draft.product.variants}
    variants = tuple(
        replace(variant, image=_known(variant.image, sent.get(variant.sku.casefold())))
        for variant in echo.variants
    )
    images = echo.images
    if len(images) == len(draft.product.images):
        pairs = zip(images, draft.product.images, strict=True)
        images = tuple(replace(image, content_hash=was.content_hash) for image, was in pairs)
    return replace(echo, images=images, variants=variants)


def _known(image: Image | None, sent: Image | None) -> Image | None:
    return replace(image, content_hash=sent.content_hash) if image and sent else image
