"""One HTTP exchange as a value, and what may be kept of it: redaction in one place."""

from __future__ import annotations

import json
import logging
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit, urlunsplit

from . import plain

#: Query and JSON names whose values are credentials, whatever the channel.
SECRET_NAMES = re.compile(
    r"(secret|password|passwd|token|signature|authorization|api_?key|consumer_key|order_key"
    r"|nonce|client_key|gift_card)",
    re.IGNORECASE,
)
#: Names that are credentials in an address only: JSON has `code` in errors, `key` in meta data.
_SECRET_IN_URL = re.compile(r"^(key|code)$", re.IGNORECASE)
#: JSON names whose values are personal data.
PERSONAL_NAMES = re.compile(
    r"^(first_name|last_name|name|company|company_name|address(_?[12])?|street2?|city|postcode|zip"
    r"|email|phone|mobile|vat(_number)?|_?billing_vat(_number)?|username|avatar_url|ip|customer_note"
    r"|customer_ip_address|customer_user_agent|customer_name|customer_email|bank_?account|note"
    r"|transaction_id|author|reason|display_name|nickname|full_?name|user_agent|ip_address"
    r"|iban|bic|account_(name|number|holder)|date_of_birth|birth_?(date|day))$",
    re.IGNORECASE,
)
#: Words in the key of hidden meta data that announce personal data.
_PERSONAL_META = re.compile(
    r"billing|shipping|address|phone|mail|vat|tax_id|nif|name|card|birth|iban|customer|payer",
    re.IGNORECASE,
)
_TOKEN_LIKE = re.compile(
    r"\b(?:ck|cs)_[0-9a-zA-Z]{4,}\b|(?<=wc_order_)\w+|(?<=/channel/)[^/\s\"]+(?=\\?/webhook)"
)
#: Tried only where a word begins: megabytes without a space take no longer than any others.
_EMAIL_LIKE = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+\.[\w.-]+")
MASK = "•••"
PREVIEW_LENGTH = 4000


@dataclass(frozen=True)
class Exchange:
    """One request and its answer, as a provider saw it: fit to be kept, nothing in it is secret.

    ``url`` went through :func:`redact_url`; ``request``/``response`` are previews of the bodies
    made by :func:`preview` or :func:`redact_body`. ``status`` 0: no answer. ``seconds``: wall
    time. ``error``: code of the error the exchange became, '' when it was fine.
    """

    method: str
    url: str
    status: int
    seconds: float
    request: str = ""
    response: str = ""
    error: str = ""


def redact_url(url: str) -> str:
    """The address without user info and without values of secret query parameters."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return MASK
    query = "&".join(
        f"{quote(name, safe='_[]')}={_redact_parameter(name, value)}"
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
    )
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, _redact_text(parts.path), query, ""))


def _redact_parameter(name: str, value: str) -> str:
    if SECRET_NAMES.search(name) or _SECRET_IN_URL.search(name):
        return MASK
    return quote(_redact_text(value), safe=":,/" + MASK).replace(quote(MASK), MASK)


def redact(value: Any) -> Any:
    """A copy of JSON-like data in which secrets and personal data are masked."""
    if isinstance(value, dict):
        if isinstance(value.get("key"), str) and "value" in value:
            return _redact_meta(value)
        return {name: _redact_item(str(name), item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [redact(item) for item in value]
    return _redact_text(value) if isinstance(value, str) else value


def _redact_item(name: str, value: Any) -> Any:
    if value in ("", None, [], {}):
        return value
    if SECRET_NAMES.search(name) or (
        PERSONAL_NAMES.search(name) and not isinstance(value, dict | list)
    ):
        return MASK
    return redact(value)


def _redact_meta(meta: dict[str, Any]) -> dict[str, Any]:
    """Meta data is a name and a value in two fields; what a shopper typed is always visible."""
    key = meta["key"]
    hidden = not key.startswith("_") or SECRET_NAMES.search(key) or _PERSONAL_META.search(key)
    return {
        name: MASK if hidden and name in ("value", "display_value") and item else redact(item)
        for name, item in meta.items()
    }


def _redact_text(text: str) -> str:
    return _EMAIL_LIKE.sub(MASK, _TOKEN_LIKE.sub(MASK, text))


def preview(value: Any, limit: int = PREVIEW_LENGTH) -> str:
    """A masked JSON text of plain data, cut to ``limit`` characters.

    Of a list only as many items are masked as are shown: a page of orders has megabytes.
    """
    if not isinstance(value, list):
        return _cut(json.dumps(redact(value), ensure_ascii=False, default=str), limit)
    shown: list[str] = []
    for item in value:
        shown.append(json.dumps(redact(item), ensure_ascii=False, default=str))
        if sum(map(len, shown)) > limit:
            break
    return _cut(f"[{', '.join(shown)}]", limit)


def redact_body(body: str, limit: int = PREVIEW_LENGTH) -> str:
    """A masked preview of a body; what is not JSON keeps only its visible start."""
    try:
        return preview(plain.loads(body), limit)
    except ValueError:
        return _cut(_redact_text(body[:limit]), limit)


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


class MaskSecrets(logging.Filter):
    """For loggers of libraries that write whole addresses: masks what they are given."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(_mask_argument(value) for value in record.args)
        return True


def _mask_argument(value: object) -> object:
    return redact_url(value) if isinstance(value, str) and "?" in value else value
