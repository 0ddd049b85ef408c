"""Compares two :class:`.catalogue.Product`: fingerprints by group, and changes people can read.

What counts as equal is decided in :mod:`.catalogue_facts`, for both functions at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from .catalogue import GROUPS, Image, Product
from .catalogue_facts import Fact, Key, facts_of
from .fingerprint import fingerprint


@dataclass(frozen=True)
class Change:
    """One field that differs. ``field``: a stable name such as ``name`` or ``price.regular``.

    ``variant``: SKU (else the choices as text) of the variant it belongs to, '' for the product.
    ``before`` and ``after`` are plain JSON-able values, None where there is nothing.
    """

    group: str
    field: str
    before: object
    after: object
    variant: str = ""


def parts_of(product: Product) -> dict[str, str]:
    """A fingerprint of each of :data:`.catalogue.GROUPS`; equal ones mean equal content.

    What only one side knows (external ids of the product, addresses of images where their content
    is known) is left out, so that a product read out of Odoo can equal the shop's.
    """
    return {
        group: fingerprint([[*key, fact.content] for key, fact in sorted(facts.items())])
        for group, facts in facts_of(product).items()
    }


def changes(before: Product | None, after: Product, groups: Iterable[str]) -> tuple[Change, ...]:
    """What differs in ``groups``, in the order of the fields; all of it where nothing was before.

    Empty exactly when :func:`parts_of` agrees in all ``groups``.
    """
    old = facts_of(before) if before else {group: {} for group in GROUPS}
    new = facts_of(after)
    wanted = set(groups)
    return tuple(
        change
        for group in GROUPS
        if group in wanted
        for change in _changes(group, old[group], new[group])
    )


def _changes(group: str, old: dict[Key, Fact], new: dict[Key, Fact]) -> Iterator[Change]:
    for key in (*new, *(key for key in old if key not in new)):
        before, after = old.get(key), new.get(key)
        if before and after and before.content == after.content:
            continue
        known = after or before
        yield Change(
            group,
            key[1],
            before.shown if before else None,
            after.shown if after else None,
            known.variant if known else "",
        )


def exchanged(before: Product, after: Product) -> bool:
    """Whether variants, known by their SKUs, have other options than before.

    Where they have each other's, the groups ``attributes`` of both sides agree.
    """
    old = _options_by_sku(before)
    return any(old.get(sku, options) != options for sku, options in _options_by_sku(after).items())


def _options_by_sku(product: Product) -> dict[object, str]:
    details = facts_of(product)["details"]
    return {
        fact.content: variant
        for (variant, field), fact in details.items()
        if variant and field == "sku"
    }


def with_content(product: Product, hashes: Mapping[str, str]) -> Product:
    """``product`` with the content of its images, as far as it is known.

    :param hashes: SHA-256 of an image's bytes by its external id
    """

    def known(image: Image) -> Image:
        return replace(image, content_hash=hashes.get(image.external_id, image.content_hash))

    return replace(
        product,
        images=tuple(map(known, product.images)),
        variants=tuple(
            replace(variant, image=variant.image and known(variant.image))
            for variant in product.variants
        ),
    )
