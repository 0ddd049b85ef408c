"""What a reconciliation says of itself: in words, and as what can be opened."""

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import formatLang

from ..services.reconcile_catalogue import KINDS as CATALOGUE_KINDS
from ..services.reconcile_orders import ORDER_KINDS


class ChannelReconciliation(models.Model):
    _inherit = "channel.reconciliation"

    found_count = fields.Integer("Differences Found", readonly=True)
    open_count = fields.Integer("Still Open", compute="_compute_open_count")
    repairable_count = fields.Integer(compute="_compute_open_count")
    kind_figure_ids = fields.One2many(
        "channel.reconciliation.figure",
        "run_id",
        "What Was Compared",
        domain=[("kind", "!=", "money_day")],
        readonly=True,
    )
    day_figure_ids = fields.One2many(
        "channel.reconciliation.figure",
        "run_id",
        "Days",
        domain=[("kind", "=", "money_day")],
        readonly=True,
    )
    summary = fields.Html(compute="_compute_summary", sanitize=False)

    # === COMPUTE METHODS === #

    @api.depends("variance_ids.state", "variance_ids.fix")
    def _compute_open_count(self):
        groups = self.env["channel.variance"]._read_group(
            [("run_id", "in", self.ids), ("state", "=", "open")], ["run_id", "fix"], ["__count"]
        )
        for run in self:
            own = {fix: count for found, fix, count in groups if found == run}
            run.open_count = sum(own.values())
            run.repairable_count = run.open_count - own.get("none", 0)

    @api.depends("backend_id", "create_date")
    def _compute_display_name(self):
        for run in self:
            run.display_name = self.env._(
                "%(shop)s compared with Odoo", shop=run.backend_id.name or ""
            )

    @api.depends("figure_ids", "state")
    @api.depends_context("lang")
    def _compute_summary(self):
        for run in self:
            run.summary = run._summary_html() if run.state == "ready" else False

    def _summary_html(self):
        """What was compared, and a line for each kind that differs."""
        figures = self.kind_figure_ids
        lines = [self._text_of_figure(figure) for figure in figures.filtered("differing")]
        days = self.day_figure_ids.filtered("differing")
        if days:
            lines.append(
                self.env._(
                    "Days of money: %(count)s differing, by %(value)s that nothing else explains",
                    count=len(days),
                    value=formatLang(
                        self.env, sum(days.mapped("value")), currency_obj=days[0].currency_id
                    ),
                )
            )
        head = Markup("<p class='mb-1'>{}</p>").format(self._text_of_compared(figures))
        rows = Markup("").join(Markup("<li>{}</li>").format(line) for line in lines)
        return head + (Markup("<ul class='mb-2'>{}</ul>").format(rows) if rows else "")

    def _text_of_compared(self, figures):
        counts = {figure.kind: figure.compared for figure in figures}
        orders = counts.get(ORDER_KINDS[0], 0)
        goods = max((counts.get(kind, 0) for kind in CATALOGUE_KINDS), default=0)
        return self.env._(
            "Compared: orders %(orders)s, products and variants %(goods)s, days of money %(days)s.",
            orders=orders,
            goods=goods,
            days=len(self.day_figure_ids),
        )

    def _text_of_figure(self, figure):
        kinds = dict(figure._fields["kind"]._description_selection(self.env))
        text = self.env._(
            "%(kind)s: %(differing)s of %(compared)s",
            kind=kinds[figure.kind],
            differing=figure.differing,
            compared=figure.compared,
        )
        if not figure.value:
            return text
        value = formatLang(self.env, figure.value, currency_obj=self.company_id.currency_id)
        return self.env._("%(text)s, worth %(value)s", text=text, value=value)

    # === ACTION METHODS === #

    def action_fix_all(self):
        """Repair everything of this run that a button can repair."""
        self.check_access("read")
        rows = self.variance_ids.filtered(lambda row: row.state == "open" and row.fix != "none")
        if not rows:
            raise UserError(self.env._("Nothing of this run is left to repair."))
        return rows.action_fix()

    def action_view_variances(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "channel_connector.action_channel_variance"
        )
        context = {"search_default_open": 1} if self.open_count else {}
        return {**action, "domain": [("run_id", "=", self.id)], "context": context}

    def action_view_trend(self):
        return self.backend_id._open(
            "channel_connector.action_channel_reconciliation_figure", {"search_default_records": 1}
        )


class ChannelBackend(models.Model):
    _inherit = "channel.backend"

    def action_view_variances(self):
        return self._open("channel_connector.action_channel_variance", {"search_default_open": 1})
