"""Dry run: what an import or an export would change, before anything is written."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core.adapter import CatalogueSink, CatalogueSource, PriceSink, supports
from ..services.preview import line_values, open_actions, parsed, price_plan

#: Lines that are applied in one transaction.
CHUNK = 100
#: Odoo's records that are planned together.
PAGE = 100
#: What a dry run is of: the role it needs, and the flow that does it for good.
ROLES = {
    "import_product": (CatalogueSource, ("product", "in")),
    "export_product": (CatalogueSink, ("product", "out")),
    "export_price": (PriceSink, ("price", "out")),
}


class ChannelPreview(models.Model):
    """Plans made by the code that the run itself uses; they are kept as lines, and applied.

    An import applies the very records that were read. An export looks again when it runs, because
    what is sent is always what is true then.
    """

    _name = "channel.preview"
    _inherit = "channel.run.mixin"
    _description = "Dry run"

    what = fields.Selection(
        [
            ("import_product", "Import of products"),
            ("export_product", "Export of products"),
            ("export_price", "Export of prices"),
        ],
        required=True,
        readonly=True,
    )
    line_ids = fields.One2many("channel.preview.line", "preview_id", readonly=True)
    create_count = fields.Integer("Create", compute="_compute_counts")
    change_count = fields.Integer("Change", compute="_compute_counts")
    leave_count = fields.Integer("Leave", compute="_compute_counts")
    skip_count = fields.Integer("Skip", compute="_compute_counts")
    refuse_count = fields.Integer("Refuse", compute="_compute_counts")
    applied_count = fields.Integer("Applied", compute="_compute_counts")
    open_count = fields.Integer("To Apply", compute="_compute_counts")

    # === COMPUTE METHODS === #

    @api.depends("line_ids.action", "line_ids.applied_at")
    def _compute_counts(self):
        groups = self.env["channel.preview.line"]._read_group(
            [("preview_id", "in", self.ids)],
            ["preview_id", "action"],
            ["__count", "applied_at:count"],
        )
        counts = {(preview, action): (count, done) for preview, action, count, done in groups}
        for preview in self:
            rows = {
                action: counts.get((preview, action), (0, 0))
                for action in ("create", "change", "leave", "skip", "refuse")
            }
            for action, (count, _done) in rows.items():
                preview[f"{action}_count"] = count
            preview.applied_count = sum(done for _count, done in rows.values())
            preview.open_count = sum(
                count - done for action, (count, done) in rows.items() if action in open_actions()
            )

    @api.depends("backend_id", "what")
    def _compute_display_name(self):
        names = dict(self._fields["what"]._description_selection(self.env))
        for preview in self:
            preview.display_name = self.env._(
                "%(shop)s: %(what)s, dry run",
                shop=preview.backend_id.name,
                what=names.get(preview.what, "").lower(),
            )

    # === ACTION METHODS === #

    def action_apply(self):
        """Do everything that the dry run has shown."""
        lines = self.env["channel.preview.line"].search(
            [("preview_id", "in", self.ids), *self._open_domain()]
        )
        return self._apply_lines(lines)

    def action_view_lines(self):
        """The lines of one action, which the pressed button names."""
        self.ensure_one()
        action = self.env.context.get("preview_action")
        known = self.env["channel.preview.line"]._fields["action"].get_values(self.env)
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": "channel.preview.line",
            "view_mode": "list,form",
            "views": [(False, "list"), (False, "form")],
            "domain": [("preview_id", "=", self.id)],
            "context": {f"search_default_{action}": 1} if action in known else {},
        }

    # === BUSINESS METHODS === #

    @api.model
    def _begin(self, backend, what):
        """Start a dry run and open it."""
        backend.check_access("write")
        role, _flow = ROLES[what]
        if not supports(backend._get_adapter_class(), role):
            raise UserError(self.env._("This kind of channel can't do that."))
        return self._start(backend, what=what)

    def _apply_lines(self, lines):
        """Approve ``lines`` of these dry runs; jobs do the rest.

        :raises UserError: nothing can be applied, or the flow that has to do it is switched off
        """
        self.check_access("write")
        self._ensure_ready()
        if not lines:
            raise UserError(self.env._("Nothing of this is left to apply."))
        for preview in self:
            preview.backend_id._ensure_working()
            preview._ensure_flow()
        lines.wanted = True
        self.write({"state": "applying"})
        self._enqueue(priority=5)
        return self.backend_id._reload()

    def _ensure_flow(self):
        """An export is done by its flow; an import of what was read needs none."""
        _role, (kind, direction) = ROLES[self.what]
        flow = self.env["channel.flow"]._of(self.backend_id, kind, direction)
        if direction == "out" and not flow:
            raise UserError(
                self.env._(
                    "Switch on the flow “%s” of this backend first: it sends what is approved "
                    "here, and what changes later.",
                    self._flow_label(kind),
                )
            )

    def _flow_label(self, kind):
        kinds = self.env["channel.flow"]._fields["kind"]._description_selection(self.env)
        return dict(kinds)[kind]

    @api.model
    def _open_domain(self):
        return [("action", "in", open_actions()), ("applied_at", "=", False)]

    # === READING === #

    def _read(self, adapter):
        read = self._read_shop if self.what == "import_product" else self._read_odoo
        read(adapter)
        return self._finish("ready", self.env._("%s products looked at", self.read_count))

    def _read_shop(self, adapter):
        """Plan the import of every product of the shop, page by page."""
        importer = self.env["channel.product.importer"]
        position, more = dict(self.position or {}), True
        while more:
            page = adapter.list_products(position, self._page_size("product", "in"))
            records = {record.external_id: record for record in page.records}
            products, plans = parsed(adapter, page.records)
            plans += importer._plan(self.backend_id, products) if products else []
            self._add_lines(plans, records)
            position, more = dict(page.cursor), page.more
            self._keep(position=position, read_count=self.read_count + len(plans))

    def _read_odoo(self, adapter):
        """Plan the export of everything that is, or would be, in the shop."""
        after = (self.position or {}).get("after", 0)
        records = self._next_records(after)
        while records:
            self._add_lines(self._plans(adapter, records))
            after = max(records.ids)
            self._keep(position={"after": after}, read_count=self.read_count + len(records))
            records = self._next_records(after)

    def _next_records(self, after):
        """The records of Odoo that an export goes over next, in the order of their ids."""
        if self.what == "export_product":
            exporter = self.env["channel.product.exporter"]
            return exporter._preview_records(self.backend_id, after, PAGE)
        return self.env["product.product"].search(
            [("channel_binding_ids.backend_id", "=", self.backend_id.id), ("id", ">", after)],
            order="id",
            limit=PAGE,
        )

    def _plans(self, adapter, records):
        """What the exporter is going to do with ``records``."""
        if self.what == "export_product":
            exporter = self.env["channel.product.exporter"]
            return exporter._preview(self.backend_id, adapter, records)
        changes = self.env["channel.price.exporter"]._plan_changes(self.backend_id, records)
        return [price_plan(change) for change in changes]

    def _page_size(self, kind, direction):
        flows = self.env["channel.flow"].with_context(active_test=False)
        return flows._of(self.backend_id, kind, direction).batch_size or PAGE

    def _add_lines(self, plans, records=None):
        """Lines for plans; one that is there already (a page read twice) is left out."""
        rows = [line_values(self, plan, records or {}) for plan in plans]
        lines = self.env["channel.preview.line"]
        known = set(
            lines.search_fetch(
                [("preview_id", "=", self.id), ("key", "in", [row["key"] for row in rows])],
                ["key"],
            ).mapped("key")
        )
        fresh = {row["key"]: row for row in rows if row["key"] not in known}
        return lines.create(list(fresh.values()))

    # === APPLYING === #

    def _apply(self, adapter):
        lines = self.env["channel.preview.line"]
        domain = [("preview_id", "=", self.id), ("wanted", "=", True), *self._open_domain()]
        while chunk := lines.search(domain, order="id", limit=CHUNK):
            chunk._apply_chunk(adapter)
            chunk.write({"applied_at": fields.Datetime.now(), "payload": False})
            self._keep()
        left = self.open_count
        text = self.env._("%(done)s approved, %(left)s left", done=self.applied_count, left=left)
        return self._finish("ready" if left else "applied", text)


class ChannelBackend(models.Model):
    _inherit = "channel.backend"

    can_export_products = fields.Boolean(compute="_compute_can_preview")
    can_export_prices = fields.Boolean(compute="_compute_can_preview")

    def _compute_can_preview(self):
        for backend in self:
            adapter_class = backend._get_adapter_class()
            backend.can_export_products = supports(adapter_class, CatalogueSink)
            backend.can_export_prices = supports(adapter_class, PriceSink)

    def action_preview_import(self):
        """Show what an import of all products would change in Odoo."""
        return self.env["channel.preview"]._begin(self, "import_product")

    def action_preview_export(self):
        """Show what an export of all products would change in the shop."""
        return self.env["channel.preview"]._begin(self, "export_product")

    def action_preview_prices(self):
        """Show what an export of all prices would change in the shop."""
        return self.env["channel.preview"]._begin(self, "export_price")
