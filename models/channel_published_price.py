"""What a shop was told a product costs."""

from odoo import api, fields, models
from odoo.tools import format_datetime

from ..services.price_values import price_from_json


class ChannelPublishedPrice(models.Model):
    """The last price told of each product; only the drain of prices writes it."""

    _name = "channel.published.price"
    _description = "Channel published price"
    _order = "backend_id, id"
    _log_access = False
    _rec_name = "price_text"

    binding_id = fields.Many2one(
        "channel.binding.product", required=True, index=True, ondelete="cascade", readonly=True
    )
    backend_id = fields.Many2one(
        "channel.backend", required=True, index=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(related="backend_id.company_id", store=True, index=True)
    product_id = fields.Many2one(
        "product.product", required=True, index=True, ondelete="cascade", readonly=True
    )
    price = fields.Json(
        readonly=True, help="What the shop asks, as far as is known; empty where it took none."
    )
    price_text = fields.Char("Price in the Shop", compute="_compute_price_text")
    refused = fields.Boolean(readonly=True, help="The shop did not take the last price told.")
    sent_at = fields.Datetime(readonly=True)
    job_uuid = fields.Char(readonly=True)
    job_id = fields.Many2one("queue.job", "Published by Job", compute="_compute_job_id")
    answer = fields.Char(readonly=True, help="What the shop said.")

    _binding_uniq = models.UniqueIndex("(binding_id)")

    # === COMPUTE METHODS === #

    @api.depends("price", "backend_id")
    @api.depends_context("lang", "tz")
    def _compute_price_text(self):
        for published in self:
            published.price_text = published._describe(price_from_json(published.price))

    @api.depends("job_uuid")
    def _compute_job_id(self):
        uuids = [uuid for uuid in self.mapped("job_uuid") if uuid]
        jobs = self.env["queue.job"].sudo().search([("uuid", "in", uuids)])
        by_uuid = {job.uuid: job for job in jobs}
        for row in self:
            row.job_id = by_uuid.get(row.job_uuid, jobs.browse())

    # === BUSINESS METHODS === #

    def _describe(self, price):
        """A price for people: ``19.90, sale 14.90 until 11/27/26, 11:59 PM``."""
        if price.regular is None:
            return self.env._("None: not for sale")
        if price.sale is None:
            return str(price.regular)
        values = {
            "regular": price.regular,
            "sale": price.sale,
            "start": self._moment(price.sale_from),
            "end": self._moment(price.sale_to),
        }
        if price.sale_from and price.sale_to:
            return self.env._("%(regular)s, sale %(sale)s from %(start)s to %(end)s", **values)
        if price.sale_from:
            return self.env._("%(regular)s, sale %(sale)s from %(start)s", **values)
        if price.sale_to:
            return self.env._("%(regular)s, sale %(sale)s until %(end)s", **values)
        return self.env._("%(regular)s, sale %(sale)s", **values)

    def _moment(self, moment):
        if not moment:
            return ""
        return format_datetime(self.env, moment.replace(tzinfo=None), dt_format="short")


class ProductProduct(models.Model):
    _inherit = "product.product"

    channel_price_ids = fields.One2many(
        "channel.published.price",
        "product_id",
        "Prices in Shops",
        readonly=True,
        groups="channel_connector.group_user",
    )
