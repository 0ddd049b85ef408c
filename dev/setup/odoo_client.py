"""A person at Odoo's screens, by JSON-RPC: what the demo and the integration tests act with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import requests

#: What the recorded shops sell in beside euros.
CURRENCIES = ("EUR", "USD", "JPY")


class OdooError(Exception):
    """Odoo refused a call; the text is what a person would have been shown."""


class OdooClient:
    """Calls model methods of one database as one user.

    :raises OdooError: the login is wrong, or a call was refused
    """

    def __init__(
        self, url: str, database: str, login: str = "admin", password: str = "admin"
    ) -> None:
        self.url = url
        self._session = requests.Session()
        self._account = (database, password)
        self.uid = self._service("common", "login", database, login, password)
        if not self.uid:
            raise OdooError(f"{login} can't log in to {database}")

    def call(self, model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        """Call a public method, as a button or a form would."""
        database, password = self._account
        return self._service(
            "object", "execute_kw", database, self.uid, password, model, method, list(args), kwargs
        )

    def create(self, model: str, **values: Any) -> int:
        return self.call(model, "create", [values])[0]

    def search_read(
        self, model: str, domain: Sequence[Any], names: Sequence[str], **kwargs: Any
    ) -> list[dict[str, Any]]:
        return self.call(model, "search_read", list(domain), list(names), **kwargs)

    def _service(self, service: str, method: str, *args: Any) -> Any:
        answer = self._session.post(
            f"{self.url}/jsonrpc",
            json={
                "jsonrpc": "2.0",
                "method": "call",
                "params": {"service": service, "method": method, "args": args},
            },
            timeout=300,
        ).json()
        if "error" in answer:
            data = answer["error"].get("data", {})
            raise OdooError(data.get("debug") or data.get("message") or str(answer["error"]))
        return answer.get("result")


def prepare_books(odoo: OdooClient, url: str) -> int:
    """Odoo's own address and a chart of accounts; returns the company's id."""
    odoo.call("ir.config_parameter", "set_param", "web.base.url", url)
    odoo.call("ir.config_parameter", "set_param", "web.base.url.freeze", "True")
    (company,) = odoo.call("res.company", "search", [], limit=1)
    if not odoo.call("account.journal", "search_count", [("type", "=", "sale")]):
        odoo.call("account.chart.template", "try_loading", "generic_coa", company)
    return company


def prepare_company(odoo: OdooClient, url: str) -> None:
    """What an admin sets up before the first shop: address, books, country, currencies."""
    company = prepare_books(odoo, url)  # a chart of accounts brings its own currency
    currencies = odoo.search_read(
        "res.currency", [("name", "in", CURRENCIES)], ["name"], context={"active_test": False}
    )
    odoo.call("res.currency", "write", [row["id"] for row in currencies], {"active": True})
    euro = next(row["id"] for row in currencies if row["name"] == "EUR")
    country = odoo.call("res.country", "search", [("code", "=", "ES")])[0]
    odoo.call(
        "res.company",
        "write",
        [company],
        {"name": "Demo Company", "currency_id": euro, "country_id": country},
    )


def connect_store(
    odoo: OdooClient, url: str, key: str, secret: str, *, webhooks: bool = True, **values: Any
) -> int:
    """Set a backend up the way the README tells an admin to; returns its id.

    Taxes that Odoo lacks are created from the shop's rates, unknown products on first sight.

    :raises OdooError: the connection check found an error, which the text names
    """
    backend = odoo.create(
        "channel.backend",
        **{
            "name": "Shop",
            "provider": "woocommerce",
            "base_url": url,
            "api_key": key,
            "api_secret": secret,
            "product_policy": "create",
            **values,
        },
    )
    _go_live(odoo, backend)
    taxes = odoo.call(
        "channel.map.tax", "search", [("backend_id", "=", backend), ("tax_id", "=", False)]
    )
    odoo.call("channel.map.tax", "action_create_taxes", taxes)
    if webhooks:
        odoo.call("channel.backend", "action_install_webhooks", [backend])
    return backend


def reconnect_store(odoo: OdooClient, backend: int, url: str, key: str, secret: str) -> None:
    """Tell a backend that its shop has moved and has new keys, and that this database is live.

    :raises OdooError: the connection check found an error, which the text names
    """
    values = {"base_url": url, "api_key": key, "api_secret": secret}
    odoo.call("channel.backend", "write", [backend], {"base_url": url})
    odoo.call("channel.backend", "action_confirm_live", [backend])
    odoo.call("channel.backend", "write", [backend], values)
    _go_live(odoo, backend)
    odoo.call("channel.backend", "action_install_webhooks", [backend])


def _go_live(odoo: OdooClient, backend: int) -> None:
    odoo.call("channel.backend", "action_connect", [backend])
    (values,) = odoo.search_read("channel.backend", [("id", "=", backend)], ["state"])
    if values["state"] != "connected":
        findings = odoo.search_read(
            "channel.finding", [("backend_id", "=", backend), ("level", "=", "error")], ["title"]
        )
        raise OdooError("\n".join(row["title"] for row in findings) or "the shop is not connected")
