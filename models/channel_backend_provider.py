"""What a provider is to the screens: the words it uses for its access, and the parts it plays."""

from odoo import api, fields, models

from ..core.adapter import FulfilmentSink, OrderSource, WebhookAdmin, supports


class ChannelBackend(models.Model):
    _inherit = "channel.backend"

    is_shop = fields.Boolean(compute="_compute_parts")
    is_warehouse = fields.Boolean(compute="_compute_parts")
    has_webhooks = fields.Boolean(compute="_compute_parts")
    api_key_label = fields.Char(compute="_compute_access_words")
    api_secret_label = fields.Char(compute="_compute_access_words")
    api_key_placeholder = fields.Char(compute="_compute_access_words")
    api_secret_placeholder = fields.Char(compute="_compute_access_words")
    access_help = fields.Char(compute="_compute_access_words")

    # === COMPUTE METHODS === #

    @api.depends("provider")
    def _compute_parts(self):
        for backend in self:
            backend.is_shop = backend._plays(OrderSource)
            backend.is_warehouse = backend._plays(FulfilmentSink)
            backend.has_webhooks = backend._plays(WebhookAdmin)

    @api.depends("provider")
    def _compute_access_words(self):
        for backend in self:
            words = backend._access_words()
            backend.api_key_label, backend.api_secret_label = words["key"], words["secret"]
            backend.api_key_placeholder = backend.api_key_hint or words.get("key_form")
            backend.api_secret_placeholder = backend.api_secret_hint or words.get("secret_form")
            backend.access_help = words["where"]

    # === BUSINESS METHODS === #

    def _plays(self, role):
        """Whether the backend's system plays a role of ``core.adapter``."""
        return bool(self.provider) and supports(self._get_adapter_class(), role)

    def _access_words(self):
        """How the system names the two values that let Odoo in, and where a person finds them.

        ``key`` and ``secret`` are labels, ``where`` is a sentence or two; ``key_form`` and
        ``secret_form`` show what such a value looks like, where that can be told. An override
        returns the words of its own provider, and calls super for the others.
        """
        if self.provider == "woocommerce":
            return {
                "key": self.env._("Consumer Key"),
                "secret": self.env._("Consumer Secret"),
                "key_form": "ck_…",
                "secret_form": "cs_…",
                "where": self.env._(
                    "In the shop: WooCommerce → Settings → Advanced → REST API → Add key, "
                    "permissions Read/Write. The shop shows the two values once; here they are "
                    "kept and never shown again."
                ),
            }
        return {
            "key": self.env._("Key or Account"),
            "secret": self.env._("Secret or Password"),
            "where": self.env._(
                "Whoever runs the system makes an access for programs, with the right to read and "
                "to write. Odoo keeps its two values encrypted and never shows them again."
            ),
        }
