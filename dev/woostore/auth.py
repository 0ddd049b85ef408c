"""Who may ask: Basic and query keys over TLS, OAuth 1.0a everywhere (class-wc-rest-authentication).

A key that is not known counts as no key at all; a known key with a wrong secret is an error.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from .errors import RestError

if TYPE_CHECKING:
    from .store import Store

WINDOW = 15 * 60
PRIVILEGED = {"administrator", "shop_manager"}
OAUTH = (
    "oauth_consumer_key",
    "oauth_timestamp",
    "oauth_nonce",
    "oauth_signature",
    "oauth_signature_method",
)


@dataclass
class Key:
    key: str
    secret: str
    permissions: str
    role: str

    @property
    def privileged(self) -> bool:
        return self.role in PRIVILEGED


def new_key(permissions: str, role: str) -> Key:
    return Key("ck_" + secrets.token_hex(20), "cs_" + secrets.token_hex(20), permissions, role)


@dataclass
class Nonces:
    """Nonces seen, by the timestamp they came with; kept as long as a timestamp is taken."""

    seen: dict[tuple[str, int], set[str]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, key: str, nonce: str, stamp: int, now: int) -> bool:
        """False if this nonce was used before."""
        with self.lock:
            for old in [k for k in self.seen if now - k[1] > WINDOW]:
                del self.seen[old]
            used = any(nonce in n for (owner, _s), n in self.seen.items() if owner == key)
            if used:
                return False
            self.seen.setdefault((key, stamp), set()).add(nonce)
            return True


@dataclass(frozen=True)
class Asked:
    """What authentication needs to know of a request.

    ``secure``: whether PHP sees TLS. ``url``: without query, as the shop knows itself.
    """

    method: str
    url: str
    path: str
    query: Mapping[str, str]
    authorization: str
    secure: bool


def authenticate(store: Store, asked: Asked) -> Key | None:
    """The key a request comes with, or None; RestError 401 if it is wrong.

    Only below ``/wp-json/wc/`` or ``/wp-json/wc-…``: ``?rest_route=`` never authenticates.
    """
    if not asked.path.startswith(("/wp-json/wc/", "/wp-json/wc-")):
        return None
    key = None
    if asked.secure:
        key = _by_query(store, asked) or _by_basic(store, asked)
    return key or _by_oauth(store, asked)


def _checked(store: Store, name: str, secret: str) -> Key | None:
    key = store.keys.get(name)
    if key is None:
        return None
    if not hmac.compare_digest(key.secret, secret):
        raise _wrong("Consumer secret is invalid.")
    return key


def _by_query(store: Store, asked: Asked) -> Key | None:
    name, secret = asked.query.get("consumer_key"), asked.query.get("consumer_secret")
    return _checked(store, name, secret) if name and secret else None


def _by_basic(store: Store, asked: Asked) -> Key | None:
    scheme, _, value = asked.authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, _, secret = base64.b64decode(value).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return _checked(store, name, secret) if name and secret else None


# --- OAuth 1.0a ---------------------------------------------------------------------------------


def _by_oauth(store: Store, asked: Asked) -> Key | None:
    given = {**dict(asked.query), **_from_header(asked.authorization)}
    if not any(given.get(name) for name in OAUTH):
        return None
    missing = [name for name in OAUTH if not given.get(name)]
    if missing:
        names = ", ".join(missing)
        plural = "s" if len(missing) > 1 else ""
        raise _wrong(f"Missing OAuth parameter{plural} {names}")
    key = store.keys.get(given["oauth_consumer_key"])
    if key is None:
        raise _wrong("Consumer key is invalid.")
    _check_signature(key, asked, given)
    _check_time(store, key, given)
    return key


def _from_header(authorization: str) -> dict[str, str]:
    scheme, _, rest = authorization.partition(" ")
    if scheme.lower() != "oauth":
        return {}
    pairs = (part.strip().partition("=") for part in rest.split(","))
    return {name: unquote(value.strip('"')) for name, _, value in pairs if name != "realm"}


def _check_signature(key: Key, asked: Asked, given: dict[str, str]) -> None:
    method = given["oauth_signature_method"]
    algorithm = {"HMAC-SHA1": hashlib.sha1, "HMAC-SHA256": hashlib.sha256}.get(method)
    if algorithm is None:
        raise _wrong("Invalid signature - signature method is invalid.")
    signed = sorted((k, v) for k, v in given.items() if k != "oauth_signature")
    query = "%26".join(quote(f"{_rfc(k)}={_rfc(v)}", safe="~") for k, v in signed)
    text = "&".join((asked.method.upper(), _rfc(asked.url), query))
    digest = hmac.new(f"{key.secret}&".encode(), text.encode(), algorithm).digest()
    expected = base64.b64encode(digest).decode()
    if not hmac.compare_digest(expected, given["oauth_signature"].replace(" ", "+")):
        raise _wrong("Invalid signature - provided signature does not match.")


def _rfc(text: str) -> str:
    return quote(text, safe="~")


def _check_time(store: Store, key: Key, given: dict[str, str]) -> None:
    now = int(store.clock.now().timestamp())
    try:
        stamp = int(given["oauth_timestamp"])
    except ValueError:
        stamp = 0
    if abs(now - stamp) > WINDOW:
        raise _wrong("Invalid timestamp.")
    if not store.nonces.take(key.key, given["oauth_nonce"], stamp, now):
        raise _wrong("Invalid nonce - nonce has already been used.")


# --- what a key may do --------------------------------------------------------------------------

REFUSALS = {
    "list": ("view", "Sorry, you cannot list resources."),
    "view": ("view", "Sorry, you cannot view this resource."),
    "create": ("create", "Sorry, you are not allowed to create resources."),
    "edit": ("edit", "Sorry, you are not allowed to edit this resource."),
    "delete": ("delete", "Sorry, you are not allowed to delete this resource."),
    "batch": ("batch", "Sorry, you are not allowed to batch manipulate this resource."),
}


def check_permission(key: Key | None, method: str) -> None:
    """What the key itself allows, before anything is routed."""
    if key is None:
        return
    needed = "read" if method in ("GET", "HEAD") else "write"
    if key.permissions in (needed, "read_write") or method == "OPTIONS":
        return
    raise _wrong(f"The API key provided does not have {needed} permissions.")


def refuse_unprivileged(key: Key | None, context: str) -> None:
    """What the key's user may do: 401 without a user, 403 for one without the rights."""
    if key is not None and key.privileged:
        return
    code, text = REFUSALS[context]
    raise RestError(f"woocommerce_rest_cannot_{code}", text, 401 if key is None else 403)


def _wrong(text: str) -> RestError:
    return RestError("woocommerce_rest_authentication_error", text, 401)
