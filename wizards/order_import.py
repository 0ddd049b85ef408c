import re

from odoo import fields, models
from odoo.exceptions import UserError

#: Orders a person may ask for at once; the sync takes more at a time and costs less.
MOST = 100


class ChannelOrderImport(models.TransientModel):
    """Imports single orders by their id in the shop, whatever their age."""

    _name = "channel.order.import"
    _description = "Import orders by their id"

    backend_id = fields.Many2one(
        "channel.backend", required=True, default=lambda self: self.env.context.get("active_id")
    )
    external_ids = fields.Char(
        "Order IDs",
        required=True,
        help="The ids of the orders in the shop, separated by commas or spaces. In WooCommerce "
        "an order's id is in the address of its page; custom order numbers differ from it.",
    )

    def action_import(self):
        self.ensure_one()
        ids = list(dict.fromkeys(re.split(r"[\s,;#]+", self.external_ids.strip(" ,;#\t\n"))))
        if len(ids) > MOST:
            raise UserError(
                self.env._(
                    "%(count)s orders at once are too many, the limit is %(most)s. “Sync Now” "
                    "imports everything that changed.",
                    count=len(ids),
                    most=MOST,
                )
            )
        for external_id in ids:
            self.backend_id.action_import_order(external_id)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "channel_connector.action_channel_event"
        )
        domain = [("backend_id", "=", self.backend_id.id), ("external_id", "in", ids)]
        return {**action, "domain": domain, "context": {}}
