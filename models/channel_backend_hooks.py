"""A shop's webhooks: made, checked every quarter of an hour, and repaired."""

import secrets as token_source
from datetime import timedelta

from odoo import fields, models

from ..core import errors
from ..core.adapter import WebhookAdmin, supports
from ..services.job_run import JobRun

CHECK_EVERY = timedelta(minutes=15)


class ChannelBackend(models.Model):
    _inherit = "channel.backend"

    webhook_ids = fields.One2many(
        "channel.webhook", "backend_id", "Shop's Webhooks", readonly=True, copy=False
    )
    webhook_state = fields.Selection(
        [
            ("none", "Not installed"),
            ("ok", "Working"),
            ("silent", "Silent"),
            ("broken", "Broken"),
        ],
        "Webhooks",
        default="none",
        required=True,
        readonly=True,
        copy=False,
        help="Silent: they look fine in the shop, but changes it should have reported at once "
        "come by the schedule only. Broken: they can't be repaired from here.",
    )
    webhook_checked_at = fields.Datetime("Webhooks Checked", compute="_compute_webhook_checked_at")

    # === COMPUTE METHODS === #

    def _compute_webhook_checked_at(self):
        groups = self.env["channel.webhook"]._read_group(
            [("backend_id", "in", self.ids)], ["backend_id"], ["checked_at:max"]
        )
        moments = {backend.id: moment for backend, moment in groups}
        for backend in self:
            backend.webhook_checked_at = moments.get(backend.id, False)

    # === ACTION METHODS === #

    def action_install_webhooks(self):
        """Create or repair the shop's webhooks, signed with our own secret."""
        for backend in self:
            secret, own = backend._ensure_webhook_secret(), backend._env()
            created = backend._call(
                lambda adapter, own=own, secret=secret: own._webhook_health()._install(
                    own, adapter, secret
                ),
                WebhookAdmin,
            )
            backend.message_post(
                body=self.env._("Webhooks checked: %s created or repaired.", len(created))
            )
        return self._notify(self.env._("The shop's webhooks are in place."))

    def action_check_webhooks(self):
        """Look whether the shop's webhooks work, and repair what is wrong with them."""
        texts = []
        for backend in self:
            own = backend._env()
            texts.append(
                backend._call(
                    lambda adapter, own=own: own._webhook_health()._check(own, adapter),
                    WebhookAdmin,
                )
            )
        notice = self._notify("\n".join(texts))
        notice["params"]["next"] = self._reload()
        return notice

    def action_remove_webhooks(self):
        """Delete the shop's webhooks that point here."""
        for backend in self:
            url, known = backend.sudo().webhook_url, backend._known_hooks()
            backend._call(
                lambda adapter, url=url, known=known: adapter.remove_hooks(url, known),
                WebhookAdmin,
            )
            backend.sudo().webhook_ids.unlink()
            backend.sudo()._set_webhook_state("none")
            backend._resolve_issues("webhooks_silent", "webhooks_broken")

    # === BUSINESS METHODS === #

    def _ensure_webhook_secret(self):
        backend = self.sudo()
        if not backend.webhook_secret_stored:
            backend.webhook_secret = token_source.token_urlsafe(32)
        return backend._webhook_secrets()[0]

    def _known_hooks(self):
        """External ids of the hooks that were made in the shop."""
        return [hook.external_id for hook in self.sudo().webhook_ids if hook.external_id]

    def _set_webhook_state(self, state):
        """Written only when it changes: each write of a backend empties all workers' caches."""
        if self.webhook_state != state:
            self.webhook_state = state

    # === SCHEDULE === #

    def _tick(self):
        result = super()._tick()
        if self.state == "connected" and self._is_webhook_check_due():
            self._enqueue_check_hooks()
        return result

    def _is_webhook_check_due(self):
        """Hooks that nobody has installed are not looked for."""
        if self.webhook_state == "none":
            return False
        last = self.webhook_checked_at
        return not last or last + CHECK_EVERY <= fields.Datetime.now()

    def _enqueue_check_hooks(self):
        self.with_delay(
            identity_key=f"channel-hooks-{self.id}", description="check webhooks", priority=20
        )._job_check_hooks()

    def _job_check_hooks(self):
        """Check and repair the shop's webhooks; nothing happens while it is not connected."""
        backend = self.exists()
        if not backend or backend.state != "connected":
            return "the backend is not connected"
        if not supports(backend._get_adapter_class(), WebhookAdmin):
            return "the channel has no webhooks"
        backend = backend._env()
        return JobRun(backend).run("webhooks", backend._check_hooks)

    def _check_hooks(self, adapter, recorder):
        """A key may read orders without the right to manage webhooks: the poll goes on."""
        health = self._webhook_health()
        try:
            return health._check(self, adapter)
        except (errors.NeedsHuman, errors.NotFound, errors.UnknownOutcome) as error:
            return health._give_up(self, error)

    def _read_store(self, adapter, recorder):
        """Find webhooks that were installed before this addon kept a list of them."""
        result = super()._read_store(adapter, recorder)
        if self.webhook_state == "none" and self.sudo().webhook_secret_stored:
            self._check_hooks(adapter, recorder)
        return result

    def _webhook_health(self):
        return self.env["channel.webhook.health"]
