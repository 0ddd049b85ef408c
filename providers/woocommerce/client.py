"""The HTTP client: the `woocommerce` package's addresses and OAuth, our connections and errors."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any
from urllib.parse import urlencode

import requests
import woocommerce
from requests.auth import AuthBase, HTTPBasicAuth

from ...core import VERSION, errors
from ...core.adapter import Credentials
from ...core.http import Exchange, preview, redact_body, redact_url
from . import const, failure
from .address import normalise_url
from .answer import Answer, decode, parse_body
from .session import (
    READS,
    Anonymous,
    OAuthWithNonce,
    PooledSession,
    SignedUrl,
    read_body,
)

_logger = logging.getLogger(__name__)

#: Bytes of an answer, unpacked: a page of a hundred orders has less than one in ten of them.
MAX_ANSWER = 64_000_000
#: Many firewalls refuse Python's default name.
USER_AGENT = f"ChannelConnector/{VERSION} (Odoo; +woocommerce)"


@dataclass(frozen=True)
class _Call:
    """One request. ``reading``: it changes nothing, so it may be sent again. ``headers``: of a
    body that is no JSON.
    """

    method: str
    url: str
    auth: AuthBase
    reading: bool = True
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


class WooClient(woocommerce.API):
    """``get``/``post``/``put``/``delete`` as in the package, but they return an :class:`Answer`
    or raise one of :mod:`core.errors`.

    Settings (``Credentials.settings``): ``connect_timeout``, ``read_timeout`` (seconds),
    ``verify_ssl``, ``auth_in_query`` (hosts that strip the Authorization header).
    :raises errors.BadCredentials: ``bad_url`` or ``key_missing``
    """

    def __init__(self, credentials: Credentials) -> None:
        settings = credentials.settings
        key, secret = credentials.api_key.strip(), credentials.api_secret.strip()
        if not key or not secret:
            raise errors.BadCredentials("key_missing")
        super().__init__(
            normalise_url(credentials.base_url),
            key,
            secret,
            version=const.API_VERSION,
            timeout=(
                float(settings.get("connect_timeout") or const.CONNECT_TIMEOUT),
                float(settings.get("read_timeout") or const.READ_TIMEOUT),
            ),
            verify_ssl=settings.get("verify_ssl", True),
            query_string_auth=bool(settings.get("auth_in_query")),
            user_agent=USER_AGENT,
        )
        self._credentials = credentials
        self._session = PooledSession()
        self._answered = False

    def close(self) -> None:
        self._session.close()

    # === CALLS === #

    def get_public(self, path: str, params: Mapping[str, str]) -> Answer:
        """Read something of the site that needs no key, such as the index of its REST API."""
        return self._exchange(_Call("GET", f"{self.url}/{path}?{urlencode(params)}", Anonymous()))

    def upload(
        self, path: str, content: bytes, headers: Mapping[str, str], auth: AuthBase
    ) -> Answer:
        """Send a file to another API of the site, which has a login of its own."""
        return self._exchange(_Call("POST", f"{self.url}/{path}", auth, False, content, headers))

    def open_public(self, url: str) -> requests.Response:
        """A file of the site as a stream, which the caller closes; follows no way to other hosts.

        :raises requests.RequestException: whoever calls makes it one of :mod:`core.errors`
        """
        headers = {"User-Agent": self.user_agent, "Accept": "image/*"}
        return self._session.get(
            url,
            headers=headers,
            auth=Anonymous(),
            timeout=self.timeout,
            verify=self.verify_ssl,
            stream=True,
        )

    def get_signed(self, endpoint: str, params: Mapping[str, Any], scheme: str) -> Answer:
        """GET with a signed address, as PHP would see it called by ``scheme``: a diagnosis."""
        url = f"{self._API__get_url(endpoint)}?{urlencode(params)}"
        return self._exchange(_Call("GET", url, SignedUrl(self._sign, scheme)))

    def get_by_ids(
        self, endpoint: str, params: Mapping[str, Any], name: str, ids: Sequence[str]
    ) -> Answer:
        """GET with a list of ids, which goes into a body where it is too long for an address.

        A POST with ``_method=GET`` needs the right to read only, and passes page caches.
        """
        if len(ids) <= const.MAX_IDS_IN_URL:
            joined = {name: ",".join(ids)} if ids else {}
            return self.get(endpoint, params={**params, **joined})
        body = {**params, name: [int(record_id) for record_id in ids]}
        return self.post(endpoint, body, params={"_method": "GET"})

    def pages(
        self, endpoint: str, params: Mapping[str, Any] | None = None, size: int = const.MAX_PER_PAGE
    ) -> Iterator[dict[str, Any]]:
        """Every record of a list that doesn't change while it is read (rates, hooks)."""
        page = total = 1
        while page <= total:
            answer = self.get(endpoint, params={**(params or {}), "per_page": size, "page": page})
            yield from answer.sequence()
            # whatever a proxy says about their number: behind an empty page there is none
            total = answer.total_pages if answer.sequence() else 0
            page += 1

    # === WHAT THE PACKAGE CALLS === #

    def _API__get_url(self, endpoint: str) -> str:
        """An endpoint that starts with a slash names its namespace itself (a plug-in's own)."""
        own = endpoint if endpoint.startswith("/") else f"/{self.version}/{endpoint}"
        return f"{self.url}/wp-json{own}"

    def _API__request(  # the package's only request method, by its mangled name
        self,
        method: str,
        endpoint: str,
        data: Any,
        params: Mapping[str, Any] | None = None,
    ) -> Answer:
        query = dict(params or {})
        reading = method in READS or query.get("_method") == "GET"
        if self.is_ssl and self.query_string_auth:
            query |= {"consumer_key": self.consumer_key, "consumer_secret": self.consumer_secret}
        url = self._API__get_url(endpoint)
        if query:
            url = f"{url}?{urlencode(query)}"
        body = None if data is None else json.dumps(data, ensure_ascii=False).encode()
        return self._exchange(_Call(method, url, self._auth(), reading, body))

    def _auth(self) -> AuthBase:
        if not self.is_ssl:
            return SignedUrl(self._sign)
        if self.query_string_auth:
            return Anonymous()
        return HTTPBasicAuth(self.consumer_key.encode(), self.consumer_secret.encode())

    def _sign(self, url: str, method: str) -> str:
        """The address with OAuth 1.0a in it; the package's method, with our nonce."""
        return OAuthWithNonce(
            url=url,
            consumer_key=self.consumer_key,
            consumer_secret=self.consumer_secret,
            version=self.version,
            method=method,
        ).get_oauth_url()

    # === EXCHANGE === #

    def _exchange(self, call: _Call) -> Answer:
        """Send one request; a read again, once, whose kept connection the server had closed."""
        try:
            return self._send(call)
        except _StaleConnection as stale:
            error = stale.error
        if call.reading and self._answered:
            try:
                return self._send(call)
            except _StaleConnection as stale:
                error = stale.error
        raise error

    def announce(self) -> None:
        """Before each request. :raises errors.RateLimited: the budget is used up"""
        if self._credentials.before_request:
            self._credentials.before_request()

    def _send(self, call: _Call) -> Answer:
        self.announce()
        sent_at = datetime.now(timezone.utc)
        started = time.monotonic()
        failed: Exception | None = None
        try:
            response, content = self._request(call)
        except requests.RequestException as problem:
            # raised below: requests' errors hold addresses, so they may not become its context
            failed = error = failure.connection_error(problem, write=not call.reading)
            if failure.connection_was_stale(problem):
                failed = _StaleConnection(error)
        seconds = time.monotonic() - started
        if failed:
            self._tell(call, 0, seconds, "", None, error)
            raise failed
        self._answered = True
        return self._understand(call, response, content, sent_at, seconds)

    def _request(self, call: _Call) -> tuple[requests.Response, bytes]:
        """The answer and its body, which a little more than :data:`MAX_ANSWER` bounds."""
        headers = {"User-Agent": self.user_agent, "Accept": "application/json"}
        if call.body is not None:
            headers["Content-Type"] = "application/json;charset=utf-8"
        headers |= call.headers
        with self._session.request(
            call.method,
            call.url,
            data=call.body,
            headers=headers,
            auth=call.auth,
            timeout=self.timeout,
            verify=self.verify_ssl,
            # a followed redirect would repeat the nonce of a signed address
            allow_redirects=call.method in READS and self.is_ssl,
            stream=True,
        ) as response:
            return response, read_body(response, MAX_ANSWER)

    def _understand(
        self,
        call: _Call,
        response: requests.Response,
        content: bytes,
        sent_at: datetime,
        seconds: float,
    ) -> Answer:
        error: errors.ChannelError | None
        if len(content) > MAX_ANSWER:
            text, data, error = "", None, failure.too_large(not call.reading)
        else:
            text = decode(content)
            data = parse_body(text, response.headers.get("Content-Type", ""), call.reading)
            error = failure.error_of(
                response.status_code,
                data,
                response.headers,
                url=call.url,
                write=not call.reading,
                now=sent_at,
            )
        self._tell(call, response.status_code, seconds, text, data, error)
        if error:
            raise error
        return Answer(data, response.status_code, response.headers, sent_at, seconds)

    def tell(
        self,
        method: str,
        address: str,
        status: int,
        seconds: float,
        response: str,
        error: errors.ChannelError | None,
        request: str = "",
    ) -> None:
        """Hand an exchange to whoever keeps a log; the bodies are masked already."""
        url, code = redact_url(address), error.code if error else ""
        _logger.debug("%s %s: %s %s in %.3f s", method, url, status, code, seconds)
        if self._credentials.on_exchange:
            self._credentials.on_exchange(
                Exchange(method, url, status, seconds, request, response, code)
            )

    def _tell(
        self,
        call: _Call,
        status: int,
        seconds: float,
        text: str,
        data: Any,
        error: errors.ChannelError | None,
    ) -> None:
        request = response = ""
        keeps = self._credentials.keeps_bodies
        if self._credentials.on_exchange and (not keeps or keeps(error.code if error else "")):
            request = _shown(call)
            response = redact_body(text) if data is None else preview(data)
        self.tell(call.method, call.url, status, seconds, response, error, request)


def _shown(call: _Call) -> str:
    """A preview of a body; of a file its size."""
    if not call.body:
        return ""
    return f"{len(call.body)} bytes" if call.headers else redact_body(call.body.decode())


class _StaleConnection(Exception):
    """A kept connection was closed by the server before it answered."""

    def __init__(self, error: errors.ChannelError) -> None:
        super().__init__(error.code)
        self.error = error
