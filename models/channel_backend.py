"""One store or account: what it is, how to reach it, what it may do."""

import secrets as token_source

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.base.models.res_partner import _tz_get

from ..core.adapter import Credentials
from ..services.secrets import decrypt, encrypt
from .channel_flow import EXPORTERS, HANDLERS


class ChannelBackend(models.Model):
    _name = "channel.backend"
    _description = "Channel backend"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _check_company_auto = True
    _order = "sequence, id"

    # --- what it is
    name = fields.Char(required=True, tracking=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    provider = fields.Selection([("woocommerce", "WooCommerce")], required=True, tracking=True)
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("connected", "Connected"),
            ("paused", "Paused"),
            ("error", "Refused by the shop"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    responsible_id = fields.Many2one(
        "res.users",
        default=lambda self: self.env.user,
        tracking=True,
        help="Gets an activity for each new issue.",
    )

    # --- how to reach it
    base_url = fields.Char(
        "Shop Address", required=True, tracking=True, help="https://shop.example"
    )
    api_key = fields.Char(
        "Key",
        compute="_compute_secrets",
        inverse="_inverse_api_key",
        groups="channel_connector.group_manager",
        help="Can be set, and is never shown again.",
    )
    api_secret = fields.Char(
        "Secret",
        compute="_compute_secrets",
        inverse="_inverse_api_secret",
        groups="channel_connector.group_manager",
        help="Can be set, and is never shown again.",
    )
    webhook_secret = fields.Char(
        compute="_compute_secrets",
        inverse="_inverse_webhook_secret",
        groups="channel_connector.group_manager",
        help="Signs the shop's deliveries. The one before stays valid, so that a change of it "
        "loses nothing.",
    )
    api_key_stored = fields.Char(groups=fields.NO_ACCESS, copy=False)
    api_secret_stored = fields.Char(groups=fields.NO_ACCESS, copy=False)
    webhook_secret_stored = fields.Char(groups=fields.NO_ACCESS, copy=False)
    webhook_secret_before = fields.Char(groups=fields.NO_ACCESS, copy=False)
    webhook_token = fields.Char(
        groups="channel_connector.group_manager",
        copy=False,
        readonly=True,
        index="btree_not_null",
        default=lambda self: token_source.token_urlsafe(24),
    )
    webhook_url = fields.Char(
        compute="_compute_webhook_url", groups="channel_connector.group_manager"
    )
    provider_settings = fields.Json(copy=False, groups="channel_connector.group_manager")

    # --- what it may do
    requests_per_minute = fields.Integer(
        default=600, help="Budget of calls to the shop, shared by all jobs. 0: no limit."
    )
    max_parallel = fields.Integer(
        "Parallel Jobs", default=2, help="So that a slow shop can't hold up the others."
    )
    webhook_max_kb = fields.Integer(
        "Largest Delivery (kB)", default=2048, help="A larger webhook body is refused."
    )
    webhooks_per_minute = fields.Integer(
        default=6000, help="More deliveries in a minute are refused. 0: no limit."
    )
    log_mode = fields.Selection(
        [("off", "Nothing"), ("errors", "Errors only"), ("all", "Every exchange")],
        default="errors",
        required=True,
        string="Keep in Log",
    )
    log_days = fields.Integer("Keep Log (days)", default=30)
    event_days = fields.Integer("Keep Settled Events (days)", default=90)

    # --- how orders come in
    import_since = fields.Datetime(
        "Import Orders Since",
        help="Orders created before are left alone. Empty: every order of the shop.",
    )
    order_prefix = fields.Char(help="Put before the shop's number to name the sales order.")
    team_id = fields.Many2one("crm.team", "Sales Team", check_company=True)
    user_id = fields.Many2one("res.users", "Salesperson", check_company=True)
    warehouse_ids = fields.Many2many(
        "stock.warehouse",
        string="Warehouses",
        check_company=True,
        help="The first one ships what no warehouse rule decides.",
    )
    lang_id = fields.Many2one(
        "res.lang", "Language", help="Language of imported contacts and of texts made here."
    )
    tz = fields.Selection(
        _tz_get,
        "Time Zone",
        help="Time zone of the shop; only for showing moments, the import itself uses UTC.",
    )
    product_policy = fields.Selection(
        [
            ("issue", "Stop and tell (an issue)"),
            ("placeholder", "Use the placeholder product"),
            ("create", "Create the product"),
        ],
        "Unknown Products",
        default="issue",
        required=True,
        help="What an order does whose product Odoo does not know. A variant is created together "
        "with its whole product, where the flow of products runs.",
    )
    placeholder_product_id = fields.Many2one("product.product", check_company=True)
    shipping_product_id = fields.Many2one(
        "product.product",
        check_company=True,
        domain="[('type', '=', 'service')]",
        help="Sells shipping where the method has no delivery method of its own.",
    )
    fee_product_id = fields.Many2one(
        "product.product", check_company=True, domain="[('type', '=', 'service')]"
    )
    rounding_product_id = fields.Many2one(
        "product.product", check_company=True, domain="[('type', '=', 'service')]"
    )
    suborder_policy = fields.Selection(
        [
            ("ignore", "Ignore them"),
            ("import", "Import like orders"),
        ],
        "Sub-orders",
        default="ignore",
        required=True,
        help="Marketplace plug-ins copy an order's goods into one sub-order per vendor.",
    )
    risk_rule_ids = fields.One2many("channel.risk.rule", "backend_id")
    meta_field_ids = fields.One2many("channel.meta.field", "backend_id")
    analytic_distribution = fields.Json()
    analytic_precision = fields.Integer(
        store=False,
        default=lambda self: self.env["decimal.precision"].precision_get("Percentage Analytic"),
    )

    # --- what belongs to it
    flow_ids = fields.One2many("channel.flow", "backend_id", context={"active_test": False})
    ownership_ids = fields.One2many("channel.ownership", "backend_id")
    event_ids = fields.One2many("channel.event", "backend_id")
    issue_ids = fields.One2many("channel.issue", "backend_id")
    tax_map_ids = fields.One2many("channel.map.tax", "backend_id")
    payment_map_ids = fields.One2many("channel.map.payment", "backend_id")
    tax_class_map_ids = fields.One2many("channel.map.tax.class", "backend_id")
    carrier_map_ids = fields.One2many("channel.map.carrier", "backend_id")
    status_map_ids = fields.One2many("channel.map.status", "backend_id")
    currency_map_ids = fields.One2many("channel.map.currency", "backend_id")
    warehouse_map_ids = fields.One2many("channel.map.warehouse", "backend_id")
    finding_ids = fields.One2many("channel.finding", "backend_id", readonly=True)
    checked_at = fields.Datetime("Last Check", readonly=True, copy=False)

    event_count = fields.Integer(compute="_compute_event_count")
    waiting_count = fields.Integer(compute="_compute_waiting_count")
    issue_count = fields.Integer(compute="_compute_issue_count")
    order_count = fields.Integer(compute="_compute_order_count")

    _token_uniq = models.UniqueIndex("(webhook_token) WHERE webhook_token IS NOT NULL")
    _parallel_positive = models.Constraint(
        "CHECK(max_parallel >= 1)", "At least one job has to be allowed in parallel."
    )
    _limits_positive = models.Constraint(
        "CHECK(requests_per_minute >= 0 AND webhooks_per_minute >= 0 AND webhook_max_kb > 0)",
        "Limits can't be negative, and the largest delivery has to be more than 0 kB.",
    )

    # === COMPUTE METHODS === #

    def _compute_secrets(self):
        """Secrets are write-only: whoever reads them gets nothing."""
        self.api_key = self.api_secret = self.webhook_secret = False

    def _inverse_api_key(self):
        self._store_secret("api_key")

    def _inverse_api_secret(self):
        self._store_secret("api_secret")

    def _inverse_webhook_secret(self):
        for backend in self.sudo():
            if backend.webhook_secret:
                backend.webhook_secret_before = backend.webhook_secret_stored
        self._store_secret("webhook_secret")

    def _store_secret(self, name):
        for backend in self:
            if backend[name]:
                backend.sudo()[f"{name}_stored"] = encrypt(backend[name].strip())
        # what was typed must not come back with the answer that saves it
        self.invalidate_recordset([name], flush=False)

    @api.depends("webhook_token")
    def _compute_webhook_url(self):
        base = self.get_base_url() if self else ""
        for backend in self:
            token = backend.webhook_token
            backend.webhook_url = f"{base}/channel/{token}/webhook" if token else False

    # each on its own: a screen pays for no figure that it does not show
    def _compute_event_count(self):
        self._count("event_count", "channel.event", [])

    def _compute_waiting_count(self):
        self._count("waiting_count", "channel.event", [("state", "=", "pending")])

    def _compute_issue_count(self):
        self._count("issue_count", "channel.issue", [("state", "=", "open")])

    def _compute_order_count(self):
        self._count("order_count", "channel.binding.order", [])

    def _count(self, name, model, domain):
        """Write the number of each backend's rows to the field ``name``."""
        groups = self.env[model]._read_group(
            [("backend_id", "in", self.ids), *domain], ["backend_id"], ["__count"]
        )
        counts = {backend.id: count for backend, count in groups}
        for backend in self:
            backend[name] = counts.get(backend.id, 0)

    # === CONSTRAINT METHODS === #

    @api.constrains("base_url")
    def _check_base_url(self):
        for backend in self:
            if not (backend.base_url or "").lower().startswith(("https://", "http://")):
                raise ValidationError(
                    self.env._(
                        "Shop address: “%s” has to start with https:// (or http:// for a test "
                        "shop on this machine).",
                        backend.base_url,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        backends = super().create(vals_list)
        self.env["channel.gate"].sudo().create([{"backend_id": backend.id} for backend in backends])
        for backend in backends:
            self.env["channel.flow"].sudo()._ensure_flows(backend)
            self.env["channel.ownership"].sudo()._ensure_rows(backend)
            backend._ensure_default_products()
        return backends

    # === PROVIDER === #

    def _get_adapter_class(self):
        """The class that speaks this backend's dialect.

        The one place a provider is chosen: an addon that adds a channel extends ``provider`` with
        ``selection_add`` and overrides this method; an override returns a class which takes
        :class:`core.adapter.Credentials`, and calls super for providers it does not know.
        """
        self.ensure_one()
        if self.provider == "woocommerce":
            from ..providers.woocommerce.adapter import WooCommerceAdapter

            return WooCommerceAdapter
        raise UserError(self.env._("No addon in this database speaks “%s”.", self.provider or "?"))

    def _adapter(self, recorder=None, gate=None):
        """An adapter built from plain values; close it after use.

        :param recorder: :class:`services.job_errors.Recorder` that keeps the exchanges
        :param gate: rate budget to spend requests from
        """
        self.ensure_one()
        secret = self.sudo()
        return self._get_adapter_class()(
            Credentials(
                base_url=self.base_url,
                api_key=decrypt(self.env, secret.api_key_stored),
                api_secret=decrypt(self.env, secret.api_secret_stored),
                settings=self._adapter_settings(),
                on_exchange=recorder.on_exchange if recorder else None,
                keeps_bodies=recorder.keeps if recorder else None,
                before_request=self._before_request(gate),
            )
        )

    def _adapter_settings(self):
        """What an adapter knows besides address and key; an override returns it, extended."""
        return dict(self.sudo().provider_settings or {})

    # === ENVIRONMENT === #

    def _env(self):
        """This backend in the only environment that webhooks and jobs work in.

        Superuser, because neither ``auth="none"`` nor a job carries a user; one company, because
        a superuser's search would otherwise find another company's taxes and journals.
        """
        self.ensure_one()
        backend = self.with_user(SUPERUSER_ID)
        backend.fetch(backend._frame_fields())
        company = backend.company_id
        company.fetch(["partner_id"])
        partner = company.partner_id
        partner.fetch(["lang", "tz"])
        return backend.with_context(
            allowed_company_ids=company.ids,
            lang=backend.lang_id.code or partner.lang or "en_US",
            tz=backend.tz or partner.tz or "UTC",
        )

    def _frame_fields(self):
        """Fields that a job reads before it reads anything outside; an override adds to them.

        The work itself has a snapshot, and so a cache, of its own: whatever else was read before
        would be read twice.
        """
        return [
            *("company_id", "lang_id", "tz", "state", "log_mode"),
            *("provider", "base_url", "api_key_stored", "api_secret_stored", "provider_settings"),
            *("max_parallel", "requests_per_minute"),
        ]

    # === HANDLERS === #

    def _get_handler(self, kind):
        """The service that takes records of ``kind`` in."""
        return self.env[HANDLERS[kind]]

    def _get_exporter(self, kind):
        """The service that tells the channel of changes of ``kind``."""
        return self.env[EXPORTERS[kind]]

    # === DEFAULTS === #

    def _ensure_default_products(self):
        """Service products for shipping, fees and rounding, where none was chosen."""
        names = {
            "shipping_product_id": "product_shipping",
            "fee_product_id": "product_fee",
            "rounding_product_id": "product_rounding",
            "placeholder_product_id": "product_placeholder",
        }
        for field, xmlid in names.items():
            if not self[field]:
                self[field] = self.env.ref(f"channel_connector.{xmlid}", raise_if_not_found=False)
