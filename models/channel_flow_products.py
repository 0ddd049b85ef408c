"""What switching on the import of products needs."""

from odoo import api, models

#: A gram: shops weigh in kilograms with three decimals, Odoo keeps two at first.
WEIGHT_DIGITS = 3


class ChannelFlow(models.Model):
    _inherit = "channel.flow"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        flows = super().create(vals_list)
        flows._raise_weight_digits()
        return flows

    def write(self, vals):
        result = super().write(vals)
        if vals.get("active"):
            self._raise_weight_digits()
        return result

    # === BUSINESS METHODS === #

    def _raise_weight_digits(self):
        """Odoo would cut a shop's weights, which then differed for ever; more digits cut none."""
        flows = self.filtered(
            lambda flow: flow.active and (flow.kind, flow.direction) == ("product", "in")
        )
        precision = self.env.ref("product.decimal_stock_weight", raise_if_not_found=False)
        if not flows or not precision or precision.sudo().digits >= WEIGHT_DIGITS:
            return
        precision.sudo().digits = WEIGHT_DIGITS
        for backend in flows.backend_id:
            backend.message_post(
                body=self.env._(
                    "Weights have %(digits)s decimals now, as in the shop (Settings, Technical, "
                    "Decimal Accuracy: “%(name)s”).",
                    digits=WEIGHT_DIGITS,
                    name=precision.name,
                )
            )
