"""HTTP: one method that sends."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

import requests

from odoo.addons.channel_connector.core import errors, plain
from odoo.addons.channel_connector.core.adapter import Credentials
from odoo.addons.channel_connector.core.http import Exchange, preview, redact_url

from . import const, failure


class Client:
    """Settings (``Credentials.settings``): ``connect_timeout``, ``read_timeout`` in seconds."""

    def __init__(self, credentials: Credentials) -> None:
        settings = credentials.settings
        self._credentials = credentials
        self._session = requests.Session()
        self._session.auth = (credentials.api_key, credentials.api_secret)
        self._session.trust_env = False  # no .netrc
        self._timeout = (
            float(settings.get("connect_timeout") or const.CONNECT_TIMEOUT),
            float(settings.get("read_timeout") or const.READ_TIMEOUT),
        )

    def close(self) -> None:
        self._session.close()

    def call(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        params: Mapping[str, Any] | None = None,
    ) -> tuple[dict[str, Any], datetime]:
        """Send one request; returns the answer's object and the moment before it was sent.

        :raises errors.ChannelError: see :mod:`.failure`
        """
        if self._credentials.before_request:
            self._credentials.before_request()
        sent_at, started = datetime.now(timezone.utc), time.monotonic()
        status, data, write = 0, None, method != "GET"
        url = f"{self._credentials.base_url.rstrip('/')}{path}"
        try:
            # connections are not kept: one that was closed meanwhile would look like a lost answer
            response = self._session.request(
                method,
                url,
                params=params,
                json=body,
                timeout=self._timeout,
                headers={"Connection": "close"},
                allow_redirects=False,
            )
            status, data = response.status_code, _json(response)
            error = failure.answer_error(status, data, write)
        except requests.RequestException as problem:
            error = failure.connection_error(problem, write)
        self._tell(method, url, status, time.monotonic() - started, body, data, error)
        if error:
            raise error
        return data or {}, sent_at

    def _tell(
        self,
        method: str,
        url: str,
        status: int,
        seconds: float,
        body: Any,
        data: Any,
        error: errors.ChannelError | None,
    ) -> None:
        if self._credentials.on_exchange:
            self._credentials.on_exchange(
                Exchange(
                    method,
                    redact_url(url),
                    status,
                    seconds,
                    preview(body) if body else "",
                    preview(data) if data else "",
                    error.code if error else "",
                )
            )


def _json(response: requests.Response) -> Any:
    """The body where it is JSON that a database can hold, else None."""
    try:
        return plain.loads(response.content.decode())
    except ValueError:
        return None
