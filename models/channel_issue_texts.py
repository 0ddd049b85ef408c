"""Where an addon that adds a channel says its own errors in plain words."""

from odoo import api, models


class ChannelIssue(models.Model):
    _inherit = "channel.issue"

    @api.model
    def _more_texts(self):
        """``{code: (title, suggestion)}`` with ``%(param)s``, in the environment's language.

        An override returns the dictionary, extended.
        """
        return {}
