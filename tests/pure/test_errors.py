"""Every recorded error has the right class, over real HTTP."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import Any

import pytest

from ...core import errors
from ...core.http import Exchange
from ...providers.woocommerce import const
from ...providers.woocommerce.failure import error_of
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


def canned_error(status: int, code: str) -> Any:
    return {"code": code, "message": "x", "data": {"status": status}}


def classify(status: int, data: Any, *, write: bool = False, **headers: str) -> Any:
    now = datetime(2026, 11, 21, 9, tzinfo=timezone.utc)
    found = {name.replace("_", "-").title(): value for name, value in headers.items()}
    return error_of(
        status, data, found, url="https://shop.example/wp-json/wc/v3/x", write=write, now=now
    )


class TestWrites:
    """A change whose answer is lost may have happened."""

    @pytest.mark.parametrize(
        ("status", "data", "headers", "code"),
        [
            (200, None, {"content_type": "text/html"}, "answer_unreadable"),
            (201, None, {"content_type": "application/json"}, "answer_unreadable"),
            (500, None, {}, "server_error"),
            (500, canned_error(500, "internal_server_error"), {}, "fatal_error"),
            (502, None, {}, "server_unavailable"),
            (503, None, {}, "server_unavailable"),
            (504, None, {}, "server_unavailable"),
            (524, None, {}, "server_unavailable"),
            (599, None, {}, "server_error"),
        ],
    )
    def test_unknown_outcome(self, status, data, headers, code):
        error = classify(status, data, write=True, **headers)
        assert (type(error), error.code) == (errors.UnknownOutcome, code)

    @pytest.mark.parametrize(
        ("status", "data", "kind"),
        [
            (400, canned_error(400, "x"), errors.Rejected),
            (404, canned_error(404, "x"), errors.NotFound),
            (409, canned_error(409, "x"), errors.Rejected),
            (422, canned_error(422, "order_not_refundable"), errors.Rejected),
            (429, None, errors.RateLimited),
            (500, canned_error(500, "woocommerce_rest_cannot_create"), errors.Rejected),
            (500, {"code": "woocommerce_rest_x", "message": "", "data": 500}, errors.Rejected),
            (503, canned_error(503, "wp_die"), errors.Unreachable),
        ],
    )
    def test_certain_outcome(self, status, data, kind):
        assert type(classify(status, data, write=True)) is kind


class TestReads:
    @pytest.mark.parametrize(
        ("status", "data", "headers", "kind", "code"),
        [
            (200, None, {"content_type": "text/html"}, errors.Unreachable, "not_json"),
            (200, None, {"content_type": "application/json"}, errors.ServerError, "broken_json"),
            (200, None, {}, errors.Unreachable, "not_json"),
            (401, None, {}, errors.BadCredentials, "site_password"),
            (
                401,
                canned_error(401, "rest_cannot_access"),
                {},
                errors.BadCredentials,
                "rest_api_restricted",
            ),
            (403, None, {}, errors.BadCredentials, "blocked_by_firewall"),
            (405, None, {}, errors.BadCredentials, "blocked_by_firewall"),
            (406, None, {}, errors.BadCredentials, "blocked_by_firewall"),
            (404, None, {}, errors.BadCredentials, "no_rest_api"),
            (410, canned_error(410, "x"), {}, errors.NotFound, "not_found"),
            (413, None, {}, errors.Rejected, "too_large"),
            (418, None, {}, errors.Rejected, "request_refused"),
            (408, None, {}, errors.Unreachable, "server_unavailable"),
            (500, None, {}, errors.ServerError, "server_error"),
            (504, None, {}, errors.Unreachable, "server_unavailable"),
            (508, None, {}, errors.Unreachable, "server_unavailable"),
            (520, None, {}, errors.Unreachable, "server_unavailable"),
            (530, None, {}, errors.Unreachable, "server_unavailable"),
            (500, [], {}, errors.Rejected, "request_refused"),
        ],
    )
    def test_class(self, status, data, headers, kind, code):
        error = classify(status, data, **headers)
        assert (type(error), error.code) == (kind, code)

    def test_good(self):
        assert classify(200, []) is None
        assert classify(201, {"id": 1}, write=True) is None


class TestRedirects:
    @pytest.mark.parametrize(
        ("location", "target"),
        [
            (
                "https://www.shop.example/wp-json/wc/v3/x?consumer_key=ck_1",
                "https://www.shop.example",
            ),
            ("https://shop.example/store/wp-json/wc/v3/x", "https://shop.example/store"),
            ("https://me:pw@other.example/login?token=1", "https://other.example"),
            ("/wp-login.php", "https://shop.example"),
            ("http://[::1", ""),
            ("", "https://shop.example"),
        ],
    )
    def test_names_the_right_address_and_no_secret(self, location, target):
        for status in (301, 302, 307, 308):
            error = classify(status, None, location=location, write=True)
            assert (type(error), error.code) == (errors.BadCredentials, "redirected")
            assert error.params == {"status": status, "target": target}


class TestRetryAfter:
    @pytest.mark.parametrize(
        ("headers", "seconds"),
        [
            ({"retry_after": "7"}, 7.0),
            ({"retry_after": " 0 "}, 0.0),
            ({"retry_after": "99999999"}, 86400.0),
            ({"retry_after": "Sat, 21 Nov 2026 09:02:00 GMT"}, 120.0),
            ({"retry_after": "Sat, 21 Nov 2026 08:00:00 GMT"}, 0.0),
            (
                # the shop's clock is half an hour slow: its own Date counts
                {
                    "retry_after": "Sat, 21 Nov 2026 08:31:00 GMT",
                    "date": "Sat, 21 Nov 2026 08:30:00 GMT",
                },
                60.0,
            ),
            ({"retry_after": "soon"}, None),
            ({"retry_after": "-5"}, None),
            ({}, None),
        ],
    )
    def test_seconds_or_date(self, headers, seconds):
        assert classify(503, None, **headers).retry_after == seconds


class TestTable:
    def test_codes_name_one_class_for_reads(self):
        """A code is part of an issue's fingerprint and has one text."""
        classes: dict[str, set[type]] = {}
        for meaning in const.MEANINGS.values():
            classes.setdefault(meaning.code, set()).add(meaning.error)
        assert not {code: found for code, found in classes.items() if len(found) > 1}

    def test_all_errors_can_be_built(self):
        for (status, code), meaning in const.MEANINGS.items():
            assert isinstance(meaning.error(meaning.code, status=status), errors.ChannelError)
            assert meaning.code and code

    def test_retryable_writes_are_those_that_never_began(self):
        for (_status, code), meaning in const.MEANINGS.items():
            if issubclass(meaning.error, errors.ServerError):
                assert meaning.write is errors.UnknownOutcome, code


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
