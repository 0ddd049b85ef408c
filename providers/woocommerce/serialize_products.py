"""Canonical products → the bodies that WooCommerce takes, group by group.

A batch checks nothing, so nothing leaves here that WooCommerce would take for something else.
Group ``stock`` says who counts and, where it is known, how many there are; it is meant for
products that are made, quantities of others have their own way.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from ...core import errors
from ...core.catalogue import (
    Attribute,
    Choice,
    Image,
    Product,
    ProductKind,
    ProductStatus,
    Size,
    StockKeeper,
    StockLevel,
    Term,
    Variant,
)
from . import const_products, fields
from .prices_out import as_kept, price_body
from .units import Units

Body = dict[str, Any]
#: Groups of which a variation has its part; terms belong to the product.
VARIANT_GROUPS = frozenset(("texts", "details", "prices", "images", "attributes", "stock"))
#: What WooCommerce keeps of a GTIN; it drops everything else without a word.
_GTIN = re.compile(r"[0-9-]+")


def product_body(product: Product, groups: frozenset[str], units: Units, new: bool) -> Body:
    """A product without its variations; a simple one with what its only variant has.

    :param new: it is being made
    :raises errors.Rejected: ``term_missing``, ``image_missing``, ``bad_option``, ``bad_price``,
        ``sale_not_below``
    """
    body: Body = {}
    if new or "attributes" in groups:
        body["type"] = "variable" if product.kind is ProductKind.VARIABLE else "simple"
    if "texts" in groups:
        body |= _texts(product)
    if "details" in groups:
        body |= {"tax_status": "taxable" if product.taxable else "none"}
        body |= {"tax_class": product.tax_class} if product.taxable else {}
    if "images" in groups:
        body["images"] = list(map(_image, product.images))
    if "categories" in groups:
        body |= _terms(product)
    if "attributes" in groups:
        body["attributes"] = [
            _attribute(position, attribute) for position, attribute in enumerate(product.attributes)
        ]
    if product.kind is ProductKind.VARIABLE:
        if "details" in groups:
            body |= _sku(product.sku)
        return body | (_stock(product.stock) if "stock" in groups else {})
    return body | _sold(product.variants[0], groups, units)


def variation_body(
    variant: Variant, product: Product, groups: frozenset[str], units: Units, new: bool
) -> Body:
    """A variation. :raises errors.Rejected: as :func:`product_body`"""
    body = _sold(variant, groups, units)
    if "texts" in groups:
        body["description"] = variant.description
        # a draft's variants say nothing of what is on sale when it is published
        if product.status is not ProductStatus.DRAFT:
            body["status"] = "publish" if variant.published else "private"
    if "details" in groups and variant.tax_class is not None:
        body["tax_class"] = variant.tax_class
    if "images" in groups and (variant.image or not new):
        # anything but an object takes the image away
        body["image"] = _image(variant.image) if variant.image else ""
    if "attributes" in groups or new:
        body["attributes"] = [
            _choice(choice, product) for choice in variant.choices if choice.option
        ]
    return body


def _sold(variant: Variant, groups: frozenset[str], units: Units) -> Body:
    """What simple products and variations have in common."""
    body: Body = {}
    if "details" in groups:
        body |= _details(variant, units)
    if "prices" in groups:
        body |= price_body(as_kept(variant.price, units.decimals))
    if "stock" in groups:
        body |= _stock(variant.stock)
    return body


def _texts(product: Product) -> Body:
    texts = {
        "name": product.name,
        "description": product.description,
        "short_description": product.short_description,
    }
    status = const_products.STATUS_OF_PRODUCT.get(product.status)
    return texts | ({"status": status} if status else {})


def _details(variant: Variant, units: Units) -> Body:
    """A product that can be downloaded stays so: Odoo can't tell."""
    body: Body = {
        **_sku(variant.sku),
        "global_unique_id": variant.barcode if _GTIN.fullmatch(variant.barcode) else "",
        "virtual": variant.virtual,
    }
    if variant.downloadable:
        body["downloadable"] = True
    weight = units.weight_text(variant.weight)
    if weight is not None:
        body["weight"] = weight
    size = _dimensions(variant.size, units)
    return body | ({"dimensions": size} if size else {})


def _sku(sku: str) -> Body:
    """No SKU takes none away: by it a product is found again."""
    return {"sku": sku} if sku else {}


def _dimensions(size: Size, units: Units) -> Body:
    sides = {side: units.length_text(getattr(size, side)) for side in ("length", "width", "height")}
    return {side: text for side, text in sides.items() if text is not None}


def _stock(stock: StockLevel) -> Body:
    """A variation whose product counts doesn't count itself."""
    counts = stock.keeper is StockKeeper.ITSELF
    body: Body = {"manage_stock": counts}
    if counts:
        body["backorders"] = const_products.BACKORDER_CODE[stock.backorders]
        if stock.quantity is not None:
            body["stock_quantity"] = int(stock.quantity.to_integral_value())
    elif stock.keeper is StockKeeper.NOBODY:
        body["stock_status"] = "instock" if stock.in_stock else "outofstock"
    return body


def _image(image: Image) -> Body:
    """By the id of the media library, so that it is not stored again; else by its address."""
    if fields.identifier(image.external_id):
        return {"id": int(image.external_id)}
    if not image.url:
        raise errors.Rejected("image_missing", image=image.name)
    texts = {"name": image.name, "alt": image.alt}
    return {"src": image.url, **{key: text for key, text in texts.items() if text}}


def _terms(product: Product) -> Body:
    body = {"categories": _ids(product.categories), "tags": _ids(product.tags)}
    # shops before 9.6 don't know brands: they pass over the field
    return body | {"brands": _ids(product.brands)}


def _ids(terms: Iterable[Term]) -> list[Body]:
    """:raises errors.Rejected: ``term_missing``: an unknown one is passed over in silence"""
    found = []
    for term in terms:
        if not fields.identifier(term.external_id):
            raise errors.Rejected("term_missing", kind=term.kind.value, name=term.name)
        found.append({"id": int(term.external_id)})
    return found


def _attribute(position: int, attribute: Attribute) -> Body:
    """:raises errors.Rejected: ``bad_option``: the shop would make several of it"""
    if not attribute.external_id and any(const_products.SEPARATOR in x for x in attribute.options):
        raise errors.Rejected("bad_option", attribute=attribute.name)
    return {
        **_named(attribute.external_id, attribute.name),
        "position": position,
        "visible": attribute.visible,
        "variation": attribute.varies,
        "options": list(attribute.options),
    }


def _choice(choice: Choice, product: Product) -> Body:
    """A local attribute by its name as the product spells it."""
    names = {attribute.key: attribute.name for attribute in product.attributes}
    external_id, name = choice.attribute
    return {**_named(external_id, names.get(choice.attribute, name)), "option": choice.option}


def _named(external_id: str, name: str) -> Body:
    return {"id": int(external_id)} if fields.identifier(external_id) else {"name": name}
