"""Which products that a shop does not have yet it shall have."""

from odoo import api, fields, models
from odoo.tools import SQL


class ChannelFlow(models.Model):
    _inherit = "channel.flow"

    publish_new = fields.Boolean(
        "Create Odoo's Products in the Shop",
        help="Every product that can be sold. Off: only products that “Publish in Shops” was "
        "chosen for. Products that the shop has already are kept up to date either way.",
    )


class ChannelOutbox(models.Model):
    _inherit = "channel.outbox"

    @api.model
    def _binding_query(self, kind):
        """Products that somebody has published, and all that can be sold where that is wished."""
        if kind != "product":
            return super()._binding_query(kind)
        return SQL(
            """(
            SELECT backend_id, odoo_id FROM channel_binding_template
            UNION ALL
            SELECT channel_backend_id, product_template_id FROM channel_product_wanted_rel
            UNION ALL
            SELECT flow.backend_id, template.id
              FROM product_template template
              JOIN channel_flow flow
                ON flow.kind = 'product' AND flow.direction = 'out' AND flow.publish_new
             WHERE template.active AND template.sale_ok
               AND (template.company_id IS NULL OR template.company_id = flow.company_id)
            )"""
        )

    @api.model
    def _published_query(self, backend, known, after_id, limit):
        """Ids of the products that a backend is told of, from ``known`` (:meth:`_binding_query`)"""
        return SQL(
            """SELECT DISTINCT known.odoo_id FROM %s AS known
                WHERE known.backend_id = %s AND known.odoo_id > %s
                ORDER BY known.odoo_id LIMIT %s""",
            known,
            backend.id,
            after_id,
            limit,
        )
