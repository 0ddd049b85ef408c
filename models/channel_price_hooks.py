"""What makes prices of many products be looked at again: settings, and products new in a shop."""

from odoo import api, fields, models

from ..services.price_values import aware, price_to_json


class ChannelFlow(models.Model):
    _inherit = "channel.flow"

    def write(self, vals):
        result = super().write(vals)
        started = self.filtered(lambda flow: flow.kind == "price" and flow.direction == "out")
        if vals.get("active") and started:
            self.env["channel.outbox"]._note_many("price.backend", started.backend_id.ids)
        return result


class ChannelOwnership(models.Model):
    _inherit = "channel.ownership"

    def write(self, vals):
        result = super().write(vals)
        prices = self.filtered(lambda row: row.group == "prices")
        if prices and not {"owner", "conflict_policy"}.isdisjoint(vals):
            self.env["channel.outbox"]._note_many("price.backend", prices.backend_id.ids)
        return result


class ChannelBindingProduct(models.Model):
    _inherit = "channel.binding.product"

    shop_price = fields.Json(
        readonly=True,
        help="What the shop asked for it when it was last read (seen), and when Odoo had the same "
        "price (step), each with its moment.",
    )
    published_price_ids = fields.One2many(
        "channel.published.price", "binding_id", "Prices in the Shop", readonly=True
    )

    @api.model_create_multi
    def create(self, vals_list):
        bindings = super().create(vals_list)
        bindings._note_new_prices()
        return bindings

    def write(self, vals):
        result = super().write(vals)
        if not {"odoo_id", "gone_at", "parent_external_id"}.isdisjoint(vals):
            self._note_new_prices()
        return result

    def _note_new_prices(self):
        """Products that a shop has from now on, or under another parent."""
        if self:
            self.env["channel.outbox"]._note_many("price", self.odoo_id.ids)

    def _saw_prices(self, prices, in_step, read_at=None):
        """Remember what the shop has asked for these; whoever has read it calls this.

        The drain of prices compares with it, so that an import is not answered by telling the
        shop its own prices.

        :param prices: ``{external id: core.catalogue.Price}``
        :param in_step: external ids for which Odoo has the same price now
        :param read_at: when the shop was read (aware); now where none is given
        """
        now = read_at or aware(fields.Datetime.now())
        for binding in self:
            price = prices.get(binding.external_id)
            if price is None:
                continue
            seen = price_to_json(price.at(now))
            known = binding.shop_price or {}
            stays = seen == known.get("seen")
            if stays and (binding.external_id not in in_step or seen == known.get("step")):
                continue  # nothing new: writing would only move the moment
            known = {**known, "seen": seen, "seen_at": now.isoformat()}
            if binding.external_id in in_step:
                known.update(step=seen, step_at=now.isoformat())
            binding.shop_price = known
