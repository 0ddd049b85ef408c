"""One line of a dry run: a product, and what would become of it."""

from datetime import timezone

from odoo import api, fields, models

from ..core.canonical import Record
from ..services.preview import diff_html, open_actions


class ChannelPreviewLine(models.Model):
    _name = "channel.preview.line"
    _description = "Line of a dry run"
    _order = "preview_id, id"

    preview_id = fields.Many2one(
        "channel.preview", required=True, index=True, ondelete="cascade", readonly=True
    )
    backend_id = fields.Many2one(related="preview_id.backend_id")
    company_id = fields.Many2one(
        related="preview_id.company_id", store=True, precompute=True, index=True
    )
    run_state = fields.Selection(related="preview_id.state", string="Dry Run Is")
    what = fields.Selection(related="preview_id.what")
    key = fields.Char(required=True, readonly=True, help="The same thing is planned once.")
    action = fields.Selection(
        [
            ("create", "Create"),
            ("change", "Change"),
            ("leave", "Leave"),
            ("skip", "Skip"),
            ("refuse", "Refuse"),
        ],
        required=True,
        readonly=True,
    )
    name = fields.Char("Product", readonly=True)
    sku = fields.Char("SKU", readonly=True)
    external_id = fields.Char("ID in the Shop", readonly=True)
    res_model = fields.Char(readonly=True)
    res_id = fields.Many2oneReference(model_field="res_model", readonly=True)
    changes = fields.Json(readonly=True, help="What differs, by group, field and variant.")
    change_count = fields.Integer("Differences", readonly=True)
    diff = fields.Html("What Would Change", compute="_compute_diff", sanitize=False)
    reason = fields.Char(readonly=True, help="Why it is left, skipped or refused.")
    wanted = fields.Boolean(readonly=True)
    applied_at = fields.Datetime("Approved", readonly=True)
    payload = fields.Json(readonly=True, groups="channel_connector.group_manager")
    fetched_at = fields.Datetime(readonly=True)

    _key_uniq = models.UniqueIndex("(preview_id, key)")

    # === COMPUTE METHODS === #

    @api.depends("changes")
    def _compute_diff(self):
        for line in self:
            line.diff = diff_html(self.env, line.changes or [])

    @api.depends("name", "action")
    def _compute_display_name(self):
        actions = dict(self._fields["action"]._description_selection(self.env))
        for line in self:
            line.display_name = f"{actions.get(line.action)}: {line.name or line.external_id}"

    # === ACTION METHODS === #

    def action_apply(self):
        """Do what these lines show, and leave the others."""
        lines = self.filtered(lambda line: line.action in open_actions() and not line.applied_at)
        return self.preview_id._apply_lines(lines)

    def action_view_record(self):
        """Open the product in Odoo."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }

    # === APPLYING === #

    def _apply_chunk(self, adapter):
        """Hand these lines (of one dry run) over to the run itself."""
        preview = self.preview_id
        if preview.what == "import_product":
            return self._import(adapter)
        if preview.what == "export_price":
            return self.env["channel.outbox"]._note_many("price", self.mapped("res_id"))
        return self._publish()

    def _import(self, adapter):
        """Events with the records that were read, as a poll makes them."""
        events = self.env["channel.event"]
        importer = self.env["channel.product.importer"]
        products = importer._parsed(adapter, [line._record() for line in self])
        importer._learn_terms(adapter, self.backend_id, products)
        rows = [
            {
                "kind": "product",
                "topic": "dry run",
                "external_id": line.external_id,
                "source": "manual",
                "dedup_key": events._dedup_key("preview", line.id),
                "payload": line.sudo().payload,
                "fetched_at": line.fetched_at,
            }
            for line in self
        ]
        events._insert(self.backend_id, rows)._enqueue_chunks()

    def _record(self):
        """What was read of the shop, as it was read."""
        fetched_at = self.fetched_at.replace(tzinfo=timezone.utc)
        return Record("product", self.external_id, self.sudo().payload, None, fetched_at)

    def _publish(self):
        """Notes for the export; a product that the shop lacks is published there."""
        known = self.filtered(lambda line: line.action == "change")
        self.env["channel.outbox"]._note_many("product", known.mapped("res_id"))
        new = self.env["product.template"].browse((self - known).mapped("res_id"))
        if new:
            new._channel_publish(self.backend_id)
