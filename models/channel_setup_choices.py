"""The set-up's few questions, and the flows and owners that their answers stand for."""

from odoo import api, fields, models

from .channel_ownership import OWNED

#: What a switch turns on and off together.
SWITCHES = {
    "setup_orders": (("order", "in"), ("customer", "in"), ("payment", "in"), ("refund", "in")),
    "setup_tell": (("order_status", "out"), ("shipment", "out"), ("refund", "out")),
    "setup_deliveries": (("fulfilment", "out"), ("fulfilment", "in")),
}
#: Questions about who owns something: the groups of fields, and Odoo's and the shop's flow.
OWNERS = {
    "setup_stock": (("stock",), ("stock", "out"), None),
    "setup_prices": (("prices",), ("price", "out"), None),
    "setup_products": (
        tuple(group for group, *_rest in OWNED if group not in ("stock", "prices")),
        ("product", "out"),
        ("product", "in"),
    ),
}


class ChannelBackend(models.Model):
    _inherit = "channel.backend"

    setup_orders = fields.Boolean(
        "Orders come in",
        compute="_compute_setup_switches",
        inverse="_inverse_setup_orders",
        help="Orders, their customers, payments and refunds become Odoo's.",
    )
    setup_tell = fields.Boolean(
        "Tell the shop what Odoo did",
        compute="_compute_setup_switches",
        inverse="_inverse_setup_tell",
        help="Order status and number, shipments with their tracking numbers, refunds.",
    )
    setup_deliveries = fields.Boolean(
        "It sends our deliveries",
        compute="_compute_setup_switches",
        inverse="_inverse_setup_deliveries",
        help="Deliveries are asked for there, and done here when their parcels have left.",
    )
    setup_stock = fields.Selection(
        [("odoo", "Odoo counts, the shop shows it"), ("channel", "The shop counts by itself")],
        "Stock",
        compute="_compute_setup_owners",
        inverse="_inverse_setup_stock",
    )
    setup_prices = fields.Selection(
        [("odoo", "From Odoo's price list"), ("channel", "Kept in the shop")],
        "Prices",
        compute="_compute_setup_owners",
        inverse="_inverse_setup_prices",
    )
    setup_products = fields.Selection(
        [
            ("none", "Leave both as they are; only match them"),
            ("channel", "Import the shop's products into Odoo"),
            ("odoo", "Publish Odoo's products in the shop"),
        ],
        "Product Data",
        compute="_compute_setup_owners",
        inverse="_inverse_setup_products",
    )

    # === COMPUTE METHODS === #

    @api.depends("flow_ids.active")
    def _compute_setup_switches(self):
        for backend in self:
            for name, keys in SWITCHES.items():
                flows = backend._flows_of(*keys[:1])
                backend[name] = any(flows.mapped("active"))

    @api.depends("flow_ids.active")
    def _compute_setup_owners(self):
        for backend in self:
            for name, (_groups, ours, theirs) in OWNERS.items():
                backend[name] = backend._owner_chosen(ours, theirs)

    def _owner_chosen(self, ours, theirs):
        if any(self._flows_of(ours).mapped("active")):
            return "odoo"
        if not theirs:
            return "channel"
        return "channel" if any(self._flows_of(theirs).mapped("active")) else "none"

    def _inverse_setup_orders(self):
        self._switch("setup_orders")

    def _inverse_setup_tell(self):
        self._switch("setup_tell")

    def _inverse_setup_deliveries(self):
        self._switch("setup_deliveries")

    def _inverse_setup_stock(self):
        self._choose_owner("setup_stock")

    def _inverse_setup_prices(self):
        self._choose_owner("setup_prices")

    def _inverse_setup_products(self):
        self._choose_owner("setup_products")

    # === BUSINESS METHODS === #

    def _flows_of(self, *keys):
        wanted = {key for key in keys if key}
        return self.flow_ids.filtered(lambda flow: (flow.kind, flow.direction) in wanted)

    def _switch(self, name):
        for backend in self:
            backend._flows_of(*SWITCHES[name]).active = backend[name]

    def _choose_owner(self, name):
        groups, ours, theirs = OWNERS[name]
        for backend in self:
            owner = backend[name]
            backend._flows_of(ours).active = owner == "odoo"
            backend._flows_of(theirs).active = owner == "channel"
            if owner in ("odoo", "channel"):
                rows = backend.ownership_ids.filtered(lambda row: row.group in groups)
                rows.owner = owner

    def _recommended_choices(self):
        """What suits most shops, seen from what is in Odoo; an override returns it, extended.

        Stock is published only where Odoo has some: an empty Odoo would sell the shop out. A
        shop that could also send goods is not asked to: the own warehouse may be at it.
        """
        self.ensure_one()
        if not self.is_shop:
            return {"setup_deliveries": self.is_warehouse}
        backend = self._env()
        has_products = bool(backend._count_sellable())
        values = {
            "setup_orders": True,
            "setup_tell": True,
            "setup_stock": "odoo" if backend._has_stock() else "channel",
            "setup_prices": "channel",
            "setup_products": "none" if has_products else "channel",
        }
        return values if has_products else {**values, "product_policy": "create"}

    def _count_sellable(self):
        """Goods of Odoo that could be in a shop."""
        matching = self.env["channel.matching"].new({"backend_id": self.id})
        domain = [*matching._sellable_domain(), ("type", "=", "consu")]
        return self.env["product.product"].search_count(domain, limit=1)

    def _has_stock(self):
        return bool(
            self.env["stock.quant"].search_count(
                [
                    ("company_id", "=", self.company_id.id),
                    ("location_id.usage", "=", "internal"),
                    ("quantity", ">", 0),
                ],
                limit=1,
            )
        )
