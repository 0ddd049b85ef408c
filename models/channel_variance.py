"""A difference between shop and Odoo that a reconciliation has found, and what puts it right."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Datetime

KINDS = [
    ("order_missing", "Order missing in Odoo"),
    ("order_gone", "Order deleted in the shop"),
    ("order_status", "Order status"),
    ("order_total", "Order total"),
    ("order_doubled", "Order twice in Odoo"),
    ("binding_missing", "Order not linked"),
    ("refund", "Refund"),
    ("stock", "Stock"),
    ("price", "Price"),
    ("product", "Product"),
    ("product_gone", "Product deleted in the shop"),
    ("money_day", "Money of a day"),
]
#: Kinds that a reconciliation may put right by itself, where its flow says so: reading a record
#: again is harmless, and the shop's stock is Odoo's anyhow.
SAFE = (
    ("order_missing", "import"),
    ("order_gone", "import"),
    ("order_status", "import"),
    ("order_total", "import"),
    ("binding_missing", "import"),
    ("refund", "import"),
    ("stock", "send"),
    ("money_day", "import"),
)


class ChannelVariance(models.Model):
    """One row per thing that differs, however many runs find it; it ends when one finds it equal.

    Only reconciliations write rows; a person has them put right, or ignores them with a reason.
    """

    _name = "channel.variance"
    _description = "Channel variance"
    _order = "state DESC, value DESC, id DESC"
    _rec_name = "name"

    backend_id = fields.Many2one(
        "channel.backend", required=True, index=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(
        related="backend_id.company_id", store=True, precompute=True, index=True
    )
    run_id = fields.Many2one(
        "channel.reconciliation",
        "Last Found By",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
    )
    kind = fields.Selection(KINDS, required=True, readonly=True)
    external_id = fields.Char("ID in the Shop", readonly=True)
    key = fields.Char(required=True, readonly=True, help="The same difference is one row.")
    name = fields.Char("What", readonly=True)
    res_model = fields.Char(readonly=True)
    res_id = fields.Many2oneReference(model_field="res_model", readonly=True)
    day = fields.Date(readonly=True, help="In the shop's time zone.")
    external_value = fields.Char("In the Shop", readonly=True)
    odoo_value = fields.Char("In Odoo", readonly=True)
    detail = fields.Text("Details", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    amount = fields.Monetary(
        "Difference",
        readonly=True,
        help="What the shop has more than Odoo, in the shop's currency.",
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    value = fields.Monetary(
        currency_field="company_currency_id",
        readonly=True,
        help="The size of the difference in the company's currency. Of a day's money only what no "
        "other row explains.",
    )
    state = fields.Selection(
        [("open", "Open"), ("fixed", "Equal Again"), ("ignored", "Ignored")],
        default="open",
        required=True,
        readonly=True,
    )
    fix = fields.Selection(
        [("import", "Import Again"), ("send", "Send Again"), ("none", "By Hand")],
        "Repair",
        default="none",
        required=True,
        readonly=True,
    )
    found_at = fields.Datetime("First Found", default=Datetime.now, readonly=True)
    seen_at = fields.Datetime("Last Found", default=Datetime.now, readonly=True)
    fix_begun_at = fields.Datetime("Repair Begun", readonly=True)
    fix_failed = fields.Boolean(
        compute="_compute_fix_failed", help="It was repaired, and found different again."
    )
    fixed_at = fields.Datetime("Equal Since", readonly=True)
    reason = fields.Char("Ignored Because", readonly=True)
    url = fields.Char("Shop Address", compute="_compute_url")

    _open_uniq = models.UniqueIndex("(backend_id, key) WHERE state = 'open'")
    _external_idx = models.Index("(backend_id, kind, external_id) WHERE state = 'open'")

    # === COMPUTE METHODS === #

    @api.depends("fix_begun_at", "seen_at")
    def _compute_fix_failed(self):
        for row in self:
            begun = row.state == "open" and row.fix_begun_at
            row.fix_failed = bool(begun) and row.seen_at > begun

    @api.depends("backend_id", "external_id", "kind")
    def _compute_url(self):
        """Where the shop shows it in its back office; adapters know it without asking the shop."""
        for backend, rows in self.grouped("backend_id").items():
            adapter = backend._env()._adapter()
            for row in rows:
                method = getattr(adapter, row._url_method() or "", None)
                row.url = method(row.external_id) if method and row.external_id else False
            adapter.close()

    def _url_method(self):
        """Name of the adapter's method that knows the address, '' where there is none."""
        if self.kind in ("stock", "price", "product"):
            return "product_url"
        return "" if self.kind in ("money_day", "order_gone", "product_gone") else "order_url"

    # === ACTION METHODS === #

    def action_view_record(self):
        """Open Odoo's side."""
        self.ensure_one()
        if not self.res_id:
            raise UserError(self.env._("Odoo has no record of this."))
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }

    def action_view_shop(self):
        """Open the shop's side in its back office."""
        self.ensure_one()
        if not self.url:
            raise UserError(self.env._("The shop has no page for this."))
        return {"type": "ir.actions.act_url", "url": self.url, "target": "new"}


class ChannelBackend(models.Model):
    _inherit = "channel.backend"

    variance_count = fields.Integer("Variances", compute="_compute_variances")
    variance_value = fields.Monetary(
        "Value of Variances", currency_field="company_currency_id", compute="_compute_variances"
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )

    def _compute_variances(self):
        groups = self.env["channel.variance"]._read_group(
            [("backend_id", "in", self.ids), ("state", "=", "open")],
            ["backend_id"],
            ["__count", "value:sum"],
        )
        found = {backend: (count, value) for backend, count, value in groups}
        for backend in self:
            backend.variance_count, backend.variance_value = found.get(backend, (0, 0.0))
