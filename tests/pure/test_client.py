"""The client over real HTTP: addresses, connections, answers."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from urllib.parse import parse_qs, urlsplit

import pytest

from ...core import VERSION, errors
from ...core.adapter import Credentials
from ...providers.woocommerce.adapter import WooCommerceAdapter
from ...providers.woocommerce.address import normalise_url
from ...providers.woocommerce.answer import parse_http_date, salvage_json
from ...providers.woocommerce.client import WooClient
from .woo import KEY, SECRET, Canned, replay


class TestUrl:
    @pytest.mark.parametrize(
        ("given", "expected"),
        [
            ("https://shop.example", "https://shop.example"),
            (" HTTPS://Shop.Example/ ", "https://shop.example"),
            ("https://shop.example/wp-json", "https://shop.example"),
            ("https://shop.example/wp-json/wc/v3/", "https://shop.example"),
            ("https://shop.example/store/", "https://shop.example/store"),
            ("https://shop.example/store/wp-admin/admin.php", "https://shop.example/store"),
            ("https://shop.example/index.php?x=1#y", "https://shop.example"),
            ("http://localhost:8080", "http://localhost:8080"),
            ("http://[::1]:8080/", "http://[::1]:8080"),
        ],
    )
    def test_normalised(self, given, expected):
        assert normalise_url(given) == expected

    @pytest.mark.parametrize(
        ("given", "reason"),
        [
            ("shop.example", "scheme"),
            ("", "scheme"),
            ("ftp://shop.example", "scheme"),
            ("javascript:alert(1)", "scheme"),
            ("https://", "host"),
            ("https:///wp-json", "host"),
            ("https://me:pw@shop.example", "credentials"),
            ("https://shop.example:port", "invalid"),
            ("http://[::1", "invalid"),
        ],
    )
    def test_refused(self, given, reason):
        with pytest.raises(errors.BadCredentials) as caught:
            normalise_url(given)
        assert (caught.value.code, caught.value.params) == ("bad_url", {"reason": reason})

    def test_building_an_adapter_never_raises(self):
        broken = WooCommerceAdapter(Credentials("shop.example", KEY, SECRET))
        with pytest.raises(errors.BadCredentials, match="bad_url"):
            broken.fetch_order("1")
        broken.close()

    @pytest.mark.parametrize(("key", "secret"), [("", SECRET), (KEY, " "), ("", "")])
    def test_keys_are_needed(self, key, secret):
        with pytest.raises(errors.BadCredentials, match="key_missing"):
            WooClient(Credentials("https://shop.example", key, secret))


class TestRequest:
    def test_headers_and_address(self):
        with replay(Canned(body='{"id": 5}')) as server:
            server.adapter().fetch_order("5")
        request = server.requests[0]
        assert urlsplit(request.path).path == "/wp-json/wc/v3/orders/5"
        assert parse_qs(urlsplit(request.path).query)["dp"] == ["8"]
        assert request.headers["User-Agent"] == f"ChannelConnector/{VERSION} (Odoo; +woocommerce)"
        assert request.headers["Accept"] == "application/json"
        assert "Authorization" not in request.headers

    def test_body_is_utf8_json(self):
        with replay(Canned(201, '{"id": 5}')) as server:
            server.adapter().client.post("products", {"name": "Café ❤"})
        assert json.loads(server.requests[0].body) == {"name": "Café ❤"}
        assert server.requests[0].headers["Content-Type"] == "application/json;charset=utf-8"

    def test_one_connection_for_all(self):
        with replay(Canned(body='{"id": 5}')) as server:
            shop = server.adapter()
            for _number in range(3):
                shop.fetch_order("5")
            shop.close()
        assert (len(server.requests), server.connections) == (3, 1)

    def test_every_call_is_signed_anew(self):
        with replay(Canned(body='{"id": 5}')) as server:
            shop = server.adapter()
            shop.fetch_order("5")
            shop.fetch_order("5")
        nonces = [parse_qs(request.path)["oauth_nonce"][0] for request in server.requests]
        assert len(set(nonces)) == 2
        assert all(len(nonce) == 32 for nonce in nonces)

    def test_parameters_are_sent_once_and_not_changed(self):
        params = {"include": "1,2", "_fields": "id"}
        with replay(Canned(body="[]")) as server:
            server.adapter().client.get("orders", params=params)
        assert params == {"include": "1,2", "_fields": "id"}
        assert parse_qs(urlsplit(server.requests[0].path).query)["include"] == ["1,2"]

    def test_netrc_is_not_asked(self, tmp_path, monkeypatch):
        (tmp_path / ".netrc").write_text("default login someone password else\n")
        monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
        with replay(Canned(body='{"id": 5}')) as server:
            server.adapter().fetch_order("5")
        assert "Authorization" not in server.requests[0].headers

    def test_ids_that_are_no_numbers_are_not_asked_for(self):
        with replay(Canned()) as server:
            for wrong in ("", "0", "../products", "5?x=1", "abc"):
                with pytest.raises(errors.NotFound):
                    server.adapter().fetch_order(wrong)
        assert server.requests == []

    def test_long_lists_of_ids_go_into_a_body(self):
        ids = [str(number) for number in range(1, 151)]
        with replay(Canned(body="[]")) as server:
            client = server.adapter().client
            client.get_by_ids("orders", {"status": "any"}, "exclude", ids[:100])
            client.get_by_ids("orders", {"status": "any"}, "exclude", ids)
            client.get_by_ids("orders", {"status": "any"}, "exclude", [])
        short, long, none = server.requests
        assert parse_qs(urlsplit(short.path).query)["exclude"] == [",".join(ids[:100])]
        assert (long.method, parse_qs(urlsplit(long.path).query)["_method"]) == ("POST", ["GET"])
        assert json.loads(long.body) == {"status": "any", "exclude": list(range(1, 151))}
        assert "exclude" not in none.path

    def test_pages_until_the_last(self):
        headers = [("Content-Type", "application/json"), ("X-WP-TotalPages", "2")]
        with replay(
            Canned(body='[{"id": 1}]', headers=headers), Canned(body='[{"id": 2}]', headers=headers)
        ) as server:
            assert list(server.adapter().client.pages("taxes")) == [{"id": 1}, {"id": 2}]
        assert len(server.requests) == 2

    def test_rate_budget_is_asked_before(self):
        def refuse() -> None:
            raise errors.RateLimited("budget", retry_after=3)

        with replay(Canned()) as server:
            shop = WooCommerceAdapter(Credentials(server.url, KEY, SECRET, before_request=refuse))
            with pytest.raises(errors.RateLimited):
                shop.fetch_order("5")
        assert server.requests == []


class TestAnswer:
    def test_times(self):
        headers = [
            ("Content-Type", "application/json"),
            ("Date", "Sat, 21 Nov 2026 09:14:26 GMT"),
        ]
        with replay(Canned(body='{"id": 5}', headers=headers)) as server:
            answer = server.adapter().client.get("orders/5")
        assert answer.server_time == datetime(2026, 11, 21, 9, 14, 26, tzinfo=timezone.utc)
        assert answer.sent_at.tzinfo is not None

    def test_without_a_date_our_own_clock_counts(self):
        with replay(Canned(body='{"id": 5}')) as server:
            answer = server.adapter().client.get("orders/5")
        assert answer.server_time == answer.sent_at
        assert answer.seconds > 0

    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("Sat, 21 Nov 2026 09:14:26 GMT", "2026-11-21T09:14:26+00:00"),
            ("Sat, 21 Nov 2026 10:14:26 +0100", "2026-11-21T09:14:26+00:00"),
            ("Sat, 21 Nov 2026 09:14:26 -0000", "2026-11-21T09:14:26+00:00"),
            ("yesterday", None),
            ("", None),
        ],
    )
    def test_http_dates(self, text, found):
        moment = parse_http_date(text)
        assert (moment.isoformat() if moment else None) == found

    @pytest.mark.parametrize(
        "body",
        [
            b'\xef\xbb\xbf[{"id": 1}]',
            b'\xef\xbb\xbf\xef\xbb\xbf\n[{"id": 1}]',
            b'<br />\n<b>Notice</b>: x [12] {y} on line <b>1</b><br />\n[{"id": 1}]',
            b'[{"id": 1}]\n<!-- served in 0.1 s -->',
            b'  [{"id": 1}]  ',
        ],
    )
    def test_salvaged(self, body, caplog):
        with replay(Canned(body=body)) as server:
            assert server.adapter().client.get("orders").sequence() == [{"id": 1}]
        assert "Notice" not in caplog.text
        clean = body.strip(b"\xef\xbb\xbf \n") == b'[{"id": 1}]'
        assert ("salvaged JSON" in caplog.text) is not clean

    @pytest.mark.parametrize(
        ("text", "content_type"),
        [
            ('[{"id": 1}, {"id": 2', "application/json"),
            ('{"id": 1, "billing": {"city": "Gent"}', "application/json"),
            ('<br />{"id": 1, "lines": [{"id": 2}]', "application/json"),
            ('{"id": "unfinished', "application/json"),
            ("nothing at all", "application/json"),
            ("", "application/json"),
            ('<script>var a = {"id": 1}</script>', "text/html"),
            ("{" * 100, "application/json"),
        ],
    )
    def test_a_whole_part_of_broken_json_is_not_taken(self, text, content_type):
        with pytest.raises(ValueError):
            salvage_json(text, content_type)

    @pytest.mark.parametrize("body", ["[]", '"text"', "5", "null"])
    def test_a_record_is_an_object(self, body):
        with (
            replay(Canned(body=body)) as server,
            pytest.raises(errors.Retryable),
        ):
            server.adapter().fetch_order("5")

    def test_a_list_is_a_list(self):
        with (
            replay(Canned(body='{"0": {"id": 1}}')) as server,
            pytest.raises(errors.ServerError, match="unexpected_answer"),
        ):
            server.adapter().client.get("orders").sequence()

    def test_what_no_database_stores_is_dropped(self):
        with replay(Canned(body='{"id": 5, "note": "a\\u0000b\\ud83d"}')) as server:
            assert server.adapter().fetch_order("5").payload["note"] == "ab"
