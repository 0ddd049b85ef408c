"""Compares two :class:`.catalogue.Product`: fingerprints by group, and changes people can read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .catalogue import Product


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
    raise NotImplementedError


def changes(before: Product | None, after: Product, groups: Iterable[str]) -> tuple[Change, ...]:
    """What differs in ``groups``, in the order of the fields; all of it where nothing was before.

    Empty exactly when :func:`parts_of` agrees in all ``groups``.
    """
    raise NotImplementedError
