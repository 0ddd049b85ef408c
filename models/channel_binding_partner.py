"""What a shop showed of a customer's account the last time."""

from odoo import fields, models


class ChannelBindingPartner(models.Model):
    _inherit = "channel.binding.partner"

    account_fingerprint = fields.Char(
        readonly=True,
        help="Hash of the account as it was last seen in the shop, whether the contact followed it "
        "or not; the nightly walk through all accounts passes over equal ones.",
    )
