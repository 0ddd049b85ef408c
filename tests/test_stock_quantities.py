"""The grouped read says what Odoo's own fields say."""

import random

from odoo.fields import Command
from odoo.tests import tagged

from .common import ChannelCase

FIELDS = ("qty_available", "free_qty", "incoming_qty", "outgoing_qty", "virtual_available")


@tagged("post_install", "-at_install")
class TestStockQuantities(ChannelCase):
    """Goods of all sorts move at random in two warehouses; both ways of asking are compared."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )
        cls.first.delivery_steps = "pick_ship"
        cls.second = cls.env["stock.warehouse"].create(
            {"name": "Second", "code": "SEC", "company_id": cls.company.id}
        )
        cls.shelves = cls.env["stock.location"].create(
            [
                {"name": f"Shelf {number}", "location_id": warehouse.lot_stock_id.id}
                for warehouse in (cls.first, cls.second)
                for number in range(2)
            ]
        )
        cls.dozen = cls.env.ref("uom.product_uom_dozen")
        cls.kilo = cls.env.ref("uom.product_uom_kgm")
        cls.products = (
            cls._make_product("PLAIN")
            | cls._make_product("LOT", tracking="lot")
            | cls._make_product("SERIAL", tracking="serial")
            | cls._make_product("KILO", uom_id=cls.kilo.id)
            | cls._make_product("GONE")
            | cls._make_product("UNTOUCHED")
            | cls._make_product("LOOSE", is_storable=False)
        )
        cls.lots = {
            product: cls.env["stock.lot"].create(
                [{"name": f"{product.name}-{n}", "product_id": product.id} for n in range(3)]
            )
            for product in cls.products.filtered(lambda one: one.tracking != "none")
        }
        cls.package = cls.env["stock.package"].create({"name": "Box"})
        cls.owner = cls.env["res.partner"].create({"name": "Jane Doe"})

    def figures(self, warehouses, **values):
        self.backend.write({"stock_warehouse_ids": [Command.set(warehouses.ids)], **values})
        return self.env["channel.stock.quantities"]._read(self.backend, self.products, True)

    def assertEqualsOdoo(self, warehouses):
        figures = self.figures(warehouses)
        self.env.invalidate_all()
        for product in self.products.with_context(warehouse_id=warehouses.ids):
            figure = figures[product.id]
            found = (
                figure.on_hand,
                figure.free,
                figure.incoming,
                figure.outgoing,
                figure.forecast,
            )
            expected = tuple(product[name] for name in FIELDS)
            self.assertEqual(found, expected, product.name)

    # === AT RANDOM === #

    def stock_up(self, dice):
        """Pieces somewhere: with or without lot, package and owner, below zero, too."""
        for product in self.products.filtered("is_storable") - self.products[5]:
            for _number in range(dice.randint(1, 4)):
                lots = self.lots.get(product)
                quantity = (
                    1 if product.tracking == "serial" else dice.choice((-2, 3, 0.25, 7.5, 12))
                )
                self.env["stock.quant"]._update_available_quantity(
                    product,
                    dice.choice(
                        self.shelves | self.first.lot_stock_id | self.first.wh_pack_stock_loc_id
                    ),
                    quantity,
                    lot_id=lots and dice.choice(lots),
                    package_id=dice.choice((self.package, self.package.browse())),
                    owner_id=dice.choice((self.owner, self.owner.browse(), self.owner.browse())),
                )

    def move(self, dice):
        """A transfer in, out or between warehouses, as far as chance takes it."""
        kind = dice.choice(("in_type_id", "out_type_id", "int_type_id"))
        warehouse = dice.choice((self.first, self.second))
        picking_type = warehouse[kind]
        source = picking_type.default_location_src_id
        target = picking_type.default_location_dest_id
        if kind == "int_type_id":
            source, target = dice.sample(self.shelves, 2)
        product = dice.choice(self.products - self.products[5])
        move = self.env["stock.move"].create(
            {
                "product_id": product.id,
                "product_uom_qty": dice.choice((1, 2, 3.5)) if product.tracking == "none" else 1,
                "product_uom": (
                    self.dozen
                    if product.name == "PLAIN" and dice.random() < 0.4
                    else product.uom_id
                ).id,
                "location_id": source.id,
                "location_dest_id": target.id,
                "location_final_id": dice.choice((False, target.id)),
                "picking_type_id": picking_type.id,
                "company_id": self.company.id,
            }
        )
        step = dice.randint(0, 4)
        if step:
            move = move._action_confirm()
        if step > 1:
            move._action_assign()
        if step == 3 and product.tracking == "none":
            move.write({"quantity": move.product_uom_qty, "picked": True})
            move._action_done()
        if step == 4:
            move._action_cancel()

    def test_equals_odoo(self):
        for seed in range(6):
            with self.subTest(seed=seed):
                dice = random.Random(seed)
                self.stock_up(dice)
                for _number in range(12):
                    self.move(dice)
                self.products[4].active = bool(seed % 2)
                for warehouses in (self.first, self.second, self.first | self.second):
                    self.assertEqualsOdoo(warehouses)

    def test_something_moved(self):
        """The comparison above is not one of zeros."""
        dice = random.Random(1)
        self.stock_up(dice)
        for _number in range(12):
            self.move(dice)
        figures = self.figures(self.first | self.second).values()
        for name in ("on_hand", "reserved", "incoming", "outgoing"):
            self.assertTrue(any(getattr(figure, name) for figure in figures), name)
        self.assertTrue(any(figure.free != figure.on_hand for figure in figures))

    def test_a_location_that_leaves_its_warehouse(self):
        product, shelf = self.products[0], self.shelves[0]
        self.env["stock.quant"]._update_available_quantity(product, shelf, 5)
        self.assertEqual(self.figures(self.first)[product.id].free, 5)
        shelf.location_id = self.second.lot_stock_id
        self.assertEqual(self.figures(self.first)[product.id].free, 0)
        self.assertEqual(self.figures(self.second)[product.id].free, 5)
        self.assertEqualsOdoo(self.second)

    # === WHICH WAREHOUSES === #

    def test_warehouses(self):
        product = self.products[0]
        for shelf, pieces in zip(self.shelves, (1, 2, 4, 8), strict=True):
            self.env["stock.quant"]._update_available_quantity(product, shelf, pieces)

        def free():
            return (
                self.env["channel.stock.quantities"]._read(self.backend, product)[product.id].free
            )

        self.assertEqual(free(), 15, "all of the company")
        self.backend.warehouse_ids = self.second
        self.assertEqual(free(), 12, "those that ship")
        self.backend.stock_warehouse_ids = self.first
        self.assertEqual(free(), 3, "those that were chosen")

    # === QUERIES === #

    def test_queries_do_not_grow(self):
        many = self.env["product.product"].create(
            [{"name": f"P{number}", "is_storable": True} for number in range(300)]
        )
        for product in many[::10]:
            self.env["stock.quant"]._update_available_quantity(product, self.shelves[0], 5)
        service = self.env["channel.stock.quantities"]
        service._read(self.backend, many[:1], True)

        def count(products, forecast):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            service._read(self.backend, products, forecast)
            return self.env.cr.sql_log_count - before

        for forecast in (False, True):
            self.assertEqual(count(many, forecast), count(many[:2], forecast))
