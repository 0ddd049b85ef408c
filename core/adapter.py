"""The roles a provider can play. Its capabilities are simply the roles it implements.

A role is a small Protocol: :func:`supports` asks whether an adapter plays it, the shell offers
only what it finds. Adapters are built from plain values (:class:`Credentials`; without any
they still play :class:`WebhookReceiver`), never from Odoo records, know nothing of Odoo and
raise only :mod:`.errors`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Protocol, runtime_checkable

from .canonical import (
    CheckResult,
    Customer,
    HeadPage,
    Hook,
    HookReport,
    Note,
    Notice,
    Option,
    Order,
    OrderHead,
    OrderUpdate,
    Page,
    Record,
    Refund,
    RefundRef,
    RefundRequest,
    Sent,
    Settlement,
    Shipment,
    StoreInfo,
    TaxRate,
)
from .catalogue import (
    Identity,
    Image,
    ItemResult,
    Picture,
    PriceItem,
    Product,
    ProductDraft,
    StockItem,
    StockState,
    Term,
    TermKind,
)
from .fulfilment import Fulfilment, FulfilmentRequest
from .http import Exchange


@dataclass(frozen=True)
class Credentials:
    """Everything an adapter may know: plain values.

    ``on_exchange`` is called once per HTTP exchange, ``before_request`` before each one (it
    may raise :class:`.errors.RateLimited` where the rate budget is used up). ``keeps_bodies``
    says of an exchange that ended with an error code ('': fine) whether its bodies will be looked
    at; masking those that are thrown away takes longer than all else. None: always.
    ``repr`` hides the secrets so that a traceback can't print them.
    """

    base_url: str
    api_key: str = field(default="", repr=False)
    api_secret: str = field(default="", repr=False)
    settings: Mapping[str, Any] = field(default_factory=dict, repr=False)
    on_exchange: Callable[[Exchange], None] | None = field(default=None, repr=False)
    before_request: Callable[[], None] | None = field(default=None, repr=False)
    keeps_bodies: Callable[[str], bool] | None = field(default=None, repr=False)


@runtime_checkable
class Connectable(Protocol):
    """Can tell whether it works, and what kind of store it is."""

    def check(self) -> CheckResult:
        """Check address, key, permissions and settings; never raises for what it can explain."""

    def describe(self) -> StoreInfo:
        """Read the store's settings."""

    def close(self) -> None:
        """Give back pooled connections; the adapter is not used afterwards."""


@runtime_checkable
class OrderSource(Protocol):
    def fetch_order(self, external_id: str) -> Record:
        """Read one order now. :raises errors.NotFound: it does not exist (any more)."""

    def fetch_orders(self, external_ids: Sequence[str]) -> Sequence[Record]:
        """Those of the orders that the channel lists, in any order; with as few requests as it
        allows. What is gone, or in its trash, is left out."""

    def list_orders(self, cursor: Mapping[str, Any], limit: int) -> Page:
        """Read up to ``limit`` orders changed since ``cursor`` without ever losing one.

        An empty cursor starts at the beginning; ``{"since": "<ISO 8601 UTC>"}`` at a moment.
        """

    def parse_order(self, payload: Mapping[str, Any]) -> Order:
        """Translate a raw order. :raises errors.Rejected: it is no order at all."""

    def order_url(self, external_id: str) -> str:
        """Address of the order in the shop's back office."""


@runtime_checkable
class OrderSink(Protocol):
    """Takes what Odoo tells about an order."""

    def update_order(self, external_id: str, update: OrderUpdate) -> Record:
        """Change status and meta data only; returns the order as it is afterwards.

        Sending the same twice is harmless. :raises errors.NotFound: the order is gone
        """

    def add_note(self, note: Note, look_first: bool) -> Sent:
        """Write a note, once.

        :param look_first: an earlier try may have written it: look for its marker
        """


@runtime_checkable
class RefundSource(Protocol):
    def fetch_refunds(self, order_external_id: str) -> Record:
        """All refunds of an order, read now, as one record whose id is the *order's*."""

    def parse_refunds(self, payload: Mapping[str, Any]) -> Sequence[Refund]:
        """Translate what :meth:`fetch_refunds` has read, oldest first."""

    def refund_refs(self, order_external_ids: Sequence[str]) -> Mapping[str, tuple[RefundRef, ...]]:
        """The refunds of many orders, by order, in few requests; those that are gone lack."""


@runtime_checkable
class OrderAudit(Protocol):
    """Can be compared with: shows what it has of all orders in few calls."""

    def list_order_heads(self, cursor: Mapping[str, Any], limit: int) -> HeadPage:
        """Up to ``limit`` orders by the moment they were placed, without ever losing one.

        What happens to orders meanwhile moves none out of the way. The trash is left out. An
        empty cursor starts at the beginning; ``{"since": "<ISO 8601 UTC>"}`` at a moment.
        """

    def order_heads(self, external_ids: Sequence[str]) -> Mapping[str, OrderHead]:
        """These orders by their ids, also out of the trash; those that are gone lack."""


@runtime_checkable
class RefundSink(Protocol):
    def create_refund(self, request: RefundRequest, look_first: bool) -> Refund:
        """Make a refund, once.

        :param look_first: an earlier try may have made it: look for its marker
        :raises errors.Rejected: the shop refuses, e.g. more than what is left of the order
        """


@runtime_checkable
class ShipmentSink(Protocol):
    """A shop: its people and customers want to know what has left. (Who sends goods itself plays
    another role.)"""

    def send_shipment(self, shipment: Shipment, known: Sent | None, look_first: bool) -> Sent:
        """Tell of a shipment by the best feature the channel has; once.

        :param known: what an earlier call made of this shipment, which is now changed
        :param look_first: an earlier try may have made it: look for its marker
        """


@runtime_checkable
class FulfilmentSink(Protocol):
    """A warehouse that sends goods for us."""

    def request_fulfilment(
        self, request: FulfilmentRequest, known: Sent | None, look_first: bool
    ) -> Sent:
        """Ask for goods to be sent, once. What is refused leaves nothing behind.

        :param known: what an earlier call made of this request, which is now changed
        :param look_first: an earlier try may have made it: look for its marker
        :raises errors.Rejected: ``goods_unknown`` (``skus``), ``address_refused`` (``fields``), or
            a code of the provider's own
        :raises errors.Conflict: ``fulfilment_under_way``, too late for a change
        :raises errors.NotFound: what is ``known`` is gone
        """

    def withdraw_fulfilment(self, external_id: str) -> None:
        """Take a request back; harmless when it was taken back before.

        :raises errors.Conflict: ``fulfilment_under_way``, goods may have left
        :raises errors.NotFound: there is none (any more)
        """


@runtime_checkable
class FulfilmentSource(Protocol):
    """Tells how far requests are and what has left. Their records are of kind ``fulfilment``."""

    def fetch_fulfilment(self, external_id: str) -> Record:
        """Read one request now. :raises errors.NotFound: it does not exist (any more)."""

    def list_fulfilments(self, cursor: Mapping[str, Any], limit: int) -> Page:
        """Up to ``limit`` requests that were made or changed since ``cursor``, without ever losing
        one; as :meth:`OrderSource.list_orders`."""

    def parse_fulfilment(self, payload: Mapping[str, Any]) -> Fulfilment:
        """Translate a raw request. :raises errors.Rejected: ``not_a_fulfilment``"""


@runtime_checkable
class SettlementSource(Protocol):
    """A gateway with an API for its payouts."""

    def list_settlements(self, cursor: Mapping[str, Any], limit: int) -> Page:
        """Payout statements since ``cursor``, whole, without ever losing one."""

    def parse_settlement(self, payload: Mapping[str, Any]) -> Settlement: ...


@runtime_checkable
class CatalogueSource(Protocol):
    """Products come as whole records: one with all its variants. Their id is the product's."""

    def fetch_product(self, external_id: str) -> Record:
        """Read one product now; the id of a variant reads its product.

        :raises errors.NotFound: it does not exist (any more)
        """

    def list_products(self, cursor: Mapping[str, Any], limit: int) -> Page:
        """Read up to ``limit`` products changed since ``cursor``; as ``list_orders``."""

    def parse_product(self, payload: Mapping[str, Any]) -> Product:
        """Translate a raw product. :raises errors.Rejected: it is no product at all."""

    def product_url(self, external_id: str) -> str:
        """Address of the product in the shop's back office."""

    def list_identities(self) -> Iterator[Sequence[Identity]]:
        """Everything that can be matched, page by page: products and variants, not the trash."""

    def list_terms(self, kind: TermKind) -> Sequence[Term]:
        """All categories (parents before children), tags, brands or shared attributes."""

    def fetch_picture(self, image: Image, max_bytes: int) -> Picture:
        """Read an image. :raises errors.Rejected: ``bad_image``, it is none, or too large."""


@runtime_checkable
class CatalogueAudit(Protocol):
    def present_products(self, external_ids: Sequence[str]) -> frozenset[str]:
        """Which of these products the shop still has, outside of its trash; in few calls."""


@runtime_checkable
class CatalogueSink(Protocol):
    def save_term(self, term: Term) -> Term:
        """Create a term, or find the one of the same name (and parent); returns it with its id.

        One that has an id gets its name (and parent) in the shop.
        """

    def save_products(self, drafts: Sequence[ProductDraft]) -> Iterator[Sequence[ItemResult]]:
        """Create and change products in few calls; yields the results of each call as it is done.

        A new product is found again by its SKU, so sending the same twice makes one; one without
        a SKU is refused (``sku_missing``). The echo is the whole product as the shop has it then,
        its images with the content that was sent; where only a variant was refused, the result has
        both an error and an echo.

        :raises errors.Retryable: the shop can't be reached; what was yielded has happened
        :raises errors.UnknownOutcome: some may have been made; the next try finds them
        """

    def upload_picture(self, picture: Picture, look_first: bool) -> Image:
        """Store bytes in the shop, once. :raises errors.Rejected: ``upload_impossible``"""

    def can_upload(self) -> bool:
        """Whether :meth:`upload_picture` has what it needs; otherwise images go by address."""


@runtime_checkable
class StockSink(Protocol):
    """``counts_below_zero``: the shop can be told -2, where two pieces more were sold than there
    are, and counts on from there when it puts some back."""

    counts_below_zero: ClassVar[bool]

    def push_stock(self, items: Sequence[StockItem]) -> Iterator[Sequence[ItemResult]]:
        """Publish quantities in as few calls as the channel allows; yields the results of each.

        A call that is too heavy is halved until a single item fails; one bad item never holds
        back the others. ``echo``: the quantity as the shop shows it afterwards. Errors of items:
        NotFound; NeedsHuman ``stock_not_managed`` (``keeper``, a :class:`.catalogue.StockKeeper`'s
        value) and ``stock_disabled`` where the shop does not count; Rejected ``stock_differs``
        (``sent``, ``shown``); Retryable for what broke its call while others went through.

        :raises errors.Retryable: the shop can't be reached; what was yielded has happened
        """


@runtime_checkable
class StockSource(Protocol):
    """Can be compared with; without it a full refresh sends what was not acknowledged before."""

    def list_stock(self) -> Iterator[Sequence[StockState]]:
        """What the shop shows of everything that can be bought, page by page, not the trash."""


@runtime_checkable
class PriceSink(Protocol):
    def push_prices(self, items: Sequence[PriceItem]) -> Iterator[Sequence[ItemResult]]:
        """As :meth:`StockSink.push_stock`; ``echo`` is the :class:`.catalogue.Price`.

        Errors of items: NotFound; Rejected ``sale_not_below`` (``sale``, ``regular``) and
        ``bad_price`` (``price``), which are not sent; ``price_on_parent``; ``price_differs``
        (``sent``, ``shown``).
        """


@runtime_checkable
class CustomerSource(Protocol):
    def fetch_customer(self, external_id: str) -> Record: ...

    def list_customers(self, cursor: Mapping[str, Any], limit: int) -> Page:
        """Up to ``limit`` accounts after ``cursor``, each one at least once in a run.

        A channel that can't tell what changed lists all of them, by their ids; the last page's
        cursor starts from the beginning again.
        """

    def parse_customer(self, payload: Mapping[str, Any]) -> Customer: ...


@runtime_checkable
class ReferenceSource(Protocol):
    """Lists the values a person maps to Odoo's."""

    def tax_rates(self) -> Sequence[TaxRate]: ...

    def payment_methods(self) -> Sequence[Option]: ...

    def shipping_methods(self) -> Sequence[Option]: ...

    def order_statuses(self) -> Sequence[Option]: ...

    def tax_classes(self) -> Sequence[Option]: ...


@runtime_checkable
class SetUpSource(Protocol):
    """What a person wants to know of a shop before anything moves."""

    def count_orders(
        self, created_since: datetime | None = None, changed_since: datetime | None = None
    ) -> int | None:
        """How many orders the shop names, by one small request; None where it doesn't tell."""

    def count_products(self) -> int | None:
        """As :meth:`count_orders`; a product with variants counts once."""

    def newest_orders(self, limit: int) -> Sequence[Record]:
        """The orders that were placed last, newest first; at most 100."""

    def back_office(self) -> Mapping[str, str]:
        """Addresses of pages that a set-up needs: ``keys``, ``permalinks``; no request.

        {} where the shop's address can't be right.
        """


@runtime_checkable
class WebhookReceiver(Protocol):
    """Understands deliveries. All methods are pure: no HTTP, no state, no credentials."""

    def is_ping(self, headers: Mapping[str, str], body: bytes, form: Mapping[str, str]) -> bool:
        """True for the channel's test call, which carries no signature and means nothing."""

    def verify(self, headers: Mapping[str, str], body: bytes, secrets: Iterable[str]) -> bool:
        """Constant-time check over the raw bytes against every secret (rotation)."""

    def parse(self, headers: Mapping[str, str], body: bytes) -> Notice:
        """:raises errors.Rejected: the body is not what the channel sends."""

    def lost_rights(self, payload: Mapping[str, Any]) -> bool:
        """Whether a delivery's body says that the hook may not read what it tells of any more."""


@runtime_checkable
class WebhookAdmin(Protocol):
    """``known``: external ids of hooks made before; they are ours at any address."""

    def list_hooks(self, url: str) -> Sequence[Hook]:
        """The hooks registered for this delivery address."""

    def check_hooks(self, url: str, kinds: Iterable[str], known: Iterable[str] = ()) -> HookReport:
        """Whether there is exactly one working hook per topic of ``kinds``; changes nothing."""

    def install_hooks(
        self,
        url: str,
        secret: str,
        kinds: Iterable[str],
        known: Iterable[str] = (),
        anew: bool = False,
    ) -> Sequence[Hook]:
        """Make exactly one working hook per topic of ``kinds``; returns what it created.

        Faulty ones are deleted and made anew; all of them where ``anew``, because not everything
        that is wrong with a hook can be seen.
        """

    def remove_hooks(self, url: str, known: Iterable[str] = ()) -> int: ...


ROLES: tuple[type, ...] = (
    Connectable,
    OrderSource,
    OrderSink,
    OrderAudit,
    CustomerSource,
    RefundSource,
    RefundSink,
    ShipmentSink,
    FulfilmentSink,
    FulfilmentSource,
    SettlementSource,
    CatalogueSource,
    CatalogueAudit,
    CatalogueSink,
    StockSink,
    StockSource,
    PriceSink,
    ReferenceSource,
    SetUpSource,
    WebhookReceiver,
    WebhookAdmin,
)

#: Which role a flow (kind, direction) needs; a backend shows only the flows it can do.
FLOW_ROLES: Mapping[tuple[str, str], type] = {
    ("order", "in"): OrderSource,
    ("customer", "in"): CustomerSource,
    ("payment", "in"): OrderSource,
    ("refund", "in"): RefundSource,
    ("shipment", "in"): OrderSource,
    ("settlement", "in"): SettlementSource,
    ("order_status", "out"): OrderSink,
    ("shipment", "out"): ShipmentSink,
    ("refund", "out"): RefundSink,
    ("fulfilment", "out"): FulfilmentSink,
    ("fulfilment", "in"): FulfilmentSource,
    ("product", "in"): CatalogueSource,
    ("product", "out"): CatalogueSink,
    ("stock", "out"): StockSink,
    ("price", "out"): PriceSink,
    ("reconcile", "in"): OrderAudit,
}


def supports(adapter: object, role: type) -> bool:
    """Whether an adapter (class or instance) plays a role."""
    return all(
        callable(getattr(adapter, name, None)) for name in vars(role) if not name.startswith("_")
    )
