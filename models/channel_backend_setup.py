"""Connecting a store step by step; each step is kept, so that it can be left and resumed."""

from datetime import timezone
from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_datetime

from ..core.adapter import (
    CatalogueSource,
    Credentials,
    OrderSource,
    ReferenceSource,
    SetUpSource,
    WebhookAdmin,
    supports,
)

#: The steps in their order. What leaves and enters one are the methods `_setup_leave_<step>` and
#: `_setup_enter_<step>`, where it has any.
STEPS = [
    ("address", "Address"),
    ("check", "Check"),
    ("flows", "Flows"),
    ("mappings", "Mappings"),
    ("matching", "Products"),
    ("dry_run", "Dry Run"),
    ("since", "Start Date"),
    ("live", "Go Live"),
]
ORDER = [step for step, _label in STEPS]
#: Steps that concern only a system which plays a role.
STEP_ROLES = {
    "mappings": ReferenceSource,
    "matching": CatalogueSource,
    "dry_run": OrderSource,
    "since": OrderSource,
}
#: What a check has looked at: a draft whose address or key changes has to be checked again.
CHECKED = {"provider", "base_url", "api_key", "api_secret"}


class ChannelBackend(models.Model):
    _inherit = "channel.backend"

    setup_step = fields.Selection(
        STEPS,
        "Step",
        default="address",
        readonly=True,
        copy=False,
        help="Where the guided set-up stands. The last step is reached by going live.",
    )
    setup_reached = fields.Integer(readonly=True, copy=False)
    setup_warning = fields.Char(readonly=True, copy=False)
    setup_keys_url = fields.Char(compute="_compute_setup_urls")
    setup_permalinks_url = fields.Char(compute="_compute_setup_urls")

    # === COMPUTE METHODS === #

    @api.depends("base_url", "provider")
    def _compute_setup_urls(self):
        for backend in self:
            pages = backend._back_office()
            backend.setup_keys_url = pages.get("keys", False)
            backend.setup_permalinks_url = pages.get("permalinks", False)

    def _back_office(self):
        """The shop's own pages that a set-up needs; built from the address, without a request."""
        adapter_class = self.provider and self._get_adapter_class()
        if not self.base_url or not adapter_class or not supports(adapter_class, SetUpSource):
            return {}
        return adapter_class(Credentials(base_url=self.base_url)).back_office()

    @api.onchange("base_url")
    def _onchange_base_url(self):
        """People type the address as they say it: without https://, and never a name for it."""
        url = (self.base_url or "").strip()
        if url and "://" not in url:
            url = f"https://{url}"
        self.base_url = url or False
        self.name = self.name or urlsplit(url).hostname or False

    # === CRUD METHODS === #

    def write(self, vals):
        result = super().write(vals)
        if CHECKED & vals.keys():
            unchecked = self.filtered(lambda backend: backend.state == "draft")
            unchecked.filtered("checked_at")._forget_check()
        return result

    def _forget_check(self):
        """What was found concerned another address or key."""
        self.sudo().finding_ids.unlink()
        self.checked_at = False

    # === ACTION METHODS === #

    def action_setup(self):
        """Begin the guided set-up, or go on where it was left."""
        self.ensure_one()
        self.check_access("write")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "channel_connector.action_channel_setup"
        )
        return {**action, "res_id": self.id}

    def action_setup_next(self):
        """Leave the step, if everything it needs is there, and prepare the next one."""
        self.ensure_one()
        self._ensure_in_setup()
        self._setup_hook("leave")
        self._go_to(next(step for step in self._setup_steps() if self._is_after(step)))

    def action_setup_back(self):
        """The step before; what was entered stays."""
        self.ensure_one()
        self._ensure_in_setup()
        steps = self._setup_steps()
        self.setup_step = steps[max(0, steps.index(self.setup_step) - 1)]

    def action_setup_leave(self):
        """Close the set-up; the backend is kept as a draft."""
        self.check_access("write")
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "channel_connector.action_channel_dashboard"
            ),
            "target": "main",
        }

    def action_setup_check(self):
        """Look again, after something was corrected in the shop."""
        self._ensure_in_setup()
        self.action_check_connection()

    def action_setup_live(self):
        """Go live: check once more, start the flows, let the shop report its changes."""
        self.ensure_one()
        self._ensure_in_setup()
        self.action_connect()
        if self.state != "connected":
            self.setup_step = "check"
            return
        self._setup_webhooks()
        self._read_at_once()

    # === STEPS === #

    def _setup_steps(self):
        """The steps that concern the backend's system, in their order."""
        return [step for step in ORDER if step not in STEP_ROLES or self._plays(STEP_ROLES[step])]

    def _is_after(self, step):
        return ORDER.index(step) > ORDER.index(self.setup_step)

    def _go_to(self, step):
        position = ORDER.index(step)
        first_time = position > self.setup_reached
        self.write({"setup_step": step, "setup_reached": max(self.setup_reached, position)})
        self._setup_hook("enter", first_time)

    def _setup_hook(self, event, *arguments):
        hook = getattr(self, f"_setup_{event}_{self.setup_step}", None)
        if hook:
            hook(*arguments)

    def _ensure_in_setup(self):
        self.check_access("write")
        for backend in self:
            if backend.state != "draft":
                raise UserError(
                    self.env._("“%s” is set up already. Change it on its own page.", backend.name)
                )

    def _setup_leave_address(self):
        """Everything that a check needs was entered."""
        secret = self.sudo()
        words = self._access_words()
        stored = {"key": secret.api_key_stored, "secret": secret.api_secret_stored}
        missing = [words[name] for name, value in stored.items() if not value]
        if missing:
            raise UserError(
                self.env._(
                    "Missing: %(fields)s. The instructions on this page tell where to find them: "
                    "paste what is shown there.",
                    fields=", ".join(missing),
                )
            )
        self.action_check_connection()

    def _setup_leave_check(self):
        if not self._may_read():
            errors = self.finding_ids.filtered(lambda finding: finding.level == "error")
            titles = "\n".join(errors.mapped("title")) or self.env._("Not checked yet")
            raise UserError(
                self.env._(
                    "The shop can't be used yet:\n%s\n\nCorrect it as the list says, then press "
                    "“Check Again”.",
                    titles,
                )
            )

    def _setup_enter_flows(self, first_time):
        if first_time:
            self.write(self._recommended_choices())

    def _setup_leave_flows(self):
        if self.setup_deliveries and not self.warehouse_ids:
            raise UserError(self.env._("Choose which of Odoo's warehouses it sends for."))
        if not self.flow_ids.filtered("active"):
            raise UserError(self.env._("Nothing is chosen. Switch on at least “Orders come in”."))

    def _setup_enter_mappings(self, first_time):
        if first_time:
            self.action_fill_mappings()

    def _setup_enter_since(self, first_time):
        if first_time and not self.import_since:
            self.import_since = self._start_of_today()
        self._count_orders()

    def _setup_leave_since(self):
        if self.import_since and self.import_since > fields.Datetime.now():
            raise UserError(
                self.env._(
                    "Import Orders Since: %s lies in the future, so no order would come in. "
                    "Choose a moment that has passed.",
                    format_datetime(self.env, self.import_since, dt_format="short"),
                )
            )

    def _setup_enter_live(self, first_time):
        self._count_orders()

    def _start_of_today(self):
        """Midnight in the shop's time zone, as UTC."""
        now = fields.Datetime.context_timestamp(self._env(), fields.Datetime.now())
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        return midnight.astimezone(timezone.utc).replace(tzinfo=None)

    def _setup_webhooks(self):
        """Without webhooks orders still come, by the schedule: that must not stop going live."""
        if not self._plays(WebhookAdmin):
            return
        try:
            self.action_install_webhooks()
            self.setup_warning = False
        except UserError as error:
            self.setup_warning = self.env._(
                "Webhooks could not be installed, so changes arrive with the schedule only: %s",
                " ".join(str(error.args[0]).split()),
            )

    # === READING BEFORE GOING LIVE === #

    def _may_read(self):
        """Whether the shop may be asked: by a backend that works, or by one in set-up.

        A draft reads what a person wants to see (mappings, products, a dry run); no flow runs.
        """
        self.ensure_one()
        checked = self.check_result in ("ok", "warning")
        return self.state == "connected" or (self.state == "draft" and checked)

    def _ensure_readable(self):
        for backend in self:
            if backend.state == "draft" and not backend._may_read():
                raise UserError(
                    self.env._("“%s” can't be read yet. Check the connection first.", backend.name)
                )
            if not backend._may_read():
                backend._ensure_working()

    def _remember_store(self, store):
        """A draft that is named after its address gets the shop's own name."""
        result = super()._remember_store(store)
        if self.state == "draft" and store.name and self.name == urlsplit(self.base_url).hostname:
            self.name = store.name
        return result
