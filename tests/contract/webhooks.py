"""Contracts of :class:`core.adapter.WebhookReceiver` and :class:`core.adapter.WebhookAdmin`."""

from __future__ import annotations

from collections import Counter

import pytest

from ...core import errors
from ...core.adapter import WebhookAdmin, WebhookReceiver, supports
from ...core.canonical import HookFault
from .world import World


class WebhookReceiverContract:
    """The methods are pure: an adapter without credentials does."""

    SECRET = "contract-secret"

    def test_plays_the_role(self, world: World):
        assert supports(type(world.adapter), WebhookReceiver)

    @pytest.fixture
    def receiver(self, world: World):
        return type(world.adapter)()

    def test_valid_signature(self, world: World, receiver):
        headers, body, _order = world.delivery(self.SECRET)
        assert receiver.verify(headers, body, [self.SECRET])
        assert receiver.verify(headers, body, ["old", self.SECRET])
        assert not receiver.is_ping(headers, body, {})

    def test_wrong_signature(self, world: World, receiver):
        headers, body, _order = world.delivery(self.SECRET)
        assert not receiver.verify(headers, body, ["other"])
        assert not receiver.verify(headers, body, [])
        assert not receiver.verify(headers, body, [""])
        assert not receiver.verify(headers, body + b" ", [self.SECRET])

    def test_missing_signature(self, world: World, receiver):
        _headers, body, _order = world.delivery(self.SECRET)
        assert not receiver.verify({}, body, [self.SECRET])

    def test_header_names_in_any_case(self, world: World, receiver):
        headers, body, order = world.delivery(self.SECRET)
        for spell in (str.lower, str.upper, str.title):
            spelt = {spell(name): value for name, value in headers.items()}
            assert receiver.verify(spelt, body, [self.SECRET])
            assert receiver.parse(spelt, body).external_id == order

    def test_notice(self, world: World, receiver):
        headers, body, order = world.delivery(self.SECRET)
        notice = receiver.parse(headers, body)
        assert (notice.kind, notice.external_id, notice.deleted) == ("order", order, False)
        assert notice.topic and notice.error_code == ""

    @pytest.mark.parametrize("body", [b"", b"x", b"[]", b"\xff\xfe", b'"text"', b"[" * 9999])
    def test_a_body_that_is_none(self, world: World, receiver, body):
        headers, _body, _order = world.delivery(self.SECRET)
        with pytest.raises(errors.Rejected):
            receiver.parse(headers, body)

    def test_ping(self, world: World, receiver):
        headers, body, form = world.ping()
        assert receiver.is_ping(headers, body, form)

    @pytest.mark.parametrize("body", [b"", b"{}", b"x=1", b"webhook_id=1&x=2"])
    def test_what_is_no_ping(self, receiver, body):
        assert not receiver.is_ping({}, body, {})


class WebhookAdminContract:
    KINDS = ("order", "product", "customer")

    def test_plays_the_role(self, world: World):
        assert supports(type(world.adapter), WebhookAdmin)

    def topics(self, world: World) -> Counter:
        hooks = world.adapter.list_hooks(world.hook_url())
        assert all(hook.url == world.hook_url() and hook.external_id for hook in hooks)
        return Counter(hook.topic for hook in hooks if hook.active)

    def test_install_once(self, world: World):
        url = world.hook_url()
        assert world.adapter.list_hooks(url) == []
        created = world.adapter.install_hooks(url, "s1", self.KINDS)
        topics = self.topics(world)
        assert topics and set(topics.values()) == {1}
        assert Counter(hook.topic for hook in created) == topics
        assert world.adapter.install_hooks(url, "s1", self.KINDS) == []
        assert self.topics(world) == topics

    def test_repair(self, world: World):
        url = world.hook_url()
        first, second, *_rest = world.adapter.install_hooks(url, "s1", self.KINDS)
        topics = self.topics(world)
        world.break_hook(first.external_id)
        world.copy_hook(second.external_id)
        made = world.adapter.install_hooks(url, "s1", self.KINDS)
        assert [hook.topic for hook in made] == [first.topic]
        assert made[0].external_id != first.external_id
        assert self.topics(world) == topics
        assert len(world.adapter.list_hooks(url)) == len(topics)

    def faults(self, world: World, **options) -> Counter:
        report = world.adapter.check_hooks(world.hook_url(), self.KINDS, **options)
        return Counter(fault for _hook, fault in report.faulty)

    def test_check(self, world: World):
        """What is wrong is found without changing anything."""
        url = world.hook_url()
        report = world.adapter.check_hooks(url, self.KINDS)
        assert not report.found and {fault for _h, fault in report.faulty} == {HookFault.MISSING}
        first, second, third, *_rest = world.adapter.install_hooks(url, "s1", self.KINDS)
        topics = self.topics(world)
        report = world.adapter.check_hooks(url, self.KINDS)
        assert (Counter(hook.topic for hook in report.working), report.faulty) == (topics, ())
        world.break_hook(first.external_id)
        world.copy_hook(second.external_id)
        world.move_hook(third.external_id, world.hook_url().replace("/token/", "/other/"))
        known = {"known": [third.external_id]}
        assert self.faults(world, **known) == Counter(
            [HookFault.OFF, HookFault.DOUBLED, HookFault.ELSEWHERE]
        )
        assert self.faults(world, **known) == self.faults(world, **known)
        world.adapter.install_hooks(url, "s1", self.KINDS, **known)
        assert self.faults(world, **known) == Counter()
        assert self.topics(world) == topics

    def test_another_host_before_the_same_path(self, world: World):
        url = world.hook_url()
        first, *_rest = world.adapter.install_hooks(url, "s1", self.KINDS)
        world.move_hook(first.external_id, url.replace("127.0.0.1", "old.example"))
        assert self.faults(world) == Counter([HookFault.ELSEWHERE])
        world.adapter.install_hooks(url, "s1", self.KINDS)
        assert self.faults(world) == Counter()

    def test_an_id_that_belongs_to_somebody_else_now(self, world: World):
        """The shop was set up anew and counts its hooks from the beginning."""
        other = world.foreign_hook()
        known = {"known": [other]}
        world.adapter.install_hooks(world.hook_url(), "s1", self.KINDS, **known)
        assert self.faults(world, **known) == Counter()
        assert world.has_hook(other)
        world.adapter.remove_hooks(world.hook_url(), [other])
        assert world.has_hook(other)

    def test_all_anew(self, world: World):
        url = world.hook_url()
        before = world.adapter.install_hooks(url, "s1", self.KINDS)
        topics = self.topics(world)
        made = world.adapter.install_hooks(url, "s1", self.KINDS, anew=True)
        assert self.topics(world) == Counter(hook.topic for hook in made) == topics
        ids = {hook.external_id for hook in made}
        assert ids.isdisjoint(hook.external_id for hook in before)

    def test_fewer_kinds(self, world: World):
        url = world.hook_url()
        world.adapter.install_hooks(url, "s1", self.KINDS)
        assert world.adapter.install_hooks(url, "s1", ["order"]) == []
        assert {topic.split(".")[0] for topic in self.topics(world)} == {"order"}

    def test_other_addresses_are_left_alone(self, world: World):
        other = world.hook_url() + "x"
        world.adapter.install_hooks(other, "s1", ["order"])
        before = world.adapter.list_hooks(other)
        world.adapter.install_hooks(world.hook_url(), "s1", self.KINDS)
        assert world.adapter.remove_hooks(world.hook_url()) == len(
            world.adapter.install_hooks(world.hook_url(), "s1", self.KINDS)
        )
        assert world.adapter.list_hooks(other) == before

    def test_remove(self, world: World):
        url = world.hook_url()
        made = world.adapter.install_hooks(url, "s1", self.KINDS)
        assert world.adapter.remove_hooks(url) == len(made)
        assert world.adapter.list_hooks(url) == []
        assert world.adapter.remove_hooks(url) == 0
