"""The gate as a person sees it on the backend, and how that person overrides it."""

from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_datetime

from ..core.adapter import Connectable
from ..core.canonical import Level
from ..services.messages import finding_text

#: Waits are shown of so long back.
SHOWN = timedelta(hours=1)


class ChannelBackend(models.Model):
    _inherit = "channel.backend"

    requests_per_minute = fields.Integer(
        tracking=True,
        help="Budget of calls to the shop, shared by all jobs; a part of it is kept for orders, "
        "money and stock. 0: no limit, and “Stop Calls” lets jobs under way finish.",
    )
    max_parallel = fields.Integer(
        tracking=True,
        help="How many jobs may call the shop at the same time. From 2 on, one place is kept for "
        "single orders and their money and shipments; with 1, they wait behind an export.",
    )
    gate_state = fields.Selection(
        [
            ("open", "Calls go out"),
            ("outage", "Waiting for the shop"),
            ("stopped", "Stopped by hand"),
        ],
        "Calls to the Shop",
        compute="_compute_gate",
    )
    gate_message = fields.Char("Why", compute="_compute_gate")
    gate_budget = fields.Char("Left in the Budget", compute="_compute_gate")
    wait_count = fields.Integer("Waits in the Last Hour", compute="_compute_waits")
    wait_summary = fields.Char("Waited For", compute="_compute_waits")

    # === COMPUTE METHODS === #

    def _compute_gate(self):
        gates = self.env["channel.gate"].sudo().search([("backend_id", "in", self.ids)])
        by_backend = gates.grouped(lambda gate: gate.backend_id.id)
        for backend in self:
            gate = by_backend.get(backend.id, gates.browse())
            backend.gate_state = (
                "stopped" if gate.stopped else "outage" if gate.open_until else "open"
            )
            backend.gate_message = backend._gate_message(gate)
            backend.gate_budget = backend._gate_budget(gate)

    def _gate_message(self, gate):
        if self.gate_state == "stopped":
            return self.env._("A person has stopped them; the chatter says who. Jobs wait.")
        if self.gate_state == "open":
            return self.env._("Nothing holds them back.")
        return self.env._(
            "%(reason)s, %(failures)s time(s) in a row, since %(since)s. Next try: %(next)s.",
            reason=gate._why(),
            failures=gate.failures,
            since=format_datetime(self.env, gate.opened_at, dt_format="short"),
            next=format_datetime(self.env, gate.open_until, dt_format="short"),
        )

    def _gate_budget(self, gate):
        if not self.requests_per_minute:
            return self.env._("no limit")
        return self.env._(
            "%(left)s of %(most)s calls at once, %(rate)s more each minute",
            left=int(gate._left()),
            most=int(gate._burst(self.requests_per_minute)),
            rate=self.requests_per_minute,
        )

    def _compute_waits(self):
        groups = self.env["channel.log"]._read_group(
            self._waits_domain(), ["backend_id", "error"], ["__count", "duration:sum"]
        )
        for backend in self:
            waits = [row[1:] for row in groups if row[0] == backend]
            backend.wait_count = sum(count for _code, count, _ms in waits)
            backend.wait_summary = ", ".join(
                self.env._(
                    "%(what)s: %(count)s time(s), %(seconds)s s",
                    what=backend._wait_name(code),
                    count=count,
                    seconds=round(duration / 1000),
                )
                for code, count, duration in sorted(waits)
            )

    def _wait_name(self, code):
        """What was waited for; an outage has the code of what the shop answered."""
        names = {
            "budget": self.env._("rate budget"),
            "stopped": self.env._("stopped by hand"),
        }
        return names.get(code) or self.env._("the shop (%s)", code)

    def _waits_domain(self):
        return [
            ("backend_id", "in", self.ids),
            ("direction", "=", "wait"),
            ("logged_at", ">=", fields.Datetime.now() - SHOWN),
        ]

    # === ACTION METHODS === #

    def action_view_waits(self):
        """The jobs that were put off in the last hour, and for what."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "channel_connector.action_channel_log"
        )
        return {**action, "domain": self._waits_domain(), "context": {}}

    def action_gate_try(self):
        """Ask the shop now; where it answers, calls go on at once.

        :raises UserError: it does not, in plain words; its rest goes on
        """
        for backend in self:
            result = backend._call(lambda adapter: adapter.check(), Connectable)
            if not result.ok:
                raise UserError(backend._first_error(result))
            backend._gate().succeeded()
            backend._wake_jobs()
            backend.message_post(body=self.env._("Tried by hand: the shop answers, calls go on."))
        return self._notify(self.env._("The shop answers. What has waited goes on."))

    def action_gate_stop(self):
        """No job calls the shop from now on, also those under way; everything waits."""
        self.check_access("write")
        for backend in self:
            if backend._gate().stop(True):
                backend.message_post(body=self.env._("Calls to the shop stopped."))
        return self._reload()

    def action_gate_go(self):
        """Let calls go on that were stopped."""
        self.check_access("write")
        for backend in self:
            if backend._gate().stop(False):
                backend._wake_jobs()
                backend.message_post(body=self.env._("Calls to the shop go on."))
        return self._reload()

    # === BUSINESS METHODS === #

    def _gate(self):
        return self.env["channel.gate"].sudo()._of(self)

    def _first_error(self, result):
        error = next(one for one in result.findings if one.level is Level.ERROR)
        return "\n".join(finding_text(self.env, error.code, error.params))

    def _wake_jobs(self):
        """Jobs that were put off without using up a try shall start now, not at their time.

        One that is woken for nothing is put off again.
        """
        self.env["queue.job"].flush_model()
        self.env.cr.execute(
            """
            UPDATE queue_job job SET eta = NULL
              FROM (SELECT id, model_name, (records #>> '{}')::jsonb -> 'ids' ->> 0 AS first
                      FROM queue_job
                     WHERE state = 'pending' AND eta IS NOT NULL AND retry = 0
                       AND model_name LIKE 'channel.%%') AS waiting
             WHERE job.id = waiting.id AND (
                   waiting.model_name = 'channel.backend' AND waiting.first::int = %(backend)s
                OR waiting.model_name = 'channel.event' AND EXISTS (
                   SELECT FROM channel_event event
                    WHERE event.id = waiting.first::int AND event.backend_id = %(backend)s)
                OR waiting.model_name = 'channel.outbox' AND EXISTS (
                   SELECT FROM channel_outbox note
                    WHERE note.id = waiting.first::int AND note.backend_id = %(backend)s)
                OR waiting.model_name = 'channel.flow' AND EXISTS (
                   SELECT FROM channel_flow flow
                    WHERE flow.id = waiting.first::int AND flow.backend_id = %(backend)s))
            """,
            {"backend": self.id},
        )
        self.env["queue.job"].invalidate_model(["eta"])
