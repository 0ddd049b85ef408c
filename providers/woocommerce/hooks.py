"""Webhooks: what a delivery says (pure), and which hooks the shop has (HTTP).

A hook that failed often is switched off, and switching it on again keeps its count of failures:
the next failure switches it off at once. So faulty hooks are deleted and made anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from ...core import errors, plain
from ...core.canonical import Hook, HookFault, HookReport, Notice
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
        error_code="" if external_id else fields.text(payload.get("code"))[:64] or "no_id",
    )


def lost_rights(payload: Mapping[str, Any]) -> bool:
    """WooCommerce reads the record as the hook's owner, who may have been demoted or deleted."""
    return fields.text(payload.get("code")) == "woocommerce_rest_cannot_view"


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
    return [hook for hook in _ours(client, url, ()) if hook.url == url]


def check_hooks(
    client: WooClient, url: str, kinds: Iterable[str], known: Iterable[str] = ()
) -> HookReport:
    """See :meth:`core.adapter.WebhookAdmin.check_hooks`; one request."""
    return _judge(_ours(client, url, known), url, topics(kinds))


@dataclass(frozen=True)
class Wanted:
    """The hooks a shop should have: one per topic of ``kinds``, all to ``url``."""

    url: str
    secret: str = field(repr=False)
    kinds: tuple[str, ...]


def install_hooks(
    client: WooClient, wanted: Wanted, known: Iterable[str] = (), anew: bool = False
) -> Sequence[Hook]:
    """See :meth:`core.adapter.WebhookAdmin.install_hooks`.

    New ones are made before faulty ones are deleted, so that no change falls between them; what
    both tell is the same event. Nothing tells which secret a hook has, so those that are kept are
    given it again.
    """
    report = _judge(_ours(client, wanted.url, known), wanted.url, topics(wanted.kinds))
    keep = () if anew else report.working
    faulty = [hook for hook, _fault in report.faulty if hook.external_id]
    old = [*(report.working if anew else ()), *faulty]
    kept, before = {hook.topic for hook in keep}, {hook.external_id for hook in old}
    # one by one: the shop calls us back while it creates each
    created = [
        _create(client, wanted, topic, before)
        for topic in topics(wanted.kinds)
        if topic not in kept
    ]
    _change(client, serialize.webhook_changes(keep, wanted.secret, old))
    return created


def remove_hooks(client: WooClient, url: str, known: Iterable[str] = ()) -> int:
    hooks = _ours(client, url, known)
    _change(client, serialize.webhook_changes((), "", hooks))
    return len(hooks)


def _ours(client: WooClient, url: str, known: Iterable[str]) -> list[Hook]:
    """Hooks to our address, whatever the host before its path, and those we made before.

    A shop that was set up anew counts its ids from the beginning: one of the same id is only ours
    if it still has the name that we gave it.
    """
    ids = set(known)
    path = urlsplit(url).path.rstrip("/")
    return [
        hook
        for record in client.pages("webhooks")
        for hook in [_hook(record)]
        if urlsplit(hook.url).path.rstrip("/") == path
        or (hook.external_id in ids and record.get("name") == serialize.webhook_name(hook.topic))
    ]


def _judge(hooks: Iterable[Hook], url: str, wanted: Sequence[str]) -> HookReport:
    working: dict[str, Hook] = {}
    faulty: list[tuple[Hook, HookFault]] = []
    for hook in hooks:
        if hook.url != url:
            faulty.append((hook, HookFault.ELSEWHERE))
        elif not hook.active:
            faulty.append((hook, HookFault.OFF))
        elif hook.topic in working or hook.topic not in wanted:
            faulty.append((hook, HookFault.DOUBLED))
        else:
            working[hook.topic] = hook
    there = {*working, *(hook.topic for hook, _fault in faulty)}
    faulty += [
        (Hook("", topic, url, False), HookFault.MISSING) for topic in wanted if topic not in there
    ]
    return HookReport(tuple(working.values()), tuple(faulty))


def _create(client: WooClient, wanted: Wanted, topic: str, before: set[str]) -> Hook:
    """Create a hook; where the answer was lost, look whether it is there before giving up."""
    body = serialize.webhook(topic, wanted.url, wanted.secret)
    try:
        return _hook(client.post("webhooks", body).mapping())
    except errors.UnknownOutcome:
        made = [
            hook
            for hook in list_hooks(client, wanted.url)
            if hook.topic == topic and hook.active and hook.external_id not in before
        ]
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
