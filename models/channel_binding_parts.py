from odoo import fields, models


class ChannelBindingTemplate(models.Model):
    """What both sides looked like when they were last in step, group by group."""

    _inherit = "channel.binding.template"

    def _in_step(self, odoo_parts, shop_parts, groups):
        """Both sides are as they shall be in ``groups``: a later change is one against this.

        :param odoo_parts: fingerprints of Odoo's product as it is now, by group; ``shop_parts``
            likewise. They are of the same content, and may differ where a side shows it its way
        """
        self.write(
            {
                "odoo_parts": {**(self.odoo_parts or {}), **_only(odoo_parts, groups)},
                "shop_parts": {**(self.shop_parts or {}), **_only(shop_parts, groups)},
                "synced_at": fields.Datetime.now(),
            }
        )

    def _out_of_step(self, groups):
        """The other direction has to run for ``groups``: it takes the owner's value over."""
        self.write(
            {
                name: {key: part for key, part in (self[name] or {}).items() if key not in groups}
                for name in ("odoo_parts", "shop_parts")
            }
        )


def _only(parts, groups):
    return {group: parts[group] for group in groups if group in parts}
