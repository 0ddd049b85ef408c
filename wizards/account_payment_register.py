from odoo import models


class AccountPaymentRegister(models.TransientModel):
    _inherit = "account.payment.register"

    def _init_payments(self, to_process, edit_mode=False):
        """A payment that a person registers for one channel order is known as that order's.

        Its nets and the gateway's payouts count on it, whoever has paid or paid back.
        """
        for values in to_process:
            own = self._channel_values(values["to_reconcile"].move_id, values["create_vals"])
            values["create_vals"] = {**own, **values["create_vals"]}
        return super()._init_payments(to_process, edit_mode=edit_mode)

    def _channel_values(self, moves, payment):
        """What a payment of ``moves`` is of; nothing where they are not of one channel order."""
        find = self.env["channel.credit.note"].sudo()._orders
        orders = self.env["sale.order"].sudo().union(*map(find, moves.sudo()))
        binding = orders.channel_binding_ids[:1]
        if len(orders) != 1 or not binding:
            return {}
        values = {"channel_backend_id": binding.backend_id.id, "channel_order_id": orders.id}
        if payment["payment_type"] == "outbound":  # gateways name a refund by its charge
            values["channel_transaction_id"] = binding.transaction_id
        return values
