"""The lines of an order, its bundles, rates and coupons."""

from __future__ import annotations

from decimal import Decimal as D
from typing import Any

import pytest

from ...core.canonical import LineKind, ProductRef, TaxAmount, TaxRate
from .woo_orders import line, meta, parse


class TestLines:
    def test_products(self):
        first = parse("percent_coupon").lines[0]
        assert first.product == ProductRef("18", "", "SKU-0005")
        assert (first.kind, first.quantity) == (LineKind.PRODUCT, D(2))
        assert (first.subtotal, first.subtotal_tax) == (D("12.38"), D("2.60"))
        assert (first.total, first.total_tax) == (D("11.14"), D("2.34"))
        assert first.taxes == (TaxAmount("1", D("2.34")),)

    def test_shipping(self):
        shipping = parse("percent_coupon").lines[-1]
        assert (shipping.kind, shipping.code, shipping.instance, shipping.name) == (
            LineKind.SHIPPING,
            "flat_rate",
            "1",
            "bpost",
        )
        assert (shipping.total, shipping.total_tax) == (D("4.95"), D("1.04"))
        assert shipping.notes == ()

    def test_shipping_method_with_its_instance_in_one_field(self):
        order = parse("empty", shipping_lines=[{"id": 9, "method_id": "flat_rate:3", "total": "1"}])
        assert (order.lines[0].code, order.lines[0].instance) == ("flat_rate", "3")

    def test_pickup_location(self):
        order = parse(
            "empty",
            shipping_lines=[
                {
                    "id": 9,
                    "method_id": "pickup_location",
                    "meta_data": [
                        meta("pickup_location", "Shop Gent", display_key="Pickup location"),
                        meta("Items", "Mug &times; 1"),
                    ],
                }
            ],
        )
        assert order.lines[0].notes == (("Pickup location", "Shop Gent"),)

    def test_negative_fee_carries_its_parts(self):
        fee = parse("negative_fee_raw_taxes").lines[-1]
        assert (fee.kind, fee.name, fee.total, fee.total_tax) == (
            LineKind.FEE,
            "Cadeaubon",
            D("-2.48"),
            D("-0.52"),
        )
        assert fee.taxes == (TaxAmount("1", D("-0.5208")),)

    def test_fee_over_several_classes(self):
        taxes = [{"id": 1, "total": "-0.5208"}, {"id": 2, "total": "-0.15"}, {"id": 3, "total": ""}]
        fee = parse(
            "empty",
            fee_lines=[{"id": 4, "name": "", "tax_class": "0", "total": "-5", "taxes": taxes}],
        ).lines[0]
        assert fee.taxes == (TaxAmount("1", D("-0.5208")), TaxAmount("2", D("-0.15")))
        assert (fee.tax_class, fee.quantity) == ("", D(1))

    def test_deleted_product(self):
        lines = parse("deleted_product").lines
        assert (lines[0].product.key, lines[0].product.sku) == ("", "")
        assert (lines[0].name, lines[0].total) == ("Wordt verwijderd", D("24.79"))

    def test_variations(self):
        first = parse("variations").lines[0]
        assert (first.product.external_id, first.product.key) == ("88", "89")
        assert first.name == "T-shirt model 1 - Rood, S"
        assert first.notes == ()

    def test_attributes_that_the_name_lacks(self):
        lines = parse("custom_attribute").lines
        assert lines[0].notes == (("Lengte (cm)", "60"), ("Kleur", "Rood"))

    def test_deleted_variation(self):
        sold = parse("deleted_variation").lines[0]
        assert (sold.product.variant_external_id, sold.notes) == ("", ())

    def test_add_on_text(self):
        assert parse("vat_and_add_on").lines[0].notes == (("Gravure", "Voor Oma ❤"),)

    def test_notes_are_text_and_come_once(self):
        assert line(
            meta_data=[
                meta("a", "1", display_key="Wish", display_value="<p>Blue &amp; big</p>"),
                meta("b", "1", display_key="Wish", display_value="Blue & big"),
                meta("Backordered", "3"),
                meta("_secret", "x"),
                meta("list", ["a", {"b": 1}]),
                meta("", "no key"),
            ]
        ).notes == (("Wish", "Blue & big"),)

    def test_an_add_on_may_repeat_the_name(self):
        notes = line(name="Mug - S", meta_data=[meta("Initial", "S", display_key="Initial")]).notes
        assert notes == (("Initial", "S"),)

    @pytest.mark.parametrize(
        ("name", "expected"),
        [
            ("Artikel 006 Sjaal <b>wol</b>", "Artikel 006 Sjaal wol"),
            ("Trui &amp; co", "Trui & co"),
            ("Cable &lt; 5 m", "Cable < 5 m"),
            ("Cable < 5 m", "Cable < 5 m"),
            ("日本茶 ❤", "日本茶 ❤"),
            ("x" * 300, "x" * 300),
            (None, ""),
            (12, "12"),
        ],
    )
    def test_names(self, name, expected):
        assert line(name=name).name == expected

    @pytest.mark.parametrize(
        ("quantity", "expected"),
        [(0, D(0)), (0.5, D("0.5")), ("1.25", D("1.25")), (1000, D(1000)), (0.1, D("0.1"))],
    )
    def test_quantities(self, quantity, expected):
        assert line(quantity=quantity).quantity == expected

    @pytest.mark.parametrize(
        ("tax_class", "expected"), [("", ""), ("0", ""), ("reduced-rate", "reduced-rate")]
    )
    def test_tax_class(self, tax_class, expected):
        assert line(tax_class=tax_class).tax_class == expected


class TestBundles:
    """As the plug-ins' REST references have it; none of them was recorded."""

    @staticmethod
    def lines(*items: dict[str, Any]) -> list[tuple[str, str, bool]]:
        order = parse("empty", line_items=[{"total": "1", **item} for item in items])
        return [(x.external_id, x.parent_external_id, x.is_container) for x in order.lines]

    @pytest.mark.parametrize(
        ("child", "children"),
        [("bundled_by", "bundled_items"), ("composite_parent", "composite_children")],
    )
    def test_product_bundles_and_composites(self, child, children):
        assert self.lines(
            {"id": 1, children: [2, 3]}, {"id": 2, child: 1}, {"id": 3, child: "1"}, {"id": 4}
        ) == [("1", "", True), ("2", "1", False), ("3", "1", False), ("4", "", False)]

    def test_wpc_names_the_parents_product(self):
        child = {"meta_data": [meta("_woosb_parent_id", "100")]}
        assert self.lines(
            {"id": 1, "product_id": 100, "meta_data": [meta("_woosb_ids", "7/ab/1")]},
            {"id": 2, "product_id": 7, **child},
            {"id": 3, "product_id": 100},
            {"id": 4, "product_id": 7, **child},
        ) == [("1", "", True), ("2", "1", False), ("3", "", True), ("4", "3", False)]

    def test_a_parent_that_is_not_there(self):
        assert self.lines({"id": 2, "bundled_by": 99}, {"id": 3, "bundled_items": [98]}) == [
            ("2", "", False),
            ("3", "", False),
        ]

    def test_nobody_is_inside_itself(self):
        assert self.lines({"id": 2, "bundled_by": 2})[0][1] == ""


class TestTaxRates:
    def test_compound(self):
        assert parse("compound_tax").tax_rates == (
            TaxRate("18", "GST", D(5), False, "CA", "BC"),
            TaxRate("19", "PST", D(7), True, "CA", "BC"),
        )

    def test_zero_rate_is_a_rate(self):
        order = parse("free_product")
        assert order.lines[0].taxes == (TaxAmount("1", D("0.00")),)
        assert order.tax_rates[0].percent == 21

    @pytest.mark.parametrize(
        ("tax_line", "percent"),
        [
            ({"rate_percent": 0, "tax_total": "1.00"}, None),
            ({"rate_percent": 0, "tax_total": "0.00"}, D(0)),
            ({"rate_percent": 0, "tax_total": "0", "shipping_tax_total": "0.5"}, None),
            ({"tax_total": "1.00"}, None),
            ({"rate_percent": "5.5000", "tax_total": "1.00"}, D("5.5")),
            ({"rate_percent": 8.875, "tax_total": "1.00"}, D("8.875")),
        ],
    )
    def test_percent(self, tax_line, percent):
        assert (
            parse("empty", tax_lines=[{"rate_id": 3, **tax_line}]).tax_rates[0].percent == percent
        )

    @pytest.mark.parametrize(
        ("code", "label", "region"),
        [
            ("BE-BTW 21%-1", "BTW 21%", ("BE", "")),
            ("CA-BC-GST-1", "GST", ("CA", "BC")),
            ("US-NY-STATE TAX-1", "State Tax", ("US", "NY")),
            ("TAX-1", "", ("", "")),
            ("DE-MWST-RED-1", "MwSt-Red", ("DE", "")),
            ("DE-OLD NAME-1", "New name", ("DE", "")),
            ("", "", ("", "")),
        ],
    )
    def test_region(self, code, label, region):
        rate = parse(
            "empty", tax_lines=[{"rate_id": 3, "rate_code": code, "label": label}]
        ).tax_rates[0]
        assert (rate.country, rate.state) == region

    def test_rate_that_only_a_line_knows(self):
        order = parse("empty", fee_lines=[{"id": 4, "taxes": [{"id": 999, "total": "1"}]}])
        assert order.tax_rates == (TaxRate("999"),)


class TestCoupons:
    def test_kind_from_meta(self):
        coupons = parse("three_coupons_raw_taxes").coupons
        assert [coupon.kind for coupon in coupons] == ["fixed_product", "fixed_cart", "percent"]

    @pytest.mark.parametrize(
        ("info", "kind"),
        [
            (meta("coupon_info", '[150,"prod3","fixed_product",3]'), "fixed_product"),
            (meta("coupon_info", '[149,"fix5",null,5]'), "fixed_cart"),
            (meta("coupon_info", "[not json"), ""),
            (meta("coupon_data", {"discount_type": "percent"}), "percent"),
        ],
    )
    def test_older_spellings(self, info, kind):
        order = parse("empty", coupon_lines=[{"code": "X", "meta_data": [info]}])
        assert order.coupons[0].kind == kind
