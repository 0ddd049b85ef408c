"""The connection check: names precisely what is wrong, with few requests and no writes.

A healthy store costs six: the API's index, system status, three groups of settings, and an
empty batch, which changes nothing but needs the right to write. More are sent only to find out
why one of them failed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from typing import Any
from urllib.parse import urlsplit

from ...core import errors
from ...core.canonical import CheckResult, Finding, Level
from . import const, fields
from .client import WooClient
from .survey import Survey

#: Seconds; WooCommerce refuses signed addresses whose time is 15 minutes off.
MAX_SKEW_SIGNED = 600
MAX_SKEW = 120
_ONE_ORDER = {"per_page": 1, "_fields": "id"}


def check(make_client: Callable[[], WooClient]) -> CheckResult:
    """Check address, key, permissions and settings. Errors of the channel become findings."""
    findings: list[Finding] = []
    try:
        client = make_client()
    except errors.BadCredentials as error:
        return CheckResult((_finding(error),))
    survey = Survey(client)
    for part in (_keys, _address, _access, _store):
        try:
            findings += part(survey)
        except errors.ChannelError as error:
            findings.append(_finding(error))
        if any(finding.level is Level.ERROR for finding in findings):
            return CheckResult(tuple(findings))
    findings += _writing(client)
    return CheckResult(tuple(findings), survey.store_info())


def _finding(error: errors.ChannelError, level: Level = Level.ERROR) -> Finding:
    return Finding(level, error.code, error.params)


# === KEYS === #


def _keys(survey: Survey) -> Iterator[Finding]:
    """What was pasted into the wrong field, or not whole, is told without a call.

    WooCommerce's keys begin with ck_ and its secrets with cs_ (``wc_rand_hash`` in its wizard).
    """
    key, secret = survey.client.consumer_key, survey.client.consumer_secret
    if key.startswith("cs_") and secret.startswith("ck_"):
        yield Finding(Level.ERROR, "keys_swapped")
    elif not key.startswith("ck_"):
        yield Finding(Level.ERROR, "not_a_key")
    elif not secret.startswith("cs_"):
        yield Finding(Level.ERROR, "not_a_secret")


# === ADDRESS === #


def _address(survey: Survey) -> Iterator[Finding]:
    """Is there a WordPress with WooCommerce, and is this its own address?"""
    try:
        index = survey.index
    except errors.BadCredentials as error:
        yield _no_api(survey.client, error) if error.code == "no_rest_api" else _finding(error)
        return
    if index and const.API_VERSION not in survey.namespaces:
        yield Finding(Level.ERROR, "no_woocommerce" if survey.namespaces else "no_rest_api")
    elif index:
        yield from _own_address(survey)
        yield from _clock(survey)


def _no_api(client: WooClient, error: errors.BadCredentials) -> Finding:
    """With plain permalinks the API has another address, at which keys never work."""
    try:
        plain = client.get_public("", {"rest_route": "/", "_fields": "namespaces"}).mapping()
    except errors.ChannelError:
        return _finding(error)
    return Finding(Level.ERROR, "plain_permalinks") if "namespaces" in plain else _finding(error)


def _own_address(survey: Survey) -> Iterator[Finding]:
    ours, theirs = urlsplit(survey.client.url), urlsplit(fields.text(survey.index.get("home")))
    if theirs.netloc and ours.netloc != theirs.netloc.lower():
        home = f"{theirs.scheme}://{theirs.netloc}{theirs.path}"
        yield Finding(Level.WARNING, "other_address", {"home": home})
    if not survey.client.is_ssl:
        yield Finding(Level.WARNING, "no_https")


def _clock(survey: Survey) -> Iterator[Finding]:
    """The shop's clock against ours: signed addresses and the poll depend on it."""
    skew = abs((survey.index_answer.server_time - datetime.now(timezone.utc)).total_seconds())
    if not survey.client.is_ssl and skew > MAX_SKEW_SIGNED:
        yield Finding(Level.ERROR, "clock_skew", {"seconds": round(skew)})
    elif skew > MAX_SKEW:
        yield Finding(Level.WARNING, "clock_skew", {"seconds": round(skew)})


# === ACCESS === #


def _access(survey: Survey) -> Iterator[Finding]:
    """Does the key work, and may its user read the settings?"""
    try:
        version = survey.version
    except errors.BadCredentials as error:
        yield _why_refused(survey.client, error)
        return
    if not survey.version_number:
        yield Finding(Level.WARNING, "version_unknown")
    elif survey.version_number < const.MIN_VERSION:
        yield Finding(Level.ERROR, "version_too_old", {"version": version, "oldest": _oldest()})
    elif survey.version_number[:2] > const.MAX_TESTED_VERSION:
        yield Finding(Level.INFO, "version_untested", {"version": version})
    else:
        yield Finding(Level.OK, "version", {"version": version})


def _oldest() -> str:
    return ".".join(map(str, const.MIN_VERSION))


def _why_refused(client: WooClient, error: errors.BadCredentials) -> Finding:
    """Tell apart what WooCommerce answers with the same words."""
    if error.code == "key_refused" and client.is_ssl:
        # known, but not for reading: if it may write, its secret is right
        code = "key_write_only" if _works(_write, client) else "wrong_secret"
        return Finding(Level.ERROR, code, error.params)
    if error.code == "key_not_recognised" and client.is_ssl:
        if _works(_signed, client, "https"):
            return Finding(Level.ERROR, "authorization_stripped", error.params)
        if _works(_signed, client, "http"):
            return Finding(Level.ERROR, "https_not_seen", error.params)
    return _finding(error)


def _works(call: Callable[..., Any], *args: Any) -> bool:
    try:
        call(*args)
    except errors.ChannelError:
        return False
    return True


def _signed(client: WooClient, scheme: str) -> None:
    """A signature needs neither HTTPS in PHP's eyes nor an Authorization header."""
    client.get_signed("orders", _ONE_ORDER, scheme)


def _write(client: WooClient) -> None:
    """An empty batch writes nothing."""
    client.post("products/batch", {})


def _writing(client: WooClient) -> list[Finding]:
    try:
        _write(client)
    except errors.BadCredentials as error:
        code = "key_read_only" if error.code == "key_refused" else error.code
        return [Finding(Level.WARNING, code, error.params)]
    except errors.ChannelError as error:
        return [_finding(error, Level.WARNING)]
    return [Finding(Level.OK, "key_reads_and_writes")]


# === STORE === #


def _store(survey: Survey) -> Iterator[Finding]:
    """Settings that decide how amounts and quantities have to be understood."""
    store = survey.store_info()
    yield Finding(Level.OK, "currency", {"currency": store.currency, "decimals": store.decimals})
    yield Finding(Level.OK, "timezone", {"timezone": store.timezone})
    included = "prices_include_tax" if store.prices_include_tax else "prices_exclude_tax"
    yield Finding(Level.OK, included)
    rounding = "tax_rounded_per_line" if store.tax_round_per_line else "tax_rounded_at_subtotal"
    yield Finding(Level.OK, rounding)
    if store.taxes_enabled is False:
        yield Finding(Level.INFO, "taxes_off")
    if store.stock_enabled is False:
        yield Finding(Level.WARNING, "stock_off")
    storage = "orders_in_tables" if survey.has_order_tables else "orders_in_posts"
    yield Finding(Level.OK if survey.has_order_tables else Level.INFO, storage)
