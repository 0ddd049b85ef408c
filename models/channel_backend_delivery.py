"""What the webhook endpoint has to know of a backend, from the cache.

A shop waits for the answer to each delivery, so the endpoint asks the database for nothing that
does not change from one delivery to the next.
"""

from dataclasses import dataclass

from odoo import api, models
from odoo.tools import ormcache

from ..services.secrets import decrypt


@dataclass(frozen=True)
class DeliveryRules:
    """A backend as the webhook endpoint sees it; plain values, shared by all requests.

    ``secrets`` are as stored, that is encrypted where a key is configured; ``kinds`` are the
    kinds of records that flows of the backend take in.
    """

    backend_id: int
    company_id: int
    max_bytes: int
    per_minute: int
    secrets: tuple[str, ...]
    kinds: frozenset[str]
    adapter_class: type


class ChannelBackend(models.Model):
    _inherit = "channel.backend"

    @api.model
    @ormcache("token")
    def _delivery_rules(self, token):
        """:class:`DeliveryRules` of the backend with this token, None where it takes nothing."""
        backend = self.sudo().search(
            [("webhook_token", "=", token), ("state", "!=", "draft")], limit=1
        )
        if not backend:
            return None
        return DeliveryRules(
            backend_id=backend.id,
            company_id=backend.company_id.id,
            max_bytes=backend.webhook_max_kb * 1024,
            per_minute=backend.webhooks_per_minute,
            secrets=backend._stored_webhook_secrets(),
            kinds=frozenset(
                flow.kind for flow in backend.flow_ids if flow.active and flow._takes_in()
            ),
            adapter_class=backend._get_adapter_class(),
        )

    def _stored_webhook_secrets(self):
        """What a delivery may be signed with, as stored: the present secret, the one before."""
        stored = (self.sudo().webhook_secret_stored, self.sudo().webhook_secret_before)
        return tuple(secret for secret in stored if secret)

    def _webhook_secrets(self):
        return [decrypt(self.env, secret) for secret in self._stored_webhook_secrets()]

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()


class ChannelFlow(models.Model):
    _inherit = "channel.flow"

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result
