"""Connections and signatures: what `requests` and the `woocommerce` package need told."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from woocommerce.oauth import OAuth

from ...core.http import MaskSecrets

#: Methods that change nothing.
READS = ("GET", "OPTIONS")
_CHUNK = 65536

# it writes every address it calls to the log at DEBUG, with whatever is in the query
logging.getLogger("urllib3.connectionpool").addFilter(MaskSecrets())


class PooledSession(requests.Session):
    """Pooled connections; follows a redirect only of a read, and only on the same host."""

    def __init__(self) -> None:
        super().__init__()
        self.max_redirects = 3
        adapter = HTTPAdapter(pool_connections=2, pool_maxsize=4, max_retries=0)
        self.mount("https://", adapter)
        self.mount("http://", adapter)

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        target = super().get_redirect_target(resp)
        if target is None or resp.request.method not in READS:
            return None
        try:
            here, there = urlsplit(resp.url), urlsplit(urljoin(resp.url, target))
        except ValueError:
            return None
        return target if (here.scheme, here.netloc) == (there.scheme, there.netloc) else None


def read_body(response: requests.Response, max_bytes: int) -> bytes:
    """The body of a streamed answer, unpacked; a piece more than ``max_bytes`` at most is read."""
    parts, size = [], 0
    for part in response.iter_content(_CHUNK):
        parts.append(part)
        size += len(part)
        if size > max_bytes:
            break
    return b"".join(parts)


class Anonymous(AuthBase):
    """No authentication: without it requests would look for one in the user's .netrc."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request


class SignedUrl(AuthBase):
    """OAuth 1.0a in the address, signed anew for every try: a nonce is good only once.

    :param sign: (address, method) → signed address
    :param scheme: the one that PHP believes it was called by, where that differs
    """

    def __init__(self, sign: Callable[[str, str], str], scheme: str = "") -> None:
        self._sign = sign
        self._scheme = scheme

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        real = urlsplit(request.url or "")
        seen = urlunsplit(real._replace(scheme=self._scheme or real.scheme))
        signed = urlsplit(self._sign(seen, request.method or "GET"))
        request.url = urlunsplit(signed._replace(scheme=real.scheme))
        return request


class OAuthWithNonce(OAuth):
    """The package's signature with a nonce of more than eight digits, and for any parameter:
    the package leaves slashes as they are and decodes what looks encoded.
    """

    @staticmethod
    def generate_nonce() -> str:
        return secrets.token_hex(16)

    @staticmethod
    def normalize_parameters(params: Mapping[str, Any]) -> dict[str, str]:
        """As WooCommerce does: rawurlencode, then the percent signs again."""
        return {_encode(key): _encode(value) for key, value in params.items()}


def _encode(value: Any) -> str:
    return quote(str(value), safe="").replace("%", "%25")
