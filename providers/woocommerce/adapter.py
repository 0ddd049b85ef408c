"""WooCommerce's adapter: which roles it plays, and where each is done."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from ...core.adapter import Credentials
from ...core.canonical import (
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
from . import (
    audit,
    check,
    const,
    customer_walk,
    fields,
    first_look,
    hooks,
    orders_out,
    parse,
    parse_refunds,
    payouts,
    reference,
    refunds_out,
)
from .adapter_catalogue import CatalogueRoles
from .adapter_sinks import SinkRoles
from .address import admin_url
from .answer import Answer
from .client import WooClient
from .fields import checked
from .poll import poll_all
from .shipments import Shipments
from .survey import Survey


class WooCommerceAdapter(CatalogueRoles, SinkRoles):
    """Built from plain values; the webhook receiver's methods need none of them.

    Settings beside those of :class:`.client.WooClient`: ``poll_overlap`` (seconds), ``poll_trash``
    (False: lists leave out what was moved to the trash), and what the last :meth:`describe` found,
    which is asked for once where it is missing: ``features``, ``weight_unit``, ``dimension_unit``,
    ``price_decimals``. To upload images: ``wp_user`` and ``wp_app_password``. ``batch_size``: items
    that the shop takes in a call, where it isn't the usual 100.
    """

    def __init__(self, credentials: Credentials | None = None) -> None:
        self.credentials = credentials or Credentials(base_url="")

    @cached_property
    def client(self) -> WooClient:
        """:raises errors.BadCredentials: the address or the key can't be right"""
        return WooClient(self.credentials)

    # === CONNECTABLE === #

    def check(self) -> CheckResult:
        return check.check(lambda: self.client)

    def describe(self) -> StoreInfo:
        return Survey(self.client).store_info()

    def close(self) -> None:
        if "client" in self.__dict__:
            self.client.close()

    # === ORDERS === #

    def fetch_order(self, external_id: str) -> Record:
        params = {"dp": const.DECIMAL_PLACES}
        return _record("order", self.client.get(f"orders/{checked(external_id)}", params=params))

    def fetch_orders(self, external_ids: Sequence[str]) -> Sequence[Record]:
        """ceil(N / 100) requests; a list shows an order as its own address does."""
        params = {"dp": const.DECIMAL_PLACES, "status": "any", "per_page": const.MAX_PER_PAGE}
        ids = list(filter(fields.identifier, external_ids))
        records: list[Record] = []
        for start in range(0, len(ids), const.MAX_PER_PAGE):
            chunk = ids[start : start + const.MAX_PER_PAGE]
            answer = self.client.get_by_ids("orders", params, "include", chunk)
            records += [_as_record("order", payload, answer) for payload in answer.sequence()]
        return records

    def list_orders(self, cursor: Mapping[str, Any], limit: int) -> Page:
        return poll_all(self.client, self.credentials.settings, "order", cursor, limit)

    def parse_order(self, payload: Mapping[str, Any]) -> Order:
        return parse.parse_order(payload, self.order_url(fields.identifier(payload.get("id"))))

    def order_url(self, external_id: str) -> str:
        return admin_url(self.credentials.base_url, external_id)

    def update_order(self, external_id: str, update: OrderUpdate) -> Record:
        return _record("order", orders_out.update_order(self.client, checked(external_id), update))

    def add_note(self, note: Note, look_first: bool) -> Sent:
        checked(note.order_external_id)
        return orders_out.add_note(self.client, note, look_first)

    def list_order_heads(self, cursor: Mapping[str, Any], limit: int) -> HeadPage:
        return audit.list_order_heads(self.client, cursor, limit)

    def order_heads(self, external_ids: Sequence[str]) -> Mapping[str, OrderHead]:
        """Lists leave the trash out; so it is asked for what they lack."""
        found = audit.heads_of(self.client, external_ids, "any")
        missing = [external_id for external_id in external_ids if external_id not in found]
        return {**found, **audit.heads_of(self.client, missing, "trash")}

    # === REFUNDS === #

    def fetch_refunds(self, order_external_id: str) -> Record:
        """The order's lines tell what was restocked; its refunds are asked for if it has any.

        (``orders/<id>/refunds`` answers an empty list for an order that does not exist.)
        """
        path = f"orders/{checked(order_external_id)}"
        answer = self.client.get(path, params={"_fields": const.REFUNDED_ORDER_FIELDS})
        record = _record("refund", answer)
        refunds: list[dict[str, Any]] = []
        if fields.records(record.payload.get("refunds")):
            params = {"dp": const.DECIMAL_PLACES}
            refunds = list(self.client.pages(f"{path}/refunds", params))
        return dataclasses.replace(
            record, payload={"order": dict(record.payload), "refunds": refunds}
        )

    def parse_refunds(self, payload: Mapping[str, Any]) -> Sequence[Refund]:
        return parse_refunds.parse_refunds(payload)

    def refund_refs(self, order_external_ids: Sequence[str]) -> Mapping[str, tuple[RefundRef, ...]]:
        """By the orders, which every version lists with their refunds; ceil(N / 100) requests.

        Orders in the trash are left out, like those that are gone.
        """
        heads = audit.heads_of(self.client, order_external_ids, "any")
        return {external_id: head.refunds for external_id, head in heads.items()}

    def create_refund(self, request: RefundRequest, look_first: bool) -> Refund:
        checked(request.order_external_id)
        return refunds_out.create_refund(self.client, request, look_first)

    # === SHIPMENTS === #

    @cached_property
    def _shipments(self) -> Shipments:
        return Shipments(self.client, self.credentials.settings.get("features"))

    def send_shipment(self, shipment: Shipment, known: Sent | None, look_first: bool) -> Sent:
        checked(shipment.order_external_id)
        return self._shipments.send(shipment, known, look_first)

    # === PAYOUTS === #

    def list_settlements(self, cursor: Mapping[str, Any], limit: int) -> Page:
        return payouts.list_payouts(self.client, cursor, limit)

    def parse_settlement(self, payload: Mapping[str, Any]) -> Settlement:
        return payouts.parse_payout(payload)

    # === CUSTOMERS === #

    def fetch_customer(self, external_id: str) -> Record:
        return _record("customer", self.client.get(f"customers/{checked(external_id)}"))

    def list_customers(self, cursor: Mapping[str, Any], limit: int) -> Page:
        return customer_walk.step(self.client, cursor, limit)

    def parse_customer(self, payload: Mapping[str, Any]) -> Customer:
        return parse.parse_customer(payload)

    # === REFERENCE === #

    def tax_rates(self) -> Sequence[TaxRate]:
        return reference.tax_rates(self.client)

    def payment_methods(self) -> Sequence[Option]:
        return reference.payment_methods(self.client)

    def shipping_methods(self) -> Sequence[Option]:
        return reference.shipping_methods(self.client)

    def order_statuses(self) -> Sequence[Option]:
        return reference.order_statuses(self.client)

    def tax_classes(self) -> Sequence[Option]:
        return reference.tax_classes(self.client)

    # === SET-UP === #

    def count_orders(
        self, created_since: datetime | None = None, changed_since: datetime | None = None
    ) -> int | None:
        return first_look.count_orders(self.client, created_since, changed_since)

    def count_products(self) -> int | None:
        return first_look.count_products(self.client)

    def newest_orders(self, limit: int) -> Sequence[Record]:
        answer = first_look.newest_orders(self.client, limit)
        return [_as_record("order", payload, answer) for payload in answer.sequence()]

    def back_office(self) -> Mapping[str, str]:
        return first_look.back_office(self.credentials.base_url)

    # === WEBHOOKS === #

    def is_ping(self, headers: Mapping[str, str], body: bytes, form: Mapping[str, str]) -> bool:
        return hooks.is_ping(headers, body, form)

    def verify(self, headers: Mapping[str, str], body: bytes, secrets: Iterable[str]) -> bool:
        return hooks.verify(headers, body, secrets)

    def parse(self, headers: Mapping[str, str], body: bytes) -> Notice:
        return hooks.parse(headers, body)

    def lost_rights(self, payload: Mapping[str, Any]) -> bool:
        return hooks.lost_rights(payload)

    def list_hooks(self, url: str) -> Sequence[Hook]:
        return hooks.list_hooks(self.client, url)

    def check_hooks(self, url: str, kinds: Iterable[str], known: Iterable[str] = ()) -> HookReport:
        return hooks.check_hooks(self.client, url, kinds, known)

    def install_hooks(
        self,
        url: str,
        secret: str,
        kinds: Iterable[str],
        known: Iterable[str] = (),
        anew: bool = False,
    ) -> Sequence[Hook]:
        return hooks.install_hooks(
            self.client, hooks.Wanted(url, secret, tuple(kinds)), known, anew
        )

    def remove_hooks(self, url: str, known: Iterable[str] = ()) -> int:
        return hooks.remove_hooks(self.client, url, known)


def _record(kind: str, answer: Answer) -> Record:
    """:raises errors.ServerError: the answer is no record"""
    return _as_record(kind, answer.mapping(), answer)


def _as_record(kind: str, payload: Mapping[str, Any], answer: Answer) -> Record:
    return Record(
        kind=kind,
        external_id=fields.identifier(payload.get("id")),
        payload=payload,
        modified_at=fields.moment(payload.get("date_modified_gmt")),
        fetched_at=answer.sent_at,
    )
