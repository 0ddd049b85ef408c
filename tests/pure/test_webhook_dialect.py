"""WooCommerce's deliveries as recorded, and its hooks in the fake store."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ...core import errors
from ...core.canonical import Notice
from ...dev.woostore import Server, Store
from ...providers.woocommerce import hooks
from ...providers.woocommerce.adapter import WooCommerceAdapter
from .woo import Canned, load, names, replay
from .woo_world import HOOK_URL, WooWorld

RECEIVER = WooCommerceAdapter()
SIGNED = [name for name in names("delivery") if load(name)["secret"]]


def delivery(name: str) -> tuple[dict[str, str], bytes, str]:
    recorded = load(name)
    return dict(recorded["headers"]), recorded["body"].encode(), recorded["secret"]


def notice(body: bytes = b'{"id": 5}', topic: str = "order.updated") -> Notice:
    return RECEIVER.parse({"X-WC-Webhook-Topic": topic}, body)


class TestRecorded:
    def test_there_are_some(self):
        assert len(SIGNED) >= 5

    @pytest.mark.parametrize("name", SIGNED)
    def test_signature(self, name):
        headers, body, secret = delivery(name)
        assert RECEIVER.verify(headers, body, ["previous", secret])
        assert not RECEIVER.verify(headers, body.replace(b"{", b"{ ", 1), [secret])

    @pytest.mark.parametrize(
        ("name", "expected"),
        [
            ("order_updated_draft", ("order", "order.updated", "219", False, "")),
            ("order_deleted", ("order", "order.deleted", "215", True, "")),
            (
                "order_updated_errorbody",
                ("order", "order.updated", "", False, "woocommerce_rest_shop_order_invalid_id"),
            ),
            ("product_updated_variation", ("product", "product.updated", "88", False, "")),
            ("customer_deleted", ("customer", "customer.deleted", "29", True, "")),
        ],
    )
    def test_notice(self, name, expected):
        headers, body, _secret = delivery(f"delivery__{name}")
        found = RECEIVER.parse(headers, body)
        kind, topic, external_id, deleted, error_code = expected
        assert found == Notice(
            kind, topic, external_id, deleted, "https://127.0.0.1:18443/", error_code
        )


class TestPing:
    def test_recorded(self):
        headers, body, _secret = delivery("delivery__ping")
        assert RECEIVER.is_ping(headers, body, {})
        assert RECEIVER.is_ping(headers, b"", {"webhook_id": "1"})

    @pytest.mark.parametrize(
        ("headers", "body", "form"),
        [
            ({"x-wc-webhook-topic": "order.created"}, b"webhook_id=1", {}),
            ({}, b"webhook_id=x", {}),
            ({}, b"webhook_id=1&a=b", {"webhook_id": "1"}),
            ({}, b"", {"webhook_id": "1", "a": "b"}),
            ({}, b"", {"webhook_id": "x"}),
            ({}, b'{"id": 1}', {"webhook_id": "1"}),
        ],
    )
    def test_nothing_else(self, headers, body, form):
        assert not RECEIVER.is_ping(headers, body, form)


class TestNotice:
    @pytest.mark.parametrize(
        "topic",
        [
            "",
            "order",
            "order.",
            ".created",
            "order.exploded",
            "action.woocommerce_order_status_completed",
            "gadget.created",
        ],
    )
    def test_other_topics(self, topic):
        with pytest.raises(errors.Rejected) as caught:
            notice(topic=topic)
        assert (caught.value.code, caught.value.params) == ("not_a_delivery", {"topic": topic})

    @pytest.mark.parametrize("body", [b"", b"[]", b"5", b"webhook_id=1", b"\xff", b"null"])
    def test_other_bodies(self, body):
        with pytest.raises(errors.Rejected):
            notice(body)

    @pytest.mark.parametrize("body", [b"{}", b'{"id": 0}', b'{"id": "x"}', b'{"id": true}'])
    def test_without_id(self, body):
        assert (notice(body).external_id, notice(body).error_code) == ("", "no_id")

    @given(st.binary() | st.text().map(str.encode), st.text())
    def test_whatever_comes_is_a_notice_or_refused(self, body, topic):
        for name in ("order.updated", topic):
            try:
                found = notice(body, name)
            except errors.Rejected as error:
                assert error.code == "not_a_delivery"
            else:
                assert found.external_id.isdigit() or found.error_code

    @pytest.mark.parametrize(
        ("body", "lost"),
        [
            ({"code": "woocommerce_rest_cannot_view", "data": {"status": 403}}, True),
            ({"code": "woocommerce_rest_shop_order_invalid_id"}, False),
            ({"id": 5, "code": None}, False),
            ({}, False),
        ],
    )
    def test_a_hook_whose_owner_may_not_read(self, body, lost):
        assert RECEIVER.lost_rights(body) is lost

    def test_bom_and_nul(self):
        assert notice(b'\xef\xbb\xbf{"id": 5, "note": "\\u0000"}').external_id == "5"


@pytest.fixture
def world() -> Iterator[WooWorld]:
    store = Store()
    with Server(store) as server:
        yield WooWorld(store, server)


class TestHooks:
    def test_topics(self):
        assert hooks.topics(["customer", "order", "stock"]) == [
            "order.created",
            "order.updated",
            "order.deleted",
            "order.restored",
            "customer.created",
            "customer.updated",
            "customer.deleted",
        ]

    def test_what_is_made_is_heard_and_verified(self, world: WooWorld):
        """The whole way: install, order, delivery to a real server, signature, notice."""
        with replay(Canned(200, "ok")) as receiver:
            url = f"{receiver.url}/channel/token/webhook"
            world.adapter.install_hooks(url, "s3cret-URL_safe", ["order"])
            assert len(receiver.requests) == 4
            assert all(RECEIVER.is_ping(r.headers, r.body, {}) for r in receiver.requests)
            external_id = world.place_order()
            world.store.deliver()
            deliveries = receiver.requests[4:]
        assert {RECEIVER.parse(r.headers, r.body).topic for r in deliveries} >= {"order.created"}
        for request in deliveries:
            assert RECEIVER.verify(request.headers, request.body, ["s3cret-URL_safe"])
            assert RECEIVER.parse(request.headers, request.body).external_id == external_id

    def test_kept_ones_get_the_new_secret(self, world: WooWorld):
        world.adapter.install_hooks(HOOK_URL, "before", ["order"])
        assert world.adapter.install_hooks(HOOK_URL, "after", ["order"]) == []
        assert {hook["secret"] for hook in world.store.webhooks.records.values()} == {"after"}

    def test_requests(self, world: WooWorld):
        def cost(kinds: list[str]) -> int:
            before = world.requests()
            world.adapter.install_hooks(HOOK_URL, "s", kinds)
            return world.requests() - before

        assert cost(["order"]) == 1 + 4
        # list, and one batch that gives all of them their secret
        assert cost(["order"]) == 2

    def test_a_lost_answer_makes_no_second_hook(self, world: WooWorld):
        world.server.faults.add("reset", method="POST", path="webhooks$", when="after")
        created = world.adapter.install_hooks(HOOK_URL, "s", ["order"])
        assert len(created) == len(world.store.webhooks.records) == 4
        assert world.server.faults.happened

    def test_a_lost_request_is_told(self, world: WooWorld):
        world.server.faults.add("reset", method="POST", path="webhooks$", when="before")
        with pytest.raises(errors.UnknownOutcome):
            world.adapter.install_hooks(HOOK_URL, "s", ["order"])
        world.adapter.install_hooks(HOOK_URL, "s", ["order"])
        assert len(world.store.webhooks.records) == 4

    def test_one_that_is_gone_meanwhile(self, world: WooWorld):
        client: Any = world.adapter.client
        hooks._change(client, {"delete": [999]})
        assert hooks.list_hooks(client, HOOK_URL) == []

    def test_a_refused_change_is_told(self):
        body = '{"update": [{"id": 5, "error": {"code": "woocommerce_rest_cannot_edit"}}]}'
        with (
            replay(Canned(200, body)) as server,
            pytest.raises(errors.Rejected) as caught,
        ):
            hooks._change(server.adapter().client, {"update": [{"id": 5, "secret": "s"}]})
        assert caught.value.params == {"channel_code": "woocommerce_rest_cannot_edit"}

    def test_a_read_only_key(self, world: WooWorld):
        reader = world.new_adapter(*world.store.add_key("read"))
        with pytest.raises(errors.BadCredentials, match="key_refused"):
            reader.install_hooks(HOOK_URL, "s", ["order"])

    def test_no_moment_without_a_hook(self, world: WooWorld):
        """Made anew, the new ones are there before the old ones are deleted."""
        before = {
            hook.external_id for hook in world.adapter.install_hooks(HOOK_URL, "s", ["order"])
        }
        seen = []
        ping = world.store.webhooks.ping
        world.store.webhooks.ping = lambda hook: (
            seen.append(len(world.store.webhooks)) or ping(hook)
        )
        world.adapter.install_hooks(HOOK_URL, "s", ["order"], anew=True)
        assert seen == [5, 6, 7, 8]
        assert len(world.store.webhooks) == 4
        assert before.isdisjoint(str(key) for key in world.store.webhooks.records)

    def test_a_lost_answer_is_no_old_hook(self, world: WooWorld):
        """What answers "is it there?" must not be one that is about to be deleted."""
        world.adapter.install_hooks(HOOK_URL, "s", ["order"])
        world.server.faults.add("reset", method="POST", path="webhooks$", when="before")
        with pytest.raises(errors.UnknownOutcome):
            world.adapter.install_hooks(HOOK_URL, "s", ["order"], anew=True)
        assert len(world.store.webhooks.records) == 4

    def test_no_secret_in_the_log(self, world: WooWorld):
        world.adapter.install_hooks(HOOK_URL, "s3cret-URL_safe", ["order"])
        world.adapter.install_hooks(HOOK_URL, "s3cret-URL_safe", ["order"])
        text = repr(world.exchanges)
        assert "s3cret" not in text
        assert "/channel/token" not in text
        assert "order.created" in text
