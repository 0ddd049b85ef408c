from odoo import models


class ChannelIssue(models.Model):
    _inherit = "channel.issue"
    # who works on an issue may discuss it; only managers change it
    _mail_post_access = "read"
