"""What an empty shop starts with: settings, tax rates, gateways, shipping."""

from __future__ import annotations

from typing import Any

Record = dict[str, Any]

SYMBOLS = {
    "EUR": "€",
    "USD": "$",
    "GBP": "£",
    "JPY": "¥",
    "KWD": "د.ك",
    "CHF": "CHF",
    "CAD": "$",
    "TND": "د.ت",
    "BHD": ".د.ب",
    "SEK": "kr",
    "PLN": "zł",
    "KRW": "₩",
}
NAMES = {
    "EUR": "Euro",
    "USD": "United States (US) dollar",
    "GBP": "Pound sterling",
    "JPY": "Japanese yen",
    "KWD": "Kuwaiti dinar",
    "CHF": "Swiss franc",
    "CAD": "Canadian dollar",
}

ORDER_STATUSES = {
    "pending": "Pending payment",
    "processing": "Processing",
    "on-hold": "On hold",
    "completed": "Completed",
    "cancelled": "Cancelled",
    "refunded": "Refunded",
    "failed": "Failed",
    "checkout-draft": "Draft",
}


def tax_rate(values: Record) -> Record:
    """A whole tax rate out of what is given: country, rate, name, class, compound, …"""
    known = _rate(
        str(values.get("country", "")),
        str(values.get("rate", "0")),
        str(values.get("name", "Tax")),
        str(values.get("class") or "standard"),
    )
    rest = {key: value for key, value in values.items() if key not in ("rate", "class")}
    return {**known, **rest}


def _rate(
    country: str,
    percent: str,
    name: str,
    tax_class: str = "standard",
    *,
    state: str = "",
    priority: int = 1,
    compound: bool = False,
    shipping: bool = True,
) -> Record:
    return {
        "country": country,
        "state": state,
        "postcode": "",
        "city": "",
        "rate": f"{float(percent):.4f}",
        "name": name,
        "priority": priority,
        "compound": compound,
        "shipping": shipping,
        "order": 0,
        "class": tax_class,
        "postcodes": [],
        "cities": [],
    }


def tax_rates() -> list[Record]:
    """Several countries, reduced and zero rates, two rates at once, one compound."""
    rows = []
    for country, name, standard, reduced in (
        ("ES", "IVA", "21", "10"),
        ("BE", "BTW", "21", "6"),
        ("DE", "MwSt.", "19", "7"),
        ("FR", "TVA", "20", "5.5"),
    ):
        rows += [
            _rate(country, standard, f"{name} {standard}%"),
            _rate(country, reduced, f"{name} {reduced}%", "reduced-rate"),
            _rate(country, "0", f"{name} 0%", "zero-rate"),
        ]
    rows += [
        _rate("CA", "5", "GST", state="QC"),
        _rate("CA", "9.975", "QST", state="QC", priority=2),
        _rate("CA", "5", "GST", state="BC"),
        _rate("CA", "7", "PST", state="BC", priority=2, compound=True),
    ]
    return rows


TAX_CLASSES = [
    {"slug": "standard", "name": "Standard rate"},
    {"slug": "reduced-rate", "name": "Reduced rate"},
    {"slug": "zero-rate", "name": "Zero rate"},
]


def settings(
    *,
    prices_include_tax: bool,
    round_at_subtotal: bool,
    currency: str,
    decimals: int,
    country: str = "ES",
) -> dict[str, dict[str, str]]:
    """Values by group and option id."""
    return {
        "general": {
            "woocommerce_store_address": "Calle Mayor 1",
            "woocommerce_store_city": "Madrid",
            "woocommerce_default_country": country,
            "woocommerce_store_postcode": "28001",
            "woocommerce_calc_taxes": "yes",
            "woocommerce_enable_coupons": "yes",
            "woocommerce_calc_discounts_sequentially": "no",
            "woocommerce_currency": currency,
            "woocommerce_currency_pos": "right_space",
            "woocommerce_price_thousand_sep": ".",
            "woocommerce_price_decimal_sep": ",",
            "woocommerce_price_num_decimals": str(decimals),
        },
        "products": {
            "woocommerce_weight_unit": "kg",
            "woocommerce_dimension_unit": "cm",
            "woocommerce_manage_stock": "yes",
            "woocommerce_hold_stock_minutes": "60",
        },
        "tax": {
            "woocommerce_prices_include_tax": "yes" if prices_include_tax else "no",
            "woocommerce_tax_based_on": "shipping",
            "woocommerce_shipping_tax_class": "inherit",
            "woocommerce_tax_round_at_subtotal": "yes" if round_at_subtotal else "no",
            "woocommerce_tax_classes": "Reduced rate\nZero rate",
        },
    }


# Gateways that take no money themselves; "" is an order without one.
PAID_BY_HAND = {"", "bacs", "cheque", "cod"}


def gateways() -> list[Record]:
    return [
        _gateway("bacs", "Direct bank transfer", ["products"]),
        _gateway("cheque", "Check payments", ["products"]),
        _gateway("cod", "Cash on delivery", ["products"]),
        _gateway("stripe", "Credit card", ["products", "refunds"]),
        _gateway("woocommerce_payments", "Credit / Debit Cards", ["products", "refunds"]),
        _gateway("ppcp-gateway", "PayPal", ["products", "refunds"]),
    ]


def _gateway(code: str, title: str, supports: list[str]) -> Record:
    return {
        "id": code,
        "title": title,
        "description": "",
        "order": "",
        "enabled": True,
        "method_title": title,
        "method_description": "",
        "method_supports": supports,
        "settings": {},
        "needs_setup": False,
        "post_install_scripts": [],
        "connection_url": None,
        "setup_help_text": None,
        "required_settings_keys": [],
    }


def shipping_methods() -> list[Record]:
    return [
        {"id": "flat_rate", "title": "Flat rate", "description": ""},
        {"id": "free_shipping", "title": "Free shipping", "description": ""},
        {"id": "local_pickup", "title": "Local pickup", "description": ""},
        {"id": "pickup_location", "title": "Local pickup", "description": ""},
    ]


def shipping_zones() -> list[Record]:
    """Zones with their locations and methods (``methods`` and ``locations`` are not served)."""
    methods = [
        _zone_method(1, "flat_rate", "Flat rate", "4.95"),
        _zone_method(2, "free_shipping", "Free shipping", ""),
        _zone_method(3, "local_pickup", "Local pickup", ""),
    ]
    rest = {"id": 0, "name": "Locations not covered by your other zones", "order": 0}
    return [{**rest, "locations": [], "methods": methods}]


def _zone_method(instance: int, method: str, title: str, cost: str) -> Record:
    values = {"title": title, "tax_status": "taxable", "cost": cost}
    return {
        "id": instance,
        "instance_id": instance,
        "title": title,
        "order": instance,
        "enabled": True,
        "method_id": method,
        "method_title": title,
        "method_description": "",
        "settings": {key: {"id": key, "value": value} for key, value in values.items()},
    }
