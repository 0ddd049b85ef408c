"""What happens in two shops and one Odoo, one thing after the other, by the dice of a seed."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from odoo_client import OdooClient

from .hands import NO_ANSWER
from .life_odoo import Branch, OdooLife
from .life_shop import ShopLife
from .settling import settle_in
from .shop import Shop

#: How many of a hundred things happen in Odoo.
IN_ODOO = 35


class Life:
    """Call :meth:`prepare` before the first step.

    The first shop leaves its prices to Odoo, the others own theirs. What the dice say is the same
    for the same seed; what has come to Odoo by then is not, so an order that the warehouse would
    ship may still be on its way: then something happens in a shop instead.
    """

    def __init__(self, shops: Sequence[Shop], odoo: OdooClient, random: Random) -> None:
        self.random = random
        self.branches = [
            Branch(shop, ShopLife(shop.store, _dice(random), shop.name, owns_prices=position > 0))
            for position, shop in enumerate(shops)
        ]
        self.odoo = OdooLife(self.branches, odoo, _dice(random))

    def prepare(self) -> None:
        """Goods, gateways, flows: see :func:`.settling.settle_in`."""
        settle_in([branch.shop for branch in self.branches], self.odoo.hands.odoo)

    def step(self) -> str:
        """One thing happens; returns its kind, such as ``order by card``."""
        branch = self.random.choice(self.branches)
        if self.random.randrange(100) < IN_ODOO:
            try:
                if kind := self.odoo.go_on():
                    return kind
            except NO_ANSWER as error:
                # it is taken up again, or was never begun: whatever is half done is not lost
                self.odoo.hands.troubles.append(str(error))
        return branch.life.go_on()

    @property
    def troubles(self) -> list[str]:
        """What Odoo refused or did not answer; it was tried again."""
        return self.odoo.hands.troubles


def _dice(random: Random) -> Random:
    return Random(random.getrandbits(64))
