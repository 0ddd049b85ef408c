"""When and how far back a reconciliation runs by itself, and what it may put right."""

from datetime import timedelta

import pytz

from odoo import api, fields, models

DAY = 24 * 60


class ChannelFlow(models.Model):
    _inherit = "channel.flow"

    reconcile_days = fields.Integer(
        "Days Back", default=30, help="Orders placed within so many days are compared."
    )
    reconcile_hour = fields.Integer(
        "Not Before (hour)",
        default=3,
        help="A daily reconciliation waits for this hour, where the shop is.",
    )
    reconcile_heal = fields.Boolean(
        "Repair by Itself",
        help="Repair what needs no decision: import orders and refunds again, send stock again. "
        "Prices, products and cancellations always wait for a person.",
    )

    _reconcile_hour_range = models.Constraint(
        "CHECK(reconcile_hour BETWEEN 0 AND 23)", "The hour is between 0 and 23."
    )
    _reconcile_days_range = models.Constraint(
        "CHECK(reconcile_days BETWEEN 1 AND 365)", "Compare 1 to 365 days."
    )

    def _is_due(self, now):
        """A reconciliation waits for the night, and a new shop for the end of its first day."""
        if self.kind != "reconcile":
            return super()._is_due(now)
        last = self.cursor_id.polled_at or self.create_date
        if not self.active or self.paused or not self.interval:
            return False
        if self.interval % DAY:
            return last + timedelta(minutes=self.interval) <= now
        return last < self._nightly_moment(now) <= now

    def _nightly_moment(self, now):
        """The last time it was the hour of the reconciliation, every so many days."""
        zone = pytz.timezone(self.backend_id.tz or self.company_id.partner_id.tz or "UTC")
        local = pytz.utc.localize(now).astimezone(zone)
        moment = local.replace(hour=self.reconcile_hour, minute=0, second=0, microsecond=0)
        if moment > local:
            moment -= timedelta(days=1)
        moment -= timedelta(days=self.interval // DAY - 1)
        return moment.astimezone(pytz.utc).replace(tzinfo=None)


class ChannelReconciliation(models.Model):
    _inherit = "channel.reconciliation"

    def _heal(self):
        flow = self.env["channel.flow"]._of(self.backend_id, "reconcile", "in")
        if flow.reconcile_heal:
            self.variance_ids._heal()

    @api.model
    def _begin(self, backend, origin, since=None, **parts):
        """Begin a run, or return the one that goes on.

        :param since: first day; by default as many days as the flow says
        :param parts: values of the ``with_…`` fields; all of them where none are given
        """
        going = self.search([("backend_id", "=", backend.id), ("state", "=", "running")], limit=1)
        if going:
            going._enqueue()
            return going
        flow = self.env["channel.flow"].with_context(active_test=False)
        days = flow._of(backend, "reconcile", "in").reconcile_days or 30
        since = since or fields.Date.context_today(self) - timedelta(days=days)
        if backend.import_since:
            since = max(since, backend.import_since.date())
        values = {"backend_id": backend.id, "origin": origin, "since": since, **parts}
        run = self.create(values)
        run._enqueue()
        return run


class ChannelBackend(models.Model):
    _inherit = "channel.backend"

    def _tick(self):
        result = super()._tick()
        if self.state == "connected":
            self.env["channel.reconciliation"]._sweep(self)
        return result
