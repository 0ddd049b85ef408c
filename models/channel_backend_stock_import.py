"""The button that takes over a shop's quantities, and its jobs."""

from odoo import models
from odoo.exceptions import UserError

from ..core.adapter import CatalogueSource, supports
from ..services.job_run import JobRun


class ChannelBackend(models.Model):
    _inherit = "channel.backend"

    def action_import_stock(self):
        """Make the shop's quantities Odoo's, once for each product, page by page."""
        self.check_access("write")
        self._ensure_working()
        for backend in self:
            if not supports(backend._get_adapter_class(), CatalogueSource):
                raise UserError(self.env._("This kind of channel can't do that."))
            backend.sudo()._initial_stock_location()
            backend.sudo()._enqueue_stock_import({})
        return self._notify(self.env._("The shop's quantities are being taken over."))

    def _enqueue_stock_import(self, cursor):
        """A job for the page after ``cursor``."""
        self.with_context(
            allowed_company_ids=self.company_id.ids, tracking_disable=True
        ).with_delay(
            channel="root.channel.catalog", description="initial stock", priority=20
        )._job_import_stock(cursor)

    def _job_import_stock(self, cursor):
        """Take over the quantities of one page of products."""
        backend = self.exists()
        if not backend or backend.state != "connected":
            return "the backend is not connected"
        backend = backend._env()
        service = backend.env["channel.stock.import"]
        return JobRun(backend).run(
            "initial stock",
            lambda adapter, recorder: service._import_page(backend, adapter, recorder, cursor),
        )

    def _initial_stock_location(self):
        """Where the pieces are: the stock of the first warehouse."""
        warehouse = self.warehouse_ids[:1] or self.env["stock.warehouse"].search(
            [("company_id", "=", self.company_id.id)], limit=1
        )
        if not warehouse:
            raise UserError(
                self.env._(
                    "“%(name)s” has no warehouse in %(company)s.",
                    name=self.name,
                    company=self.company_id.name,
                )
            )
        return warehouse.lot_stock_id
