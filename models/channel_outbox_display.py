"""What a note of the outbox looks like to people, and the ways from it."""

from odoo import api, fields, models


class ChannelOutbox(models.Model):
    _inherit = "channel.outbox"

    record_name = fields.Char("About", compute="_compute_record_name", compute_sudo=True)

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
