"""Figures of all shops for a monitoring system: read from rows that exist, like the dashboard's.

What was done is told for the last hour as it is, not as counters since ever: old rows are deleted,
and a counter that shrinks would be read as a restart and counted again.
"""

from datetime import timedelta

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily

from odoo import api, fields, models

WINDOW = timedelta(hours=1)
QUANTILES = (0.5, 0.95)
FLOW = ("backend", "flow", "direction")

_OUTCOMES = """
    SELECT backend_id, kind, direction, state, count(*),
           percentile_cont(%(quantiles)s::float8[]) WITHIN GROUP (
               ORDER BY EXTRACT(EPOCH FROM done_at - moment)::float8)
      FROM (
            SELECT backend_id, kind, 'in' AS direction, state, received_at AS moment, done_at
              FROM channel_event
             WHERE backend_id = ANY(%(backends)s) AND state = ANY(%(states)s)
               AND received_at >= %(since)s
             UNION ALL
            SELECT backend_id, kind, 'out', state, noted_at, done_at
              FROM channel_outbox
             WHERE backend_id = ANY(%(backends)s) AND state = ANY(%(states)s)
               AND noted_at >= %(since)s) AS lately
     GROUP BY 1, 2, 3, 4
"""
_STOPPED = """
    SELECT backend_id, kind, 'in', state, count(*) FROM channel_event
     WHERE backend_id = ANY(%(backends)s) AND state IN ('blocked', 'failed') GROUP BY 1, 2, 4
     UNION ALL
    SELECT backend_id, kind, 'out', state, count(*) FROM channel_outbox
     WHERE backend_id = ANY(%(backends)s) AND state IN ('blocked', 'failed') GROUP BY 1, 2, 4
"""
_CALLS = """
    SELECT backend_id, COALESCE(direction, 'out'), status, COALESCE(error, ''), count(*),
           sum(duration) / 1000
      FROM channel_log
     WHERE logged_at >= %(since)s AND backend_id = ANY(%(backends)s)
       AND direction IS DISTINCT FROM 'in'
     GROUP BY 1, 2, 3, 4
"""
_CALL_TIMES = """
    SELECT backend_id, percentile_cont(%(quantiles)s::float8[]) WITHIN GROUP (
               ORDER BY (duration / 1000)::float8)
      FROM channel_log
     WHERE logged_at >= %(since)s AND backend_id = ANY(%(backends)s) AND direction = 'out'
     GROUP BY 1
"""


class ChannelMetrics(models.AbstractModel):
    _name = "channel.metrics"
    _description = "Figures for monitoring"

    @api.model
    def _text(self):
        """All figures in Prometheus' text format 0.0.4, as bytes; works as superuser only."""
        registry = CollectorRegistry()
        registry.register(_Families(self._families()))
        return generate_latest(registry)

    @api.model
    def _families(self):
        """Metric families of all shops of all companies; an override returns the list, extended."""
        # pylint: disable-next=no-search-all
        backends = self.env["channel.backend"].search([])
        names = self._names(backends)
        params = {
            "backends": backends.ids,
            "since": fields.Datetime.now() - WINDOW,
            "quantiles": list(QUANTILES),
            "states": self.env["channel.event"]._fields["state"].get_values(self.env),
        }
        self.env.flush_all()
        return [
            *self._backend_families(backends, names),
            *self._flow_families(backends, names),
            *self._outcome_families(names, params),
            *self._call_families(names, params),
            *self._issue_families(backends, names),
        ]

    @api.model
    def _names(self, backends):
        """``{backend id: label}``: its name; with its id where two have the same."""
        return {
            backend.id: f"{backend.name} #{backend.id}" if len(same) > 1 else backend.name
            for same in backends.grouped("name").values()
            for backend in same
        }

    # === FAMILIES === #

    @api.model
    def _backend_families(self, backends, names):
        gates = self.env["channel.gate"].search([("backend_id", "in", backends.ids)])
        heard = backends._last_received()
        states = backends._fields["state"].get_values(self.env)
        hooks = backends._fields["webhook_state"].get_values(self.env)
        yield _gauge(
            "channel_backend_state",
            "1 for the state that the shop is in.",
            ("backend", "state"),
            [
                ((names[one.id], state), int(one.state == state))
                for one in backends
                for state in states
            ],
        )
        yield _gauge(
            "channel_webhook_state",
            "1 for the state that the shop's webhooks are in.",
            ("backend", "state"),
            [
                ((names[one.id], state), int(one.webhook_state == state))
                for one in backends
                for state in hooks
            ],
        )
        yield _gauge(
            "channel_last_event_timestamp_seconds",
            "When something last came from the shop.",
            ("backend",),
            [((names[one],), _epoch(moment)) for one, moment in heard.items()],
        )
        yield _gauge(
            "channel_breaker_open",
            "1 while calls to the shop are held back because it does not answer.",
            ("backend",),
            [((names[gate.backend_id.id],), int(bool(gate.open_until))) for gate in gates],
        )
        yield _gauge(
            "channel_calls_stopped",
            "1 while a person has stopped calls to the shop.",
            ("backend",),
            [((names[gate.backend_id.id],), int(gate.stopped)) for gate in gates],
        )
        yield _gauge(
            "channel_breaker_failures",
            "Failures in a row of calls to the shop.",
            ("backend",),
            [((names[gate.backend_id.id],), gate.failures) for gate in gates],
        )

    @api.model
    def _flow_families(self, backends, names):
        flows = self.env["channel.flow"].search([("backend_id", "in", backends.ids)])
        labels = {flow: (names[flow.backend_id.id], flow.kind, flow.direction) for flow in flows}
        figures = (
            ("channel_waiting", "What waits in the queue.", "waiting_count"),
            ("channel_lag_seconds", "Age of the oldest that waits.", "lag"),
            ("channel_lag_target_seconds", "Target of the lag; 0: none.", "latency_target"),
        )
        for name, text, field in figures:
            yield _gauge(name, text, FLOW, [(labels[flow], flow[field]) for flow in flows])
        yield _gauge(
            "channel_flow_paused",
            "1 while the flow is paused.",
            FLOW,
            [(labels[flow], int(flow.paused)) for flow in flows],
        )
        yield _gauge(
            "channel_last_success_timestamp_seconds",
            "When something of the flow last arrived, or the shop was asked and had nothing.",
            FLOW,
            [
                (labels[flow], _epoch(flow.last_success_at))
                for flow in flows
                if flow.last_success_at
            ],
        )

    @api.model
    def _outcome_families(self, names, params):
        rows = self._rows(_OUTCOMES, params)
        yield _gauge(
            "channel_outcomes_last_hour",
            "What came in or was noted in the last hour, by what became of it.",
            (*FLOW, "state"),
            [((names[one], *rest), count) for one, *rest, count, _times in rows],
        )
        yield _gauge(
            "channel_duration_seconds_last_hour",
            "From received or noted to done, of the last hour.",
            (*FLOW, "quantile"),
            [
                ((names[one], kind, direction, str(quantile)), seconds)
                for one, kind, direction, state, _count, times in rows
                if state == "done"
                for quantile, seconds in zip(QUANTILES, times, strict=True)
            ],
        )
        yield _gauge(
            "channel_stopped",
            "What is blocked or has failed and waits for a person.",
            (*FLOW, "state"),
            [((names[one], *rest), count) for one, *rest, count in self._rows(_STOPPED, params)],
        )

    @api.model
    def _call_families(self, names, params):
        rows = self._rows(_CALLS, params)
        calls = [row for row in rows if row[1] != "wait"]
        waits = [row for row in rows if row[1] == "wait"]
        yield _gauge(
            "channel_api_calls_last_hour",
            "Logged calls to the shop in the last hour; all of them where the log keeps all.",
            ("backend", "status", "error"),
            [((names[one], str(status), error), n) for one, _way, status, error, n, _s in calls],
        )
        yield _gauge(
            "channel_api_duration_seconds_last_hour",
            "How long logged calls took.",
            ("backend", "quantile"),
            [
                ((names[one], str(quantile)), seconds)
                for one, times in self._rows(_CALL_TIMES, params)
                for quantile, seconds in zip(QUANTILES, times, strict=True)
            ],
        )
        yield _gauge(
            "channel_waits_last_hour",
            "Jobs that were put off in the last hour, by what they waited for.",
            ("backend", "reason"),
            [((names[one], error), n) for one, _way, _status, error, n, _s in waits],
        )
        yield _gauge(
            "channel_wait_seconds_last_hour",
            "Seconds for which jobs were put off in the last hour.",
            ("backend", "reason"),
            [((names[one], error), float(s or 0)) for one, _way, _status, error, _n, s in waits],
        )

    @api.model
    def _issue_families(self, backends, names):
        groups = self.env["channel.issue"]._read_group(
            [("backend_id", "in", backends.ids), ("state", "=", "open")],
            ["backend_id", "code"],
            ["__count"],
        )
        yield _gauge(
            "channel_issues_open",
            "Open issues by their cause.",
            ("backend", "code"),
            [((names[backend.id], code), count) for backend, code, count in groups],
        )
        figures = (
            ("channel_issue_value", "Totals of the orders that wait for issues.", "issue_value"),
            ("channel_variances_open", "Differences found by reconciliation.", "variance_count"),
            ("channel_variance_value", "Size of these differences.", "variance_value"),
        )
        for name, text, field in figures:
            yield _gauge(
                name,
                text,
                ("backend",) if field == "variance_count" else ("backend", "currency"),
                [
                    (
                        (names[one.id],)
                        if field == "variance_count"
                        else (names[one.id], one.company_currency_id.name),
                        one[field],
                    )
                    for one in backends
                ],
            )

    @api.model
    def _rows(self, query, params):
        self.env.cr.execute(query, params)
        return self.env.cr.fetchall()


class _Families:
    """What :mod:`prometheus_client` calls a collector."""

    def __init__(self, families):
        self.families = families

    def collect(self):
        return self.families


def _gauge(name, text, labels, rows):
    """A metric family of ``(label values, figure)``."""
    family = GaugeMetricFamily(name, text, labels=labels)
    for values, figure in rows:
        family.add_metric(values, figure)
    return family


def _epoch(moment):
    return (moment - fields.Datetime.to_datetime("1970-01-01")).total_seconds()
