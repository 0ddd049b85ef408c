"""The client over real HTTP: connections, answers, secrets."""

from __future__ import annotations

import json
import logging
import socket
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from urllib.parse import parse_qs, urlsplit

import pytest

from ...core import VERSION, errors
from ...core.adapter import Credentials
from ...core.http import Exchange
from ...dev.woostore import Server, Store
from ...providers.woocommerce.adapter import WooCommerceAdapter
from ...providers.woocommerce.answer import parse_http_date, salvage_json
from ...providers.woocommerce.client import WooClient, normalise_url
from .woo import KEY, SECRET, Canned, adapter, replay
from .woo_world import WooWorld

HTML = [("Content-Type", "text/html; charset=UTF-8")]


@pytest.fixture
def world() -> Iterator[WooWorld]:
    """A store over TLS, which takes Basic."""
    store = Store()
    with Server(store, tls=True) as server:
        yield WooWorld(store, server)


@contextmanager
def closed_port() -> Iterator[str]:
    """An address at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


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


class TestLostAnswers:
    """Reads may be repeated; a change whose answer is lost may have happened."""

    CASES = (
        (Canned(hang=True), errors.Unreachable, "read_timeout"),
        (Canned(drop=True), errors.Unreachable, "connection_lost"),
        (Canned(body=b"{broken"), errors.ServerError, "broken_json"),
        (Canned(body=b"<html>wait</html>", headers=HTML), errors.Unreachable, "not_json"),
    )

    @pytest.mark.parametrize(("canned", "kind", "code"), CASES)
    def test_read(self, canned, kind, code):
        exchanges: list[Exchange] = []
        with (
            replay(canned) as server,
            pytest.raises(errors.ChannelError) as caught,
        ):
            server.adapter(exchanges, read_timeout=0.3).fetch_order("5")
        assert (type(caught.value), caught.value.code) == (kind, code)
        assert exchanges[-1].error == code

    @pytest.mark.parametrize(("canned", "_kind", "code"), CASES)
    @pytest.mark.parametrize("method", ["post", "put"])
    def test_write(self, method, canned, _kind, code):
        with replay(canned) as server:
            client = server.adapter(read_timeout=0.3).client
            with pytest.raises(errors.UnknownOutcome):
                getattr(client, method)("products", {"name": "Mug"})
        assert len(server.requests) == 1

    def test_half_a_body(self):
        """How soon that shows depends on urllib3's version."""
        with replay(Canned(body=b'{"id": 5, "total": "1"}', cut=10)) as server:
            with pytest.raises(errors.Retryable):
                server.adapter().fetch_order("5")
            with pytest.raises(errors.UnknownOutcome):
                server.adapter().client.put("orders/5", {})

    def test_a_post_that_only_reads_is_a_read(self):
        with (
            replay(Canned(drop=True)) as server,
            pytest.raises(errors.Unreachable),
        ):
            server.adapter().client.get_by_ids("orders", {}, "exclude", ["1"] * 101)

    def test_nothing_was_sent(self):
        with closed_port() as url:
            for call in ("fetch_order", "list_hooks"):
                with pytest.raises(errors.Unreachable, match="connection_refused"):
                    getattr(adapter(url), call)("5")
            with pytest.raises(errors.Unreachable, match="connection_refused"):
                adapter(url).client.post("products", {})

    def test_nobody_takes_the_connection(self):
        """A queue of connections that is full: the next one waits."""
        with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
            address = full.getsockname()
            waiting = [socket.socket() for _number in range(4)]
            for one in waiting:
                one.setblocking(False)
                one.connect_ex(address)
            try:
                client = adapter(f"http://127.0.0.1:{address[1]}", connect_timeout=0.3).client
                with pytest.raises(errors.Unreachable, match="connect_timeout"):
                    client.post("products", {})
            finally:
                for one in waiting:
                    one.close()

    def test_a_certificate_nobody_knows_stops_a_write_before_it_is_sent(self, world: WooWorld):
        stranger = adapter(world.server.url)
        with pytest.raises(errors.Unreachable, match="tls_failed"):
            stranger.client.post("products", {})
        assert world.requests() == 0

    def test_unknown_host(self):
        with pytest.raises(errors.Unreachable, match="unknown_host"):
            adapter("http://shop.invalid").client.post("products", {})

    def test_no_tls_at_the_other_end(self):
        with replay(Canned()) as server:
            secure = adapter(server.url.replace("http:", "https:"), read_timeout=1)
            with pytest.raises(errors.Unreachable, match="tls_failed"):
                secure.fetch_order("5")

    def test_a_kept_connection_that_was_closed_is_replaced(self):
        good = Canned(body='{"id": 5}')
        exchanges: list[Exchange] = []
        with replay(good, Canned(drop=True), good) as server:
            shop = server.adapter(exchanges)
            shop.fetch_order("5")
            assert shop.fetch_order("5").external_id == "5"
        assert [exchange.status for exchange in exchanges] == [200, 0, 200]
        nonces = {parse_qs(request.path)["oauth_nonce"][0] for request in server.requests}
        assert len(nonces) == 3

    def test_but_no_change_is_sent_twice(self):
        with replay(Canned(body='{"id": 5}'), Canned(drop=True)) as server:
            client = server.adapter().client
            client.get("orders")
            with pytest.raises(errors.UnknownOutcome):
                client.post("products", {})
        assert len(server.requests) == 2

    def test_a_change_counts_only_when_its_answer_is_clean(self):
        with (
            replay(Canned(201, b'<br />Notice<br />{"id": 5}')) as server,
            pytest.raises(errors.UnknownOutcome, match="answer_unreadable"),
        ):
            server.adapter().client.post("products", {"name": "Mug"})


class TestRedirects:
    def test_a_write_follows_none(self):
        with replay(Canned(200, "[]")) as other:
            moved = Canned(301, "", [("Location", f"{other.url}/wp-json/wc/v3/products")])
            with (
                replay(moved) as server,
                pytest.raises(errors.BadCredentials) as caught,
            ):
                server.adapter().client.post("products", {"name": "Mug"})
            assert caught.value.params["target"] == other.url
            assert other.requests == []

    def test_a_read_leaves_no_host(self):
        with replay(Canned(200, '{"id": 5}')) as other:
            moved = Canned(302, "", [("Location", f"{other.url}/wp-json/wc/v3/orders/5")])
            with (
                replay(moved) as server,
                pytest.raises(errors.BadCredentials, match="redirected"),
            ):
                server.adapter().fetch_order("5")
            assert other.requests == []

    def test_a_signed_address_follows_none(self):
        """Its nonce is used up."""
        moved = Canned(302, "", [("Location", "/wp-json/wc/v3/orders/5/")])
        with (
            replay(moved, Canned(200, '{"id": 5}')) as server,
            pytest.raises(errors.BadCredentials, match="redirected"),
        ):
            server.adapter().fetch_order("5")
        assert len(server.requests) == 1

    def test_with_basic_on_the_same_host(self, world: WooWorld):
        external_id = world.place_order()
        world.server.faults.add("redirect-302")
        assert world.adapter.fetch_order(external_id).external_id == external_id
        assert [exchange.status for exchange in world.exchanges] == [200]

    def test_with_basic_to_another_host(self, world: WooWorld):
        with replay(Canned(200, '{"id": 5}')) as other:
            for kind in ("redirect-301", "redirect-307"):
                world.server.faults.add(kind, location=f"{other.url}/wp-json/wc/v3/orders/5")
                with pytest.raises(errors.BadCredentials) as caught:
                    world.adapter.fetch_order("5")
                assert caught.value.params["target"] == other.url
            assert other.requests == []

    def test_in_circles(self, world: WooWorld):
        world.server.faults.add("redirect-302", times=20)
        with pytest.raises(errors.BadCredentials, match="redirected"):
            world.adapter.fetch_order("5")

    @pytest.mark.parametrize("kind", ["redirect-301", "redirect-302", "redirect-307"])
    def test_a_write_with_basic(self, world: WooWorld, kind):
        world.server.faults.add(kind)
        with pytest.raises(errors.BadCredentials, match="redirected"):
            world.adapter.client.post("products", {"name": "Mug"})
        assert world.requests() == 0


class TestBasic:
    def test_over_tls(self, world: WooWorld):
        external_id = world.place_order()
        assert world.adapter.fetch_order(external_id).external_id == external_id
        assert "oauth" not in repr(world.store.requests[-1].query)

    def test_keys_in_the_query(self, world: WooWorld):
        world.place_order()
        shop = world.new_adapter(world.store.key, world.store.secret, auth_in_query=True)
        params = {"per_page": 1}
        assert len(shop.client.get("orders", params=params).sequence()) == 1
        assert params == {"per_page": 1}
        text = repr(world.exchanges)
        assert world.store.key not in text and world.store.secret not in text
        assert "consumer_secret=•••" in text

    def test_keys_with_blanks_around_them(self, world: WooWorld):
        shop = world.new_adapter(f" {world.store.key}\n", f"\t{world.store.secret} ")
        assert shop.tax_rates()


class TestOAuth:
    @pytest.mark.parametrize(
        "params",
        [
            {"search": "a/b c+d&e=f%20é~"},
            {"include": "1,2,3", "_fields": "id,number"},
            {"search": "wp-json/wc/v3?x=1"},
        ],
    )
    def test_any_parameter_can_be_signed(self, params):
        store = Store()
        with Server(store) as server:
            shop = WooWorld(store, server)
            shop.adapter.client.get("orders", params=params)
            assert store.requests[-1].query.items() >= params.items()

    def test_a_body_with_a_method_in_the_address(self):
        store = Store()
        with Server(store) as server:
            shop = WooWorld(store, server)
            reader = shop.new_adapter(*store.add_key("read"))
            ids = [str(number) for number in range(1, 200)]
            assert reader.client.get_by_ids("orders", {}, "include", ids).sequence() == []
            assert store.requests[-1].method == "POST"

    def test_many_at_once(self):
        """Nonces of eight digits collide, those of the package's own do."""
        store = Store()
        with Server(store) as server:
            client = WooWorld(store, server).adapter.client
            for _number in range(30):
                client.get("orders", params={"per_page": 1})
        assert [request.status for request in store.requests] == [200] * 30


class TestSecrets:
    def test_exchanges_are_masked(self):
        exchanges: list[Exchange] = []
        body = {"secret": "whsec", "billing": {"email": "jane@doe.example"}}
        with replay(Canned(200, json.dumps({"order_key": "wc_order_abc"}))) as server:
            server.adapter(exchanges).client.put("webhooks/1", body)
        text = repr(exchanges)
        for secret in (KEY, SECRET, "whsec", "jane", "wc_order_abc"):
            assert secret not in text
        assert "oauth" not in exchanges[0].url
        assert (exchanges[0].method, exchanges[0].status, exchanges[0].error) == ("PUT", 200, "")
        assert exchanges[0].seconds > 0

    def test_no_traceback_holds_one(self):
        with (
            closed_port() as url,
            pytest.raises(errors.Unreachable) as caught,
        ):
            adapter(url).fetch_order("5")
        error = caught.value
        assert error.__context__ is None and error.__cause__ is None
        text = "".join(traceback.format_exception(error))
        assert KEY not in text and SECRET not in text and "oauth" not in text

    def test_no_log_line_holds_one(self, caplog):
        caplog.set_level(logging.DEBUG)
        with replay(Canned(body='{"id": 5}')) as server:
            server.adapter().fetch_order("5")
        assert "orders/5" in caplog.text
        assert KEY not in caplog.text
        assert "urllib3.connectionpool" in {record.name for record in caplog.records}

    def test_credentials_hide_them(self):
        assert SECRET not in repr(Credentials("https://shop.example", KEY, SECRET))
