"""Endpoints of webhooks. The secret and the failure count are never shown."""

from __future__ import annotations

from typing import Any

from . import listing
from .errors import RestError, invalid_id, trash_not_supported
from .paging import created, page
from .rest import Answer, Call
from .webhooks import valid_topic

Record = dict[str, Any]


def list_webhooks(call: Call) -> Answer:
    rows = listing.by_ids(call.store.webhooks, call.params)
    if call.params["status"] != "all":
        rows = [row for row in rows if row["status"] == call.params["status"]]
    if call.params.get("search"):
        needle = call.params["search"].lower()
        rows = [row for row in rows if needle in row["name"].lower()]
    rows = listing.sort_posts(rows, call.params)
    return page(call, rows, call.store.webhooks.as_json)


def _hook(call: Call) -> Record:
    if call.id not in call.store.webhooks.records:
        raise RestError("woocommerce_rest_shop_webhook_invalid_id", "ID is invalid.", 404)
    return call.store.webhooks[call.id]


def view_webhook(call: Call) -> Answer:
    return Answer(call.store.webhooks.as_json(_hook(call)))


def create_webhook(call: Call) -> Answer:
    """The receiver is pinged before this answers, whether it listens or not."""
    params = call.params
    if not params.get("delivery_url"):
        text = "Missing parameter(s): delivery_url"
        data: Record = {"params": ["delivery_url"]}
        raise RestError("rest_missing_callback_param", text, 400, data)
    _check(params)
    if not params.get("topic"):
        raise _bad_topic()
    hook = call.store.webhooks.create(params)
    body = call.store.webhooks.as_json(hook)
    call.after.append(lambda: call.store.webhooks.ping(hook))
    return created(call.store, f"webhooks/{hook['id']}", body)


def _bad_topic() -> RestError:
    code = "woocommerce_rest_shop_webhook_invalid_topic"
    return RestError(code, "Webhook topic is required and must be valid.", 400)


def _check(params: Record) -> None:
    if params.get("topic") and not valid_topic(params["topic"]):
        raise _bad_topic()
    url = params.get("delivery_url")
    if url and not url.startswith(("http://", "https://")):
        text = "Webhook delivery URL must be a valid URL starting with http:// or https://."
        raise RestError("woocommerce_rest_shop_webhook_invalid_delivery_url", text, 400)


def update_webhook(call: Call) -> Answer:
    """No ping; a hook that is switched on again keeps its count of failures."""
    hook = _hook(call)
    _check(call.params)
    for key in ("name", "topic", "delivery_url", "status", "secret"):
        if call.params.get(key) is not None:
            hook[key] = call.params[key]
    hook["date_modified_gmt"] = call.store.clock.stamp()
    return Answer(call.store.webhooks.as_json(hook))


def delete_webhook(call: Call) -> Answer:
    if call.id not in call.store.webhooks.records:
        raise invalid_id("shop_webhook")
    hook = call.store.webhooks[call.id]
    if not call.force:
        raise trash_not_supported("Webhooks")
    body = call.store.webhooks.as_json(hook)
    del call.store.webhooks.records[hook["id"]]
    return Answer(body)
