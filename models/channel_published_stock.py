"""What a shop was told of a product's stock, when, and what it answered."""

from psycopg2.extras import Json

from odoo import api, fields, models

from ..services.stock_text import explanation_line, explanation_text


class ChannelPublishedStock(models.Model):
    """One row per bound variant, written by the drain of its backend's stock and nobody else."""

    _name = "channel.published.stock"
    _description = "Published stock"
    _log_access = False
    _order = "backend_id, id"
    _rec_name = "binding_id"

    binding_id = fields.Many2one(
        "channel.binding.product", required=True, readonly=True, ondelete="cascade"
    )
    backend_id = fields.Many2one(
        "channel.backend", required=True, index=True, readonly=True, ondelete="cascade"
    )
    product_id = fields.Many2one(
        "product.product", required=True, index=True, readonly=True, ondelete="cascade"
    )
    quantity = fields.Integer("Published", readonly=True, help="Pieces that the shop was told.")
    known = fields.Boolean(readonly=True, help="The shop shows this quantity, as far as we know.")
    standing = fields.Selection(
        [("known", "In step"), ("unknown", "Not known"), ("refused", "Refused")],
        "In the Shop",
        compute="_compute_standing",
        help="Whether the shop shows this quantity, as far as we know.",
    )
    backorders = fields.Char(readonly=True, help="What the shop was told of backorders.")
    explanation = fields.Json(readonly=True)
    explanation_text = fields.Text("How It Came About", compute="_compute_explanation_text")
    explanation_line = fields.Char("Steps", compute="_compute_explanation_text")
    own_demand = fields.Float(
        readonly=True, help="Ordered in this shop and not reserved yet when it was published."
    )
    sent_at = fields.Datetime(readonly=True)
    job_uuid = fields.Char(readonly=True)
    job_id = fields.Many2one("queue.job", "Published by Job", compute="_compute_job_id")
    answer = fields.Char("The Shop's Answer", readonly=True)
    error = fields.Char(readonly=True)

    _binding_uniq = models.UniqueIndex("(binding_id)")

    # === COMPUTE METHODS === #

    @api.depends("explanation", "quantity")
    @api.depends_context("lang")
    def _compute_explanation_text(self):
        for row in self:
            row.explanation_text = explanation_text(self.env, row.explanation, row.quantity)
            row.explanation_line = explanation_line(self.env, row.explanation)

    @api.depends("known", "error")
    def _compute_standing(self):
        for row in self:
            row.standing = "refused" if row.error else "known" if row.known else "unknown"

    @api.depends("job_uuid")
    def _compute_job_id(self):
        uuids = [uuid for uuid in self.mapped("job_uuid") if uuid]
        jobs = self.env["queue.job"].sudo().search([("uuid", "in", uuids)])
        by_uuid = {job.uuid: job for job in jobs}
        for row in self:
            row.job_id = by_uuid.get(row.job_uuid, jobs.browse())

    # === ACTION METHODS === #

    def action_view_job(self):
        """Open the job that published it, as long as it is kept."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "queue.job",
            "res_id": self.job_id.id,
            "views": [(False, "form")],
        }

    # === BUSINESS METHODS === #

    @api.model
    def _remember(self, rows):
        """Write down many rows by one statement.

        :param rows: dictionaries of one set of columns, ``binding_id``, ``backend_id`` and
            ``product_id`` among them
        """
        if not rows:
            return
        columns = sorted(rows[0])
        names = ", ".join(columns)
        updates = ", ".join(f"{name} = EXCLUDED.{name}" for name in columns)
        self.env.flush_all()
        self.env.cr.execute_values(
            f"""
            INSERT INTO channel_published_stock ({names}) VALUES %s
            ON CONFLICT (binding_id) DO UPDATE SET {updates}
            """,
            [[_sql_value(row[name]) for name in columns] for row in rows],
        )
        self.invalidate_model()


def _sql_value(value):
    return Json(value) if isinstance(value, dict) else value


class ProductProduct(models.Model):
    _inherit = "product.product"

    channel_published_stock_ids = fields.One2many(
        "channel.published.stock",
        "product_id",
        "Published Stock",
        groups="channel_connector.group_user",
    )
    channel_stock_rule_ids = fields.One2many(
        "channel.stock.rule",
        "product_id",
        "Stock Rules of Shops",
        groups="channel_connector.group_user",
    )
