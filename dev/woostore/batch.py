"""Batches: create, update, delete in one request, at most 100 items in all.

Items are not checked against any schema; each fails for itself and the answer is 200 all the
same. ``_fields`` trims the top level of the answer, so it empties it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from .errors import Fatal, RestError
from .rest import Answer, Call, Handler

Record = dict[str, Any]
LIMIT = 100


def batch(create: Handler, update: Handler, delete: Handler) -> Handler:
    """A handler for ``…/batch`` made of the handlers for single objects."""

    def handle(call: Call) -> Answer:
        jobs = {key: call.params.get(key) or [] for key in ("create", "update", "delete")}
        if sum(len(rows) for rows in jobs.values()) > LIMIT:
            raise RestError(
                "woocommerce_rest_request_entity_too_large",
                f"Unable to accept more than {LIMIT} items for this request.",
                413,
            )
        out: Record = {}
        if jobs["create"]:
            out["create"] = [_one(call, create, row, 0) for row in jobs["create"]]
        if jobs["update"]:
            out["update"] = [_one(call, update, row, _id(row)) for row in jobs["update"]]
        if jobs["delete"]:
            rows = [{"id": _id(row), "force": True} for row in jobs["delete"]]
            out["delete"] = [_one(call, delete, row, row["id"]) for row in rows]
        return Answer(out or [])

    return handle


def _id(row: Any) -> Any:
    value = row.get("id") if isinstance(row, dict) else row
    try:
        return int(value)
    except (TypeError, ValueError):
        return value


def _one(call: Call, handler: Handler, row: Record, item: Any) -> Record:
    """An object, or what went wrong with it. Without an id it is the object 0."""
    if item in call.store.poison:
        raise Fatal
    parents = call.args
    args = (*parents, item) if isinstance(item, int) and item else (*parents, 0)
    if handler.__name__.startswith("create") and parents:
        args = parents
    try:
        body = handler(replace(call, params=row, args=args)).body
        return body if isinstance(body, dict) else {"id": item}
    except RestError as error:
        return {"id": item, "error": error.body()}
