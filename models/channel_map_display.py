from odoo import api, fields, models


class ChannelMapMixin(models.AbstractModel):
    _inherit = "channel.map.mixin"

    #: stored, so that lists can put what is missing on top
    is_unmapped = fields.Boolean(
        "Unmapped", compute="_compute_is_unmapped", store=True, help="The Odoo side is missing."
    )

    @api.depends(lambda self: (self._target,) if self._target else ())
    def _compute_is_unmapped(self):
        for row in self:
            row.is_unmapped = bool(row._target) and not row[row._target]
