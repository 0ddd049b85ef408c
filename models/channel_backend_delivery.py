"""What the webhook endpoint has to know of a backend, from the cache.

A shop waits for the answer to each delivery, so the endpoint asks the database for nothing that
does not change from one delivery to the next.
"""

from dataclasses import dataclass

from odoo import api, models
from odoo.tools import ormcache

from ..services.cached import forget
from ..services.secrets import decrypt


@dataclass(frozen=True)
class DeliveryRules:
    """A backend as the webhook endpoint sees it; plain values, shared by all requests.

    ``secrets`` are as stored, that is encrypted where a key is configured; ``kinds`` are the
    kinds of records that flows of the backend take in, ``waiting_kinds`` those of them that get
    no job when they come: their flow is paused, or works by its schedule alone.
    """

    backend_id: int
    company_id: int
    max_bytes: int
    per_minute: int
    secrets: tuple[str, ...]
    kinds: frozenset[str]
    waiting_kinds: frozenset[str]
    adapter_class: type


class ChannelBackend(models.Model):
    _inherit = "channel.backend"

    @api.model
    def _delivery_rules(self, token):
        """:class:`DeliveryRules` of the backend with this token, None where it takes nothing.

        Whoever tries tokens asks the database nothing, and pushes nothing out of the cache.
        """
        backend_id = self._delivery_tokens().get(token)
        return self._delivery_rules_of(backend_id) if backend_id else None

    @api.model
    @ormcache()
    def _delivery_tokens(self):
        """``{token: backend's id}`` of the backends that take deliveries."""
        backends = self.sudo().search_fetch(
            [("webhook_token", "!=", False), ("state", "!=", "draft")], ["webhook_token"]
        )
        return {backend.webhook_token: backend.id for backend in backends}

    @api.model
    @ormcache("backend_id")
    def _delivery_rules_of(self, backend_id):
        backend = self.sudo().browse(backend_id)
        return DeliveryRules(
            backend_id=backend.id,
            company_id=backend.company_id.id,
            max_bytes=backend.webhook_max_kb * 1024,
            per_minute=backend.webhooks_per_minute,
            secrets=backend._stored_webhook_secrets(),
            kinds=frozenset(
                flow.kind for flow in backend.flow_ids if flow.active and flow._takes_in()
            ),
            waiting_kinds=frozenset(backend._not_swept("in")),
            adapter_class=backend._get_adapter_class(),
        )

    def _stored_webhook_secrets(self):
        """What a delivery may be signed with, as stored: the present secret, the one before."""
        stored = (self.sudo().webhook_secret_stored, self.sudo().webhook_secret_before)
        return tuple(secret for secret in stored if secret)

    def _webhook_secrets(self):
        return [decrypt(self.env, secret) for secret in self._stored_webhook_secrets()]

    @api.model_create_multi
    def create(self, vals_list):
        backends = super().create(vals_list)
        forget(self.env)
        return backends

    def write(self, vals):
        result = super().write(vals)
        forget(self.env)
        return result

    def unlink(self):
        forget(self.env)
        return super().unlink()


class ChannelFlow(models.Model):
    _inherit = "channel.flow"

    @api.model_create_multi
    def create(self, vals_list):
        flows = super().create(vals_list)
        forget(self.env)
        return flows

    def write(self, vals):
        result = super().write(vals)
        forget(self.env)
        return result

    def unlink(self):
        result = super().unlink()
        forget(self.env)
        return result
