"""Credit notes of a channel's orders are told to it."""

from odoo import fields, models

from ..services.job_run import JobRun


class AccountMove(models.Model):
    _inherit = "account.move"

    channel_refund_ids = fields.One2many(
        "channel.binding.refund",
        "odoo_id",
        "Channel Refunds",
        groups="channel_connector.group_user",
    )

    def _post(self, soft=True):
        """Note posted credit notes for the channels of their orders; theirs are known there."""
        posted = super()._post(soft)
        credit_notes = posted.filtered(
            lambda move: (
                move.move_type == "out_refund"
                and all(refund.made_here for refund in move.sudo().channel_refund_ids)
            )
        )
        if credit_notes:
            credit_notes.sudo()._channel_tell()
        posted.reversed_entry_id._channel_withdrawn()
        return posted

    def _channel_tell(self):
        """Note these credit notes; one that only makes way for a corrected invoice is not told."""
        orders = self.env["channel.credit.note"]._orders
        notes = self.env["channel.outbox"]._note("refund", self, orders)
        if self.env.context.get("move_reverse_cancel"):
            reason = self.env._("An invoice was replaced: the customer gets no money back by it")
            notes._settle("ignored", reason)

    def button_draft(self):
        result = super().button_draft()
        self._channel_withdrawn()
        return result

    def _channel_withdrawn(self):
        """Tell a person that a shop keeps a refund whose credit note does not count any more."""
        for refund in self.sudo().channel_refund_ids:
            if refund.made_here and not refund.gone_at:
                error = self.env["channel.refund.exporter"]._withdrawn(refund)
                run = JobRun(refund.backend_id._env())
                run.open_issue(
                    error.code, "refund", refund.external_id, refund.odoo_id, **error.params
                )
