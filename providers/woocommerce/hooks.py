"""Webhooks: what a delivery says (pure), and which hooks the shop has (HTTP).

A hook that failed often is switched off, and switching it on again keeps its count of failures:
the next failure switches it off at once. So faulty hooks are deleted and made anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from ...core import errors, plain
from ...core.canonical import Hook, Notice
from ...core.signature import matches_any
from . import const, fields, serialize
from .client import WooClient

_PING = re.compile(rb"webhook_id=\d+")


# === DELIVERIES === #


def is_ping(headers: Mapping[str, str], body: bytes, form: Mapping[str, str]) -> bool:
    """The form post that WooCommerce sends while a hook is created: nothing in it is signed.

    A framework that has parsed the form already may have eaten the body.
    """
    if header(headers, "X-WC-Webhook-Topic"):
        return False
    if body.strip():
        return bool(_PING.fullmatch(body.strip()))
    return list(form) == ["webhook_id"] and form["webhook_id"].isdigit()


def verify(headers: Mapping[str, str], body: bytes, secrets: Iterable[str]) -> bool:
    """``X-WC-Webhook-Signature``: base64 of the HMAC-SHA256 over the raw body."""
    return matches_any(header(headers, "X-WC-Webhook-Signature"), body, secrets)


def parse(headers: Mapping[str, str], body: bytes) -> Notice:
    """What a verified delivery announces.

    Its body was built when it was sent, so it may be an error (signed all the same): the record
    is gone meanwhile, or the hook's owner lost the right to read it. The id is unknown then.
    :raises errors.Rejected: ``not_a_delivery``, no topic of ours or no JSON object
    """
    topic = header(headers, "X-WC-Webhook-Topic")
    kind, _dot, event = topic.partition(".")
    if kind not in const.HOOK_KINDS or event not in const.HOOK_EVENTS:
        raise errors.Rejected("not_a_delivery", topic=topic[:64])
    try:
        payload = plain.loads(body.decode("utf-8-sig"))
    except ValueError:
        payload = None
    if not isinstance(payload, dict):
        raise errors.Rejected("not_a_delivery", topic=topic)
    # a variation is read with its product, which is still there when the variation is deleted
    is_variation = kind == "product" and payload.get("type") == "variation"
    external_id = fields.identifier(payload.get("parent_id" if is_variation else "id"))
    return Notice(
        kind=kind,
        topic=topic,
        external_id=external_id,
        deleted=event == "deleted" and not is_variation,
        source=header(headers, "X-WC-Webhook-Source"),
        error_code="" if external_id else fields.text(payload.get("code")) or "no_id",
    )


def header(headers: Mapping[str, str], name: str) -> str:
    """A header whatever its spelling: proxies and frameworks change the case."""
    found = headers.get(name)
    if found is None:
        found = next((headers[key] for key in headers if key.lower() == name.lower()), "")
    return str(found).strip()


# === ADMINISTRATION === #


def topics(kinds: Iterable[str]) -> list[str]:
    """The topics of some kinds of record, in a fixed order; kinds without hooks have none."""
    wanted = set(kinds)
    return [
        f"{kind}.{event}"
        for kind in const.HOOK_KINDS
        for event in const.HOOK_EVENTS
        if kind in wanted and not (kind == "customer" and event == "restored")
    ]


def list_hooks(client: WooClient, url: str) -> list[Hook]:
    found = (_hook(record) for record in client.pages("webhooks"))
    return [hook for hook in found if hook.url == url]


def install_hooks(client: WooClient, url: str, secret: str, kinds: Iterable[str]) -> Sequence[Hook]:
    """Exactly one working hook per topic; deletes faulty, doubled and unwanted ones.

    Nothing tells which secret a hook has, so those that are kept are given it again.
    """
    wanted = topics(kinds)
    keep: dict[str, Hook] = {}
    faulty: list[Hook] = []
    for hook in list_hooks(client, url):
        if hook.active and hook.topic in wanted and hook.topic not in keep:
            keep[hook.topic] = hook
        else:
            faulty.append(hook)
    _change(client, serialize.webhook_changes(keep.values(), secret, faulty))
    # one by one: the shop calls us back while it creates each
    return [_create(client, url, secret, topic) for topic in wanted if topic not in keep]


def remove_hooks(client: WooClient, url: str) -> int:
    hooks = list_hooks(client, url)
    _change(client, serialize.webhook_changes((), "", hooks))
    return len(hooks)


def _create(client: WooClient, url: str, secret: str, topic: str) -> Hook:
    """Create a hook; where the answer was lost, look whether it is there before giving up."""
    try:
        return _hook(client.post("webhooks", serialize.webhook(topic, url, secret)).mapping())
    except errors.UnknownOutcome:
        made = [hook for hook in list_hooks(client, url) if hook.topic == topic and hook.active]
        if not made:
            raise
    return made[0]


def _change(client: WooClient, changes: Mapping[str, list]) -> None:
    """Change and delete hooks in one call. :raises errors.Rejected: the shop refused one"""
    if not changes:
        return
    answer = client.post("webhooks/batch", changes).mapping()
    for record in fields.records(answer.get("update")) + fields.records(answer.get("delete")):
        code = fields.text(fields.mapping(record.get("error")).get("code"))
        # one that is gone needs no deletion, and the next check makes it anew
        if code and not code.endswith("_invalid_id"):
            raise errors.Rejected("request_refused", channel_code=code)


def _hook(record: Mapping[str, object]) -> Hook:
    return Hook(
        external_id=fields.identifier(record.get("id")),
        topic=fields.text(record.get("topic")),
        url=fields.text(record.get("delivery_url")),
        active=record.get("status") == "active",
    )
