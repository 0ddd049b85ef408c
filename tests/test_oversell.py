"""Orders race with writes of stock: nothing is sold twice that anybody could have known of.

A thousand steps take a minute and a half for each: ``CHANNEL_STEPS=1000 dev/test --db -k Oversell``
"""

from odoo.tests import tagged

from .oversell_case import OversellCase
from .oversell_shop import ALIVE


@tagged("post_install", "-at_install")
class TestOversell(OversellCase):
    def test_two_shops(self):
        self.race(1)

    def test_two_shops_again(self):
        self.race(2)


@tagged("post_install", "-at_install")
class TestOversellAlone(OversellCase):
    """Where nobody else sells, every oversold unit was ordered while the shop was written to."""

    two_shops = False
    weights = {"shop": 12, "import": 5, "drain": 5, "deliver": 1, "receive": 1}

    def _may_leave(self, name, external_id):
        """Nothing that the shop has taken back meanwhile: that would be another taker."""
        shop = self.world.shops[name]
        alive = shop.store.orders[int(external_id)]["status"] in ALIVE
        return alive and not shop.took_back(external_id)

    def test_one_shop(self):
        world = self.race(1)
        self.assertLessEqual({entry[-1] for entry in world.oversold}, {"window"})
