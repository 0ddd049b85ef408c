"""The toy warehouse's adapter: it sends goods for us, and tells what has left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from odoo.addons.channel_connector.core import errors
from odoo.addons.channel_connector.core.adapter import Credentials
from odoo.addons.channel_connector.core.canonical import (
    CheckResult,
    Finding,
    Level,
    Page,
    Record,
    Sent,
    StoreInfo,
)
from odoo.addons.channel_connector.core.fulfilment import (
    Fulfilment,
    FulfilmentRequest,
    FulfilmentState,
)

from . import parse, serialize
from .client import Client


class ToyWarehouseAdapter:
    """Roles: Connectable, FulfilmentSink, FulfilmentSource.

    Settings: see :class:`.client.Client`.
    """

    def __init__(self, credentials: Credentials | None = None) -> None:
        self._client = Client(credentials or Credentials(""))

    # === CONNECTABLE === #

    def check(self) -> CheckResult:
        try:
            return CheckResult((Finding(Level.OK, "connected"),), self.describe())
        except errors.ChannelError as error:
            return CheckResult((Finding(Level.ERROR, error.code, error.params),))

    def describe(self) -> StoreInfo:
        status, _sent_at = self._client.call("GET", "/status")
        return StoreInfo(
            name=parse.text(status.get("name")), version=parse.text(status.get("version"))
        )

    def close(self) -> None:
        self._client.close()

    # === FULFILMENT SINK === #

    def request_fulfilment(
        self, request: FulfilmentRequest, known: Sent | None, look_first: bool
    ) -> Sent:
        body = serialize.dispatch_body(request)
        external_id = known.external_id if known else ""
        if look_first and not external_id:
            external_id = self._find(request.marker)
        if external_id:
            dispatch, _sent_at = self._client.call("PUT", _path(external_id), body)
        else:
            dispatch, _sent_at = self._client.call("POST", "/dispatches", body)
        return Sent(parse.fulfilment(dispatch).external_id, "dispatch")

    def withdraw_fulfilment(self, external_id: str) -> None:
        self._client.call("DELETE", _path(external_id))

    def _find(self, marker: str) -> str:
        """The id of the dispatch with our marker, '' where there is none that is still good."""
        answer, _sent_at = self._client.call("GET", "/dispatches", params={"client_ref": marker})
        over = (FulfilmentState.WITHDRAWN, FulfilmentState.REFUSED)
        found = [parse.fulfilment(row) for row in answer.get("dispatches", [])]
        return next((one.external_id for one in found if one.state not in over), "")

    # === FULFILMENT SOURCE === #

    def fetch_fulfilment(self, external_id: str) -> Record:
        return _record(*self._client.call("GET", _path(external_id)))

    def list_fulfilments(self, cursor: Mapping[str, Any], limit: int) -> Page:
        """By the warehouse's own count of changes: what changes moves to the end of the list."""
        params = {name: cursor[name] for name in ("after", "since") if name in cursor}
        answer, sent_at = self._client.call("GET", "/dispatches", params={**params, "limit": limit})
        records = tuple(_record(row, sent_at) for row in answer.get("dispatches", []))
        return Page(records, {"after": answer.get("next", 0)}, bool(answer.get("more")))

    def parse_fulfilment(self, payload: Mapping[str, Any]) -> Fulfilment:
        return parse.fulfilment(payload)


def _path(external_id: str) -> str:
    """:raises errors.NotFound: no dispatch can have such an id"""
    if not (external_id.isascii() and external_id.replace("-", "").isalnum()):
        raise errors.NotFound()
    return f"/dispatches/{quote(external_id)}"


def _record(payload: Mapping[str, Any], sent_at: Any) -> Record:
    return Record(
        kind="fulfilment",
        external_id=parse.text(payload.get("id")),
        payload=payload,
        modified_at=parse.moment(payload.get("changed_at")),
        fetched_at=sent_at,
    )
