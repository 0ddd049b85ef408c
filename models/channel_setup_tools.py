"""What the set-up shows of the tools it leads to: mappings, matching, dry run of products."""

from odoo import api, fields, models

#: What the set-up shows of the last matching and the last dry run, and their own fields.
MATCHING_FIGURES = {
    "setup_matching_state": "state",
    "setup_matched": "matched_count",
    "setup_ambiguous": "ambiguous_count",
    "setup_conflict": "conflict_count",
    "setup_only_shop": "missing_odoo_count",
    "setup_only_odoo": "missing_shop_count",
    "setup_bound": "bound_count",
}
PREVIEW_FIGURES = {
    "setup_preview_state": "state",
    "setup_create": "create_count",
    "setup_change": "change_count",
    "setup_refuse": "refuse_count",
}


class ChannelBackend(models.Model):
    _inherit = "channel.backend"

    # a person decides these; the other values are understood or have a default
    open_tax_ids = fields.One2many(
        "channel.map.tax", "backend_id", "Taxes to Decide", domain=[("is_unmapped", "=", True)]
    )
    open_status_ids = fields.One2many(
        "channel.map.status",
        "backend_id",
        "Statuses to Decide",
        domain=[("is_unmapped", "=", True)],
    )
    open_payment_ids = fields.One2many(
        "channel.map.payment",
        "backend_id",
        "Payment Methods to Decide",
        domain=[("is_unmapped", "=", True)],
    )
    open_tax_count = fields.Integer(compute="_compute_open_counts")
    open_status_count = fields.Integer(compute="_compute_open_counts")
    open_payment_count = fields.Integer(compute="_compute_open_counts")
    mapped_count = fields.Integer(compute="_compute_open_counts")
    can_create_taxes = fields.Boolean(compute="_compute_open_counts")
    setup_matching_id = fields.Many2one("channel.matching", compute="_compute_setup_runs")
    setup_matching_state = fields.Char(compute="_compute_setup_runs")
    setup_matched = fields.Integer(compute="_compute_setup_runs")
    setup_ambiguous = fields.Integer(compute="_compute_setup_runs")
    setup_conflict = fields.Integer(compute="_compute_setup_runs")
    setup_only_shop = fields.Integer(compute="_compute_setup_runs")
    setup_only_odoo = fields.Integer(compute="_compute_setup_runs")
    setup_bound = fields.Integer(compute="_compute_setup_runs")
    setup_preview_id = fields.Many2one("channel.preview", compute="_compute_setup_runs")
    setup_preview_state = fields.Char(compute="_compute_setup_runs")
    setup_create = fields.Integer(compute="_compute_setup_runs")
    setup_change = fields.Integer(compute="_compute_setup_runs")
    setup_refuse = fields.Integer(compute="_compute_setup_runs")
    setup_flow_names = fields.Char(compute="_compute_setup_flow_names")

    # === COMPUTE METHODS === #

    @api.depends("tax_map_ids.tax_id", "status_map_ids.status", "payment_map_ids.journal_id")
    def _compute_open_counts(self):
        for backend in self:
            taxes = backend.tax_map_ids.filtered("is_unmapped")
            backend.open_tax_count = len(taxes)
            backend.can_create_taxes = any(taxes.mapped("has_percent"))
            backend.open_status_count = len(backend.status_map_ids.filtered("is_unmapped"))
            backend.open_payment_count = len(backend.payment_map_ids.filtered("is_unmapped"))
            backend.mapped_count = sum(
                len(rows.filtered(lambda row: not row.is_unmapped))
                for rows in (
                    backend.tax_map_ids,
                    backend.status_map_ids,
                    backend.payment_map_ids,
                    backend.carrier_map_ids,
                    backend.tax_class_map_ids,
                )
            )

    def _compute_setup_runs(self):
        matchings = self._latest_runs("channel.matching", [])
        previews = self._latest_runs("channel.preview", [("what", "=", "import_product")])
        for backend in self:
            matching = backend.setup_matching_id = matchings.get(backend.id, matchings[0])
            preview = backend.setup_preview_id = previews.get(backend.id, previews[0])
            for name, figure in MATCHING_FIGURES.items():
                backend[name] = matching[figure]
            for name, figure in PREVIEW_FIGURES.items():
                backend[name] = preview[figure]

    def _latest_runs(self, model, domain):
        """``{backend id: run}``, and an empty one under 0."""
        groups = self.env[model]._read_group(
            [("backend_id", "in", self.ids), *domain], ["backend_id"], ["id:max"]
        )
        runs = self.env[model].browse
        return {0: runs(), **{backend.id: runs(run_id) for backend, run_id in groups}}

    @api.depends("flow_ids.active")
    def _compute_setup_flow_names(self):
        for backend in self:
            flows = backend.flow_ids.filtered("active")
            backend.setup_flow_names = ", ".join(flows.mapped("display_name"))

    # === ACTION METHODS === #

    def action_setup_create_taxes(self):
        """Make a tax in Odoo for each rate that has none."""
        self.ensure_one()
        self._ensure_in_setup()
        self.open_tax_ids.filtered("has_percent").action_create_taxes()

    def action_setup_matching(self):
        """Open the matching; the first time it is begun."""
        self.ensure_one()
        self.check_access("write")
        matching = self.setup_matching_id
        return matching._show() if matching else self.action_match_products()

    def action_setup_preview(self):
        """Open the dry run of the products' import; the first time it is begun."""
        self.ensure_one()
        self.check_access("write")
        preview = self.setup_preview_id
        return preview._show() if preview else self.action_preview_import()
