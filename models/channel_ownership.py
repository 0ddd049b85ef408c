"""Who owns which part of a product, and what happens when the other side changes it."""

from odoo import api, fields, models

#: (group, label, owner at first): the shop owns its storefront, Odoo owns stock.
OWNED = [
    ("texts", "Texts and whether it is published", "channel"),
    ("details", "SKU, barcode, weight, size and tax class", "channel"),
    ("prices", "Prices", "channel"),
    ("images", "Images", "channel"),
    ("categories", "Categories, tags and brands", "channel"),
    ("attributes", "Attributes and variants", "channel"),
    ("stock", "Stock", "odoo"),
]


class ChannelOwnership(models.Model):
    _name = "channel.ownership"
    _description = "Channel ownership"
    _order = "backend_id, sequence, id"
    _rec_name = "group"

    backend_id = fields.Many2one(
        "channel.backend", required=True, index=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(related="backend_id.company_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    group = fields.Selection(
        [(group, label) for group, label, _owner in OWNED], required=True, readonly=True
    )
    owner = fields.Selection(
        [("odoo", "Odoo"), ("channel", "The shop")],
        required=True,
        help="Whose value counts. It travels to the other side; never back.",
    )
    conflict_policy = fields.Selection(
        [
            ("owner", "The owner wins"),
            ("newest", "The newest change wins"),
            ("issue", "Ask (an issue)"),
        ],
        "If the Other Side Changed It",
        default="owner",
        required=True,
        help="What happens when the side that does not own it has changed it since the last "
        "synchronization.",
    )

    _group_uniq = models.UniqueIndex('(backend_id, "group")')

    @api.model
    def _ensure_rows(self, backend):
        """Create the rows that are missing; one that exists stays as a person left it."""
        known = set(backend.ownership_ids.mapped("group"))
        return self.create(
            [
                {"backend_id": backend.id, "sequence": position, "group": group, "owner": owner}
                for position, (group, _label, owner) in enumerate(OWNED)
                if group not in known
            ]
        )
