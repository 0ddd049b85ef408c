"""Reads the shop's catalogue: products with their variations, terms, what can be matched.

Saving a variation moves its product's moment of change, so whoever polls products misses none.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ...core import errors
from ...core.canonical import Page, Record
from ...core.catalogue import Identity, Term, TermKind
from . import const, const_products, failure, fields
from .client import WooClient
from .parse_products import parse_identity, parse_term

Params = Mapping[str, str]
_IDENTITY = "id,name,sku,global_unique_id,type,variations"
_VARIATION_IDENTITY = "id,name,sku,global_unique_id,attributes"


def fetch_product(client: WooClient, external_id: str, more: Params | None = None) -> Record:
    """One product with its variations; also one that is in the trash.

    :raises errors.NotFound: neither a product nor a variation has this id
    """
    answer = client.get(f"products/{external_id}")
    product = answer.mapping()
    if product.get("type") == "variation":
        parent = fields.identifier(product.get("parent_id"))
        if not parent:
            raise errors.NotFound("not_found")
        answer = client.get(f"products/{parent}")
        product = answer.mapping()
    return Record(
        kind="product",
        external_id=fields.identifier(product.get("id")),
        payload=whole(client, product, more),
        modified_at=fields.moment(product.get("date_modified_gmt")),
        fetched_at=answer.sent_at,
    )


def whole(
    client: WooClient, product: Mapping[str, Any], more: Params | None = None
) -> dict[str, Any]:
    """The payload of a product: itself and its variations, which take a request of their own."""
    variations: list[dict[str, Any]] = []
    shown = {key: value for key, value in product.items() if key not in const_products.SHUFFLED}
    if product.get("variations") and product.get("type") != "grouped":
        variations = variations_of(client, fields.identifier(product.get("id")), more)
    return {"product": shown, "variations": variations}


def variations_of(
    client: WooClient, external_id: str, more: Params | None = None
) -> list[dict[str, Any]]:
    """``more``: parameters of every list, see :data:`.const_products.ALL_LANGUAGES`.

    A page that is too heavy for the shop is asked for in smaller ones.
    """
    params = {"orderby": "id", "order": "asc", **(more or {})}
    path = f"products/{external_id}/variations"
    try:
        return list(client.pages(path, params))
    except errors.Retryable as error:
        if not failure.too_heavy(error):
            raise
    return list(client.pages(path, params, const.SMALL_PAGE))


def whole_page(client: WooClient, page: Page, more: Params | None = None) -> Page:
    """A page of polled products, each with its variations.

    Where the shop breaks on those of one product, its payload has ``null`` for them: whoever
    parses it is told, and the page's other products are not held back.
    """
    records = []
    for record in page.records:
        try:
            payload = whole(client, record.payload, more)
        except errors.ServerError:
            payload = {"product": dict(record.payload), "variations": None}
        records.append(dataclasses.replace(record, payload=payload))
    return Page(tuple(records), page.cursor, page.more)


# === MATCHING === #


def identities(client: WooClient) -> Iterator[list[Identity]]:
    """Products, each followed by its variations, as many at a time as one page has."""
    params = {"_fields": _IDENTITY, "status": "any", "orderby": "id", "order": "asc"}
    page: list[Identity] = []
    for product in client.pages("products", params):
        page.append(parse_identity(product))
        if product.get("type") != "grouped" and product.get("variations"):
            page += _variations(client, page[-1])
        if len(page) >= const.MAX_PER_PAGE:
            yield page
            page = []
    if page:
        yield page


def _variations(client: WooClient, product: Identity) -> Iterator[Identity]:
    """A variation is called by its options; the names of older shops are those of the product."""
    params = {"_fields": _VARIATION_IDENTITY, "orderby": "id", "order": "asc"}
    for record in client.pages(f"products/{product.external_id}/variations", params):
        chosen = (fields.plain(x.get("option")) for x in fields.records(record.get("attributes")))
        name = f"{product.name} - {', '.join(filter(None, chosen))}".removesuffix(" - ")
        found = parse_identity(record, product.external_id)
        yield dataclasses.replace(found, name=name)


# === TERMS === #


def terms(client: WooClient, kind: TermKind) -> list[Term]:
    """All terms of a kind; categories and brands after their parents.

    Shops before 9.6 have no brands.
    """
    if kind is TermKind.ATTRIBUTE:
        records = client.get(const_products.TERM_PATHS[kind]).sequence()
        return [parse_term(kind, record) for record in records]
    params = {"orderby": "id", "order": "asc", "hide_empty": "false"}
    try:
        found = [
            parse_term(kind, row) for row in client.pages(const_products.TERM_PATHS[kind], params)
        ]
    except errors.Rejected as error:
        if error.code != "no_route" or kind is not TermKind.BRAND:
            raise
        return []
    return _parents_first(found)


def _parents_first(found: Sequence[Term]) -> list[Term]:
    """Terms whose parent is missing, or which are their own ancestors, come last as they are."""
    ids = {term.external_id for term in found}
    done: dict[str, Term] = {}
    waiting = list(found)
    while waiting:
        ready = [
            term
            for term in waiting
            if term.parent_external_id in done or term.parent_external_id not in ids
        ]
        ready = ready or waiting
        done |= {term.external_id: term for term in ready}
        waiting = [term for term in waiting if term.external_id not in done]
    return list(done.values())
