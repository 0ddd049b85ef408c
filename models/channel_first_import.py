"""The first import: how much there is, how far it is, and how it is paused.

Nothing is counted by jobs: the shop names the total once, the rest is in events and cursors.
"""

from datetime import timedelta, timezone

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..core.adapter import SetUpSource, supports

#: Kinds that a first import brings.
COUNTED = ("order", "product")
#: How long its figures are of interest.
SHOWN = timedelta(days=30)
#: States of events behind a figure that a person opens.
STATES = {
    "done": ["done"],
    "ignored": ["ignored"],
    "blocked": ["blocked", "failed"],
    "waiting": ["pending"],
}


class ChannelCursor(models.Model):
    _inherit = "channel.cursor"

    through_at = fields.Datetime(
        "First Run Through", help="When a poll had read everything there was for the first time."
    )


class ChannelFlow(models.Model):
    _inherit = "channel.flow"

    first_state = fields.Selection(
        [("running", "Running"), ("paused", "Paused"), ("done", "Through")],
        "First Import",
        compute="_compute_first_import",
    )
    first_total = fields.Integer("First Import: Named by the Shop", compute="_compute_first_import")
    first_read = fields.Integer("First Import: Read", compute="_compute_first_import")
    first_done = fields.Integer("First Import: Imported", compute="_compute_first_import")
    first_ignored = fields.Integer("First Import: Left Alone", compute="_compute_first_import")
    first_blocked = fields.Integer("First Import: To Decide", compute="_compute_first_import")
    first_waiting = fields.Integer("First Import: Waiting", compute="_compute_first_import")
    first_settled = fields.Integer("First Import: Settled", compute="_compute_first_import")

    # === COMPUTE METHODS === #

    @api.depends("paused", "active", "backend_id.state", "cursor_id.through_at")
    def _compute_first_import(self):
        counts = self._count_first_events()
        for flow in self:
            found = counts.get(flow.id, {})
            figures = {
                name: sum(found.get(state, 0) for state in states)
                for name, states in STATES.items()
            }
            for name, figure in figures.items():
                flow[f"first_{name}"] = figure
            flow.first_read = sum(figures.values())
            flow.first_settled = flow.first_read - flow.first_waiting
            named = (flow.backend_id.first_import_totals or {}).get(flow.kind) or 0
            # what came meanwhile, or what the shop did not name, was read all the same
            flow.first_total = max(named, flow.first_read)
            flow.first_state = flow._first_state_now()

    def _first_state_now(self):
        if self.cursor_id.through_at and not self.first_waiting:
            return "done"
        return "running" if self._runs() else "paused"

    def _count_first_events(self):
        """``{flow id: {state: records}}`` of what came before the first run was through.

        Of a record that came several times the last event counts.
        """
        shown = self.filtered(lambda flow: flow.backend_id.first_import_at)
        if not shown:
            return {}
        for model in ("channel.event", "channel.cursor", "channel.backend"):
            self.env[model].flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT flow_id, state, count(*)
                  FROM (SELECT DISTINCT ON (flow.id, event.external_id)
                               flow.id AS flow_id, event.state
                          FROM channel_flow flow
                          JOIN channel_backend backend ON backend.id = flow.backend_id
                          JOIN channel_event event
                            ON event.backend_id = backend.id AND event.kind = flow.kind
                          LEFT JOIN channel_cursor cursor ON cursor.flow_id = flow.id
                         WHERE flow.id IN %s
                           AND event.received_at >= backend.first_import_at
                           AND (cursor.through_at IS NULL
                                OR event.received_at <= cursor.through_at)
                         ORDER BY flow.id, event.external_id, event.id DESC
                       ) AS latest
                 GROUP BY flow_id, state
                """,
                tuple(shown.ids),
            )
        )
        found = {}
        for flow_id, state, count in self.env.cr.fetchall():
            found.setdefault(flow_id, {})[state] = count
        return found

    # === ACTION METHODS === #

    def action_resume(self):
        """A first import goes on at once where it stood."""
        result = super().action_resume()
        flows = self.filtered(lambda flow: flow._first_goes_on())
        flows._enqueue_poll(priority=5)
        return result

    def action_view_first_import(self):
        """The events behind a figure, which the pressed button names (`first_figure`)."""
        self.ensure_one()
        action = self.backend_id._open("channel_connector.action_channel_event", {})
        domain = [
            ("backend_id", "=", self.backend_id.id),
            ("kind", "=", self.kind),
            ("received_at", ">=", self.backend_id.first_import_at),
        ]
        if self.cursor_id.through_at:
            domain.append(("received_at", "<=", self.cursor_id.through_at))
        states = STATES.get(self.env.context.get("first_figure"))
        if states:
            domain.append(("state", "in", states))
        return {**action, "domain": domain}

    # === BUSINESS METHODS === #

    def _first_goes_on(self):
        """Whether this flow has a first import that is not through yet."""
        begun = self.kind in COUNTED and self.direction == "in" and self._runs()
        return begun and self.backend_id.first_import_at and not self.cursor_id.through_at

    def _poll(self, adapter, recorder):
        result = super()._poll(adapter, recorder)
        cursor = self._get_cursor()
        # a pause ends a poll between two of its pages
        self.invalidate_recordset(["paused"])
        if not cursor.through_at and self._runs():
            cursor.through_at = fields.Datetime.now()
        return result


class ChannelBackend(models.Model):
    _inherit = "channel.backend"

    setup_order_count = fields.Integer("Orders Since Then", readonly=True, copy=False)
    setup_order_total = fields.Integer("Orders in the Shop", readonly=True, copy=False)
    setup_counted_since = fields.Datetime(readonly=True, copy=False)
    setup_has_counted = fields.Boolean(readonly=True, copy=False)
    setup_counted = fields.Boolean(compute="_compute_setup_counted")
    first_import_at = fields.Datetime("First Import Begun", readonly=True, copy=False)
    first_import_totals = fields.Json(readonly=True, copy=False)
    first_flow_ids = fields.One2many(
        "channel.flow",
        "backend_id",
        "First Import",
        domain=[("direction", "=", "in"), ("kind", "in", list(COUNTED))],
        readonly=True,
    )
    first_import_open = fields.Boolean(compute="_compute_first_import_open")

    # === COMPUTE METHODS === #

    @api.depends("setup_counted_since", "import_since", "setup_has_counted")
    def _compute_setup_counted(self):
        for backend in self:
            same = (backend.setup_counted_since or False) == (backend.import_since or False)
            backend.setup_counted = same and backend.setup_has_counted

    def _compute_first_import_open(self):
        earliest = fields.Datetime.now() - SHOWN
        for backend in self:
            begun = backend.first_import_at
            states = backend.first_flow_ids.mapped("first_state") if begun else []
            backend.first_import_open = (
                bool(states) and begun > earliest and set(states) != {"done"}
            )

    # === ACTION METHODS === #

    def action_setup_since(self):
        """Choose a usual first day, which the pressed button names in days before today."""
        self.ensure_one()
        self._ensure_in_setup()
        days = self.env.context.get("setup_days", 0)
        self.import_since = self._start_of_today() - timedelta(days=days)
        self._count_orders()

    def action_setup_all_orders(self):
        """No first day: every order of the shop."""
        self.ensure_one()
        self._ensure_in_setup()
        self.import_since = False
        self._count_orders()

    def action_setup_count(self):
        """Ask the shop how many orders the chosen first day means."""
        self.ensure_one()
        self._ensure_in_setup()
        self._setup_leave_since()
        self._count_orders()

    def action_refresh(self):
        """Show how far the first import is."""
        return self._reload()

    def action_connect(self):
        result = super().action_connect()
        for backend in self.filtered(lambda one: one.state == "connected"):
            backend._begin_first_import()
        return result

    # === BUSINESS METHODS === #

    def _begin_first_import(self):
        """Note what the shop has; the schedule starts reading."""
        self.setup_step = "live"
        if not self.first_import_at:
            self.first_import_totals = self._ask_totals()
            self.first_import_at = fields.Datetime.now()

    def _read_at_once(self):
        """A person who has pressed Go Live does not wait for the schedule's next minute."""
        self.first_flow_ids.filtered(lambda flow: flow._first_goes_on())._enqueue_poll(priority=5)

    def _ask_totals(self):
        """What a poll from the first day on reads: orders that changed since, and all products."""
        asked = {
            "order": lambda: self._ask("count_orders", None, self._since()),
            "product": lambda: self._ask("count_products"),
        }
        return {kind: asked[kind]() for kind in self.first_flow_ids.mapped("kind")}

    def _count_orders(self):
        """Keep how many orders the shop has, and how many of them come in from the first day on."""
        total = self._ask("count_orders")
        since = self._since()
        count = self._ask("count_orders", since) if since else total
        self.write(
            {
                "setup_order_total": total or 0,
                "setup_order_count": count or 0,
                "setup_counted_since": self.import_since,
                "setup_has_counted": count is not None,
            }
        )

    def _ask(self, method, *arguments):
        """A figure of the shop; None where it does not tell. A figure never stops anybody."""
        if not supports(self._get_adapter_class(), SetUpSource):
            return None
        try:
            return self._call(lambda adapter: getattr(adapter, method)(*arguments), SetUpSource)
        except UserError:
            return None

    def _since(self):
        return self.import_since.replace(tzinfo=timezone.utc) if self.import_since else None
