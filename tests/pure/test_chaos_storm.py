"""The storm of a chaos run: it is planned by a seed, and it does what it says."""

from __future__ import annotations

from collections import Counter
from random import Random
from types import SimpleNamespace
from typing import Any
from unittest import TestCase, mock

from ...dev.chaos_run.disasters import DISASTERS, Plan
from ...dev.chaos_run.waiting import wait_for
from ...dev.chaos_run.weather import TIMES, WIRE, Post, Wire
from ...dev.woostore import Server, Store
from ...dev.woostore.faults import KINDS

NAMES = {disaster.name for disaster in DISASTERS}


def told_of(plan: Plan, events: int) -> list[tuple[int, str]]:
    """What a plan does, without doing it."""
    steps = plan._steps
    return [(step, name) for step in range(events + 1) for name, _doing in steps.get(step, [])]


class TestPlan(TestCase):
    def test_a_short_run_has_each_disaster(self) -> None:
        told = told_of(Plan(100, Random(1)), 100)
        self.assertEqual({name for _step, name in told if name}, NAMES)

    def test_a_long_one_has_as_many_as_said(self) -> None:
        counts = Counter(name for _step, name in told_of(Plan(10_000, Random(1)), 10_000) if name)
        self.assertEqual(counts, {disaster.name: disaster.per for disaster in DISASTERS})

    def test_a_seed_repeats_it(self) -> None:
        one, same, other = (told_of(Plan(500, Random(seed)), 500) for seed in (1, 1, 2))
        self.assertEqual(one, same)
        self.assertNotEqual(one, other)

    def test_what_lasts_ends_before_the_run(self) -> None:
        steps = [step for step, name in told_of(Plan(500, Random(3)), 500) if not name]
        self.assertEqual(len(steps), sum(1 for disaster in DISASTERS if disaster.after))
        self.assertLess(max(steps), 500)


class TestWeather(TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.store = Store()
        self.store.webhooks.create({"topic": "product.updated", "delivery_url": "http://odoo"})
        self.product = self.store.add_product(sku="MUG", name="Mug", regular_price="5")
        self.shop: Any = SimpleNamespace(name="east", store=self.store, server=Server(self.store))

    def deliver(self, draw: float) -> tuple[Counter[str], list[bytes]]:
        """Edit the product twice, with dice that say ``draw``; what was counted and sent."""
        sent: list[bytes] = []

        def post(url: str, body: bytes, *_rest: object, **_more: object) -> int:
            if b"webhook_id=" not in body:
                sent.append(body)
            return 200

        dice = Random(1)
        with (
            mock.patch.object(self.store.webhooks, "_post", post),
            mock.patch.object(dice, "random", lambda: draw),
        ):
            carrier = Post(self.shop, dice)
            self.store.edit_product("MUG", name="First")
            carrier.start()
            self.addCleanup(carrier.stop)
            wait_for(lambda: not self.store.webhooks.pending, 10)
            self.store.product("MUG")["name"] = "Second"
            carrier.calm()
            self.assertTrue(wait_for(lambda: not carrier.left(), 10))
        return carrier.count, sent

    def test_a_delivery_is_made_three_times_and_one_is_old(self) -> None:
        counts, sent = self.deliver(0.99)
        self.assertEqual(sum(counts.values()), 1)
        self.assertEqual(len(sent), TIMES)
        self.assertEqual(sum(b"First" in body for body in sent), 1)

    def test_some_are_never_made(self) -> None:
        counts, sent = self.deliver(0.0)
        self.assertEqual((dict(counts), sent), ({"delivery dropped": 1}, []))

    def test_every_fault_is_one_of_the_store(self) -> None:
        self.assertLessEqual({kind for _weight, kind, _options in WIRE}, set(KINDS))

    def test_a_broken_answer_is_counted_once_it_happened(self) -> None:
        wire = Wire(self.shop, Random(1))
        for _number in range(200):
            wire.go_on()
        waiting = len(self.shop.server.faults.waiting)
        self.assertGreater(waiting, 5)
        self.assertFalse(wire.count())
        for method in ("GET", "POST", "PUT"):
            while self.shop.server.faults.take(method, "/"):
                pass
        self.assertEqual(sum(wire.count().values()), waiting)
