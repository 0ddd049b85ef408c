"""The connection check names what is wrong, against the fake store over real HTTP and TLS."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from urllib3.exceptions import InsecureRequestWarning

from ...core.adapter import Credentials
from ...core.canonical import CheckResult, Finding, Level
from ...dev.woostore import Server, Store
from ...providers.woocommerce.adapter import WooCommerceAdapter
from .tls_front import tls_front
from .woo import KEY, SECRET, Canned, adapter, replay
from .woo_world import WooWorld

HTML = [("Content-Type", "text/html")]
NOT_FOUND = Canned(404, "<html>Not found</html>", HTML)


@contextmanager
def world(tls: bool = True, **options: Any) -> Iterator[WooWorld]:
    store = Store(**options)
    with Server(store, tls=tls) as server:
        yield WooWorld(store, server)


def problems(result: CheckResult) -> list[tuple[str, str]]:
    """(level, code) of everything a person has to look at."""
    return [
        (finding.level.value, finding.code)
        for finding in result.findings
        if finding.level is not Level.OK
    ]


def found(result: CheckResult, code: str) -> Finding:
    return next(finding for finding in result.findings if finding.code == code)


def check(url: str, key: str = KEY, secret: str = SECRET, **settings: Any) -> CheckResult:
    return WooCommerceAdapter(Credentials(url, key, secret, settings)).check()


class TestHealthy:
    def test_findings(self):
        with world() as shop:
            result = shop.adapter.check()
        assert (result.ok, problems(result)) == (True, [])
        assert [finding.code for finding in result.findings] == [
            "version",
            "currency",
            "timezone",
            "prices_include_tax",
            "tax_rounded_per_line",
            "orders_in_tables",
            "key_reads_and_writes",
        ]
        assert found(result, "version").params == {"version": "10.0.2"}
        assert found(result, "currency").params == {"currency": "EUR", "decimals": 2}
        assert found(result, "timezone").params == {"timezone": "Europe/Madrid"}

    def test_store(self):
        with world() as shop:
            store = shop.adapter.describe()
        assert (store.name, store.version, store.currency) == ("Test shop", "10.0.2", "EUR")
        assert (store.decimals, store.timezone) == (2, "Europe/Madrid")
        assert (store.prices_include_tax, store.tax_round_per_line) == (True, True)
        assert (store.taxes_enabled, store.stock_enabled) == (True, True)
        assert (store.weight_unit, store.dimension_unit) == ("kg", "cm")
        assert store.features == ("order_tables", "refund_list")

    def test_six_requests_and_nothing_written(self):
        with world() as shop:
            before = repr((shop.store.products, shop.store.orders, shop.store.settings))
            shop.adapter.check()
            assert [request.path for request in shop.store.requests] == [
                "/wp-json/",
                "/wp-json/wc/v3/system_status",
                "/wp-json/wc/v3/settings/tax",
                "/wp-json/wc/v3/settings/products",
                "/wp-json/wc/v3/settings/general",
                "/wp-json/wc/v3/products/batch",
            ]
            assert before == repr((shop.store.products, shop.store.orders, shop.store.settings))

    def test_describing_costs_five(self):
        with world() as shop:
            shop.adapter.describe()
            assert shop.requests() == 5

    def test_older_store(self):
        options = {
            "version": "8.9.3",
            "hpos": False,
            "timezone": "America/New_York",
            "prices_include_tax": False,
            "round_at_subtotal": True,
            "currency": "JPY",
            "decimals": 0,
        }
        with world(**options) as shop:
            result = shop.adapter.check()
        assert (result.ok, problems(result)) == (True, [("info", "orders_in_posts")])
        codes = {finding.code for finding in result.findings}
        assert {"prices_exclude_tax", "tax_rounded_at_subtotal"} <= codes
        assert found(result, "currency").params == {"currency": "JPY", "decimals": 0}
        assert result.store.features == ()

    def test_tracking_plug_in(self):
        with world() as shop:
            shop.store.features.add("shipment-tracking")
            assert "shipment_tracking" in shop.adapter.describe().features

    def test_without_tls(self):
        with world(tls=False) as shop:
            result = shop.adapter.check()
        assert (result.ok, problems(result)) == (True, [("warning", "no_https")])


class TestAddress:
    @pytest.mark.parametrize(
        ("url", "reason"), [("shop.example", "scheme"), ("https://a:b@shop.example", "credentials")]
    )
    def test_bad_url(self, url, reason):
        result = check(url)
        assert problems(result) == [("error", "bad_url")]
        assert found(result, "bad_url").params == {"reason": reason}

    def test_no_key(self):
        assert problems(check("https://shop.example", "", "")) == [("error", "key_missing")]

    def test_unknown_host(self):
        assert problems(check("http://shop.invalid")) == [("error", "unknown_host")]

    def test_refused(self):
        with world() as shop:
            shop.server.pause()
            assert problems(shop.adapter.check()) == [("error", "connection_refused")]

    def test_certificate_nobody_knows(self):
        with world() as shop:
            result = check(shop.server.url, shop.store.key, shop.store.secret)
        assert problems(result) == [("error", "tls_failed")]

    def test_certificate_not_looked_at(self):
        with world() as shop, pytest.warns(InsecureRequestWarning):
            assert shop.new_adapter(shop.store.key, shop.store.secret, verify_ssl=False).check().ok

    def test_redirect_names_the_right_address(self):
        moved = Canned(301, "", [("Location", "https://www.shop.example/wp-json/?_fields=name")])
        with replay(moved) as server:
            result = server.adapter().check()
        assert problems(result) == [("error", "redirected")]
        assert found(result, "redirected").params["target"] == "https://www.shop.example"

    def test_no_wordpress(self):
        with replay(NOT_FOUND) as server:
            assert problems(server.adapter().check()) == [("error", "no_rest_api")]

    def test_a_page_instead(self):
        with replay(Canned(200, "<html>Soon</html>", HTML)) as server:
            assert problems(server.adapter().check()) == [("error", "not_json")]

    def test_json_that_is_no_index(self):
        with replay(Canned(200, '{"hello": 1}')) as server:
            assert problems(server.adapter().check()) == [("error", "no_rest_api")]

    def test_plain_permalinks(self):
        with replay(NOT_FOUND, Canned(200, '{"namespaces": ["wc/v3"]}')) as server:
            assert problems(server.adapter().check()) == [("error", "plain_permalinks")]
        assert "rest_route=%2F" in server.requests[1].path

    def test_wordpress_without_woocommerce(self):
        with replay(Canned(200, '{"namespaces": ["wp/v2"]}')) as server:
            assert problems(server.adapter().check()) == [("error", "no_woocommerce")]

    def test_maintenance(self):
        with world() as shop:
            shop.server.faults.down = True
            assert problems(shop.adapter.check()) == [("error", "server_unavailable")]

    def test_another_address_of_its_own(self):
        with world() as shop:
            shop.store.url = "https://www.shop.example"
            result = shop.adapter.check()
        assert ("warning", "other_address") in problems(result)
        assert found(result, "other_address").params == {"home": "https://www.shop.example"}

    @pytest.mark.parametrize(("tls", "level"), [(True, "warning"), (False, "error")])
    def test_clock(self, tls, level):
        """Only a signed address depends on the time."""
        with world(tls=tls) as shop:
            shop.tick(-1800)
            result = shop.adapter.check()
        assert (level, "clock_skew") in problems(result)
        assert 1790 < found(result, "clock_skew").params["seconds"] < 1810

    def test_index_closed_to_strangers(self):
        """Security plug-ins do that; what counts is whether the key may read."""
        with world() as shop:
            shop.server.faults.add("401-bad-key", path="^/wp-json/$")
            result = shop.adapter.check()
        assert (result.ok, problems(result)) == (True, [])
        assert (result.store.version, result.store.name) == ("10.0.2", "")


class TestKey:
    def test_unknown(self):
        with world() as shop:
            result = shop.new_adapter(KEY, SECRET).check()
            assert problems(result) == [("error", "key_not_recognised")]
            # index, status, and two to find out why
            assert shop.requests() == 4

    def test_wrong_secret(self):
        with world() as shop:
            result = shop.new_adapter(shop.store.key, SECRET).check()
        assert problems(result) == [("error", "wrong_secret")]

    def test_without_tls_they_look_the_same(self):
        with world(tls=False) as shop:
            for key in (KEY, shop.store.key):
                result = shop.new_adapter(key, SECRET).check()
                assert ("error", "key_refused") in problems(result)

    def test_read_only(self):
        with world() as shop:
            result = shop.new_adapter(*shop.store.add_key("read")).check()
        assert (result.ok, problems(result)) == (True, [("warning", "key_read_only")])

    def test_write_only(self):
        with world() as shop:
            result = shop.new_adapter(*shop.store.add_key("write")).check()
        assert problems(result) == [("error", "key_write_only")]

    def test_user_without_rights(self):
        with world() as shop:
            result = shop.new_adapter(*shop.store.add_key("read_write", role="editor")).check()
        assert problems(result) == [("error", "user_lacks_rights")]

    def test_firewall_against_writes(self):
        with world() as shop:
            shop.server.faults.add("403-html", method="POST")
            result = shop.adapter.check()
        assert (result.ok, problems(result)) == (True, [("warning", "blocked_by_firewall")])

    def test_broken_answer_to_the_write(self):
        with world() as shop:
            shop.server.faults.add("broken-json", method="POST")
            assert problems(shop.adapter.check()) == [("warning", "answer_unreadable")]


class TestProxies:
    """What only shows behind other servers: both answer 401 like an unknown key."""

    def test_https_that_php_does_not_see(self, tmp_path):
        with world(tls=False) as shop, tls_front(shop.server.port, tmp_path) as front:
            shop.store.url = front
            result = check(
                front, shop.store.key, shop.store.secret, verify_ssl=str(tmp_path / "ca.pem")
            )
        assert problems(result) == [("error", "https_not_seen")]

    def test_authorization_header_that_is_stripped(self, tmp_path):
        with (
            world() as shop,
            tls_front(shop.server.port, tmp_path, shop.server, strip=True) as front,
        ):
            shop.store.url = front
            keys = (shop.store.key, shop.store.secret)
            authority = str(tmp_path / "ca.pem")
            result = check(front, *keys, verify_ssl=authority)
            # and the way out
            exchanges: list[Any] = []
            in_query = WooCommerceAdapter(
                Credentials(
                    front,
                    *keys,
                    {"verify_ssl": authority, "auth_in_query": True},
                    on_exchange=exchanges.append,
                )
            )
            assert problems(in_query.check()) == []
        assert problems(result) == [("error", "authorization_stripped")]
        assert "consumer_secret=•••" in repr(exchanges)
        assert not any(key in repr(exchanges) for key in keys)


class TestStore:
    @pytest.mark.parametrize(
        ("version", "problem"),
        [
            ("7.9.0", ("error", "version_too_old")),
            ("8.0.0", None),
            ("10.0.9", None),
            ("10.1.0", ("info", "version_untested")),
            ("11.2-beta", ("info", "version_untested")),
        ],
    )
    def test_version(self, version, problem):
        with world(version=version) as shop:
            result = shop.adapter.check()
        assert problems(result) == ([problem] if problem else [])

    def test_version_that_is_not_told(self):
        """Security plug-ins hide it."""
        index = '{"name": "A", "namespaces": ["wc/v3"]}'
        with replay(Canned(200, index), Canned(200, "{}"), Canned(200, "[]")) as server:
            assert ("warning", "version_unknown") in problems(server.adapter().check())

    @pytest.mark.parametrize(
        ("group", "name", "problem"),
        [
            ("general", "woocommerce_calc_taxes", ("info", "taxes_off")),
            ("products", "woocommerce_manage_stock", ("warning", "stock_off")),
        ],
    )
    def test_switched_off(self, group, name, problem):
        with world() as shop:
            shop.store.settings[group][name] = "no"
            result = shop.adapter.check()
        assert (result.ok, problems(result)) == (True, [problem])

    def test_settings_that_break_off(self):
        with world() as shop:
            shop.server.faults.add("500-fatal-json", path="settings/tax")
            assert problems(shop.adapter.check()) == [("error", "fatal_error")]

    def test_offset_instead_of_a_city(self):
        index = '{"name": "A", "gmt_offset": 5.5, "timezone_string": "", "namespaces": ["wc/v3"]}'
        with replay(Canned(200, index), Canned(200, "{}"), Canned(200, "[]")) as server:
            store = adapter(server.url).describe()
        assert store.timezone == "UTC+5.5"
        assert (store.version, store.decimals, store.prices_include_tax) == ("", None, None)


class TestPastedWrongly:
    """What a person pastes into the wrong field is named before any call is made."""

    @pytest.mark.parametrize(
        ("key", "secret", "code"),
        [
            (SECRET, KEY, "keys_swapped"),
            ("https://shop.example", SECRET, "not_a_key"),
            (KEY, "0123456789abcdef", "not_a_secret"),
            (KEY, KEY, "not_a_secret"),
            ("", SECRET, "key_missing"),
        ],
    )
    def test_named(self, key, secret, code):
        result = check("http://127.0.0.1:9", key, secret)
        assert problems(result) == [("error", code)]

    def test_spaces_around_do_not_matter(self):
        with world() as shop:
            adapter = shop.new_adapter(f" {shop.store.key}\n", f"{shop.store.secret} ")
            assert adapter.check().ok
