"""The dashboard's figures. Each opens exactly the rows that it counts.

A figure of the queues is a box (what came in, what has to be told) and a row of :data:`FIGURES`;
counting and opening share one domain. All backends shown are counted by the same few statements.
"""

import json
from datetime import datetime, time, timedelta, timezone

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools.misc import format_date

#: Where the figures of a direction are counted: model, moment of its rows, the list they open in.
BOXES = {
    "in": ("channel.event", "received_at", "action_channel_event"),
    "out": ("channel.outbox", "noted_at", "action_channel_outbox"),
}
#: What is counted: states, and whether only today's.
FIGURES = {
    "waiting": (("pending",), False),
    "stuck": (("blocked", "failed"), False),
    "done": (("done",), True),
    "skipped": (("ignored",), True),
}
#: Days that the card's diagram shows, today included.
DAYS_SHOWN = 7


class ChannelBackend(models.Model):
    _inherit = "channel.backend"

    in_waiting = fields.Integer("To Take In", compute="_compute_queue_figures")
    in_stuck = fields.Integer("Stopped on the Way In", compute="_compute_queue_figures")
    in_done = fields.Integer("Taken In Today", compute="_compute_queue_figures")
    in_skipped = fields.Integer("Skipped on the Way In Today", compute="_compute_queue_figures")
    out_waiting = fields.Integer("To Send", compute="_compute_queue_figures")
    out_stuck = fields.Integer("Stopped on the Way Out", compute="_compute_queue_figures")
    out_done = fields.Integer("Sent Today", compute="_compute_queue_figures")
    out_skipped = fields.Integer("Skipped on the Way Out Today", compute="_compute_queue_figures")
    orders_today = fields.Integer(compute="_compute_orders_today")
    orders_today_value = fields.Monetary(
        "Value of Today's Orders",
        compute="_compute_orders_today",
        currency_field="company_currency_id",
    )
    orders_graph = fields.Text("Orders per Day", compute="_compute_orders_today")
    issue_value = fields.Monetary(
        "Held Up by Issues",
        compute="_compute_issue_value",
        currency_field="company_currency_id",
        help="Totals of the orders that wait for an open issue, each once, in the currency of the "
        "company.",
    )
    flow_figures = fields.Json(compute="_compute_flow_figures")

    # === COMPUTE METHODS === #

    def _compute_queue_figures(self):
        today = self._today_start()
        for box, (model, _moment, _action) in BOXES.items():
            counted = Domain.OR(self._figure_domain(box, name, today) for name in FIGURES)
            groups = self.env[model]._read_group(
                Domain("backend_id", "in", self.ids) & counted,
                ["backend_id", "state"],
                ["__count"],
            )
            numbers = {(backend.id, state): count for backend, state, count in groups}
            for backend in self:
                for name, (states, _today) in FIGURES.items():
                    backend[f"{box}_{name}"] = sum(
                        numbers.get((backend.id, state), 0) for state in states
                    )

    @api.model
    def _figure_domain(self, box, name, today):
        """What a figure of the queues counts, of any backend."""
        states, todays = FIGURES[name]
        domain = Domain("state", "in", states)
        return domain & Domain(BOXES[box][1], ">=", today) if todays else domain

    def _compute_orders_today(self):
        days = [self._today_start(back) for back in reversed(range(DAYS_SHOWN))]
        figures = self._order_figures(days)
        for backend in self:
            per_day = [figures.get((backend.id, number), (0, 0)) for number in range(DAYS_SHOWN)]
            backend.orders_today, backend.orders_today_value = per_day[-1]
            backend.orders_graph = backend._prepare_graph(days, per_day)

    def _order_figures(self, days):
        """``{(backend id, index of the day): (number, value in the company's currency)}``."""
        self.env["channel.binding.order"].flush_model(["backend_id", "placed_at", "amount_total"])
        self.env["sale.order"].flush_model(["currency_rate"])
        self.env.cr.execute(
            """
            SELECT binding.backend_id,
                   width_bucket(binding.placed_at, %s::timestamp[]) - 1,
                   count(*), sum(binding.amount_total / COALESCE(NULLIF(o.currency_rate, 0), 1))
              FROM channel_binding_order binding JOIN sale_order o ON o.id = binding.odoo_id
             WHERE binding.backend_id IN %s AND binding.placed_at >= %s
             GROUP BY 1, 2
            """,
            [days, tuple(self.ids) or (0,), days[0]],
        )
        return {
            (backend_id, day): (number, float(value or 0))
            for backend_id, day, number, value in self.env.cr.fetchall()
        }

    def _prepare_graph(self, days, per_day):
        """What Odoo's widget ``dashboard_graph`` shows; an override returns it, extended."""
        values = [
            {
                "label": format_date(
                    self.env, fields.Datetime.context_timestamp(self, day), date_format="EEE"
                ),
                "value": self.company_currency_id.round(value),
                "type": "future" if day == days[-1] else "past",
            }
            for day, (_number, value) in zip(days, per_day, strict=True)
        ]
        key = self.env._("Orders (%s)", self.company_currency_id.name)
        return json.dumps([{"values": values, "key": key, "is_sample_data": False}])

    def _compute_issue_value(self):
        values = self.env["channel.issue"]._value_held(self)
        for backend in self:
            backend.issue_value = values.get(backend.id, 0.0)

    def _compute_flow_figures(self):
        flows = self.env["channel.flow"].search([("backend_id", "in", self.ids)])
        by_backend = flows.grouped("backend_id")
        kinds = dict(flows._fields["kind"]._description_selection(self.env))
        order = list(kinds)
        for backend in self:
            mine = by_backend.get(backend, flows.browse())
            backend.flow_figures = [
                {
                    "id": flow.id,
                    "name": kinds[flow.kind],
                    "direction": flow.direction,
                    "waiting": flow.waiting_count,
                    "state": flow.lag_state,
                    "text": flow.lag_text,
                    "story": flow._lag_story(),
                }
                for flow in mine.sorted(lambda flow: order.index(flow.kind))
            ]

    # === TIME === #

    @api.model
    def _today_start(self, back=0):
        """When the user's day has begun, in UTC as Odoo stores moments; ``back`` days before it."""
        today = datetime.now(timezone.utc).astimezone(self.env.tz).date()
        start = datetime.combine(today - timedelta(days=back), time.min)
        return self.env.tz.localize(start).astimezone(timezone.utc).replace(tzinfo=None)

    # === ACTION METHODS === #

    def action_view_figure(self):
        """The rows that a figure of the queues counts; the context names it, "in_waiting"."""
        self.check_access("read")
        box, _sep, name = str(self.env.context.get("figure")).partition("_")
        if box not in BOXES or name not in FIGURES:
            raise UserError(self.env._("The dashboard has no figure of this name."))
        domain = self._figure_domain(box, name, self._today_start())
        title = self._fields[f"{box}_{name}"]._description_string(self.env)
        return self._open_rows(BOXES[box][2], title, domain)

    def action_view_orders_today(self):
        title = self._fields["orders_today"]._description_string(self.env)
        domain = Domain("placed_at", ">=", self._today_start())
        return self._open_rows("action_channel_binding_order", title, domain)

    def action_view_open_issues(self):
        title = self.env._("Open Issues")
        return self._open_rows("action_channel_issue", title, Domain("state", "=", "open"))

    def action_view_open_variances(self):
        title = self.env._("Variances")
        return self._open_rows("action_channel_variance", title, Domain("state", "=", "open"))

    def _open_rows(self, action, title, domain):
        """A list of this backend's rows and nothing else, whatever its filters usually are."""
        self.ensure_one()
        values = self.env["ir.actions.act_window"]._for_xml_id(f"channel_connector.{action}")
        name = self.env._("%(shop)s: %(what)s", shop=self.name, what=title)
        return {
            **values,
            "name": name,
            "display_name": name,  # what the breadcrumb shows first
            "domain": list(Domain("backend_id", "=", self.id) & domain),
            "context": {"one_backend": True},
        }

    def action_open_setup(self):
        """Where a new shop is connected; of no shop, as a button above the cards calls it."""
        return self.env["ir.actions.act_window"]._for_xml_id(
            "channel_connector.action_channel_setup"
        )


class ChannelBindingOrder(models.Model):
    _inherit = "channel.binding.order"

    placed_at = fields.Datetime(
        "Ordered",
        related="odoo_id.date_order",
        store=True,
        precompute=True,
        help="When the customer placed the order.",
    )

    _placed_idx = models.Index("(backend_id, placed_at)")
