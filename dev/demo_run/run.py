"""What happens in the demo: recorded orders are imported, new ones bought, people watched."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence

from odoo_client import OdooClient
from woostore import Server

from .carts import random_cart
from .chapter import Chapter
from .compare import Comparison, compare, read_odoo
from .issues import unexpected
from .report import say, show
from .scenarios import Scenario, scenarios
from .scene import Scene
from .story import leave_open, tell
from .waiting import until_settled


class Run:
    """One demonstration.

    ``found`` compares every order, ``chapters`` are whole lives of some, ``unexpected`` are open
    issues that should not be.
    """

    def __init__(self, odoo: OdooClient, shops: Server, backends: dict[str, int]) -> None:
        self.odoo = odoo
        self.shops = shops
        self.backends = backends
        self.found: list[Comparison] = []
        self.chapters: list[Chapter] = []
        self.unexpected: list[str] = []
        self._kinds: dict[int, str] = {}

    def import_recorded(self, names: Sequence[str]) -> None:
        """Import what the recorded shops hold, as the button Sync Now does."""
        count = sum(len(self.shops.stores[name].orders) for name in names)
        say(f"importing {count} recorded orders over HTTP")
        for name in names:
            self.odoo.call("channel.backend", "action_sync_now", [self.backends[name]])
        self._settle(names)
        for name in names:
            self._ask_for_unlisted(name)
        self._settle(names)
        for name in names:
            self._compare(name, sorted(self.shops.stores[name].orders))

    def buy(self, name: str, carts: int, seed: int) -> None:
        """Buy random carts and one of each kind; afterwards some orders change in the shop."""
        store = self.shops.stores[name]
        kinds = scenarios(store)
        say(f"buying {carts} random carts (--seed {seed}) and {len(kinds)} orders of other kinds")
        rng = random.Random(seed)
        for number in range(carts):
            self._place(name, Scenario("random", random_cart(rng, store, number)))
        changing = [(self._place(name, kind), kind) for kind in kinds]
        self._settle([name])
        say("paying, cancelling, trashing and editing some of them")
        for order_id, kind in changing:
            if kind.later:
                kind.later(store, order_id)
        self._settle([name])
        self._compare(name, list(self._kinds))

    def tell(self, name: str, *, watched: bool) -> None:
        """Play whole lives of orders, from payment to return, and print them.

        :param watched: somebody stays to decide what is left open
        """
        say("playing whole lives of orders")
        scene = Scene(
            self.odoo, self.shops.stores[name], self.backends[name], lambda: self._settle([name])
        )
        self.chapters = tell(scene)
        self.unexpected = unexpected(self.odoo)
        if watched:
            leave_open(scene)

    def watch(self, name: str) -> None:
        """Print a line for each order that somebody else places, for ever."""
        store = self.shops.stores[name]
        seen = set(store.orders)
        while True:
            time.sleep(1)
            fresh = sorted(set(store.orders) - seen)
            if fresh:
                self._settle([name])
                self._compare(name, fresh)
                seen.update(fresh)

    def _place(self, name: str, scenario: Scenario) -> int:
        order_id = scenario.place(self.shops.stores[name])
        self._kinds[order_id] = scenario.title
        return order_id

    def _ask_for_unlisted(self, name: str) -> None:
        """A shop lists no order that is in its trash; ask for those by their id."""
        backend = self.backends[name]
        events = self.odoo.search_read(
            "channel.event", [("backend_id", "=", backend)], ["external_id"]
        )
        known = {event["external_id"] for event in events}
        for order_id, order in self.shops.stores[name].orders.items():
            if str(order_id) not in known and order["status"] == "trash":
                self.odoo.call("channel.backend", "action_import_order", [backend], str(order_id))

    def _settle(self, names: Sequence[str]) -> None:
        until_settled(
            self.odoo,
            [self.backends[name] for name in names],
            [self.shops.stores[name] for name in names],
        )

    def _compare(self, name: str, ids: list[int]) -> None:
        side = read_odoo(self.odoo, self.backends[name])
        found = compare(name, self.shops.stores[name], side, ids, self._kinds)
        show(found)
        self.found += found
