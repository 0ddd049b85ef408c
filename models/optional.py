"""What other modules add, where they are installed: asked for here, and only here."""

from odoo import models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _channel_kits_in(self, moves):
        """Whole kits of this line, in its unit, that done moves of their parts make.

        Only the module ``mrp`` makes moves of another product than the line's.
        """
        boms = moves.bom_line_id.bom_id if "mrp.bom" in self.env else None
        if not boms:
            return 0.0
        product = self.product_id
        kit = boms.filtered(
            lambda bom: (
                bom.type == "phantom"
                and (bom.product_id or bom.product_tmpl_id.product_variant_ids) & product
            )
        )[:1]
        if not kit:  # a kit of kits: its parts name the inner ones
            kit = boms._bom_find(product, company_id=self.company_id.id, bom_type="phantom")[
                product
            ]
        wanted = self.product_uom_id._compute_quantity(self.product_uom_qty, kit.product_uom_id)
        counts = {"incoming_moves": lambda move: True, "outgoing_moves": lambda move: False}
        whole = moves._compute_kit_quantities(product, wanted, kit, counts)
        return kit.product_uom_id._compute_quantity(whole, self.product_uom_id)
