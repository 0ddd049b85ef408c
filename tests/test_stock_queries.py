"""What publishing stock costs: the business transaction next to nothing, a drain a constant."""

from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from .stock_case import StockCase

PRODUCTS = 50


@tagged("post_install", "-at_install")
class TestStockQueries(StockCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.goods = cls.env["product.product"].create(
            [{"name": f"G{number}", "is_storable": True} for number in range(PRODUCTS)]
        )
        for product in cls.goods:
            cls.env["stock.quant"]._update_available_quantity(product, cls.shelf, 100)
        cls.env.cr.flush()

    def picking(self):
        customers = self.env.ref("stock.stock_location_customers")
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse.out_type_id.id,
                "location_id": self.shelf.id,
                "location_dest_id": customers.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": 1,
                            "location_id": self.shelf.id,
                            "location_dest_id": customers.id,
                        }
                    )
                    for product in self.goods
                ],
            }
        )
        picking.action_confirm()
        picking.action_assign()
        self.commit()
        return picking

    def cost(self):
        """Queries of validating a picking when all caches are warm.

        At one moment: Odoo writes what changed in two seconds by two statements.
        """
        self.validate()
        with freeze_time(fields.Datetime.now()):
            return self.validate()

    def validate(self):
        """Queries of validating a picking, up to its commit."""
        picking = self.picking()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        picking.move_ids.picked = True
        picking.button_validate()
        self.env.cr.flush()
        queries = self.env.cr.sql_log_count - before
        self.env.cr.postcommit.clear()
        return queries

    def bind_all(self):
        for number, product in enumerate(self.goods):
            self.bind(product, f"x{number}")
        self.commit()
        self.env["channel.outbox"].search([]).unlink()

    def test_a_picking_of_fifty_products(self):
        self.flow.active = False
        off = self.cost()
        self.env["channel.binding.product"].search([]).unlink()
        self.flow.active = True
        self.assertEqual(self.cost(), off, "nothing is bound")
        self.bind_all()
        self.assertLessEqual(self.cost(), off + 1)
        noted = self.notes().mapped("res_id")
        self.assertEqual(set(noted), set(self.goods.ids))

    def test_the_forecast_costs_no_more(self):
        self.bind_all()
        free = self.cost()
        self.backend.stock_basis = "forecast"
        self.commit()
        self.assertLessEqual(self.cost(), free)

    def plan(self, count):
        """Queries of planning the first products."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        planned = self.env["channel.stock.exporter"]._plan(self.backend, self.goods[:count])
        self.assertEqual(len(planned.items), count)
        return self.env.cr.sql_log_count - before

    def test_a_plan_s_queries_do_not_grow(self):
        self.bind_all()
        self.plan(1)
        self.assertEqual(self.plan(2), self.plan(PRODUCTS))

    def test_the_answer_is_watched_by_all_who_change_it(self):
        """The cached answer follows flows, bindings and the backend."""
        flows = self.env["channel.flow"]
        self.assertEqual(flows._stock_watch(), (True, True, False))
        self.backend.stock_basis = "forecast"
        self.assertEqual(flows._stock_watch(), (True, True, True))
        self.flow.active = False
        self.assertEqual(flows._stock_watch(), (False, False, False))
        self.env["channel.binding.product"].search([]).unlink()
        self.flow.active = True
        self.assertEqual(flows._stock_watch(), (True, False, True))
        self.bind(self.mug, "1")
        self.assertEqual(flows._stock_watch(), (True, True, True))

    def test_the_first_binding_is_told_by_a_process_that_has_not_asked_before(self):
        self.env["channel.binding.product"].search([]).unlink()
        self.env.registry.clear_cache()
        flows = type(self.env["channel.flow"])
        with patch.object(flows, "_stock_watch_changed", autospec=True) as told:
            self.bind(self.mug, "1")
        told.assert_called_once()
        self.env.registry.clear_cache()
        with patch.object(flows, "_stock_watch_changed", autospec=True) as told:
            self.bind(self.mug, "2")
        told.assert_not_called()
