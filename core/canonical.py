"""What a channel says, in one language: frozen values between a dialect and Odoo.

Every amount is a :class:`decimal.Decimal` in the order's currency, exactly as precise as the
channel gave it; every moment is a timezone-aware UTC :class:`datetime.datetime`; every external
id is text. Text is plain (HTML entities decoded). A code that is not known becomes ``UNKNOWN``
and keeps its raw spelling next to it: an unknown code never stops an import by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any

ZERO = Decimal(0)


class OrderStatus(Enum):
    """Where an order stands in the shop; ``Order.status_code`` holds the shop's own word."""

    DRAFT = "draft"  # a checkout still being filled in: not an order yet
    PENDING = "pending"  # placed, payment expected
    ON_HOLD = "on_hold"  # placed, payment or review expected, stock already taken
    PROCESSING = "processing"  # paid, or to be paid on delivery: ship it
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    FAILED = "failed"
    REFUNDED = "refunded"
    TRASHED = "trashed"
    UNKNOWN = "unknown"


class LineKind(Enum):
    PRODUCT = "product"
    SHIPPING = "shipping"
    FEE = "fee"


@dataclass(frozen=True)
class Address:
    """A postal address as typed in the shop.

    ``country``: ISO 3166-1 alpha-2 or ''; ``state``: the channel's code or free text.
    ``phone`` is raw: only the address's country tells how to read it.
    """

    first_name: str = ""
    last_name: str = ""
    company: str = ""
    street: str = ""
    street2: str = ""
    city: str = ""
    zip: str = ""
    state: str = ""
    country: str = ""
    phone: str = ""
    email: str = ""
    vat: str = ""

    @property
    def name(self) -> str:
        return " ".join(part for part in (self.first_name, self.last_name) if part)

    def __bool__(self) -> bool:
        """True when it says who or where (a country alone is a shop's default, not an address)."""
        return any(
            (self.first_name, self.last_name, self.company, self.street, self.city, self.zip)
        )


@dataclass(frozen=True)
class ProductRef:
    """Which product a line sells; an empty ``external_id`` means it was deleted in the shop."""

    external_id: str = ""
    variant_external_id: str = ""
    sku: str = ""
    barcode: str = ""

    @property
    def key(self) -> str:
        """The id that a product binding carries: the variation's where there is one."""
        return self.variant_external_id or self.external_id


@dataclass(frozen=True)
class TaxRate:
    """A tax rate of the channel. ``percent`` None: unknown (deleted or virtual rate)."""

    key: str
    label: str = ""
    percent: Decimal | None = None
    compound: bool = False
    country: str = ""
    state: str = ""
    tax_class: str = ""
    on_shipping: bool = True


@dataclass(frozen=True)
class TaxAmount:
    """Part of a line's tax that belongs to one rate (raw precision, may be signed)."""

    rate_key: str
    amount: Decimal


@dataclass(frozen=True)
class Line:
    """One line of goods, shipping or fee; amounts exclude tax, ``total`` is after discounts.

    ``parent_external_id`` names the bundle or composite line that contains this one;
    ``is_container`` marks such a parent, which is sold but not shipped itself.
    ``notes``: add-on and personalisation texts as (label, value), for people.
    """

    external_id: str
    kind: LineKind
    name: str
    quantity: Decimal
    total: Decimal
    total_tax: Decimal
    subtotal: Decimal = ZERO
    subtotal_tax: Decimal = ZERO
    taxes: tuple[TaxAmount, ...] = ()
    product: ProductRef = ProductRef()
    code: str = ""  # shipping: method id
    instance: str = ""  # shipping: the method's instance, zone-specific
    tax_class: str = ""
    parent_external_id: str = ""
    is_container: bool = False
    notes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Coupon:
    code: str
    discount: Decimal = ZERO
    discount_tax: Decimal = ZERO
    kind: str = ""


@dataclass(frozen=True)
class Payment:
    """How the order is paid. ``method`` '' means nothing had to be paid, or unknown."""

    method: str = ""
    title: str = ""
    transaction_id: str = ""
    paid_at: datetime | None = None


@dataclass(frozen=True)
class GiftCard:
    """Value paid with a gift card or store credit: a payment, never a discount."""

    code: str
    amount: Decimal


@dataclass(frozen=True)
class RefundRef:
    external_id: str
    amount: Decimal  # positive
    reason: str = ""


@dataclass(frozen=True)
class Customer:
    """A shop account; ``external_id`` '' is a guest."""

    external_id: str
    email: str = ""
    first_name: str = ""
    last_name: str = ""
    billing: Address = Address()
    shipping: Address = Address()
    modified_at: datetime | None = None


@dataclass(frozen=True)
class Order:
    """One order as the shop sees it now.

    ``total`` is what the customer pays, tax included, before refunds; ``total_tax`` its tax.
    Both are exact in the currency's unit. ``tax_rates`` describes the rates the lines use.
    ``risk``: text of a risk verdict some gateways leave; '' means none.
    """

    external_id: str
    number: str
    status: OrderStatus
    status_code: str
    currency: str
    total: Decimal
    total_tax: Decimal
    created_at: datetime | None
    modified_at: datetime | None
    lines: tuple[Line, ...] = ()
    tax_rates: tuple[TaxRate, ...] = ()
    prices_include_tax: bool = False
    customer_external_id: str = ""
    billing: Address = Address()
    shipping: Address = Address()
    payment: Payment = Payment()
    coupons: tuple[Coupon, ...] = ()
    gift_cards: tuple[GiftCard, ...] = ()
    refunds: tuple[RefundRef, ...] = ()
    completed_at: datetime | None = None
    customer_note: str = ""
    parent_external_id: str = ""
    created_via: str = ""
    utm: Mapping[str, str] = field(default_factory=dict)  # source, medium, campaign
    meta: Mapping[str, Any] = field(default_factory=dict)  # the shop's custom fields by key
    risk: str = ""
    admin_url: str = ""

    @property
    def total_untaxed(self) -> Decimal:
        return self.total - self.total_tax


# === WHAT SURROUNDS ORDERS === #


class Level(Enum):
    OK = "ok"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True)
class Finding:
    """One result of a connection check: ``code`` + ``params`` become text in the shell."""

    level: Level
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class StoreInfo:
    """What the shell needs to know of a store; None where the channel does not tell."""

    name: str = ""
    version: str = ""
    currency: str = ""
    decimals: int | None = None
    timezone: str = ""
    prices_include_tax: bool | None = None
    tax_round_per_line: bool | None = None
    weight_unit: str = ""
    dimension_unit: str = ""
    taxes_enabled: bool | None = None
    stock_enabled: bool | None = None
    features: tuple[str, ...] = ()  # what the channel offers beyond its oldest version


@dataclass(frozen=True)
class CheckResult:
    findings: tuple[Finding, ...]
    store: StoreInfo | None = None

    @property
    def ok(self) -> bool:
        return not any(finding.level is Level.ERROR for finding in self.findings)


@dataclass(frozen=True)
class Option:
    """A value of the channel that a person maps: gateway, shipping method, status.

    ``meaning``: the :class:`OrderStatus` value of a status that the provider knows by itself.
    """

    code: str
    label: str
    active: bool = True
    meaning: str = field(default="", compare=False)


@dataclass(frozen=True)
class Notice:
    """What a webhook delivery announces: a hint, never the truth.

    ``external_id`` '' where the body is a signed error (the record is gone, or the hook's
    owner lost rights): something happened, a poll has to find out what.
    ``deleted``: the shop says the record was deleted or trashed.
    """

    kind: str
    topic: str
    external_id: str
    deleted: bool = False
    source: str = ""
    error_code: str = ""


@dataclass(frozen=True)
class Hook:
    """A webhook registered at the channel."""

    external_id: str
    topic: str
    url: str
    active: bool


@dataclass(frozen=True)
class Record:
    """A raw record read from the channel with what is needed to order it in time.

    ``fetched_at`` is taken *before* the request was sent: what happened later may be missing.
    """

    kind: str
    external_id: str
    payload: Mapping[str, Any]
    modified_at: datetime | None
    fetched_at: datetime


@dataclass(frozen=True)
class Page:
    """One step of a lossless poll. ``cursor`` is opaque and JSON-able; ``more``: ask again."""

    records: tuple[Record, ...]
    cursor: Mapping[str, Any]
    more: bool
