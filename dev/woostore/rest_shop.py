"""Endpoints that describe the shop: status, settings, gateways, shipping."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .errors import RestError
from .links import EDIT, ITEM, READ, href, item_links
from .paging import whole
from .product_json import ENTITIES
from .rest import Answer, Call
from .rest_index import CORE_FEATURES, PLUGINS

if TYPE_CHECKING:
    from .store import Store

Record = dict[str, Any]
HPOS_STORE = "Automattic\\WooCommerce\\Internal\\DataStores\\Orders\\OrdersTableDataStore"
POSTS_STORE = "WC_Order_Data_Store_CPT"

# --- status ------------------------------------------------------------------------------------


def system_status(call: Call) -> Answer:
    """The recorded status, or a short one, with what this store really is."""
    store = call.store
    status = dict(store.system_status) or {"environment": {}, "settings": {}}
    facts = {
        "home_url": store.url,
        "site_url": store.url,
        "version": store.version,
        "wp_version": store.wp_version,
    }
    status["environment"] = {**_ENVIRONMENT, **status["environment"], **facts}
    status["active_plugins"] = [*status.get("active_plugins", [_plugin(store)]), *_extra(store)]
    status["settings"] = {**status["settings"], **_status_settings(store)}
    secure = store.url.startswith("https")
    status["security"] = {"secure_connection": secure, "hide_errors": True}
    return Answer(status)


def _plugin(store: Store) -> Record:
    plugin = {"plugin": "woocommerce/woocommerce.php", "name": "WooCommerce"}
    return {**plugin, "version": store.version, "version_latest": store.version}


def _extra(store: Store) -> list[Record]:
    files = [PLUGINS[name][0] for name in PLUGINS if name in store.features]
    return [{"plugin": file, "name": file.partition("/")[0]} for file in files]


_ENVIRONMENT = {
    "wp_multisite": False,
    "wp_debug_mode": False,
    "language": "en_US",
    "external_object_cache": None,
    "php_version": "8.2.35",
    "php_post_max_size": 67108864,
    "php_max_execution_time": 300,
    "wp_memory_limit": 536870912,
    "default_timezone": "UTC",
}


def _status_settings(store: Store) -> Record:
    out = {
        "api_enabled": True,
        "currency": store.currency,
        "currency_symbol": ENTITIES.get(store.currency, store.currency),
        "thousand_separator": store.option("general", "woocommerce_price_thousand_sep", ","),
        "decimal_separator": store.option("general", "woocommerce_price_decimal_sep", "."),
        "number_of_decimals": store.decimals,
        "order_datastore": HPOS_STORE if store.hpos else POSTS_STORE,
        "HPOS_enabled": store.hpos,
        "HPOS_sync_enabled": False,
    }
    if store.release >= (9,):
        known = store.system_status.get("settings", {}).get("enabled_features", [])
        new = [name for name, since in CORE_FEATURES.items() if store.release >= since]
        out["enabled_features"] = [*known, *sorted(store.features & set(new) - set(known))]
    return out


# --- settings ----------------------------------------------------------------------------------


def setting_groups(call: Call) -> Answer:
    recorded = call.store.setting_records.get("")
    if recorded:
        return Answer([_group(call.store, row) for row in recorded])
    rows = [{"id": key, "label": key.title()} for key in call.store.settings]
    rows = [{**row, "description": "", "parent_id": "", "sub_groups": []} for row in rows]
    return Answer([_group(call.store, row) for row in rows])


def _group(store: Store, row: Record) -> Record:
    return {**row, "_links": {"options": [{"href": href(store, f"settings/{row['id']}")}]}}


def _records(store: Store, group: str) -> list[Record]:
    """The options of a group, with the values they have now."""
    values = store.settings.get(group, {})
    known = store.setting_records.get(group) or [
        {"id": key, "label": key, "description": "", "type": "text", "default": ""}
        for key in values
    ]
    return [{**row, "value": values.get(row["id"], row.get("value", ""))} for row in known]


def _setting_json(store: Store, group: str, row: Record, single: bool) -> Record:
    """A single option also names its group; since 9 the list does so as well."""
    path = f"settings/{group}"
    links = item_links(store, f"{path}/{row['id']}", path, EDIT)
    extra = {"group_id": group} if single else {}
    return {**row, **extra, "_links": links}


def list_settings(call: Call) -> Answer:
    group = str(call.args[0])
    if group not in call.store.settings and group not in call.store.setting_records:
        code, text = "rest_setting_setting_group_invalid", "Invalid setting group."
        raise RestError(code, text, 404)
    rows = _records(call.store, group)
    return Answer([_setting_json(call.store, group, row, False) for row in rows])


def _setting(call: Call) -> Record:
    rows = _records(call.store, str(call.args[0]))
    found = next((row for row in rows if row["id"] == call.args[1]), None)
    if found is None:
        raise RestError("rest_setting_setting_invalid", "Invalid setting.", 404)
    return found


def view_setting(call: Call) -> Answer:
    return Answer(_setting_json(call.store, str(call.args[0]), _setting(call), True))


def update_setting(call: Call) -> Answer:
    row, group = _setting(call), str(call.args[0])
    value = str(call.params.get("value", row["value"]))
    call.store.settings.setdefault(group, {})[row["id"]] = value
    return Answer(_setting_json(call.store, group, {**row, "value": value}, True))


# --- gateways ----------------------------------------------------------------------------------


def _gateway_json(store: Store, gateway: Record) -> Record:
    path = f"payment_gateways/{gateway['id']}"
    out = dict(gateway)
    tab = f"{store.url}/wp-admin/admin.php?page=wc-settings&tab=checkout"
    out["settings_url"] = f"{tab}&section={gateway['id']}"
    order = [k for k in out if k != "settings_url"]
    place = order.index("connection_url") if "connection_url" in order else len(order)
    keys = [*order[:place], "settings_url", *order[place:]]
    links = item_links(store, path, "payment_gateways", EDIT)
    return {**{key: out[key] for key in keys}, "_links": links}


def list_gateways(call: Call) -> Answer:
    return whole(call.store, [_gateway_json(call.store, g) for g in call.store.gateways.values()])


def view_gateway(call: Call) -> Answer:
    gateway = call.store.gateways.get(str(call.args[0]))
    if gateway is None:
        code, text = "woocommerce_rest_payment_gateway_invalid", "Resource does not exist."
        raise RestError(code, text, 404)
    return Answer(_gateway_json(call.store, gateway))


# --- shipping ----------------------------------------------------------------------------------


def list_methods(call: Call) -> Answer:
    return whole(call.store, [_method_json(call.store, row) for row in call.store.shipping_methods])


def _method_json(store: Store, row: Record) -> Record:
    return {
        **row,
        "_links": item_links(store, f"shipping_methods/{row['id']}", "shipping_methods", READ),
    }


def list_zones(call: Call) -> Answer:
    return whole(call.store, [_zone_json(call.store, zone) for zone in call.store.zones])


def _zone_json(store: Store, zone: Record) -> Record:
    path = f"shipping/zones/{zone['id']}"
    links = item_links(store, path, "shipping/zones", ITEM)
    links["describedby"] = [{"href": href(store, f"{path}/locations")}]
    return {**{key: zone[key] for key in ("id", "name", "order")}, "_links": links}


def _zone(call: Call) -> Record:
    wanted = call.args[0]
    found = next((zone for zone in call.store.zones if zone["id"] == wanted), None)
    if found is None:
        raise RestError("woocommerce_rest_shipping_zone_invalid", "Resource does not exist.", 404)
    return found


def view_zone(call: Call) -> Answer:
    return Answer(_zone_json(call.store, _zone(call)))


def zone_locations(call: Call) -> Answer:
    zone = _zone(call)
    path = f"shipping/zones/{zone['id']}"
    links = {
        "collection": [{"href": href(call.store, f"{path}/locations")}],
        "describes": [{"href": href(call.store, path)}],
    }
    return whole(call.store, [{**row, "_links": links} for row in zone["locations"]])


def zone_methods(call: Call) -> Answer:
    zone = _zone(call)
    path = f"shipping/zones/{zone['id']}"
    rows = []
    for method in zone["methods"]:
        links = item_links(call.store, f"{path}/methods/{method['id']}", f"{path}/methods", ITEM)
        links["describes"] = [{"href": href(call.store, path)}]
        rows.append({**method, "_links": links})
    return whole(call.store, rows)
