"""Access to the shop's media library, for shops that can't fetch pictures from Odoo's address."""

from odoo import fields, models

from ..services.secrets import decrypt


class ChannelBackend(models.Model):
    _inherit = "channel.backend"

    wp_user = fields.Char(
        "WordPress User",
        copy=False,
        groups="channel_connector.group_manager",
        help="With an application password of this user pictures are uploaded. Without, the shop "
        "fetches them from Odoo's public address.",
    )
    wp_app_password = fields.Char(
        "Application Password",
        compute="_compute_wp_app_password",
        inverse="_inverse_wp_app_password",
        groups="channel_connector.group_manager",
        help="Can be set, and is never shown again.",
    )
    wp_app_password_stored = fields.Char(groups=fields.NO_ACCESS, copy=False)

    def _compute_wp_app_password(self):
        """Write-only, like all secrets."""
        self.wp_app_password = False

    def _inverse_wp_app_password(self):
        self._store_secret("wp_app_password")

    def _frame_fields(self):
        return [*super()._frame_fields(), "wp_user", "wp_app_password_stored"]

    def _adapter_settings(self):
        settings = super()._adapter_settings()
        secret = self.sudo()
        if secret.wp_user and secret.wp_app_password_stored:
            settings["wp_user"] = secret.wp_user
            settings["wp_app_password"] = decrypt(self.env, secret.wp_app_password_stored)
        return settings
