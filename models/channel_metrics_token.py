"""The token that opens the figures to a monitoring system: stored as a hash, shown once."""

import hashlib
import hmac
import logging
import secrets as token_source

from odoo import api, fields, models
from odoo.exceptions import AccessError

PARAMETER = "channel_connector.metrics_token"
PATH = "/channel/metrics"
_logger = logging.getLogger(__name__)


class ChannelMetricsToken(models.AbstractModel):
    """Shows a token that was just made; as with Odoo's API keys, no table ever holds it."""

    _name = "channel.metrics.token"
    _description = "Metrics token"

    # the web client's onchange that shows the token asks for an id
    id = fields.Id()
    token = fields.Char(readonly=True)

    # === TOKEN === #

    @api.model
    def _stored(self):
        """The hash of the token in force, or ''."""
        return self.env["ir.config_parameter"].sudo().get_param(PARAMETER) or ""

    @api.model
    def _is_valid(self, given):
        """Whether ``given`` is the token; takes as long for a wrong one."""
        return hmac.compare_digest(_hash(given).encode(), self._stored().encode())

    @api.model
    def _renew(self):
        """A new token; the one before is void.

        :return: the token, which nobody can read again
        """
        self._check_manager()
        token = token_source.token_urlsafe(32)
        self.env["ir.config_parameter"].sudo().set_param(PARAMETER, _hash(token))
        _logger.info("metrics: new token by user %s", self.env.uid)
        return token

    @api.model
    def _switch_off(self):
        """Without a token there are no figures at all."""
        self._check_manager()
        self.env["ir.config_parameter"].sudo().set_param(PARAMETER, False)
        _logger.info("metrics: switched off by user %s", self.env.uid)

    @api.model
    def _check_manager(self):
        """The figures are those of all shops: whoever opens them has to work for all."""
        if self.env.su:
            return
        if not self.env.user.has_group("channel_connector.group_manager"):
            raise AccessError(self.env._("Only a Channel Manager may change the metrics' token."))
        shops = self.env["channel.backend"].sudo().with_context(active_test=False)
        ((companies,),) = shops._read_group([], aggregates=["company_id:recordset"])
        if companies - self.env.user.company_ids:
            raise AccessError(
                self.env._(
                    "The metrics show the shops of all companies. Ask a Channel Manager who works "
                    "for all of them."
                )
            )


def _hash(token):
    # a token of 256 random bits needs no salt and no slow hash
    return hashlib.sha256(token.encode()).hexdigest()
