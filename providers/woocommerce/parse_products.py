"""WooCommerce's products → canonical values. Pure: no HTTP, no state.

The payload of a product is ``{"product": {…}, "variations": […]}``: the product as
``products/<id>`` shows it, and all that ``products/<id>/variations`` lists. A delivery has the bare
product; that is enough of one without variations.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...core import errors
from ...core.catalogue import (
    Attribute,
    Identity,
    Product,
    ProductKind,
    ProductStatus,
    Term,
    TermKind,
)
from . import const_products, fields
from .parse_variants import parse_image, parse_simple, parse_stock, parse_variation
from .units import Units

Payload = Mapping[str, Any]


def parse_product(payload: Payload, units: Units, admin_url: str = "") -> Product:
    """Translate a product with its variations.

    :raises errors.Rejected: ``not_a_product`` naming the ``field`` that no product lacks;
        ``variations_unreadable``: the shop broke on them
    """
    product = _bare(payload) if "id" in payload else fields.mapping(payload.get("product"))
    external_id = fields.identifier(product.get("id"))
    type_code = fields.text(product.get("type"))
    if not external_id or not type_code or type_code == "variation":
        raise errors.Rejected("not_a_product", field="type" if external_id else "id")
    if "variations" in payload and payload["variations"] is None:
        raise errors.Rejected("variations_unreadable", product=external_id)
    kind = const_products.PRODUCT_KIND.get(type_code, ProductKind.UNKNOWN)
    attributes = tuple(map(_attribute, fields.records(product.get("attributes"))))
    variations = sorted(fields.records(payload.get("variations")), key=_position)
    if variations or kind in (ProductKind.VARIABLE, ProductKind.GROUPED):
        variants = tuple(parse_variation(row, product, attributes, units) for row in variations)
    else:
        variants = (parse_simple(product, units),)
    status_code = fields.text(product.get("status"))
    return Product(
        external_id=external_id,
        kind=kind,
        name=fields.plain(product.get("name")),
        variants=variants,
        type_code=type_code,
        status=const_products.PRODUCT_STATUS.get(status_code, ProductStatus.UNKNOWN),
        status_code=status_code,
        sku=fields.text(product.get("sku")) if kind is ProductKind.VARIABLE else "",
        description=fields.text(product.get("description")),
        short_description=fields.text(product.get("short_description")),
        categories=_terms(TermKind.CATEGORY, _categories(product)),
        tags=_terms(TermKind.TAG, product.get("tags")),
        brands=_terms(TermKind.BRAND, product.get("brands")),
        images=tuple(map(parse_image, fields.records(product.get("images")))),
        attributes=attributes,
        tax_class=fields.text(product.get("tax_class")),
        taxable=fields.text(product.get("tax_status")) in ("", "taxable"),
        stock=parse_stock(product),
        language=_language(product.get("lang")),
        translations=_translations(product.get("translations")),
        modified_at=fields.moment(product.get("date_modified_gmt")),
        url=admin_url,
    )


def parse_identity(record: Payload, parent_id: str = "") -> Identity:
    """What a product, or a variation of ``parent_id``, can be matched by."""
    return Identity(
        external_id=fields.identifier(record.get("id")),
        name=fields.plain(record.get("name")),
        parent_external_id=parent_id,
        sku=fields.text(record.get("sku")),
        barcode=fields.text(record.get("global_unique_id")),
        kind=const_products.PRODUCT_KIND.get(fields.text(record.get("type")), ProductKind.UNKNOWN)
        if not parent_id
        else ProductKind.SIMPLE,
    )


def parse_term(kind: TermKind, record: Payload) -> Term:
    return Term(
        kind=kind,
        external_id=fields.identifier(record.get("id")),
        name=fields.plain(record.get("name")),
        parent_external_id=fields.identifier(record.get("parent")),
    )


def _bare(product: Payload) -> Payload:
    """:raises errors.Rejected: it has variations, or is one, and they are not here"""
    if product.get("variations") or product.get("type") in ("variable", "variation"):
        raise errors.Rejected("not_a_product", field="variations")
    return product


def _position(record: Payload) -> tuple[int, int]:
    """In the order people gave them; the shop lists the newest first."""
    place = fields.amount(record.get("menu_order")) or 0
    return int(place), int(fields.identifier(record.get("id")) or 0)


def _attribute(record: Payload) -> Attribute:
    options = record.get("options")
    return Attribute(
        name=fields.plain(record.get("name")),
        options=tuple(
            filter(None, map(fields.plain, options if isinstance(options, list) else ()))
        ),
        external_id=fields.identifier(record.get("id")),
        varies=record.get("variation") is True,
        visible=record.get("visible") is not False,
    )


def _categories(product: Payload) -> list[dict[str, Any]]:
    """The shop puts a product without any into its default category: that is none at all."""
    found = fields.records(product.get("categories"))
    only = found[0].get("slug") if len(found) == 1 else ""
    return [] if only == const_products.NO_CATEGORY else found


def _terms(kind: TermKind, value: Any) -> tuple[Term, ...]:
    found = (parse_term(kind, record) for record in fields.records(value))
    return tuple(term for term in found if term.external_id or term.name)


def _language(value: Any) -> str:
    """WPML says ``en`` or ``pt-br``, Polylang the same."""
    return fields.text(value)[:16]


def _translations(value: Any) -> dict[str, str]:
    """``{language: id}`` of the same product; WPML writes the ids as texts, Polylang as numbers."""
    found = {_language(key): fields.identifier(item) for key, item in fields.mapping(value).items()}
    return {language: external_id for language, external_id in found.items() if external_id}
