"""Creates terms: categories, tags, brands and shared attributes, each once.

WordPress refuses a second term of one name (and parent) and says which one it has, so sending
twice makes one. Attributes are refused by their slugs, without saying more.
"""

from __future__ import annotations

import hashlib
from typing import Any

from ...core import errors
from ...core.catalogue import Term, TermKind
from . import catalogue, const_products, fields
from .client import WooClient
from .parse_products import parse_term


def save_term(client: WooClient, term: Term) -> Term:
    """See :meth:`core.adapter.CatalogueSink.save_term`; one with an id is given its name anew.

    :raises errors.NotFound: it has an id and is gone
    :raises errors.Rejected: ``no_brands``, the shop is older than 9.6
    """
    path, body = const_products.TERM_PATHS[term.kind], _body(term)
    if fields.identifier(term.external_id):
        record = client.put(f"{path}/{term.external_id}", body).mapping()
        return parse_term(term.kind, record)
    try:
        return parse_term(term.kind, client.post(path, body).mapping())
    except errors.Rejected as error:
        refused = error
    if refused.code == "no_route" and term.kind is TermKind.BRAND:
        raise errors.Rejected("no_brands", name=term.name)
    found = _existing(client, term, refused)
    if found is None and term.kind is TermKind.ATTRIBUTE:
        # a slug that is too long, or that another attribute of another name has
        body["slug"] = (
            f"a-{hashlib.sha1(term.name.encode(), usedforsecurity=False).hexdigest()[:12]}"
        )
        return parse_term(term.kind, client.post(path, body).mapping())
    if found is None:
        raise refused
    return found


def _body(term: Term) -> dict[str, Any]:
    parent = fields.identifier(term.parent_external_id)
    nested = term.kind in (TermKind.CATEGORY, TermKind.BRAND)
    return {"name": term.name, **({"parent": int(parent)} if parent and nested else {})}


def _existing(client: WooClient, term: Term, refused: errors.Rejected) -> Term | None:
    """The term that is in the way, if it is the one that is meant."""
    if refused.params.get("channel_code") == const_products.TERM_EXISTS:
        external_id = fields.identifier(refused.params.get("resource_id"))
        record = client.get(f"{const_products.TERM_PATHS[term.kind]}/{external_id}").mapping()
        return parse_term(term.kind, record)
    if term.kind is TermKind.ATTRIBUTE:
        same = (x for x in catalogue.terms(client, term.kind) if _same(x.name, term.name))
        return next(same, None)
    return None


def _same(one: str, other: str) -> bool:
    return one.casefold().split() == other.casefold().split()
