"""Secrets that change while the shop goes on: nothing it delivers meanwhile is refused."""

import secrets as token_source
from dataclasses import replace
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core.adapter import Connectable
from ..core.canonical import Level
from ..services.messages import finding_text
from ..services.secrets import decrypt, encrypt, is_current

#: The secret before is forgotten at the latest then ...
KEEP_BEFORE = timedelta(days=7)
#: ... and at the earliest when for so long nothing was signed with it: shops deliver from queues.
QUIET = timedelta(hours=1)
KEYS = ("api_key", "api_secret")
EVENT_STATES = ("pending", "done", "ignored", "blocked", "failed")


class ChannelEvent(models.Model):
    _inherit = "channel.event"

    signed_before = fields.Boolean(
        "Signed with the Secret Before",
        readonly=True,
        help="The shop, or its queue, did not use the present webhook secret yet.",
    )


class ChannelBackend(models.Model):
    _inherit = "channel.backend"

    webhook_secret_changed_at = fields.Datetime("Secret Changed", readonly=True, copy=False)
    webhook_rotating = fields.Boolean(
        readonly=True, copy=False, help="The shop was not given the present secret yet."
    )
    webhook_rotation = fields.Char(
        "Rotation", compute="_compute_webhook_rotation", groups="channel_connector.group_manager"
    )
    secrets_state = fields.Selection(
        [
            ("none", "No credentials yet"),
            ("plain", "Not encrypted"),
            ("old", "Encrypted with an earlier key"),
            ("unreadable", "Encrypted with an unknown key"),
            ("ok", "Encrypted"),
        ],
        "Credentials in the Database",
        compute="_compute_secrets_state",
        groups="channel_connector.group_manager",
    )

    # === COMPUTE METHODS === #

    def _compute_webhook_rotation(self):
        for backend in self:
            backend.webhook_rotation = backend.sudo()._rotation_text()

    def _rotation_text(self):
        if self.webhook_rotating:
            return self.env._(
                "The shop was not given the new secret. Press “Rotate Secret” again; until then "
                "the old one stays valid."
            )
        if self.webhook_secret_before:
            return self.env._(
                "The secret before stays valid until deliveries with the new one have come, at "
                "most %s days.",
                KEEP_BEFORE.days,
            )
        return False

    def _compute_secrets_state(self):
        for backend in self:
            backend.secrets_state = backend.sudo()._secrets_state()

    def _secrets_state(self):
        stored = [self[name] for name in self._secret_fields() if self[name]]
        if not stored:
            return "none"
        try:
            for value in stored:
                decrypt(self.env, value)
        except UserError:
            return "unreadable"
        if not all(map(is_current, stored)):
            return "old"
        return "ok" if encrypt("x") != "x" else "plain"

    @api.model
    def _secret_fields(self):
        """Names of the columns that hold credentials as they are stored."""
        return [name for name, field in self._fields.items() if field.groups == fields.NO_ACCESS]

    # === ACTION METHODS === #

    def action_rotate_secret(self):
        """Give the shop's webhooks a new secret; what was signed with the old one is still taken.

        Both secrets are valid, for all processes, before the shop hears of the new one. Where the
        shop can't be told, the next press tells it the same secret.
        """
        self.check_access("write")
        self._ensure_working()
        for backend in self:
            for step in ("_next_secret", "action_install_webhooks", "_secret_given"):
                backend._at_once(step)
        return self._notify(
            self.env._("The shop signs with a new secret. The old one is valid for a while.")
        )

    def action_encrypt_again(self):
        """Encrypt the credentials with the first key of the configuration."""
        self.check_access("write")
        for backend in self.sudo():
            backend._encrypt_again()

    # === WEBHOOK SECRET === #

    def _inverse_webhook_secret(self):
        changed = self.filtered("webhook_secret").sudo()
        result = super()._inverse_webhook_secret()
        changed.write({"webhook_secret_changed_at": fields.Datetime.now()})
        return result

    def _next_secret(self):
        backend = self.sudo()
        if not backend.webhook_rotating:
            backend.webhook_secret = token_source.token_urlsafe(32)
            backend.webhook_rotating = True

    def _secret_given(self):
        self.sudo().webhook_rotating = False
        self.message_post(body=self.env._("The shop's webhooks were given a new secret."))

    def _at_once(self, method):
        """Call a method of this backend in a transaction of its own, which all processes see."""
        self.env.flush_all()
        with self.env.registry.cursor() as cr:
            getattr(self.with_env(self.env(cr=cr)), method)()
        self.env.registry.signal_changes()
        self.env.invalidate_all()

    def _tick(self):
        result = super()._tick()
        if self.webhook_secret_before and not self.webhook_secret_changed_at:
            self.webhook_secret_changed_at = fields.Datetime.now()  # changed before this was kept
        elif self.webhook_secret_before and self._secret_before_is_over():
            self.webhook_secret_before = False
        return result

    def _secret_before_is_over(self):
        """Whether nothing that the shop still delivers can be signed with the secret before."""
        now = fields.Datetime.now()
        changed = self.webhook_secret_changed_at
        if self.webhook_rotating or now - changed < QUIET:
            return False
        if now - changed >= KEEP_BEFORE:
            return True
        new = self._deliveries_since(changed, False)
        return new and not self._deliveries_since(max(changed, now - QUIET), True)

    def _deliveries_since(self, moment, signed_before):
        domain = [
            ("backend_id", "=", self.id),
            ("state", "in", EVENT_STATES),  # for the index
            ("received_at", ">=", moment),
            ("source", "=", "webhook"),
            ("signed_before", "=", signed_before),
        ]
        return bool(self.env["channel.event"].search(domain, limit=1))

    # === KEYS OF THE SHOP === #

    def write(self, vals):
        """Keys that a person gives to a connected backend replace the old ones if they work."""
        if not self.env.su and any(vals.get(name) for name in KEYS):
            self.check_access("write")
            for backend in self.filtered(lambda backend: backend.state == "connected"):
                if not backend._is_copy():  # it calls nobody; a test shop may be entered
                    backend._try_keys(vals)
        return super().write(vals)

    def _try_keys(self, vals):
        """:raises UserError: the shop refuses the new keys; nothing has changed"""
        given = {name: vals[name].strip() for name in KEYS if vals.get(name)}
        if vals.get("base_url"):
            given["base_url"] = vals["base_url"]
        result = self._call(lambda adapter: _check_with(adapter, given), Connectable)
        if result.ok:
            return
        found = [
            finding_text(self.env, finding.code, finding.params)[0]
            for finding in result.findings
            if finding.level == Level.ERROR
        ]
        raise UserError(
            self.env._(
                "The new keys were tried and do not work, the old ones stay in use:\n%s",
                "\n".join(found),
            )
        )

    # === ENCRYPTION === #

    def _encrypt_again(self):
        values = {
            name: encrypt(decrypt(self.env, self[name]))
            for name in self._secret_fields()
            if not is_current(self[name])
        }
        if values:
            self.write(values)

    @api.autovacuum
    def _encrypt_all_again(self):
        """After a change of the configuration's key: nothing is left to the old one."""
        backends = self.sudo().with_context(active_test=False)
        for backend in backends.search([]):  # pylint: disable=no-search-all
            if backend._secrets_state() == "old":
                backend._encrypt_again()


def _check_with(adapter, given):
    """The connection check with other credentials than the adapter's own."""
    other = type(adapter)(replace(adapter.credentials, **given))
    try:
        return other.check()
    finally:
        other.close()
