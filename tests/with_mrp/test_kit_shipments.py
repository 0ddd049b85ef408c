"""Kits leave as their components; the shop is told of whole kits."""

from odoo.fields import Command
from odoo.tests import tagged

from ..outbound_case import OutboundCase


@tagged("post_install", "-at_install")
class TestKitShipments(OutboundCase):
    def test_kits_count_when_they_are_whole(self):
        cup, saucer = self._make_product("CUP"), self._make_product("SAUCER")
        self.env["mrp.bom"].create(
            {
                "product_tmpl_id": self.mug.product_tmpl_id.id,
                "type": "phantom",
                "bom_line_ids": [
                    Command.create({"product_id": cup.id, "product_qty": 1}),
                    Command.create({"product_id": saucer.id, "product_qty": 2}),
                ],
            }
        )
        order, sale = self.sold(("MUG", 3))
        (mug,) = self.ids(order)
        first = self.send(sale, CUP=2, SAUCER=2)
        second = self.send(sale, SAUCER=2)
        last = self.send(sale)
        self.assertEqual(self.parcel(sale, first)[0], {mug: "1.0"})
        self.assertEqual(self.parcel(sale, second)[0], {mug: "1.0"})
        self.assertEqual(self.parcel(sale, last)[0], {mug: "1.0"})
