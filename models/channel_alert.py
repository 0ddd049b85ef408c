"""When a figure is bad, a person is told by an issue, which ends by itself when it is fine.

A figure between bad and fine changes nothing, so that no alert flaps; and nothing is remembered
for it: what waits now and what was settled lately tell all that has to be known.
"""

from datetime import timedelta

from odoo import fields, models
from odoo.tools.misc import formatLang

from ..core import errors
from ..core.fingerprint import fingerprint
from ..services.job_errors import Recorder, draft_of

CODES = ("lag_too_long", "silence", "value_too_high")
#: A flow may be late for so long before a person is told. The lag is an age: it grows by itself.
GRACE = timedelta(minutes=2)
#: A flow is fine again when nothing that was settled within this time had waited too long.
CALM = timedelta(minutes=15)
#: The value held up is fine again below this part of its limit.
FINE_VALUE = 0.8
#: An alert that a person has ignored stays quiet for so long.
MUTED = timedelta(days=1)
#: The longest quiet time is looked for in this span.
OBSERVED = timedelta(days=28)
#: Flows that have settled something since a moment that had waited beyond the target.
_SLOW = """
    SELECT flow.id
      FROM channel_flow flow
     WHERE flow.id IN %(flows)s AND flow.latency_target > 0 AND (
           flow.direction = 'in' AND EXISTS (
               SELECT 1 FROM channel_event
                WHERE backend_id = flow.backend_id AND kind = flow.kind
                  AND state = 'done' AND done_at >= %(since)s
                  AND done_at - received_at > make_interval(secs => flow.latency_target))
        OR flow.direction = 'out' AND EXISTS (
               SELECT 1 FROM channel_outbox
                WHERE backend_id = flow.backend_id AND kind = flow.kind
                  AND state = 'done' AND done_at >= %(since)s
                  AND done_at - noted_at > make_interval(secs => flow.latency_target)))
"""


class ChannelBackend(models.Model):
    _inherit = "channel.backend"

    alert_lag = fields.Boolean(
        "Tell When Late",
        default=True,
        help="An issue for each flow that is late for longer than two minutes beyond its target.",
    )
    alert_silence_hours = fields.Integer(
        "Tell When Silent",
        default=24,
        help="An issue when nothing at all came from the shop for so many hours; 0: never. "
        "Choose more than the shop's longest quiet time, nights and weekends included.",
    )
    alert_issue_value = fields.Monetary(
        "Tell When Held Up",
        currency_field="company_currency_id",
        help="An issue when orders of more than this value wait for open issues; 0: never.",
    )
    longest_silence = fields.Float(
        "Longest Quiet Time (hours)",
        compute="_compute_longest_silence",
        help="In the last four weeks.",
    )

    _alerts_positive = models.Constraint(
        "CHECK(alert_silence_hours >= 0 AND alert_issue_value >= 0)",
        "The limits of alerts can't be negative; 0 switches an alert off.",
    )

    # === COMPUTE METHODS === #

    def _compute_longest_silence(self):
        self.env["channel.event"].flush_model(["received_at"])
        self.env.cr.execute(
            """
            SELECT backend_id, EXTRACT(EPOCH FROM max(gap)) / 3600 FROM (
                SELECT backend_id, hour - lag(hour) OVER (PARTITION BY backend_id ORDER BY hour)
                       AS gap
                  FROM (SELECT DISTINCT backend_id, date_trunc('hour', received_at) AS hour
                          FROM channel_event
                         WHERE backend_id IN %s AND received_at >= %s) AS hours) AS gaps
             GROUP BY backend_id
            """,
            [tuple(self.ids) or (0,), fields.Datetime.now() - OBSERVED],
        )
        longest = dict(self.env.cr.fetchall())
        for backend in self:
            backend.longest_silence = longest.get(backend.id) or 0

    # === SCHEDULE === #

    def _tick(self):
        result = super()._tick()
        if self.state == "connected":
            self._check_alerts()
        return result

    def _check_alerts(self):
        """Open the issues of what is bad, end those of what is fine again."""
        known = {issue.fingerprint: issue for issue in self._alert_issues()}
        for error, bad in self._alerts(known.values()):
            draft = draft_of(error, "backend", str(self.id))
            issue = known.get(fingerprint([draft.code, draft.cause]))
            if bad and not issue:
                Recorder().write_issue(self, draft)
            elif bad is False and issue and issue.state == "open":
                issue._close("resolved")

    def _alert_issues(self):
        """Alerts that are open, and those a person has ignored lately."""
        return self.env["channel.issue"].search(
            [
                ("backend_id", "=", self.id),
                ("code", "in", CODES),
                "|",
                ("state", "=", "open"),
                "&",
                ("state", "=", "ignored"),
                ("closed_at", ">", fields.Datetime.now() - MUTED),
            ]
        )

    def _alerts(self, known):
        """Pairs ``(error, bad)`` of every rule; an override returns the list, extended.

        ``bad``: True opens the error's issue, False ends it, None leaves it as it is.
        """
        return [*self._lag_alerts(known), self._silence_alert(), self._value_alert()]

    # === RULES === #

    def _lag_alerts(self, known):
        flows = self.env["channel.flow"].with_context(active_test=False)
        flows = flows.search([("backend_id", "=", self.id)])
        told = any(issue.code == "lag_too_long" for issue in known)
        slow = flows._slow_lately(CALM) if told else flows.browse()
        for flow in flows:
            error = errors.NeedsHuman(
                "lag_too_long",
                kind=flow.kind,
                direction=flow.direction,
                flow=flow.display_name,
                target=flow.latency_target,
            )
            error.cause = ("kind", "direction")
            yield error, self._is_lag_bad(flow, flow in slow)

    def _is_lag_bad(self, flow, slow):
        if not self.alert_lag or flow.lag_state in ("paused", "off"):
            return False
        if flow.lag_state == "late":
            beyond = timedelta(seconds=flow.lag - flow.latency_target)
            return True if beyond > GRACE and not self._takes_its_time(flow) else None
        return None if slow else False

    def _takes_its_time(self, flow):
        """Years of orders may take hours to come in; the first import shows its own progress."""
        states = self.first_flow_ids.mapped("first_state") if self.first_import_open else []
        return flow.direction == "in" and "running" in states

    def _silence_alert(self):
        hours = self.alert_silence_hours
        error = errors.NeedsHuman("silence", hours=hours)
        # a shop that has never sent anything is new, not silent
        last = self._last_received().get(self.id) if hours else None
        return error, bool(last) and last < fields.Datetime.now() - timedelta(hours=hours)

    def _value_alert(self):
        limit = self.alert_issue_value
        shown = formatLang(self.env, limit, currency_obj=self.company_currency_id)
        error = errors.NeedsHuman("value_too_high", limit=shown)
        if not limit:
            return error, False
        self.invalidate_recordset(["issue_value"], flush=False)
        if self.issue_value > limit:
            return error, True
        return error, False if self.issue_value <= limit * FINE_VALUE else None


class ChannelFlow(models.Model):
    _inherit = "channel.flow"

    def _slow_lately(self, span):
        """Those of these flows that have settled something within ``span`` that came too late."""
        self.env.flush_all()
        self.env.cr.execute(
            _SLOW,
            {"flows": tuple(self.ids) or (0,), "since": fields.Datetime.now() - span},
        )
        return self.browse(row[0] for row in self.env.cr.fetchall())
