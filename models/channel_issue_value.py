"""The figures of an issue, computed from what waits for it: how often, since when, how much.

A counter on the issue's row would be written by every job that fails for the same cause, and
parallel jobs would abort each other (40001).
"""

from odoo import api, fields, models
from odoo.tools import SQL

#: States of events and notes that are not settled.
WAITING = ("pending", "blocked", "failed")


class ChannelIssue(models.Model):
    _inherit = "channel.issue"

    event_count = fields.Integer("Events", compute="_compute_figures")
    waiting_count = fields.Integer(
        "Waiting",
        compute="_compute_figures",
        help="Orders and other records that wait, in or out, however often they were told.",
    )
    first_seen = fields.Datetime(compute="_compute_figures")
    last_seen = fields.Datetime(compute="_compute_figures")
    currency_id = fields.Many2one(related="company_id.currency_id")
    value_at_stake = fields.Monetary(
        compute="_compute_value_at_stake",
        aggregator="sum",
        help="Sum of the order totals that wait for this issue, in the company's currency.",
    )
    value_text = fields.Char(
        "Held",
        compute="_compute_value_at_stake",
        help="The order totals that wait for this issue, in the currencies of the shop. Empty "
        "where that is the company's.",
    )

    # === COMPUTE METHODS === #

    @api.depends("event_ids", "note_ids")
    def _compute_figures(self):
        figures = self._figures()
        for issue in self:
            opened = issue.create_date or fields.Datetime.now()
            opened = opened.replace(microsecond=0)  # as the moments of events and notes are
            count, waiting, first, last = figures.get(issue.id, (0, 0, opened, opened))
            issue.event_count, issue.waiting_count = count, waiting
            # a retry receives anew what waits: then only the issue knows since when it did
            issue.first_seen, issue.last_seen = min(first, opened), last

    def _figures(self):
        """``{issue id: (events and notes, records waiting, first seen, last seen)}``."""
        self._flush_causes()
        self.env.cr.execute(
            """
            SELECT issue_id, count(*),
                   count(DISTINCT record) FILTER (WHERE state IN %(waiting)s),
                   min(moment), max(moment)
              FROM (SELECT cause.issue_id, event.state, event.received_at AS moment,
                           concat(event.kind, ' ', event.external_id) AS record
                      FROM channel_event_issue_rel cause
                      JOIN channel_event event ON event.id = cause.event_id
                     WHERE cause.issue_id = ANY(%(ids)s)
                     UNION ALL
                    SELECT issue_id, state, noted_at, concat(res_model, ',', res_id)
                      FROM channel_outbox
                     WHERE issue_id = ANY(%(ids)s)) AS held
             GROUP BY issue_id
            """,
            {"ids": self.ids, "waiting": WAITING},
        )
        return {issue_id: figures for issue_id, *figures in self.env.cr.fetchall()}

    @api.depends("event_ids")
    def _compute_value_at_stake(self):
        values, amounts = self._values_at_stake(), self._amounts_held()
        places = self._decimal_places({code for held in amounts.values() for code in held})
        for issue in self:
            issue.value_at_stake = values.get(issue.id, 0.0)
            held = amounts.get(issue.id, {})
            foreign = set(held) - {issue.currency_id.name}
            texts = [f"{value:,.{places.get(code, 2)}f} {code}" for code, value in held.items()]
            issue.value_text = ", ".join(texts) if foreign else ""

    def _amounts_held(self):
        """``{issue id: {currency code: amount}}`` in the shop's currencies, the largest first."""
        amounts = {}
        self.env.cr.execute(
            SQL(
                "SELECT issue_id, code, sum(value) FROM (%s) AS held WHERE value != 0"
                " GROUP BY issue_id, code ORDER BY sum(value) DESC",
                _held(SQL("cause.issue_id = ANY(%s)", self.ids)),
            )
        )
        for issue_id, code, value in self.env.cr.fetchall():
            amounts.setdefault(issue_id, {})[code or ""] = value
        return amounts

    def _decimal_places(self, codes):
        currencies = self.env["res.currency"].with_context(active_test=False)
        found = currencies.search([("name", "in", list(codes))])
        return {currency.name: currency.decimal_places for currency in found}

    # === BUSINESS METHODS === #

    def _values_at_stake(self):
        """``{issue id: amount}`` in the companies' currencies: each waiting order once.

        An order that waits for two causes counts for both of them.
        """
        self._flush_causes()
        value = self._field_to_sql("channel_issue", "value_at_stake")
        self.env.cr.execute(
            SQL("SELECT id, %s FROM channel_issue WHERE id = ANY(%s)", value, self.ids)
        )
        return dict(self.env.cr.fetchall())

    @api.model
    def _value_held(self, backends):
        """``{backend id: amount}``: what open issues hold, in the companies' currencies.

        Each order counts once, however many causes it waits for.
        """
        self._flush_causes()
        condition = SQL("issue.state = 'open' AND issue.backend_id = ANY(%s)", backends.ids)
        self.env.cr.execute(
            SQL(
                """
                SELECT backend_id, sum(value * %(rate)s)
                  FROM (SELECT DISTINCT backend_id, company_id, external_id, code, value
                          FROM (%(held)s) AS causes) AS held
                 GROUP BY backend_id
                """,
                rate=_rate_to_company(),
                held=_held(condition),
            )
        )
        return {backend_id: float(value or 0) for backend_id, value in self.env.cr.fetchall()}

    def _flush_causes(self):
        self.env["channel.event"].flush_model()
        self.env["channel.outbox"].flush_model(["issue_id", "state", "noted_at"])
        self.flush_model(["state", "backend_id", "company_id"])

    def _field_to_sql(self, alias, field_expr, query=None):
        """The value at stake can be sorted by and summed up, although no column holds it."""
        if field_expr != "value_at_stake":
            return super()._field_to_sql(alias, field_expr, query)
        return SQL(
            "(SELECT COALESCE(sum(value * %(rate)s), 0)::float8 FROM (%(held)s) AS held)",
            rate=_rate_to_company(),
            held=_held(SQL("cause.issue_id = %s", SQL.identifier(alias, "id"))),
        )


def _held(condition):
    """Rows ``(issue_id, backend_id, company_id, external_id, code, value)``: each order that
    waits for an issue, however many events it has.

    :param condition: on ``cause`` (channel_event_issue_rel) and ``issue``
    """
    return SQL(
        """
        SELECT cause.issue_id, event.backend_id, event.company_id, event.external_id,
               max(event.currency_code) AS code, max(event.value) AS value
          FROM channel_event_issue_rel cause
          JOIN channel_issue issue ON issue.id = cause.issue_id
          JOIN channel_event event ON event.id = cause.event_id
         WHERE event.state IN %s AND event.value IS NOT NULL AND %s
         GROUP BY cause.issue_id, event.backend_id, event.company_id, event.external_id
        """,
        WAITING,
        condition,
    )


def _rate_to_company():
    """Factor from ``held.code`` to the currency of ``held.company_id``, by today's rates; 1 where
    there is none, as Odoo takes it."""
    return SQL(
        """
        COALESCE((
            SELECT own.rate / NULLIF(other.rate, 0)
              FROM res_company company,
                   LATERAL (%s) AS own,
                   LATERAL (%s) AS other
             WHERE company.id = held.company_id), 1.0)
        """,
        _rate(SQL("company.currency_id")),
        _rate(SQL("(SELECT id FROM res_currency WHERE name = held.code)")),
    )


def _rate(currency):
    """The rate of a currency for ``company``: the newest of the past, else the oldest."""
    return SQL(
        """
        SELECT COALESCE((
            SELECT rate.rate FROM res_currency_rate rate
             WHERE rate.currency_id = %s
               AND (rate.company_id IS NULL
                    OR rate.company_id = split_part(company.parent_path, '/', 1)::int)
             ORDER BY rate.company_id, rate.name <= current_date DESC,
                      abs(rate.name - current_date)
             LIMIT 1), 1.0) AS rate
        """,
        currency,
    )
