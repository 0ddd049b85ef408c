"""Kits are in stock as often as their components allow."""

from datetime import timedelta

from odoo.fields import Command, Datetime
from odoo.tests import tagged

from ...core.stock_formula import Demand
from ...services.stock_targets import ChannelStockTargets
from ..stock_case import StockCase

FIELDS = ("qty_available", "free_qty", "incoming_qty", "outgoing_qty", "virtual_available")


@tagged("post_install", "-at_install")
class TestKitStock(StockCase):
    """MUG is a set of a cup and two saucers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cup, cls.saucer = cls._make_product("CUP"), cls._make_product("SAUCER")
        cls.bom = cls._kit(cls.mug, (cls.cup, 1), (cls.saucer, 2))
        cls.env.cr.flush()
        cls.env.cr.postcommit.clear()

    @classmethod
    def _kit(cls, product, *parts, **values):
        return cls.env["mrp.bom"].create(
            {
                "product_tmpl_id": product.product_tmpl_id.id,
                "type": "phantom",
                "bom_line_ids": [
                    Command.create({"product_id": part.id, "product_qty": quantity})
                    for part, quantity in parts
                ],
                **values,
            }
        )

    def assertEqualsOdoo(self, products):
        figures = self.env["channel.stock.quantities"]._read(self.backend, products, True)
        self.env.invalidate_all()
        for product in products.with_context(warehouse_id=self.warehouse.ids):
            figure = figures[product.id]
            found = (
                figure.on_hand,
                figure.free,
                figure.incoming,
                figure.outgoing,
                figure.forecast,
            )
            self.assertEqual(found, tuple(product[name] for name in FIELDS), product.name)
        return figures

    def order(self, product, quantity):
        """A delivery that reserves what is there."""
        move = self.env["stock.move"].create(
            {
                "product_id": product.id,
                "product_uom_qty": quantity,
                "location_id": self.shelf.id,
                "location_dest_id": self.env.ref("stock.stock_location_customers").id,
                "picking_type_id": self.warehouse.out_type_id.id,
            }
        )
        move._action_confirm()._action_assign()

    # === FIGURES === #

    def test_what_is_owed(self):
        """Parts that are missing are kits that are owed."""
        self.receive(self.cup, -2)
        self.receive(self.saucer, 30)
        self.drain()
        self.assertEqual(self.shown("MUG"), -2)
        self.receive(self.saucer, -33)
        self.drain()
        self.assertEqual(self.shown("MUG"), -2)

    def test_equals_odoo(self):
        outer = self._make_product("OUTER")
        self._kit(outer, (self.mug, 2), (self.medium, 1))
        dozen = self._make_product("DOZEN")
        self._kit(dozen, (self.cup, 6), product_qty=3)
        made = self._make_product("MADE")
        self._kit(made, (self.cup, 1), type="normal")
        self.receive(self.cup, 17)
        self.receive(self.saucer, 23.5)
        self.receive(self.medium, 4)
        self.receive(made, 3)
        self.order(self.cup, 2)
        self.order(outer, 1)
        products = self.mug | outer | dozen | made | self.cup | self.saucer | self.small
        figures = self.assertEqualsOdoo(products)
        self.assertEqual(figures[self.mug.id].free, 9)
        self.assertEqual(figures[made.id].free, 3)

    def test_expired_lots(self):
        """Goods past their removal date are on hand, and nobody may buy them."""
        self.medium.write({"tracking": "lot", "use_expiration_date": True})
        for days in (-3, 3):
            lot = self.env["stock.lot"].create(
                {
                    "name": f"L{days}",
                    "product_id": self.medium.id,
                    "removal_date": Datetime.now() + timedelta(days=days),
                }
            )
            self.env["stock.quant"]._update_available_quantity(
                self.medium, self.shelf, 10 + days, lot_id=lot
            )
        figures = self.assertEqualsOdoo(self.medium)
        figure = figures[self.medium.id]
        self.assertEqual((figure.on_hand, figure.expired, figure.free), (20, 7, 13))

    # === PUBLISHED === #

    def test_components_are_noted_as_their_kits(self):
        self.drain()
        self.receive(self.cup, 5)
        self.receive(self.saucer, 9)
        self.commit()
        self.assertEqual(self.notes().mapped("res_id"), self.mug.ids, "once, and no component")
        self.drain()
        self.assertEqual(self.shown("MUG"), 4)
        self.receive(self.saucer, 3)
        self.drain()
        self.assertEqual(self.shown("MUG"), 5)

    def test_kits_of_kits_are_noted(self):
        outer = self.put_on_sale("OUTER", {"is_storable": False})
        self._kit(outer, (self.mug, 2))
        self.receive(self.cup, 8)
        self.receive(self.saucer, 16)
        self.drain()
        self.assertEqual(self.shown("MUG", "OUTER"), (8, 4))

    def test_a_changed_bill_of_materials_is_told(self):
        self.receive(self.cup, 8)
        self.receive(self.saucer, 8)
        self.drain()
        self.assertEqual(self.shown("MUG"), 4)
        self.bom.bom_line_ids[1].product_qty = 1
        self.drain()
        self.assertEqual(self.shown("MUG"), 8)
        self.bom.bom_line_ids[1].unlink()
        self.receive(self.cup, 1)
        self.drain()
        self.assertEqual(self.shown("MUG"), 9)
        self.bom.active = False
        self.drain()
        self.assertEqual(self.shown("MUG"), 0, "now its own stock counts")

    def test_demand_for_components_makes_fewer_kits(self):
        self.receive(self.cup, 10)
        self.receive(self.saucer, 30)
        ordered = {self.cup.id: Demand(own_reduced=2, others=1), self.saucer.id: Demand(others=24)}
        self.patch(
            ChannelStockTargets,
            "_demand",
            lambda self, backend, products, figures: {
                product.id: ordered.get(product.id, Demand()) for product in products
            },
        )
        self.drain()
        self.assertEqual(self.shown("MUG"), 3)
        self.assertEqual(
            self.told(self.mug).explanation["steps"],
            [["on_hand", 10], ["own_demand", -2], ["other_demand", -5]],
        )
