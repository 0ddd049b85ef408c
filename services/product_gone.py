"""Products that a shop has deleted, and those that come back."""

from odoo import fields, models

from ..core.fingerprint import fingerprint
from .job_run import Outcome


class ChannelProductGone(models.AbstractModel):
    _name = "channel.product.gone"
    _description = "Channel products that are gone"

    def _forget(self, backend, work):
        """The shop has deleted a product, or put it into its trash: Odoo's stays."""
        own = [("backend_id", "=", backend.id)]
        binding = self.env["channel.binding.template"].search(
            [*own, ("external_id", "=", work.external_id)]
        )
        variants = self.env["channel.binding.product"].search(
            [
                *own,
                "|",
                ("external_id", "=", work.external_id),
                ("parent_external_id", "=", work.external_id),
            ]
        )
        if not binding and variants.parent_external_id:
            return self._forget_variant(backend, variants)
        if not binding and not variants:
            reason = self.env._("Gone in the shop, and never was in Odoo")
            return Outcome("ignored", reason, heals=True)
        template = binding.odoo_id or variants.odoo_id.product_tmpl_id[:1]
        news = [*binding.filtered(lambda row: not row.gone_at)]
        news += variants.filtered(lambda row: not row.gone_at)
        for row in news:
            row.gone_at = fields.Datetime.now()
        if not news:
            reason = self.env._("Known to be gone in the shop")
            return Outcome("ignored", reason, template, heals=True)
        if self.env["channel.flow"]._of(backend, "product", "out"):
            work.recorder.add_issue(
                "product_gone",
                record=f"product.product,{variants.odoo_id[:1].id}" if variants else "",
                cause=_gone_cause(work.external_id),
                product=work.external_id,
                name=template.name,
            )
        return Outcome("done", self.env._("Deleted in the shop; the product stays"), template)

    def _welcome_back(self, backend, plans):
        """What was gone is there again: nobody has to decide about it any more."""
        back = [plan.product.external_id for plan in plans if plan.match.binding.gone_at]
        if back:
            causes = [fingerprint(["product_gone", _gone_cause(key)]) for key in back]
            self.env["channel.issue"].search(
                [
                    ("backend_id", "=", backend.id),
                    ("fingerprint", "in", causes),
                    ("state", "=", "open"),
                ]
            )._close("resolved")

    def _forget_variant(self, backend, variants):
        """One variant of a product is gone: what became of the product is read anew."""
        self.env["channel.event"]._follow_up(
            backend, "product", variants.mapped("parent_external_id"), source="product"
        )
        return Outcome(
            "ignored",
            self.env._("A variant: its product is read again"),
            variants.odoo_id[:1],
        )


def _gone_cause(external_id):
    return {"external_id": external_id}
