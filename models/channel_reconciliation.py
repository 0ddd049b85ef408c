"""Reconciliation: what shop and Odoo say about the same things, compared by jobs."""

from datetime import datetime, timedelta, timezone

from odoo import api, fields, models

from odoo.addons.queue_job.exception import RetryableJobError

from ..core.reconcile import zone_of
from ..services.claim import in_fresh_snapshots
from ..services.reconcile_tally import Tally
from .channel_variance import KINDS

#: Pages that one job reads; then it makes way for whatever is more urgent.
PAGES_PER_JOB = 5
#: Behind everything else that waits.
PRIORITY = 30
#: Figures are small, and a trend needs a year.
KEEP_DAYS = 400
#: What reads the shop, and compares what it has read, in each step.
STEPS = {
    "orders": ("channel.reconcile.orders", "_page"),
    "again": ("channel.reconcile.orders", "_open_page"),
    "catalogue": ("channel.reconcile.catalogue", "_page"),
    "there": ("channel.reconcile.catalogue", "_bound_page"),
}


class ChannelReconciliation(models.Model):
    """A run only finds; its differences are rows of ``channel.variance``.

    It reads page by page, in jobs of a few pages each, behind everything else. Each page is kept
    with the position after it, so a job that is killed costs a page.
    """

    _name = "channel.reconciliation"
    _inherit = "channel.run.mixin"
    _description = "Reconciliation"

    origin = fields.Selection(
        [("schedule", "Schedule"), ("person", "Person")],
        "Begun By",
        default="person",
        required=True,
        readonly=True,
    )
    since = fields.Date("Orders Since", required=True, readonly=True)
    with_orders = fields.Boolean("Orders and Refunds", readonly=True, default=True)
    with_money = fields.Boolean("Money per Day", readonly=True, default=True)
    with_stock = fields.Boolean("Stock", readonly=True, default=True)
    with_prices = fields.Boolean("Prices", readonly=True, default=True)
    with_products = fields.Boolean("Products", readonly=True, default=True)
    figure_ids = fields.One2many("channel.reconciliation.figure", "run_id", readonly=True)
    variance_ids = fields.One2many("channel.variance", "run_id", readonly=True)

    # === READING === #

    def _enqueue(self, **options):
        return super()._enqueue(**{"priority": PRIORITY, **options})

    def _read(self, adapter):
        """Read some pages; :class:`RetryableJobError` means: go on after what is more urgent."""
        for _page in range(PAGES_PER_JOB):
            position = dict(self.position or {"steps": self._steps()})
            if not position["steps"]:
                return self._end(Tally.load(position))
            self._read_page(adapter, position)
        raise RetryableJobError("goes on with the next pages", seconds=1, ignore_retry=True)

    def _read_page(self, adapter, position):
        """Compare one page, and keep what it found together with where the next one is."""
        model, method = STEPS[position["steps"][0]]
        service = self.env[model]
        seen = getattr(service, method)(self, adapter, position.get("cursor") or {})

        def work():
            tally = Tally.load(position)
            service._compare(self, adapter, seen, tally)
            self.env["channel.variance"]._settle(self, tally)
            steps = position["steps"] if seen.cursor else position["steps"][1:]
            self.write(
                {
                    "position": {"steps": steps, "cursor": seen.cursor, **tally.dump()},
                    "read_count": self.read_count + len(seen.found),
                }
            )

        in_fresh_snapshots(self.env, work)

    def _steps(self):
        steps = []
        if self.with_orders or self.with_money:
            steps.append("orders")
        if self.with_orders:
            steps.append("again")
        if self.env["channel.reconcile.catalogue"]._kinds(self):
            steps.append("catalogue")
        if "product" in self.env["channel.reconcile.catalogue"]._kinds(self):
            steps.append("there")
        return steps

    def _end(self, tally):
        for kind, (compared, differing, value) in tally.figures.items():
            if kind != "money_day":  # its days have figures of their own
                self._add_figure(
                    {"kind": kind, "compared": compared, "differing": differing, "value": value}
                )
        self.found_count = sum(differing for _compared, differing, _value in tally.figures.values())
        self._heal()
        return self._finish("ready", self.env._("%s records compared", self.read_count))

    def _heal(self):
        """Put right by itself what the flow allows; see :mod:`.channel_flow_reconcile`."""

    # === WHAT IS COMPARED === #

    def _start_cursor(self):
        """Where the walk over the orders starts: midnight of the first day, where the shop is."""
        midnight = datetime.combine(self.since, datetime.min.time(), self._zone())
        return {"since": midnight.astimezone(timezone.utc).isoformat()}

    def _zone(self):
        """The shop's time zone, as the shop says, else as the backend is set."""
        backend = self.backend_id
        return zone_of(backend._store_setting("timezone") or backend.tz or "UTC")

    # === WRITING DOWN === #

    def _row(
        self,
        kind,
        external_id,
        name,
        shop,
        odoo,
        fix,
        record=None,
        aspect="",
        day=None,
        amount=0.0,
        value=None,
        currency=None,
        detail="",
        data=None,
    ):
        """Values of a ``channel.variance``; an override returns the dictionary, extended.

        :param aspect: what of one record it is, where several things of it can differ
        :param amount: what the shop has more, in ``currency`` (the company's where none is given)
        :param value: the size of it, where it is not the amount's
        """
        company = self.company_id
        currency = currency or company.currency_id
        size = abs(amount) if value is None else value
        return {
            "kind": kind,
            "external_id": external_id,
            "key": "|".join(filter(None, (kind, external_id, aspect))),
            "name": name,
            "res_model": record._name if record else False,
            "res_id": record.id if record else False,
            "day": day,
            "external_value": shop,
            "odoo_value": odoo,
            "detail": detail or False,
            "currency_id": currency.id,
            "amount": amount,
            "value": currency._convert(size, company.currency_id, company, fields.Date.today()),
            "fix": fix,
            "data": data,
        }

    def _add_figure(self, values):
        """Write down a figure of this run."""
        self.env["channel.reconciliation.figure"].create({"run_id": self.id, **values})

    # === RETENTION === #

    @api.autovacuum
    def _gc_runs(self):
        limit = fields.Datetime.now() - timedelta(days=KEEP_DAYS)
        self.sudo().search([("create_date", "<", limit)], limit=100).unlink()


class ChannelReconciliationFigure(models.Model):
    """What one run has found of one kind; kept for the trend after the differences are gone."""

    _name = "channel.reconciliation.figure"
    _description = "Figure of a reconciliation"
    _order = "run_id DESC, kind, day DESC, id"
    _log_access = False

    run_id = fields.Many2one(
        "channel.reconciliation", required=True, index=True, ondelete="cascade", readonly=True
    )
    backend_id = fields.Many2one(
        related="run_id.backend_id", store=True, precompute=True, index=True
    )
    company_id = fields.Many2one(
        related="run_id.company_id", store=True, precompute=True, index=True
    )
    run_at = fields.Datetime(
        "Compared At", related="run_id.create_date", store=True, precompute=True
    )
    kind = fields.Selection(KINDS, required=True, readonly=True)
    day = fields.Date(readonly=True, help="In the shop's time zone.")
    currency_id = fields.Many2one("res.currency", readonly=True)
    compared = fields.Integer(readonly=True)
    differing = fields.Integer("Different", readonly=True)
    value = fields.Float("Value of Differences", digits=(16, 2), readonly=True)
    shop_gross = fields.Monetary("Shop: Orders", readonly=True)
    shop_tax = fields.Monetary("Shop: Tax", readonly=True)
    shop_refunds = fields.Monetary("Shop: Refunds", readonly=True)
    odoo_invoiced = fields.Monetary("Odoo: Invoices", readonly=True)
    odoo_tax = fields.Monetary("Odoo: Tax", readonly=True)
    odoo_credited = fields.Monetary("Odoo: Credit Notes", readonly=True)
    odoo_paid = fields.Monetary("Odoo: Payments", readonly=True)
