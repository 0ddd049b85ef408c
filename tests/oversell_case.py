"""A race: shops, a warehouse and Odoo's jobs do random things, and everything is checked."""

import logging
import os
import random
from unittest.mock import patch

from ..dev.woostore import Server, Store
from .common import ChannelCase
from .oversell_odoo import read_state
from .oversell_shop import RandomShop
from .oversell_world import Drain, World

_logger = logging.getLogger(__name__)
STEPS = int(os.environ.get("CHANNEL_STEPS", "120"))
SKUS = tuple(f"P{number}" for number in range(5))


class OversellCase(ChannelCase):
    two_shops = True
    current = None  # the drain that runs
    weights = {
        "shop": 12,
        "import": 5,
        "drain": 4,
        "deliver": 1,
        "receive": 1,
        "sell": 1,
        "drop": 1,
    }

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )
        cls.products = {sku: cls._make_product(sku) for sku in SKUS}
        cls.servers = {"A": cls.server}
        cls.backends = {"A": cls.backend}
        if cls.two_shops:
            first = cls.server, cls.store
            cls.store = Store(**cls.store_options)
            cls.server = cls.enterClassContext(Server(cls.store))
            cls.servers["B"] = cls.server
            cls.backends["B"] = cls._make_backend(cls.company, "B")
            cls.server, cls.store = first
        for name, server in cls.servers.items():
            cls._fill(server.stores[""], cls.backends[name])

    @classmethod
    def _fill(cls, store, backend):
        store.add_product(sku="GHOST", regular_price="5.00")
        for sku, product in cls.products.items():
            record = store.add_product(
                sku=sku, regular_price="10.00", manage_stock=True, stock_quantity=0
            )
            cls.env["channel.binding.product"].create(
                {
                    "backend_id": backend.id,
                    "external_id": str(record["id"]),
                    "odoo_id": product.id,
                    "sku": sku,
                }
            )
        backend.flow_ids.filtered(
            lambda flow: (flow.kind, flow.direction) == ("order_status", "out")
        ).active = True
        backend.with_context(active_test=False).flow_ids.filtered(
            lambda flow: (flow.kind, flow.direction) == ("stock", "out")
        ).active = True
        rows = cls.env["channel.map.payment"]
        rows._ensure_rows(backend, {"cheque": {}})
        rows._find(backend, "cheque").order_policy = "quotation"

    # === A RUN === #

    def race(self, seed, steps=STEPS):
        self.rng = random.Random(seed)
        self.world = World(self, SKUS)
        for name, server in self.servers.items():
            server.stores[""].orders.clear()
            self.world.shops[name] = RandomShop(name, server.stores[""], self.rng, self.world)
            self._watch(name, server)
        exporter = type(self.env["channel.stock.exporter"])
        self.enterContext(patch.object(exporter, "_push", self._watched_push(exporter._push)))
        for product in self.products.values():
            self._receive(product, self.rng.randint(4, 12))
        self.look()
        for name in self.world.shops:
            self.drain(name)
        doings = {name: getattr(self, f"do_{name}") for name in self.weights}
        for _step in range(steps):
            (doing,) = self.rng.choices(list(doings), list(self.weights.values()))
            doings[doing]()
            self.assertFalse(self.world.unexplained, self.world.oversold)
        self.finish()
        _logger.info("seed %d, %d steps: %s", seed, steps, self.world.summary())
        return self.world

    def _watch(self, name, server):
        """Have the shop's customers act between the poll and the shop's answer."""
        answer, shop = type(server).answer, self.world.shops[name]

        def watched(request, target):
            mine = self.current if self.current and self.current.shop is shop else None
            # the trash is asked for behind the orders: what they did since is not known
            orders = request.path.endswith("/orders") and "trash" not in request.query
            polls = mine and not mine.planned and orders
            writes = request.method == "POST" and request.path.endswith("/products/batch")
            if mine and writes and self.rng.random() < 0.6:
                shop.act()
            result = answer(server, request, target)
            if polls:
                self.world.polled_now(shop)
                if self.rng.random() < 0.4:
                    shop.act()
            elif mine and writes:
                self.current.answered = self.world.tick()
                self._heard(shop, result.body["update"])
            return result

        server.answer = watched
        self.addCleanup(server.__dict__.pop, "answer", None)

    def _heard(self, shop, rows):
        for row in rows:
            self.current.told[row["sku"]] = row["stock_quantity"]

    def _watched_push(self, push):
        """Check the figures against what Odoo shows itself; then orders are imported, and goods
        sold, while the shop is written to."""
        case = self

        def watched(service, adapter, planned):
            drain = case.current
            drain.planned = case.world.tick()
            drain.known = dict(case.world.polled)
            drain.polled = case.world.polled[drain.shop.name]
            case.env.invalidate_all()
            case.check_figures(drain, planned)
            if case.rng.random() < 0.3:
                case.rng.choice([case.do_import, case.do_sell, case.do_deliver])()
            yield from push(service, adapter, planned)

        return watched

    # === WHAT HAPPENS === #

    def do_shop(self):
        self.rng.choice(list(self.world.shops.values())).act()

    def do_drain(self):
        self.drain(self.rng.choice(list(self.world.shops)))

    def drain(self, name):
        """The real job; then nothing that was told may be more than anybody could know."""
        world, shop = self.world, self.world.shops[name]
        self.current = drain = Drain(shop, {})
        self._job(self.backends[name].flow_ids.filtered(self._is_stock), "_job_drain")
        self.current = None
        if not drain.planned:
            # every note was about what the shop shows already, or there was none
            drain.planned = drain.answered = world.tick()
            drain.polled = world.polled.get(name, 0)
            drain.known = dict(world.polled)
        elif not drain.answered:
            drain.answered = world.tick()
        self.look()
        world.judge_drain(drain)

    def do_import(self):
        waiting = self.env["channel.event"].search([("state", "=", "pending")])
        if waiting:
            self.run_job(self.rng.choice(list(waiting)))
            self.look()

    def do_deliver(self):
        pickings = self.env["stock.picking"].search(
            [("state", "=", "assigned"), ("sale_id", "!=", False)]
        )
        if not pickings:
            return
        picking = self.rng.choice(list(pickings))
        binding = picking.sale_id.channel_binding_ids
        name = next(n for n, backend in self.backends.items() if backend == binding.backend_id)
        if picking.channel_delivery_blocked or not self._may_leave(name, binding.external_id):
            return
        moves = picking.move_ids.filtered(lambda move: move.quantity >= 1)
        if not moves:
            return
        for move in moves:
            move.write({"quantity": self.rng.randint(1, int(move.quantity)), "picked": True})
        picking.with_context(skip_backorder=True).button_validate()
        self.world.shops[name].left.add(binding.external_id)
        self._commit()
        self.look()

    def _may_leave(self, name, external_id):
        """Whether the warehouse ships an order of a shop; it knows of the shop what Odoo knows."""
        return True

    def do_receive(self):
        self._receive(self.rng.choice(list(self.products.values())), self.rng.randint(1, 5))
        self.look()

    def do_sell(self):
        """Somebody buys at the counter what is free."""
        product = self.rng.choice(list(self.products.values()))
        free = product.with_context(warehouse_id=self.warehouse.ids).free_qty
        if free >= 1:
            pieces = self.rng.randint(1, min(2, int(free)))
            self._receive(product, -pieces)
            self.look()

    def do_drop(self):
        """A person ignores what is blocked, or cancels an order in Odoo."""
        events = self.env["channel.event"].search([("state", "=", "blocked")])
        if events and self.rng.random() < 0.5:
            event = self.rng.choice(list(events))
            self._ignore(event)
            name = next(n for n, b in self.backends.items() if b == event.backend_id)
            self.world.shops[name].left.add(event.external_id)  # all is done about it
        else:
            self._cancel_one()
        self._tell()
        self.look()

    def _ignore(self, event):
        event.issue_id.ignore_reason = "done by hand"
        event.issue_id.action_ignore()
        self._commit()

    def _cancel_one(self):
        sales = self.env["sale.order"].search(
            [("channel_backend_id", "!=", False), ("state", "!=", "cancel")]
        )
        sales = sales.filtered(lambda sale: "done" not in sale.picking_ids.mapped("state"))
        if sales:
            sale = self.rng.choice(list(sales))
            sale._action_cancel()
            self._commit()
            binding = sale.channel_binding_ids
            name = next(n for n, b in self.backends.items() if b == binding.backend_id)
            self.world.dropped.add((name, binding.external_id))

    def _tell(self):
        """Tell the shops of cancelled orders, some of the time."""
        notes = self.env["channel.outbox"].search(
            [("kind", "=", "order_status"), ("state", "=", "pending")]
        )
        for note in notes:
            if self.rng.random() < 0.7:
                self._job(note, "_job_export")

    # === THE END === #

    def finish(self):
        """Everything is imported, told and published: the shops show what is there."""
        self.rng.random = lambda: 1.0  # nobody acts any more
        for _round in range(12):
            for name in self.world.shops:
                self.drain(name)
            self.run_all()
            waiting = self.env["channel.outbox"].search_count(
                [("kind", "in", ("stock", "order_status")), ("state", "=", "pending")]
            )
            if not waiting and not self.env["channel.event"].search([("state", "=", "pending")]):
                break
        else:
            self.fail("it never ends")
        self.look()
        state = self.state()
        self.env.invalidate_all()
        for name, shop in self.world.shops.items():
            free = {
                sku: product.with_context(warehouse_id=self.warehouse.ids).free_qty
                for sku, product in self.products.items()
            }
            self.assertEqual(
                {sku: shop.shown(sku) for sku in SKUS},
                {sku: int(free[sku] - self.missing(name, sku, state)) for sku in SKUS},
                f"shop {name}",
            )

    def run_all(self):
        for event in self.env["channel.event"].search([("state", "=", "blocked")]):
            if event.issue_id.state == "open":
                self._ignore(event)
        for backend in self.backends.values():
            self.run_pending(backend)
        for note in self.env["channel.outbox"].search(
            [("kind", "=", "order_status"), ("state", "=", "pending")]
        ):
            self._job(note, "_job_export")

    # === CHECKS === #

    def check_figures(self, drain, planned):
        """Each figure is Odoo's own, less what is known to be sold and not reserved.

        It may be lower while the job that takes over what a refund has put back still waits.
        """
        state = self.state()
        refunds = self.env["channel.event"].search_count(
            [("kind", "=", "refund"), ("state", "=", "pending")]
        )
        for target in planned.notes["targets"].values():
            product = target.binding.odoo_id.with_env(self.env)
            sku = product.default_code
            free = product.with_context(warehouse_id=self.warehouse.ids).free_qty
            wanted = int(free - self.missing(drain.shop.name, sku, state))
            steps = sum(step.amount for step in target.published.steps)
            right = target.quantity < wanted if refunds else False
            if target.quantity != int(steps) or not (right or target.quantity == wanted):
                self.fail(self.explained(drain, target, wanted, state))

    def explained(self, drain, target, wanted, state):
        """Both sides of a figure that is not what it should be."""
        product, shop = target.binding.odoo_id, drain.shop.name
        sku = product.default_code
        demand = target.binding.env["channel.demand"]._of(self.backends[shop], product)
        orders = [
            (name, key, order[sku], self.world.shops[name].store.orders[int(key)]["status"])
            for name, seen in self.world.seen.items()
            for key, order in seen.items()
            if sku in order
        ]
        here = {
            (*key[:2], covered, state.reserved[key])
            for key, covered in state.delivered.items()
            if key[2] == sku
        }
        return (
            f"{sku} of {shop}: told {target.quantity}, expected {wanted}\n{target.published}\n"
            f"{demand}\nshops: {orders}\nOdoo (delivered, reserved): {here}\n"
            f"dropped {self.world.dropped}, ignored {state.ignored}"
        )

    def missing(self, shop, sku, state):
        """Pieces that Odoo can know of, as the shops were when they were read the last time."""
        total = 0
        for name, orders in self.world.seen.items():
            # what was cancelled in Odoo is held in its own shop until that was told
            dropped = self.world.dropped - (state.untold if name == shop else set())
            for key, pieces in orders.items():
                alive, reduced = pieces.get(sku, (0, 0))
                here = (name, key, sku)
                if (name, key) in state.ignored | dropped:
                    continue
                wanted = reduced if name == shop else alive
                covered = state.delivered.get(here, 0) + state.reserved.get(here, 0)
                total += max(wanted - covered, 0)
        return total

    def look(self):
        self.world.look(self.state())

    def state(self):
        names = {backend.id: name for name, backend in self.backends.items()}
        return read_state(self.env, self.warehouse.lot_stock_id, names, SKUS)

    # === TOOLS === #

    def _is_stock(self, flow):
        return (flow.kind, flow.direction) == ("stock", "out")

    def _receive(self, product, pieces):
        self.env["stock.quant"]._update_available_quantity(
            product, self.warehouse.lot_stock_id, pieces
        )
        self._commit()

    def _commit(self):
        """What a commit does before it: notes are written."""
        self.env.cr.flush()
        self.env.cr.postcommit.clear()

    def _job(self, records, method):
        error = self._run(records, method)
        self.assertFalse(error, error)
