"""What a note of the outbox looks like to people, and the ways from it."""

from odoo import api, fields, models


class ChannelOutbox(models.Model):
    _inherit = "channel.outbox"

    record_name = fields.Char("About", compute="_compute_record_name", compute_sudo=True)
    duration = fields.Float(
        "Waited (s)", compute="_compute_duration", help="From changed to settled."
    )

    # === COMPUTE METHODS === #

    @api.depends("res_model", "res_id")
    def _compute_record_name(self):
        for model, notes in self.grouped("res_model").items():
            records = self.env[model].browse(notes.mapped("res_id")).exists()
            names = {record.id: record.display_name for record in records}
            for note in notes:
                note.record_name = names.get(note.res_id, "")

    @api.depends("kind", "record_name")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for note in self:
            note.display_name = f"{kinds.get(note.kind)} {note.record_name or '?'}"

    @api.depends("noted_at", "done_at")
    def _compute_duration(self):
        for note in self:
            note.duration = (note.done_at - note.noted_at).total_seconds() if note.done_at else 0.0

    # === ACTION METHODS === #

    def action_view_log(self):
        """The HTTP exchanges of telling about this note's order."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "channel_connector.action_channel_log"
        )
        bindings = self.sudo().order_id.channel_binding_ids
        binding = bindings.filtered(lambda binding: binding.backend_id == self.sudo().backend_id)
        domain = [
            ("backend_id", "=", self.backend_id.id),
            ("reference", "=", f"{self.kind} {binding.external_id}"),
        ]
        return {**action, "domain": domain, "context": {}}


class ChannelFlow(models.Model):
    _inherit = "channel.flow"

    has_options = fields.Boolean(compute="_compute_has_options")

    @api.depends("kind", "direction")
    def _compute_has_options(self):
        for flow in self:
            flow.has_options = flow.kind == "refund" or (
                (flow.kind, flow.direction) == ("shipment", "out")
            )

    def action_view_options(self):
        """What this one flow can be told beyond on and off."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }
