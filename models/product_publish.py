"""Where a product is sold: asked for one by one, excluded, and kept while a shop has it."""

from odoo import api, fields, models
from odoo.exceptions import UserError

#: flows that keep a shop's products as Odoo's are
TOLD = [("kind", "=", "product"), ("direction", "=", "out"), ("active", "=", True)]


class ProductTemplate(models.Model):
    _inherit = "product.template"

    channel_wanted_backend_ids = fields.Many2many(
        "channel.backend",
        "channel_product_wanted_rel",
        string="Publish in These Shops",
        copy=False,
        groups="channel_connector.group_user",
        help="Created there as soon as products are exported.",
    )

    # === ACTION METHODS === #

    def action_channel_publish(self):
        """Choose the shops that these products are created in, or brought up to date."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Publish in Shops"),
            "res_model": "channel.product.publish",
            "view_mode": "form",
            "target": "new",
            "context": {**self.env.context, "default_template_ids": self.ids},
        }

    # === BUSINESS METHODS === #

    def _channel_publish(self, backends):
        """Have these products created in shops, or brought up to date, by the next drain.

        What was deleted in a shop is forgotten first: it is made anew.
        """
        gone = [("odoo_id", "in", self.ids), ("backend_id", "in", backends.ids)]
        bindings = self.env["channel.binding.template"].sudo().search(gone)
        bindings = bindings.filtered("gone_at")
        ids = bindings.mapped("external_id")
        self.env["channel.binding.product"].sudo().search(
            [
                ("backend_id", "in", bindings.backend_id.ids),
                ("odoo_id.product_tmpl_id", "in", bindings.odoo_id.ids),
                "|",
                ("external_id", "in", ids),
                ("parent_external_id", "in", ids),
            ]
        ).unlink()
        bindings.unlink()
        self.sudo().write(
            {
                "channel_wanted_backend_ids": [fields.Command.link(one.id) for one in backends],
                "channel_excluded_backend_ids": [fields.Command.unlink(one.id) for one in backends],
            }
        )

    # === CRUD METHODS === #

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_shop(self):
        self.with_context(active_test=False).product_variant_ids._check_not_in_shop()


class ProductProduct(models.Model):
    _inherit = "product.product"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_shop(self):
        """Odoo itself archives a variant that can't be deleted when its attributes change."""
        self._check_not_in_shop()

    def _check_not_in_shop(self):
        """What is deleted here can't be told to a shop any more, which would go on selling it."""
        bindings = (
            self.env["channel.binding.product"]
            .sudo()
            .search(
                [
                    ("odoo_id", "in", self.ids),
                    ("gone_at", "=", False),
                    ("backend_id.flow_ids", "any", TOLD),
                ],
                limit=1,
            )
        )
        if bindings:
            raise UserError(
                self.env._(
                    "“%(product)s” is sold in %(shop)s. Archive it: that takes it off sale there. "
                    "Once it is deleted in the shop, it can be deleted here, too.",
                    product=bindings.odoo_id.display_name,
                    shop=bindings.backend_id.name,
                )
            )
