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
    stock_reduced: Decimal | None = None  # pieces the shop took off its stock; None: not managed


@dataclass(frozen=True)
class Coupon:
    code: str
    discount: Decimal = ZERO
    discount_tax: Decimal = ZERO
    kind: str = ""


@dataclass(frozen=True)
class Payment:
    """How the order is paid. ``method`` '' means nothing had to be paid, or unknown.

    ``authorised``: the money is only reserved; until it is captured the order is not paid,
    whatever its status and ``paid_at`` say.
    """

    method: str = ""
    title: str = ""
    transaction_id: str = ""
    paid_at: datetime | None = None
    authorised: bool = False

    @property
    def paid(self) -> bool:
        return self.paid_at is not None and not self.authorised


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
class OrderHead:
    """What an order says of itself without its content; read by the hundred to compare.

    ``total`` and ``total_tax`` are those of :class:`Order`; refunds are not taken off.
    """

    external_id: str
    number: str
    status: OrderStatus
    status_code: str
    currency: str
    total: Decimal
    total_tax: Decimal = ZERO
    created_at: datetime | None = None
    modified_at: datetime | None = None
    paid_at: datetime | None = None
    payment_method: str = ""
    parent_external_id: str = ""
    refunds: tuple[RefundRef, ...] = ()

    @property
    def refunded(self) -> Decimal:
        return sum((refund.amount for refund in self.refunds), ZERO)


@dataclass(frozen=True)
class RefundLine:
    """What a refund gives back of one line of the order; every amount is positive.

    ``line_external_id`` '' or of no line: the refund does not say. ``quantity`` 0 with money is a
    reduction of the price. ``restocked``: pieces that the shop put back into its stock, None
    where it does not tell.
    """

    line_external_id: str
    kind: LineKind
    name: str = ""
    quantity: Decimal = ZERO
    total: Decimal = ZERO
    total_tax: Decimal = ZERO
    taxes: tuple[TaxAmount, ...] = ()
    restocked: Decimal | None = None


@dataclass(frozen=True)
class Refund:
    """Money given back in the shop. ``amount`` (tax included, positive) is authoritative: the
    lines may be missing, or add up to more or less.

    ``marker``: what a refund that Odoo made carries, '' for the shop's own. ``paid_back``: the
    gateway sent the money itself.
    """

    external_id: str
    order_external_id: str
    amount: Decimal
    reason: str = ""
    created_at: datetime | None = None
    lines: tuple[RefundLine, ...] = ()
    paid_back: bool = False
    marker: str = ""


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


# === WHAT ODOO TELLS A CHANNEL === #


@dataclass(frozen=True)
class OrderUpdate:
    """What Odoo may change of a shop's order; what is None or empty stays as it is.

    ``status_code``: the channel's own word. Addresses and lines are never sent: a shop would
    work out the taxes of a paid order again.
    """

    status_code: str = ""
    meta: Mapping[str, str] = field(default_factory=dict)
    transaction_id: str = ""
    customer_note: str | None = None

    def __bool__(self) -> bool:
        return bool(
            self.status_code or self.meta or self.transaction_id or self.customer_note is not None
        )


@dataclass(frozen=True)
class Note:
    """A text on an order. ``marker`` is a part of ``text`` that no other note of it has."""

    order_external_id: str
    text: str
    marker: str
    to_customer: bool = False


@dataclass(frozen=True)
class Tracking:
    """A parcel. ``carrier``: the channel's word for the carrier, else its name in Odoo."""

    number: str
    carrier: str = ""
    url: str = ""


@dataclass(frozen=True)
class ShipmentLine:
    line_external_id: str
    quantity: Decimal


@dataclass(frozen=True)
class Shipment:
    """Goods that have left. ``marker`` finds it again in the channel (``reference`` is the
    delivery's name, for people).

    ``complete``: nothing of the order is left to ship. ``text``: the same in words, for a
    channel that has no place for shipments.
    """

    marker: str
    order_external_id: str
    reference: str
    lines: tuple[ShipmentLine, ...]
    shipped_at: datetime
    tracking: Tracking | None = None
    complete: bool = False
    notify_customer: bool = False
    text: str = ""


@dataclass(frozen=True)
class Sent:
    """What a write made in the channel. ``via``: which of its features took it."""

    external_id: str
    via: str = ""


@dataclass(frozen=True)
class RefundRequest:
    """A refund to be made in the shop; ``marker`` finds it again.

    ``pay_out``: the gateway shall send the money; otherwise it is only written down there.
    """

    marker: str
    order_external_id: str
    amount: Decimal
    reason: str = ""
    lines: tuple[RefundLine, ...] = ()
    pay_out: bool = False
    restock: bool = False


# === WHAT A GATEWAY PAYS OUT === #


class SettlementKind(Enum):
    CHARGE = "charge"
    REFUND = "refund"
    FEE = "fee"
    ADJUSTMENT = "adjustment"  # disputes, reserves, corrections
    PAYOUT = "payout"  # the transfer to the bank
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class SettlementLine:
    """One movement of a gateway's account; ``amount`` is signed as the account sees it (a charge
    is positive, a refund, fee or payout negative), ``fee`` is what was kept of it (negative).

    ``external_id`` is unique in the gateway's account; ``transaction_id`` is what a payment
    carries, ``other_ids`` are further names it may know the movement by (of a refund: the
    charge's). ``code`` is the gateway's own word for the kind. ``charged`` in ``charged_currency``
    (signed as ``amount``): what moved between customer and gateway where that was converted.
    """

    external_id: str
    kind: SettlementKind
    amount: Decimal
    fee: Decimal = ZERO
    transaction_id: str = ""
    other_ids: tuple[str, ...] = ()
    order_number: str = ""
    occurred_at: datetime | None = None
    description: str = ""
    code: str = ""
    charged: Decimal | None = None
    charged_currency: str = ""

    @property
    def net(self) -> Decimal:
        return self.amount + self.fee


@dataclass(frozen=True)
class Settlement:
    """A payout statement. ``amount``: what arrives at the bank, in ``currency``.

    All lines together make the payout; where none of them is one, ``amount`` is. ``running``: the
    lines are a stretch of an account that keeps a balance instead. ``gateway``: the channel's code
    of the payment method whose money it is, '' where it does not tell.
    """

    external_id: str
    currency: str
    amount: Decimal
    paid_out_at: datetime | None = None
    lines: tuple[SettlementLine, ...] = ()
    gateway: str = ""
    running: bool = False


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

    def settings(self) -> dict[str, Any]:
        """What an adapter of this store would ask again, by its name in
        :class:`.adapter.Credentials`'s ``settings``; plain values, None or '' where it is unknown.

        Without ``features``: they come with a plug-in, from one moment to the next.
        """
        return {
            "currency": self.currency,
            "price_decimals": self.decimals,
            "prices_include_tax": self.prices_include_tax,
            "weight_unit": self.weight_unit,
            "dimension_unit": self.dimension_unit,
            "stock_enabled": self.stock_enabled,
        }


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


class HookFault(Enum):
    """What is wrong with a webhook."""

    MISSING = "missing"
    OFF = "off"
    ELSEWHERE = "elsewhere"
    #: one too many: its topic has a working one, or is not wanted
    DOUBLED = "doubled"


@dataclass(frozen=True)
class HookReport:
    """The webhooks that should be there.

    ``working``: at most one per topic. ``faulty``: the others with what is wrong; one that is
    missing has no ``external_id``.
    """

    working: tuple[Hook, ...] = ()
    faulty: tuple[tuple[Hook, HookFault], ...] = ()

    @property
    def found(self) -> bool:
        """Whether there is any, however broken."""
        return bool(self.working or any(hook.external_id for hook, _fault in self.faulty))


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
class HeadPage:
    """One step over all orders, in the order they were placed in. ``cursor``, ``more``: a
    :class:`Page`'s. ``since``: orders placed before it are none of this page's, None: all are.
    ``until``: every order placed before it was shown by now, None: every one. ``passed``: ids at
    its beginning that earlier pages have shown.
    """

    heads: tuple[OrderHead, ...]
    cursor: Mapping[str, Any]
    more: bool
    since: datetime | None = None
    until: datetime | None = None
    passed: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Page:
    """One step of a lossless poll. ``cursor`` is opaque and JSON-able; ``more``: ask again."""

    records: tuple[Record, ...]
    cursor: Mapping[str, Any]
    more: bool
