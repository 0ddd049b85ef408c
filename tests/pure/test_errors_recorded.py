"""Every recorded error has the right class, over real HTTP."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ...core import errors
from ...core.http import Exchange
from .woo import KEY, SECRET, Canned, load, names, replay

#: fixture → (class, code, parameters beside the status)
EXPECTED: dict[str, tuple[type[errors.ChannelError], str, dict[str, Any]]] = {
    "200_html": (errors.Unreachable, "not_json", {}),
    "400_bad_type": (
        errors.Rejected,
        "request_refused",
        {"channel_code": "rest_invalid_param", "fields": "stock_quantity"},
    ),
    "400_duplicate_sku": (
        errors.Rejected,
        "request_refused",
        {"channel_code": "product_invalid_sku", "resource_id": 11},
    ),
    "400_invalid_param": (
        errors.Rejected,
        "request_refused",
        {"channel_code": "rest_invalid_param", "fields": "orderby"},
    ),
    "400_malformed_json": (
        errors.Rejected,
        "request_refused",
        {"channel_code": "rest_invalid_json"},
    ),
    "400_missing_param": (
        errors.Rejected,
        "request_refused",
        {"channel_code": "rest_missing_callback_param", "fields": "delivery_url"},
    ),
    "401_bad_key": (
        errors.BadCredentials,
        "key_not_recognised",
        {"channel_code": "woocommerce_rest_cannot_view"},
    ),
    "401_bad_secret": (
        errors.BadCredentials,
        "key_refused",
        {"channel_code": "woocommerce_rest_authentication_error"},
    ),
    "401_no_auth_post": (
        errors.BadCredentials,
        "key_not_recognised",
        {"channel_code": "woocommerce_rest_cannot_create"},
    ),
    "401_writeonly_read": (
        errors.BadCredentials,
        "key_refused",
        {"channel_code": "woocommerce_rest_authentication_error"},
    ),
    "403_editor_orders": (
        errors.BadCredentials,
        "user_lacks_rights",
        {"channel_code": "woocommerce_rest_cannot_view"},
    ),
    "403_key_of_demoted_user": (
        errors.BadCredentials,
        "user_lacks_rights",
        {"channel_code": "woocommerce_rest_cannot_view"},
    ),
    "403_readonly_write": (
        errors.BadCredentials,
        "key_refused",
        {"channel_code": "woocommerce_rest_authentication_error"},
    ),
    "404_customer": (errors.NotFound, "not_found", {"channel_code": "wc_user_invalid_id"}),
    "404_guest": (errors.NotFound, "not_found", {"channel_code": "wc_user_invalid_id"}),
    "404_namespace": (errors.Rejected, "no_route", {"channel_code": "rest_no_route"}),
    "404_no_route": (errors.Rejected, "no_route", {"channel_code": "rest_no_route"}),
    "404_order": (
        errors.NotFound,
        "not_found",
        {"channel_code": "woocommerce_rest_shop_order_invalid_id"},
    ),
    "405_post_on_item": (errors.Rejected, "no_route", {"channel_code": "rest_no_route"}),
    "413_batch": (
        errors.Rejected,
        "request_refused",
        {"channel_code": "woocommerce_rest_request_entity_too_large"},
    ),
    "429_html": (errors.RateLimited, "rate_limited", {}),
    "500_after_write": (
        errors.UnknownOutcome,
        "fatal_error",
        {"channel_code": "internal_server_error"},
    ),
    "500_database_down": (
        errors.Unreachable,
        "server_unavailable",
        {"channel_code": "wp_die"},
    ),
    "500_database_down_post": (
        errors.Unreachable,
        "server_unavailable",
        {"channel_code": "wp_die"},
    ),
    "500_fatal_json": (
        errors.ServerError,
        "fatal_error",
        {"channel_code": "internal_server_error"},
    ),
    "500_refund_of_other_order": (
        errors.NotFound,
        "not_found",
        {"channel_code": "woocommerce_rest_invalid_order_refund_id"},
    ),
    "500_refund_too_much": (
        errors.Rejected,
        "request_refused",
        {"channel_code": "woocommerce_rest_cannot_create_order_refund"},
    ),
    "501_no_trash": (
        errors.Rejected,
        "request_refused",
        {"channel_code": "woocommerce_rest_trash_not_supported"},
    ),
    "502_html": (errors.Unreachable, "server_unavailable", {}),
    "502_nginx_upstream_down": (errors.Unreachable, "server_unavailable", {}),
    "503_html": (errors.Unreachable, "server_unavailable", {}),
    "503_maintenance_mode": (
        errors.Unreachable,
        "server_unavailable",
        {"channel_code": "wp_die"},
    ),
    "method_override": (
        errors.NotFound,
        "not_found",
        {"channel_code": "woocommerce_rest_term_invalid"},
    ),
    "oauth1_replayed_nonce": (
        errors.BadCredentials,
        "key_refused",
        {"channel_code": "woocommerce_rest_authentication_error"},
    ),
    "readonly_create_webhook": (
        errors.BadCredentials,
        "key_refused",
        {"channel_code": "woocommerce_rest_authentication_error"},
    ),
}
WAITS = {"429_html": 7.0, "503_maintenance_mode": 600.0}
#: recorded, but no error: the notice before the JSON is ignored
GOOD = {"200_php_notice_before_json"}
METHODS = {
    "GET": lambda client: client.get("things/1"),
    "POST": lambda client: client.post("things", {"a": 1}),
    "PUT": lambda client: client.put("things/1", {"a": 1}),
    "DELETE": lambda client: client.delete("things/1"),
}


def test_every_recording_is_expected():
    assert {name.removeprefix("error__") for name in names("error")} == EXPECTED.keys() | GOOD


@pytest.mark.parametrize("name", EXPECTED)
def test_recorded(name: str):
    kind, code, params = EXPECTED[name]
    recorded = load(f"error__{name}")
    exchanges: list[Exchange] = []
    with (
        replay(Canned.recorded(f"error__{name}")) as server,
        pytest.raises(errors.ChannelError) as caught,
    ):
        METHODS[recorded["method"]](server.adapter(exchanges).client)
    error = caught.value
    assert (type(error), error.code) == (kind, code)
    assert error.params == {"status": recorded["status"], **params}
    assert getattr(error, "retry_after", None) == WAITS.get(name)
    assert [exchange.error for exchange in exchanges] == [code]
    assert exchanges[0].status == recorded["status"]


def test_notice_before_json():
    with replay(Canned.recorded("error__200_php_notice_before_json")) as server:
        assert server.adapter().client.get("orders").sequence() == [{"id": 446}]


def test_errors_hold_no_secret_and_no_value():
    body = {
        "code": "rest_invalid_param",
        "message": "jane@doe.example is no e-mail",
        "data": {"status": 400, "params": {"email": "jane@doe.example is no e-mail"}},
    }
    with (
        replay(Canned(400, json.dumps(body))) as server,
        pytest.raises(errors.Rejected) as caught,
    ):
        server.adapter().client.post("customers", {"email": "jane@doe.example"})
    text = repr(caught.value) + str(caught.value)
    assert "jane" not in text and KEY not in text and SECRET not in text
    assert caught.value.params["fields"] == "email"
