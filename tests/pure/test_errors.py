"""The error ladder: which error an answer becomes."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

from ...core import errors
from ...providers.woocommerce import const
from ...providers.woocommerce.failure import error_of


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
            *(
                (
                    status,
                    canned_error(status, code),
                    {},
                    errors.BadCredentials,
                    "rest_api_restricted",
                )
                for status, code in (
                    (401, "rest_forbidden"),
                    (401, "rest_login_required"),
                    (401, "rest_not_logged_in"),
                    (403, "rest_cannot_access"),
                    (403, "rest_login_required"),
                    (403, "rest_disabled"),
                )
            ),
            (403, None, {}, errors.BadCredentials, "blocked_by_firewall"),
            (406, canned_error(406, "x"), {}, errors.BadCredentials, "blocked_by_firewall"),
            (405, canned_error(405, "x"), {}, errors.Rejected, "request_refused"),
            (429, canned_error(429, "x"), {}, errors.RateLimited, "rate_limited"),
            (
                400,
                canned_error(400, "woocommerce_rest_shop_order_invalid_id"),
                {},
                errors.NotFound,
                "not_found",
            ),
            (502, canned_error(502, "x"), {}, errors.Unreachable, "server_unavailable"),
            (503, canned_error(503, "x"), {}, errors.Unreachable, "server_unavailable"),
            (504, canned_error(504, "x"), {}, errors.Unreachable, "server_unavailable"),
            (525, canned_error(525, "x"), {}, errors.Unreachable, "server_unavailable"),
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
