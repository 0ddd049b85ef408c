"""What a person or the scheduler makes a backend do."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core import errors
from ..core.adapter import Connectable, ReferenceSource, supports
from ..core.canonical import Finding, Level
from ..services.job_errors import Recorder, draft_of
from ..services.messages import finding_text, issue_text
from .channel_flow import POLLED


class ChannelBackend(models.Model):
    _inherit = "channel.backend"

    # === ACTION METHODS === #

    def action_check_connection(self):
        """Check address, key, permissions and settings; show what is wrong in plain words."""
        for backend in self:
            result = backend._call(lambda adapter: adapter.check(), Connectable)
            findings = list(result.findings)
            if result.store:
                backend._remember_store(result.store)
                findings += backend._compare_with_odoo(result.store)
            backend._write_findings(findings)
            if result.ok and backend.state == "error":
                backend._recover()
        return self._reload()

    def action_connect(self):
        """Go live: check, read the store's values, start taking orders."""
        for backend in self:
            backend.action_check_connection()
            if "error" in backend.finding_ids.mapped("level"):
                continue
            if supports(backend._get_adapter_class(), ReferenceSource):
                backend.action_fill_mappings()
            backend._remember_identity()
            backend.state = "connected"
        return self._reload()

    def action_pause(self):
        """Take deliveries, but work on nothing until resumed."""
        self.check_access("write")
        self.filtered(lambda backend: backend.state in ("connected", "error")).state = "paused"

    def action_resume(self):
        self.check_access("write")
        for backend in self.filtered(lambda backend: backend.state == "paused"):
            if backend._is_copy():
                raise UserError(
                    self.env._(
                        "“%s” went live in another database or at another address. If this one is "
                        "live now, use “Confirm Go-Live”.",
                        backend.name,
                    )
                )
            backend.state = "connected"

    def action_fill_mappings(self):
        """Read taxes, gateways, shipping methods and statuses; rows that exist stay."""
        for backend in self:
            backend._call(backend._env()._fill_mappings, ReferenceSource)

    def action_sync_now(self):
        """Ask the channel for everything that changed, now."""
        self.check_access("write")
        self._ensure_working()
        for flow in self.flow_ids.filtered(lambda flow: flow.active and flow.kind in POLLED):
            flow._enqueue_poll(priority=5)
        return self._notify(self.env._("Asking the shop for what changed."))

    def action_import_order(self, external_id):
        """Import one order by its id in the shop, whatever its age."""
        self.ensure_one()
        self.check_access("write")
        self._ensure_working()
        event = self.env["channel.event"].sudo()._note(self, "order", external_id, "manual")
        return event

    def action_view_orders(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("sale.action_orders")
        return {**action, "domain": [("channel_backend_id", "=", self.id)], "context": {}}

    def action_view_events(self):
        return self._open("channel_connector.action_channel_event", {})

    def action_view_waiting(self):
        return self._open("channel_connector.action_channel_event", {"search_default_waiting": 1})

    def action_view_issues(self):
        return self._open("channel_connector.action_channel_issue", {"search_default_open": 1})

    def _open(self, xmlid, context):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        return {**action, "domain": [("backend_id", "=", self.id)], "context": context}

    def _notify(self, message):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": message,
                "type": "success",
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _reload(self):
        """Show the form again, with what has just been found."""
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    # === CALLING THE CHANNEL === #

    def _call(self, work, role):
        """Run ``work(adapter)`` for a person who waits for the answer.

        :raises AccessError: buttons are public methods, and the call itself runs as superuser
        :raises UserError: in plain words; the exchange is in the log all the same
        """
        self.ensure_one()
        self.check_access("write")
        backend = self._env()
        if not supports(self._get_adapter_class(), role):
            raise UserError(self.env._("This kind of channel can't do that."))
        recorder = Recorder(f"backend {self.id}")
        adapter = backend._adapter(recorder)
        try:
            return work(adapter)
        except errors.ChannelError as error:
            draft = draft_of(error, "backend", str(self.id))
            raise UserError("\n".join(issue_text(self.env, draft.code, draft.params))) from error
        finally:
            adapter.close()
            backend._keep_log(recorder)

    def _keep_log(self, recorder):
        """Write log lines on a cursor of their own: the caller may be about to roll back."""
        with self.env.registry.cursor() as cr:
            backend = self.with_env(self.env(cr=cr))
            if backend.exists():  # not if this very transaction has just created it
                recorder.write_down(backend)

    def _compare_with_odoo(self, store):
        """Findings that need both sides: rounding of taxes, currency, decimals."""
        company = self.company_id
        findings = []
        per_line = company.tax_calculation_rounding_method == "round_per_line"
        if store.tax_round_per_line is not None and store.tax_round_per_line != per_line:
            findings.append(Finding(Level.INFO, "rounding_differs", {}))
        currency = self.env["res.currency"].with_context(active_test=False)
        currency = currency.search([("name", "=", store.currency)], limit=1)
        if store.currency and not currency.active:
            findings.append(Finding(Level.ERROR, "currency_inactive", {"currency": store.currency}))
        elif store.decimals is not None and currency.decimal_places != store.decimals:
            findings.append(
                Finding(
                    Level.WARNING,
                    "decimals_differ",
                    {"store": store.decimals, "odoo": currency.decimal_places},
                )
            )
        return findings

    def _write_findings(self, findings):
        order = [Level.ERROR, Level.WARNING, Level.INFO, Level.OK]
        rows = [
            {
                "backend_id": self.id,
                "sequence": order.index(finding.level),
                "level": finding.level.value,
                "code": finding.code,
                "title": title,
                "suggestion": suggestion,
            }
            for finding in findings
            for title, suggestion in [finding_text(self.env, finding.code, finding.params)]
        ]
        self.sudo().finding_ids.unlink()
        self.env["channel.finding"].sudo().create(rows)
        self.checked_at = fields.Datetime.now()

    def _fill_mappings(self, adapter):
        env = self.env
        env["channel.map.tax"]._fill_from_store(self, adapter.tax_rates())
        for model, options in (
            ("channel.map.tax.class", adapter.tax_classes()),
            ("channel.map.payment", adapter.payment_methods()),
            ("channel.map.carrier", adapter.shipping_methods()),
        ):
            env[model]._ensure_rows(
                self, {option.code: {"external_label": option.label} for option in options}
            )
        env["channel.map.status"]._ensure_rows(
            self,
            {
                option.code: {"external_label": option.label, "status": option.meaning or False}
                for option in adapter.order_statuses()
            },
        )

    def _ensure_working(self):
        for backend in self:
            if backend.state != "connected":
                raise UserError(
                    self.env._("“%s” is not connected. Connect or resume it first.", backend.name)
                )

    # === ISSUES AND STATES === #

    def _open_issue(self, code, **params):
        """Open (or find open) an issue about the backend itself, in this transaction."""
        error = errors.NeedsHuman(code, **params)
        Recorder().write_issue(self, draft_of(error, "backend", str(self.id)))

    def _resolve_issues(self, *codes):
        issues = self.env["channel.issue"].search(
            [("backend_id", "in", self.ids), ("code", "in", codes), ("state", "=", "open")]
        )
        issues._close("resolved")

    def _refused(self):
        """The shop refuses our key: stop calling until a check succeeds."""
        if self.state == "connected":
            self.state = "error"

    def _recover(self):
        """Access works again: go on, and try again what it had blocked."""
        self.state = "connected"
        issues = self.env["channel.issue"].search(
            [
                ("backend_id", "=", self.id),
                ("error_class", "=", errors.BadCredentials.__name__),
                ("state", "=", "open"),
            ]
        )
        issues.action_retry()
        issues._resolve_if_done()

    # === SCHEDULE === #

    @api.model
    def _cron_tick(self):
        """Each minute: start due flows, give waiting events without a job a new one."""
        backends = self.search([("state", "=", "connected")])
        for backend in backends:
            backend._env()._tick()
            self.env["ir.cron"]._commit_progress(1)

    def _tick(self):
        self._pause_if_copy()
        if self.state != "connected":
            return
        now = fields.Datetime.now()
        for flow in self.flow_ids.filtered(lambda flow: flow._is_due(now)):
            flow._enqueue_poll()
        self.env["channel.event"]._sweep(self)
        self.env["channel.outbox"]._sweep(self)
        self.env["channel.settlement"]._sweep(self)
        self.env["channel.matching"]._sweep(self)
        self.env["channel.preview"]._sweep(self)
