"""Lost answers and redirects: what may be repeated, and what is told."""

from __future__ import annotations

import json
import logging
import socket
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs

import pytest

from ...core import errors
from ...core.adapter import Credentials
from ...core.http import Exchange
from ...dev.woostore import Server, Store
from ...providers.woocommerce.adapter import WooCommerceAdapter
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

    def test_only_bodies_that_are_kept_are_shown(self):
        exchanges: list[Exchange] = []
        body = json.dumps({"order_key": "wc_order_abc", "status": "processing"})
        with replay(Canned(200, body), Canned(400, body)) as server:
            credentials = Credentials(
                server.url, KEY, SECRET, on_exchange=exchanges.append, keeps_bodies=bool
            )
            client = WooCommerceAdapter(credentials).client
            client.put("orders/1", {"status": "completed"})
            with pytest.raises(errors.ChannelError):
                client.put("orders/1", {"status": "completed"})
        fine, failed = exchanges
        assert (fine.status, fine.error, fine.request, fine.response) == (200, "", "", "")
        assert "completed" in failed.request
        assert "processing" in failed.response
        assert "wc_order_abc" not in failed.response

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
