"""How far a flow is behind: computed from what waits, counted and stored nowhere."""

from datetime import timedelta

from babel.dates import format_timedelta

from odoo import fields, models
from odoo.tools.misc import babel_locale_parse, get_lang

#: Kinds of events that are part of another kind's flow.
PART_OF = {"image": "product"}

_FIGURES = """
    WITH waiting AS (
        SELECT backend_id, 'in' AS direction,
               CASE kind WHEN 'image' THEN 'product' ELSE kind END AS kind,
               count(*) AS number, min(received_at) AS since
          FROM channel_event
         WHERE state = 'pending' AND backend_id IN %(backends)s
         GROUP BY 1, 2, 3
         UNION ALL
        SELECT backend_id, 'out', kind, count(*), min(noted_at)
          FROM channel_outbox
         WHERE state = 'pending' AND backend_id IN %(backends)s
         GROUP BY 1, 2, 3
    )
    SELECT flow.id, waiting.number, waiting.since,
           GREATEST(taken_in.done_at, told.done_at, cursor.polled_at)
      FROM channel_flow flow
      LEFT JOIN waiting USING (backend_id, kind, direction)
      LEFT JOIN channel_cursor cursor ON cursor.flow_id = flow.id
      LEFT JOIN LATERAL (
            SELECT done_at FROM channel_event
             WHERE flow.direction = 'in' AND backend_id = flow.backend_id
               AND kind = flow.kind AND state = 'done'
             ORDER BY done_at DESC LIMIT 1) taken_in ON TRUE
      LEFT JOIN LATERAL (
            SELECT done_at FROM channel_outbox
             WHERE flow.direction = 'out' AND backend_id = flow.backend_id
               AND kind = flow.kind AND state = 'done'
             ORDER BY done_at DESC LIMIT 1) told ON TRUE
     WHERE flow.id IN %(flows)s
"""


def duration_text(env, seconds):
    """A duration in the user's language, in its largest unit: "45 sec", "12 min", "3 days"."""
    locale = babel_locale_parse(get_lang(env).code)
    whole = timedelta(seconds=int(seconds))
    return format_timedelta(whole, threshold=1.5, format="short", locale=locale)


class ChannelFlow(models.Model):
    _inherit = "channel.flow"

    waiting_count = fields.Integer(
        "In the Queue", compute="_compute_lag", help="What came in, or changed here, and waits."
    )
    lag = fields.Float("Lag (s)", compute="_compute_lag", help="Age of the oldest that waits.")
    lag_state = fields.Selection(
        [("ok", "On time"), ("late", "Late"), ("paused", "Paused"), ("off", "Off")],
        compute="_compute_lag",
    )
    lag_text = fields.Char("Lag", compute="_compute_lag_text", help="And how many wait.")
    last_success_at = fields.Datetime(
        "Last Success",
        compute="_compute_lag",
        help="When something of this flow last arrived, or when the shop was last asked.",
    )

    # === COMPUTE METHODS === #

    def _compute_lag(self):
        figures = self._lag_figures()
        now = fields.Datetime.now()
        for flow in self:
            number, since, last = figures.get(flow.id, (0, None, None))
            flow.waiting_count = number or 0
            flow.lag = max((now - since).total_seconds(), 0) if since else 0
            flow.last_success_at = last
            flow.lag_state = flow._lag_state(flow.lag)

    def _lag_figures(self):
        """``{flow id: (number that waits, since when, last success)}`` in one query for all."""
        if not self.ids:
            return {}
        self.env["channel.event"].flush_model(["backend_id", "kind", "state", "received_at"])
        self.env["channel.outbox"].flush_model(["backend_id", "kind", "state", "noted_at"])
        self.env["channel.cursor"].flush_model()
        self.env.cr.execute(
            _FIGURES, {"backends": tuple(self.backend_id.ids), "flows": tuple(self.ids)}
        )
        return {flow_id: tuple(rest) for flow_id, *rest in self.env.cr.fetchall()}

    def _lag_state(self, lag):
        self.ensure_one()
        if not self.active or self.backend_id.state == "draft":
            return "off"
        if self.paused or self.backend_id.state == "paused":
            return "paused"
        return "late" if self.latency_target and lag > self.latency_target else "ok"

    def _compute_lag_text(self):
        for flow in self:
            flow.lag_text = flow._lag_words()

    def _lag_words(self):
        """The lag in a few words: they stand in a narrow column."""
        if not self.waiting_count:
            return dict(self._fields["lag_state"]._description_selection(self.env))[self.lag_state]
        words = {
            "ok": self.env._("%(age)s (%(count)s)"),
            "late": self.env._("Late: %(age)s (%(count)s)"),
            "paused": self.env._("Paused (%(count)s)"),
            "off": self.env._("Off (%(count)s)"),
        }
        age = duration_text(self.env, self.lag)
        return words[self.lag_state] % {"count": self.waiting_count, "age": age}

    def _lag_story(self):
        """The same as sentences, with the target."""
        story = self.env._(
            "%(count)s waiting, the oldest for %(age)s.",
            count=self.waiting_count,
            age=duration_text(self.env, self.lag),
        )
        target = self.env._("No target.")
        if self.latency_target:
            age = duration_text(self.env, self.latency_target)
            target = self.env._("Target: %s.", age)
        parts = [self.display_name, story if self.waiting_count else "", target]
        return "\n".join(filter(None, parts))

    # === ACTION METHODS === #

    def action_view_waiting(self):
        """Exactly what :attr:`waiting_count` counts."""
        self.ensure_one()
        model, xmlid = (
            ("channel.event", "action_channel_event")
            if self.direction == "in"
            else ("channel.outbox", "action_channel_outbox")
        )
        action = self.env["ir.actions.act_window"]._for_xml_id(f"channel_connector.{xmlid}")
        return {
            **action,
            "name": self.display_name,
            "display_name": self.display_name,
            "res_model": model,
            "domain": self._waiting_domain(),
            "context": {"one_backend": True},
        }

    def _waiting_domain(self):
        kinds = [self.kind, *(part for part, kind in PART_OF.items() if kind == self.kind)]
        return [
            ("backend_id", "=", self.backend_id.id),
            ("kind", "in", kinds),
            ("state", "=", "pending"),
        ]


class ChannelEvent(models.Model):
    _inherit = "channel.event"

    # the last success of each flow, and how long what was settled lately had waited
    _done_idx = models.Index("(backend_id, kind, done_at) WHERE state = 'done'")


class ChannelOutbox(models.Model):
    _inherit = "channel.outbox"

    _done_idx = models.Index("(backend_id, kind, done_at) WHERE state = 'done'")
