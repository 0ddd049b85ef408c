from odoo import api, models

from ..core import errors
from ..core.canonical import OrderStatus


class ChannelMapStatus(models.Model):
    _inherit = "channel.map.status"

    @api.model
    def _meanings(self, backend):
        """``{code: OrderStatus}`` of the shop's statuses that are mapped, by one query."""
        rows = self._rows(backend, ["status"])
        return {code: OrderStatus(row.status) for code, row in rows.items() if row.status}

    @api.model
    def _code_of(self, backend, status):
        """The shop's code that means ``status``; of several the one that is called like it.

        :raises errors.Unmapped: no status of the shop means it
        """
        rows = self.search(
            [("backend_id", "=", backend.id), ("status", "=", status.value)], order="id"
        )
        standard = rows.filtered(lambda row: row.external_code == status.value)
        if not rows:
            raise errors.Unmapped(kind="status", value=status.value, label=status.value)
        return (standard or rows)[0].external_code
