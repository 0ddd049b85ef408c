"""What can be bought: simple products and variations → variants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...core.catalogue import (
    Attribute,
    Backorders,
    Choice,
    Image,
    Price,
    Size,
    StockKeeper,
    StockLevel,
    Variant,
)
from . import const_products, fields
from .units import Units

Payload = Mapping[str, Any]


def parse_simple(product: Payload, units: Units) -> Variant:
    """The only variant of a product without variations."""
    return Variant(**_sold(product, units), published=True)


def parse_variation(
    record: Payload, product: Payload, attributes: Sequence[Attribute], units: Units
) -> Variant:
    """A variation; its weight, size and tax class show the product's where it has none.

    So does its SKU, which no two can have: then it has none.
    """
    sold = _sold(record, units)
    if sold["sku"] == fields.text(product.get("sku")):
        sold["sku"] = ""
    tax_class = fields.text(record.get("tax_class"))
    inherited = tax_class in ("parent", fields.text(product.get("tax_class")))
    return Variant(
        **sold,
        choices=_choices(record, attributes),
        image=_own_image(record, product),
        description=fields.text(record.get("description")),
        tax_class=None if inherited else tax_class,
        # a variation that is switched off is private
        published=fields.text(record.get("status")) in ("", "publish"),
    )


def _sold(record: Payload, units: Units) -> dict[str, Any]:
    """What simple products and variations have in common."""
    size = fields.mapping(record.get("dimensions"))
    return {
        "external_id": fields.identifier(record.get("id")),
        "sku": fields.text(record.get("sku")),
        "barcode": fields.text(record.get("global_unique_id")),
        "price": units.price(parse_price(record)),
        "stock": parse_stock(record),
        "weight": units.kilograms(record.get("weight")),
        "size": Size(
            *(units.millimetres(size.get(side)) for side in ("length", "width", "height"))
        ),
        "virtual": record.get("virtual") is True,
        "downloadable": record.get("downloadable") is True,
    }


def parse_price(record: Payload) -> Price:
    """As the shop keeps it; a sale's dates count only where there is a sale."""
    sale = fields.amount(record.get("sale_price"), None)
    return Price(
        regular=fields.amount(record.get("regular_price"), None),
        sale=sale,
        sale_from=fields.moment(record.get("date_on_sale_from_gmt")) if sale is not None else None,
        sale_to=fields.moment(record.get("date_on_sale_to_gmt")) if sale is not None else None,
    )


def parse_stock(record: Payload) -> StockLevel:
    keeper = fields.text(record.get("manage_stock")) or str(record.get("manage_stock")).lower()
    return StockLevel(
        keeper=const_products.STOCK_KEEPER.get(keeper, StockKeeper.NOBODY),
        quantity=fields.amount(record.get("stock_quantity"), None),
        backorders=const_products.BACKORDERS.get(
            fields.text(record.get("backorders")), Backorders.NO
        ),
        in_stock=fields.text(record.get("stock_status")) != "outofstock",
    )


def parse_image(record: Payload) -> Image:
    return Image(
        external_id=fields.identifier(record.get("id")),
        url=fields.text(record.get("src")),
        name=fields.plain(record.get("name")),
        alt=fields.plain(record.get("alt")),
    )


def _choices(record: Payload, attributes: Sequence[Attribute]) -> tuple[Choice, ...]:
    """One for each attribute that varies; what a variation doesn't name is any of its options."""
    options: dict[tuple[str, str], str] = {}
    for row in fields.records(record.get("attributes")):
        named = Attribute(
            fields.plain(row.get("name")), (), external_id=fields.identifier(row.get("id"))
        )
        options[named.key] = fields.plain(row.get("option"))
    varying = [attribute for attribute in attributes if attribute.varies]
    return tuple(Choice(attribute.key, options.get(attribute.key, "")) for attribute in varying)


def _own_image(record: Payload, product: Payload) -> Image | None:
    """None where the shop shows the product's first image for want of an own one."""
    image = fields.mapping(record.get("image"))
    first = next(iter(fields.records(product.get("images"))), {})
    if not fields.identifier(image.get("id")) or image.get("id") == first.get("id"):
        return None
    return parse_image(image)
