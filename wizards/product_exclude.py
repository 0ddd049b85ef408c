from odoo import Command, models


class ChannelProductPublish(models.TransientModel):
    _inherit = "channel.product.publish"

    def action_exclude(self):
        """Nothing of these products is sent to the chosen shops any more."""
        self.ensure_one()
        self.template_ids.write(
            {"channel_excluded_backend_ids": [Command.link(one.id) for one in self.backend_ids]}
        )
        return {"type": "ir.actions.act_window_close"}
