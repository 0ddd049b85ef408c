"""How much of Odoo's stock a shop is told, for all its products and for single ones."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core.adapter import StockSink, supports
from ..core.stock_formula import Basis, Rule

#: Fields of a backend that change every published figure.
FIGURE_FIELDS = {
    "stock_basis",
    "stock_warehouse_ids",
    "warehouse_ids",
    "stock_buffer",
    "stock_buffer_percent",
    "stock_cap",
    "stock_share",
    "stock_owed",
}


class ChannelBackend(models.Model):
    _inherit = "channel.backend"

    stock_basis = fields.Selection(
        [
            ("free", "Free to use"),
            ("on_hand", "On hand"),
            ("forecast", "Forecast"),
        ],
        "Published Quantity",
        default="free",
        required=True,
        help="Free to use: on hand without what is reserved. Forecast: on hand with everything "
        "that is planned to come in and to go out.",
    )
    stock_warehouse_ids = fields.Many2many(
        "stock.warehouse",
        "channel_backend_stock_of_rel",
        string="Stock of",
        check_company=True,
        help="Warehouses whose stock is published. Empty: those that ship this shop's orders, "
        "else all of the company.",
    )
    stock_buffer = fields.Float(
        "Keep Back", digits="Product Unit", help="Pieces of each product that no shop is told of."
    )
    stock_buffer_percent = fields.Float(
        "Keep Back (%)", help="Percent of the rest, rounded up to whole pieces."
    )
    stock_cap = fields.Integer("At Most", help="Never publish more pieces than this; 0: no limit.")
    stock_share = fields.Float(
        "Share (%)",
        default=100.0,
        help="What this shop may sell of the stock, where several shops sell the same products.",
    )
    stock_owed = fields.Boolean(
        "Tell What Is Owed",
        default=True,
        help="Where more was sold than there is, tell the shop how many pieces are missing (a "
        "quantity below zero) in place of 0: what it puts back itself, by a cancelled order, is "
        "then not sold once more.",
    )
    can_show_owed = fields.Boolean(compute="_compute_can_show_owed")
    stock_rule_ids = fields.One2many("channel.stock.rule", "backend_id", "Stock Rules")

    _stock_buffer_range = models.Constraint(
        "CHECK(stock_buffer >= 0 AND stock_cap >= 0)",
        "What is kept back, and the most that is published, can't be negative.",
    )
    _stock_percent_range = models.Constraint(
        "CHECK(stock_buffer_percent BETWEEN 0 AND 100 AND stock_share BETWEEN 0 AND 100)",
        "Percentages of stock go from 0 to 100.",
    )

    # === COMPUTE METHODS === #

    @api.depends("provider")
    def _compute_can_show_owed(self):
        for backend in self:
            adapter_class = backend._get_adapter_class()
            backend.can_show_owed = (
                supports(adapter_class, StockSink) and adapter_class.counts_below_zero
            )

    # === ACTION METHODS === #

    def action_publish_stock(self):
        """Compare all products with the shop now, and publish what differs."""
        self.check_access("write")
        self._ensure_working()
        flow = self.flow_ids.filtered(
            lambda flow: flow.active and (flow.kind, flow.direction) == ("stock", "out")
        )
        if not flow:
            raise UserError(self.env._("Switch on the flow “Stock (Odoo → Channel)” first."))
        flow.sudo()._enqueue_poll(priority=5)
        return self._notify(self.env._("All products are compared with the shop."))

    # === CRUD METHODS === #

    def write(self, vals):
        result = super().write(vals)
        if FIGURE_FIELDS & vals.keys():
            self.env["channel.flow"]._stock_watch_changed()
            self.env["channel.outbox"]._note_all("stock", self)
        return result

    # === BUSINESS METHODS === #

    def _stock_warehouses(self):
        """The warehouses whose stock this shop sells."""
        self.ensure_one()
        chosen = self.stock_warehouse_ids or self.warehouse_ids
        return chosen or self.env["stock.warehouse"].search(
            [("company_id", "=", self.company_id.id)]
        )

    def _stock_rule(self):
        """The :class:`core.stock_formula.Rule` of products without one of their own."""
        return Rule(
            basis=Basis(self.stock_basis),
            buffer=self.stock_buffer,
            buffer_percent=self.stock_buffer_percent,
            share=self.stock_share,
            cap=self.stock_cap or None,
            owed=self._tells_owed(),
        )

    def _tells_owed(self):
        """Whether the shop is told how much more was sold than there is."""
        return self.stock_owed and self.can_show_owed


class ChannelStockRule(models.Model):
    """What holds for one product in one shop, in place of what the backend says."""

    _name = "channel.stock.rule"
    _description = "Channel stock rule"
    _check_company_auto = True
    _rec_name = "product_id"

    backend_id = fields.Many2one("channel.backend", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="backend_id.company_id", store=True, index=True)
    product_id = fields.Many2one(
        "product.product", required=True, index=True, ondelete="cascade", check_company=True
    )
    mode = fields.Selection(
        [
            ("stock", "From stock, by these figures"),
            ("fixed", "Always this quantity"),
            ("none", "Never touch the shop's"),
        ],
        "Publish",
        default="stock",
        required=True,
    )
    quantity = fields.Integer(help="Published whatever lies in the warehouses.")
    buffer = fields.Float("Keep Back", digits="Product Unit")
    buffer_percent = fields.Float("Keep Back (%)")
    cap = fields.Integer("At Most", help="0: no limit.")
    share = fields.Float("Share (%)", default=100.0)

    _product_uniq = models.UniqueIndex(
        "(backend_id, product_id)", "This product has a stock rule for this shop already."
    )
    _positive = models.Constraint(
        "CHECK(quantity >= 0 AND buffer >= 0 AND cap >= 0)", "Quantities can't be negative."
    )
    _percent_range = models.Constraint(
        "CHECK(buffer_percent BETWEEN 0 AND 100 AND share BETWEEN 0 AND 100)",
        "Percentages of stock go from 0 to 100.",
    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        self.env["channel.flow"]._stock_changed(rules.product_id.ids)
        return rules

    def write(self, vals):
        products = self.product_id
        result = super().write(vals)
        self.env["channel.flow"]._stock_changed((products | self.product_id).ids)
        return result

    def unlink(self):
        product_ids = self.product_id.ids
        result = super().unlink()
        self.env["channel.flow"]._stock_changed(product_ids)
        return result

    # === BUSINESS METHODS === #

    def _rule(self, basis):
        """This row as a :class:`core.stock_formula.Rule`."""
        return Rule(
            basis=basis,
            buffer=self.buffer,
            buffer_percent=self.buffer_percent,
            share=self.share,
            cap=self.cap or None,
            fixed=self.quantity if self.mode == "fixed" else None,
            owed=self.backend_id._tells_owed(),
        )
