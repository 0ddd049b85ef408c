"""Stock and prices have one owner each, so their flows show it; a product has one per group."""

from odoo import api, fields, models

#: Kinds of flows that move one group of fields and nothing else, and that group.
GROUPS_BY_KIND = {"stock": "stock", "price": "prices"}


class ChannelFlow(models.Model):
    _inherit = "channel.flow"

    owner = fields.Selection(
        selection=lambda self: self._choices_of("owner"),
        compute="_compute_ownership",
        inverse="_inverse_owner",
        help="Whose value counts. A product has an owner for each group of its fields.",
    )
    conflict_policy = fields.Selection(
        selection=lambda self: self._choices_of("conflict_policy"),
        string="If the Other Side Changed It",
        compute="_compute_ownership",
        inverse="_inverse_conflict_policy",
    )

    @api.model
    def _choices_of(self, name):
        """The choices of an ownership's field, in the language of whoever looks."""
        return self.env["channel.ownership"]._fields[name]._description_selection(self.env)

    @api.depends(
        "kind",
        "backend_id.ownership_ids.owner",
        "backend_id.ownership_ids.conflict_policy",
    )
    def _compute_ownership(self):
        for flow in self:
            row = flow._ownership()
            flow.owner = row.owner
            flow.conflict_policy = row.conflict_policy

    def _inverse_owner(self):
        for flow in self:
            flow._ownership().owner = flow.owner

    def _inverse_conflict_policy(self):
        for flow in self:
            flow._ownership().conflict_policy = flow.conflict_policy

    def _ownership(self):
        """The row that says who owns what this flow moves; empty where it moves several groups."""
        group = GROUPS_BY_KIND.get(self.kind)
        return self.backend_id.ownership_ids.filtered(lambda row: row.group == group)
