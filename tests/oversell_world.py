"""Two shops and a warehouse: what is there, who took it, and what each shop may show.

``room`` is what a shop may still sell if everybody knew everything. A shop that shows more can
oversell; whoever took the pieces that it does not know of is in the journal.
"""

import itertools
from dataclasses import dataclass, field

from .oversell_shop import Taking


@dataclass
class Drain:
    """One drain of a shop's stock, in moments of the world's own clock.

    ``known``: up to when it knew the orders of the other shops; ``told``: ``{sku: quantity}``.
    """

    shop: object
    known: dict
    polled: int = 0
    planned: int = 0
    answered: int = 0
    told: dict = field(default_factory=dict)


class World:
    def __init__(self, case, skus):
        self.case, self.skus = case, skus
        self.clock = itertools.count(1)
        self.shops = {}
        self.journal = []
        self.polled = {}  # when each shop's orders were read the last time
        self.seen = {}  # and what they were then
        self.last = {}  # the last whole drain of each shop
        self.drains = []  # all of them
        self.dropped = set()  # (shop, order) that a person dropped or cancelled in Odoo
        self.oversold, self.unexplained = [], []
        self.odoo = None

    def tick(self):
        return next(self.clock)

    # === WHO TOOK WHAT === #

    def took(self, kind, place, order, sku, pieces):
        if pieces > 0 and sku in self.skus:
            self.journal.append(Taking(self.tick(), kind, place, order, sku, pieces))

    def happened(self, shop, before, after):
        """Write down what changed in a shop, and judge what it sold."""
        room = self.room(shop.name, before)
        for key, pieces in after.items():
            for sku, (alive, reduced) in pieces.items():
                was_alive, was_reduced = before.get(key, {}).get(sku, (0, 0))
                if sku in self.skus:
                    self._judge(shop.name, key, sku, reduced - was_reduced, room[sku], was_alive)
                    self.took("ordered", shop.name, key, sku, alive - was_alive)
                    self.took("reduced", shop.name, key, sku, reduced - was_reduced)

    def _judge(self, shop, order, sku, pieces, room, promised):
        """Units that were not there when they were sold: who may have taken them unseen?

        What the shop only promised so far (an order not paid yet) may be taken elsewhere since.
        """
        missing = pieces - max(min(pieces, room), 0)
        if missing > 0:
            since = self._placed_at(shop, order, sku) if promised else None
            drains = [self.last[shop], *self._promised_by(shop, since)]
            unseen = [self.unseen(drain, sku, since) for drain in drains]
            window, elsewhere = max(own for own, _other in unseen), max(o for _own, o in unseen)
            if since and self._in_window(shop, since):
                window += missing  # promised while the shop was written to, paid since
            kind = "window" if missing <= window else "elsewhere"
            entry = (self.tick(), shop, order, sku, missing, kind)
            self.oversold.append(entry)
            if missing > window + elsewhere:
                last = self.last[shop]
                told = (last.polled, last.planned, last.answered, last.known, last.told)
                taken = [taking for taking in self.journal[-60:] if taking.sku == sku]
                self.unexplained.append((entry, window, elsewhere, room, told, taken))

    def judge_drain(self, drain):
        """What the shop was told is no more than what is there, but for what nobody could know."""
        room = self.room(drain.shop.name)
        self.last[drain.shop.name] = drain
        self.drains.append(drain)
        for sku, told in drain.told.items():
            excess = told - int(room[sku])
            if excess > sum(self.unseen(drain, sku)):
                entry = (drain.polled, drain.planned, drain.answered)
                self.unexplained.append((drain.shop.name, sku, told, room[sku], entry))

    def summary(self):
        """What was sold, and each unit that was not there, with the reason."""
        sold = sum(taking.pieces for taking in self.journal if taking.kind == "reduced")
        rows = [
            f"{missing} x {sku} of order {order} in {shop} ({kind})"
            for _moment, shop, order, sku, missing, kind in self.oversold
        ]
        return f"{sold} sold, oversold: {', '.join(rows) or 'none'}"

    def _in_window(self, shop, moment):
        return any(
            drain.shop.name == shop and drain.polled < moment <= drain.answered
            for drain in self.drains
        )

    def _promised_by(self, shop, moment):
        """The drain whose figures the shop showed when an order was placed, if it was promised."""
        if moment is None:
            return []
        before = [
            drain
            for drain in self.drains
            if drain.shop.name == shop and drain.answered and drain.answered <= moment
        ]
        return before[-1:]

    def _placed_at(self, shop, order, sku):
        return next(
            taking.moment
            for taking in self.journal
            if (taking.place, taking.order, taking.sku) == (shop, order, sku)
        )

    def unseen(self, drain, sku, since=None):
        """Units taken that this drain could not know: (in this shop, elsewhere).

        In the shop itself: between the poll and the shop's answer, and nowhere else. Elsewhere: in
        another shop since its orders were read, in Odoo since the figures were read.

        :param since: an earlier moment from which on nothing elsewhere was known
        """
        early = min(since or drain.planned, drain.planned)
        own = elsewhere = 0
        for taking in self.journal:
            if taking.sku != sku:
                continue
            if taking.place == drain.shop.name:
                inside = drain.polled < taking.moment <= drain.answered
                own += taking.pieces if taking.kind == "reduced" and inside else 0
            elif taking.kind == "moved":
                elsewhere += taking.pieces if taking.moment > early else 0
            elif taking.kind == "ordered" and taking.moment > min(
                since or drain.planned, drain.known.get(taking.place, 0)
            ):
                elsewhere += taking.pieces
        return own, elsewhere

    def polled_now(self, shop):
        """The shop's orders are polled."""
        self.polled[shop.name] = self.tick()
        self.seen[shop.name] = shop.pieces()

    def look(self, state):
        """Odoo has changed: what the shops may show no more was taken there (sold at the counter,
        delivered though the shop has cancelled it, dropped by a person and there again)."""
        before = self.odoo and {name: self.room(name) for name in self.shops}
        self.odoo = state
        if before:
            after = {name: self.room(name) for name in self.shops}
            for sku in self.skus:
                lost = max(before[name][sku] - after[name][sku] for name in self.shops)
                self.took("moved", "odoo", "", sku, lost)

    # === WHAT IS THERE === #

    def room(self, shop, pieces=None):
        """``{sku: what this shop may show}``: of what nobody else has bought or taken.

        :param pieces: of this shop's orders, where they are not what they are now
        """
        orders = {name: other.pieces() for name, other in self.shops.items()}
        orders[shop] = pieces if pieces is not None else orders[shop]
        room = {sku: self.odoo.on_hand[sku] - self.odoo.internal[sku] for sku in self.skus}
        for name, found in orders.items():
            for key, order in found.items():
                if (name, key) in self.dropped and name != shop:
                    continue
                for sku in order.keys() & room.keys():
                    alive, reduced = order[sku]
                    wanted = reduced if name == shop else alive
                    if (name, key) in self.odoo.ignored:
                        wanted = 0
                    room[sku] -= max(wanted - self.odoo.delivered.get((name, key, sku), 0), 0)
        return room
