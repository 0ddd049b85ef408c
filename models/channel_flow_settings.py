"""Settings of a backend as a file: where a person starts."""

from odoo import models


class ChannelBackend(models.Model):
    _inherit = "channel.backend"

    def action_export_settings(self):
        """Save all settings as a file, without secrets."""
        self.ensure_one()
        self.check_access("write")
        wizard = self.env["channel.settings.export"].create({"backend_id": self.id})
        return wizard._show()

    def action_import_settings(self):
        """Take settings over from a file."""
        self.ensure_one()
        self.check_access("write")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "channel_connector.action_channel_settings_import"
        )
        return {**action, "context": {"default_backend_id": self.id}}
