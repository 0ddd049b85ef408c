from odoo import api, fields, models


class ChannelProductPublish(models.TransientModel):
    """Chooses the shops that products are created in."""

    _name = "channel.product.publish"
    _description = "Publish products in shops"

    template_ids = fields.Many2many("product.template", string="Products", required=True)
    backend_ids = fields.Many2many(
        "channel.backend",
        string="Shops",
        required=True,
        domain=lambda self: [("company_id", "in", self.env.companies.ids)],
        default=lambda self: self._default_backends(),
    )
    inactive_ids = fields.Many2many(
        "channel.backend", compute="_compute_inactive_ids", string="Not Exporting"
    )

    def _default_backends(self):
        backends = self.env["channel.backend"].search(
            [("company_id", "in", self.env.companies.ids), ("state", "!=", "draft")], limit=2
        )
        return backends if len(backends) == 1 else backends.browse()

    @api.depends("backend_ids")
    def _compute_inactive_ids(self):
        flows = self.env["channel.flow"]
        for wizard in self:
            wizard.inactive_ids = wizard.backend_ids.filtered(
                lambda backend: not flows._of(backend, "product", "out")
            )

    def action_publish(self):
        """The next drain creates them, or brings them up to date."""
        self.ensure_one()
        self.template_ids._channel_publish(self.backend_ids)
        return {"type": "ir.actions.act_window_close"}
