"""What a store says about itself; each source is read once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from ...core import errors
from ...core.canonical import StoreInfo
from . import const, const_products, fields
from .answer import Answer
from .client import WooClient

#: Prices with more decimals are in no shop.
_MOST_DECIMALS = 8
#: Of all routes, which make megabytes, the one whose presence means something.
_INDEX_FIELDS = (
    f"name,url,home,gmt_offset,timezone_string,namespaces,routes.{const.FULFILLMENTS_ROUTE}"
)
#: Without `environment` as a whole, whose other parts make the shop call other servers.
_STATUS_FIELDS = "environment.version,environment.wp_version,settings"


class Survey:
    """Reads on demand, keeps what it has read. All raise :mod:`core.errors`."""

    def __init__(self, client: WooClient) -> None:
        self.client = client

    @cached_property
    def index_answer(self) -> Answer:
        return self.client.get_public("wp-json/", {"_fields": _INDEX_FIELDS})

    @cached_property
    def index(self) -> Mapping[str, Any]:
        """{} where the shop closes its index to strangers, which may not concern our key."""
        try:
            return self.index_answer.mapping()
        except errors.BadCredentials as error:
            if error.code not in ("rest_api_restricted", "key_not_recognised"):
                raise
            return {}

    @cached_property
    def status(self) -> Mapping[str, Any]:
        return self.client.get("system_status", params={"_fields": _STATUS_FIELDS}).mapping()

    @cached_property
    def tax(self) -> Mapping[str, str]:
        return self._settings("tax")

    @cached_property
    def general(self) -> Mapping[str, str]:
        return self._settings("general")

    @cached_property
    def products(self) -> Mapping[str, str]:
        return self._settings("products")

    def _settings(self, group: str) -> dict[str, str]:
        answer = self.client.get(f"settings/{group}", params={"_fields": "id,value"})
        return {
            fields.text(record.get("id")): fields.text(record.get("value"))
            for record in answer.sequence()
        }

    # === MEANINGS === #

    @property
    def namespaces(self) -> list[str]:
        found = self.index.get("namespaces")
        return [fields.text(name) for name in found] if isinstance(found, list) else []

    @property
    def version(self) -> str:
        return fields.text(fields.mapping(self.status.get("environment")).get("version"))

    @property
    def version_number(self) -> tuple[int, ...]:
        """(10, 0, 2) of "10.0.2-rc.1"; () where there is none."""
        match = re.match(r"\d+(\.\d+)*", self.version)
        return tuple(int(part[:9]) for part in match[0].split(".")) if match else ()

    @property
    def settings(self) -> dict[str, Any]:
        return fields.mapping(self.status.get("settings"))

    @property
    def has_order_tables(self) -> bool:
        """HPOS; without it WordPress's posts hold the orders."""
        return self.settings.get("HPOS_enabled") is True

    @property
    def features(self) -> tuple[str, ...]:
        """What later flows can use: lists of all refunds, languages of products, and where
        shipments can be told.
        """
        found = {
            "order_tables": self.has_order_tables,
            "refund_list": self.version_number >= (9, 0),
            const_products.WPML: const_products.WPML_SPACE in self.namespaces,
        }
        return (*(name for name, there in found.items() if there), *self.shipment_features)

    @property
    def shipment_features(self) -> tuple[str, ...]:
        """As the index of the REST API shows them, read with one request.

        WooCommerce registers the route of its fulfilments only where they are switched on.
        """
        found = {
            const.FULFILLMENTS: const.FULFILLMENTS_ROUTE
            in fields.mapping(self.index.get("routes")),
            const.TRACKING: const.TRACKING_SPACE in self.namespaces,
            const.ADVANCED_TRACKING: const.ADVANCED_TRACKING_SPACE in self.namespaces,
        }
        return tuple(name for name, there in found.items() if there)

    @property
    def timezone(self) -> str:
        """``Europe/Madrid``, or an offset like ``UTC+1`` where the shop has no city."""
        name = fields.text(self.index.get("timezone_string"))
        offset = fields.money(self.index.get("gmt_offset"))
        return name or f"UTC{offset.normalize():+f}"

    @property
    def weight_unit(self) -> str:
        return self.products.get("woocommerce_weight_unit", "")

    @property
    def dimension_unit(self) -> str:
        return self.products.get("woocommerce_dimension_unit", "")

    @property
    def stock_enabled(self) -> bool | None:
        return _yes(self.products, "woocommerce_manage_stock")

    @property
    def decimals(self) -> int | None:
        return _whole(self.settings.get("number_of_decimals"))

    def store_info(self) -> StoreInfo:
        return StoreInfo(
            name=fields.plain(self.index.get("name")),
            version=self.version,
            currency=fields.text(self.settings.get("currency")).upper(),
            decimals=self.decimals,
            timezone=self.timezone,
            prices_include_tax=_yes(self.tax, "woocommerce_prices_include_tax"),
            tax_round_per_line=_no(self.tax, "woocommerce_tax_round_at_subtotal"),
            weight_unit=self.weight_unit,
            dimension_unit=self.dimension_unit,
            taxes_enabled=_yes(self.general, "woocommerce_calc_taxes"),
            stock_enabled=self.stock_enabled,
            features=self.features,
        )


def _whole(value: Any) -> int | None:
    """A number of digits; None for what none has."""
    number = fields.amount(value, None)
    return None if number is None or not 0 <= number <= _MOST_DECIMALS else int(number)


def _yes(settings: Mapping[str, str], name: str) -> bool | None:
    """A checkbox; None where the shop has no such setting."""
    return settings[name] == "yes" if name in settings else None


def _no(settings: Mapping[str, str], name: str) -> bool | None:
    return settings[name] != "yes" if name in settings else None
