import base64
import json
import re

from odoo import api, fields, models


class ChannelSettingsExport(models.TransientModel):
    """Offers a backend's settings as a file."""

    _name = "channel.settings.export"
    _description = "Export settings"

    backend_id = fields.Many2one("channel.backend", required=True, ondelete="cascade")
    data = fields.Binary("File", compute="_compute_data")
    filename = fields.Char(compute="_compute_data")

    @api.depends("backend_id")
    def _compute_data(self):
        for wizard in self:
            content = self.env["channel.settings.file"]._export(wizard.backend_id)
            text = json.dumps(content, indent=2, ensure_ascii=False)
            wizard.data = base64.b64encode(text.encode())
            name = re.sub(r"\W+", "-", wizard.backend_id.name or "").strip("-").lower()
            wizard.filename = f"{name or 'channel'}-settings.json"

    def _show(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Export Settings"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }
