"""What of a product is compared, and how it is read: facts by group.

Equal content makes equal facts, whichever side it comes from:

- Names of terms, attributes and options count, not their external ids, and no upper case; neither
  the order of categories, tags, brands, attributes nor of options does (Odoo orders options for
  all products at once). The order of images does.
- An attribute that every variant leaves open only informs.
- An image is its content where that is known, else its external id, else its address. Names and
  alternative texts are not compared: Odoo has no place for those of a main image.
- HTML counts in its :func:`.html_form.normal_form`; a barcode that is no number is the company's
  own and none here; weights count in grams.
- No price is a price of zero. A sale's dates count while there is a sale.
- Virtual and downloadable goods are both services. The tax class counts while the product is
  taxed, the tax class of a variant doesn't: Odoo taxes products.
- Of stock it counts whether pieces are counted. Quantities have their own flow.
- Whether a variant is on sale counts while its product is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from .catalogue import (
    GROUPS,
    Attribute,
    Image,
    Product,
    ProductKind,
    ProductStatus,
    Size,
    StockKeeper,
    Term,
    Variant,
)
from .html_form import normal_form

#: (variant, field): variant '' is the product itself
Key = tuple[str, str]
#: names of attributes by :attr:`.catalogue.Attribute.key`
Names = dict[tuple[str, str], str]
_GTIN = re.compile(r"[0-9-]+")
_GRAM = Decimal("0.001")


@dataclass(frozen=True)
class Fact:
    """``content`` is compared, ``shown`` (plain JSON) is for people, so is the ``variant``."""

    content: object
    shown: object
    variant: str = ""


def facts_of(product: Product) -> dict[str, dict[Key, Fact]]:
    """All facts of a product by group, in the order they are read in; empty ones are left out."""
    found: dict[str, dict[Key, Fact]] = {group: {} for group in GROUPS}
    for group, field, content, shown in _of_product(product):
        if content not in ("", None, ()):
            found[group]["", field] = Fact(content, shown)
    names = _varying(product)
    for key, text, variant in _keyed(product, names):
        label = variant.sku or text
        for group, field, content, shown in _of_variant(product, variant, names):
            if content not in ("", None, ()):
                found[group][key, field] = Fact(content, shown, label)
    return found


Row = tuple[str, str, object, object]


def _of_product(product: Product) -> Iterator[Row]:
    yield _text("texts", "name", product.name)
    yield _html("texts", "description", product.description)
    yield _html("texts", "short_description", product.short_description)
    yield "texts", "status", product.status.value, product.status.value
    if product.kind not in (ProductKind.SIMPLE, ProductKind.VARIABLE):
        yield "details", "kind", product.kind.value, product.kind.value
    yield _text("details", "sku", product.sku)
    yield "details", "taxable", product.taxable, product.taxable
    if product.taxable:
        yield _text("details", "tax_class", product.tax_class)
    yield _images("images", product.images)
    for field in ("categories", "tags", "brands"):
        yield _terms(field, getattr(product, field))
    yield from _attributes(product)


def _of_variant(product: Product, variant: Variant, names: Names) -> Iterator[Row]:
    if names:
        yield "attributes", "variant", True, _choices(variant, names)
    yield _html("texts", "description", variant.description)
    if product.status is not ProductStatus.DRAFT:
        yield "texts", "published", variant.published, variant.published
    yield _text("details", "sku", variant.sku)
    yield _text("details", "barcode", variant.barcode if _GTIN.fullmatch(variant.barcode) else "")
    service = variant.virtual or variant.downloadable
    yield "details", "service", service, service
    weight = variant.weight and variant.weight.quantize(_GRAM, ROUND_HALF_UP)
    yield _decimal("details", "weight", weight or None)
    yield from _size(variant.size)
    yield from _price(variant)
    if variant.image:
        yield _images("images", (variant.image,))
    counted = variant.stock.keeper is not StockKeeper.NOBODY
    yield "stock", "counted", counted, counted


# === ATTRIBUTES === #


def _varying(product: Product) -> Names:
    """Names of the attributes that variants really differ by, by their keys."""
    choices = (choice for variant in product.variants for choice in variant.choices)
    chosen = {choice.attribute for choice in choices if choice.option}
    return {
        attribute.key: attribute.name
        for attribute in product.attributes
        if attribute.varies and attribute.key in chosen
    }


def _attributes(product: Product) -> Iterator[Row]:
    varying = _varying(product)
    merged: dict[str, list[Attribute]] = {}
    for attribute in product.attributes:
        merged.setdefault(_name(attribute.name), []).append(attribute)
    for name, group in sorted(merged.items()):
        options = [option for attribute in group for option in attribute.options]
        varies = any(attribute.key in varying for attribute in group)
        visible = any(attribute.visible for attribute in group)
        content = (tuple(sorted(set(map(_name, options)))), varies, visible)
        shown = {"name": group[0].name, "options": options, "varies": varies, "visible": visible}
        yield "attributes", f"attribute.{name}", content, shown


def _keyed(product: Product, names: Names) -> Iterator[tuple[str, str, Variant]]:
    """Variants by what they are chosen by; those chosen alike are numbered by SKU."""
    seen: dict[str, int] = {}
    rows = [(_choices(variant, names), variant) for variant in product.variants]
    for text, variant in sorted(rows, key=lambda row: (_name(row[0]), row[1].sku)):
        name = _name(text)
        seen[name] = seen.get(name, 0) + 1
        yield f"{seen[name]} {name}", text, variant


def _choices(variant: Variant, names: Names) -> str:
    """``Red / M``, by the names of the attributes."""
    options = {choice.attribute: choice.option for choice in variant.choices}
    keys = sorted(names, key=lambda key: (_name(names[key]), key))
    return " / ".join(options.get(key, "") or "*" for key in keys)


# === ROWS === #


def _name(text: str) -> str:
    return " ".join(text.split()).casefold()


def _text(group: str, field: str, text: str) -> Row:
    plain = " ".join(text.split())
    return group, field, plain, plain


def _html(group: str, field: str, text: str) -> Row:
    return group, field, normal_form(text), text.strip()


def _decimal(group: str, field: str, number: Decimal | None) -> Row:
    plain = None if number is None else format(number.normalize() + Decimal(0), "f")
    return group, field, plain, plain


def _moment(group: str, field: str, moment: datetime | None) -> Row:
    plain = moment and moment.replace(microsecond=0).isoformat()
    return group, field, plain, plain


def _terms(field: str, terms: tuple[Term, ...]) -> Row:
    names = {_name(term.name): " ".join(term.name.split()) for term in terms}
    return "categories", field, tuple(sorted(names)), [names[key] for key in sorted(names)]


def _images(group: str, images: tuple[Image, ...]) -> Row:
    content = tuple(image.content_hash or image.external_id or image.url for image in images)
    shown = [image.url or image.name or image.content_hash[:12] for image in images]
    return group, "images", content, shown


def _size(size: Size) -> Iterator[Row]:
    for field in ("length", "width", "height"):
        number = getattr(size, field)
        yield _decimal("details", field, number.quantize(_GRAM, ROUND_HALF_UP) if number else None)


def _price(variant: Variant) -> Iterator[Row]:
    price = variant.price
    yield _decimal("prices", "price.regular", price.regular or None)
    yield _decimal("prices", "price.sale", price.sale)
    if price.sale is not None:
        yield _moment("prices", "price.sale_from", price.sale_from)
        yield _moment("prices", "price.sale_to", price.sale_to)
