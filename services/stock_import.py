"""The shop's quantities become Odoo's, once, as an inventory adjustment."""

from odoo import fields, models

from ..core import errors
from ..core.catalogue import StockKeeper
from .claim import in_fresh_snapshots

#: Products per request and transaction.
PAGE = 50


class ChannelStockImport(models.AbstractModel):
    """Initial stock. From then on Odoo counts, and the stock flow tells the shop."""

    _name = "channel.stock.import"
    _description = "Channel initial stock"

    def _import_page(self, backend, adapter, recorder, cursor):
        """Take over the quantities of one page, and see to the next one.

        :return: the job's result text
        """
        page = adapter.list_products(cursor, PAGE)
        levels = self._levels(adapter, page.records, recorder)

        def work():
            taken = self._take(backend, levels, recorder)
            if page.more:
                backend._enqueue_stock_import(dict(page.cursor))
            return taken

        return f"{in_fresh_snapshots(self.env, work)} quantities taken over"

    def _levels(self, adapter, records, recorder):
        """``{variant's external id: quantity}``, None where its product counts for several."""
        levels = {}
        for record in records:
            try:
                product = adapter.parse_product(record.payload)
            except errors.NeedsHuman:
                continue  # its import tells a person
            for variant in product.variants:
                if variant.stock.keeper is StockKeeper.ITSELF:
                    levels[variant.external_id] = variant.stock.quantity
                elif variant.stock.keeper is StockKeeper.PARENT:
                    alone = len(product.variants) == 1
                    levels[variant.external_id] = product.stock.quantity if alone else None
        return levels

    def _take(self, backend, levels, recorder):
        """Make an inventory of those that had none yet; returns how many were taken over."""
        bindings = self._open_bindings(backend, levels)
        stocked = self._stocked(backend, bindings.odoo_id)
        sold = self._sold(backend, bindings.odoo_id)
        quantities, done = {}, bindings.browse()
        for binding in bindings:
            product, level = binding.odoo_id, levels[binding.external_id]
            if product in quantities:
                done |= binding  # the same goods in another language
            elif level is None or product.tracking != "none":
                self._tell(recorder, binding, product)
            elif product in stocked:
                done |= binding
            else:
                quantity = max(0.0, float(level) + sold.get(product.id, 0.0))
                quantities[product], binding.initial_stock = quantity, float(level)
                done |= binding
        self._adjust(backend, quantities)
        done.initial_stock_at = fields.Datetime.now()
        return len(quantities)

    def _open_bindings(self, backend, levels):
        bindings = self.env["channel.binding.product"].search(
            [
                ("backend_id", "=", backend.id),
                ("external_id", "in", list(levels)),
                ("initial_stock_at", "=", False),
                ("gone_at", "=", False),
            ],
            order="is_primary DESC, id",
        )
        return bindings.filtered(lambda binding: binding.odoo_id.is_storable)

    def _tell(self, recorder, binding, product):
        code = "stock_by_parent" if product.tracking == "none" else "stock_tracked"
        recorder.add_issue(
            code,
            record=f"product.product,{product.id}",
            cause={"external_id": binding.parent_external_id or binding.external_id},
            product=binding.parent_external_id or binding.external_id,
            name=product.display_name,
        )

    def _stocked(self, backend, products):
        """Products of which Odoo has pieces already: it counts them, whatever the shop shows."""
        groups = self.env["stock.quant"]._read_group(
            [
                ("product_id", "in", products.ids),
                ("location_id.usage", "in", ("internal", "transit")),
                ("company_id", "=", backend.company_id.id),
                ("quantity", ">", 0),
            ],
            ["product_id"],
        )
        return {product for (product,) in groups}

    def _sold(self, backend, products):
        """``{product id: pieces}`` that the shop has sold and taken off, and Odoo still delivers.

        They lie in the warehouse until then.
        """
        groups = self.env["stock.move"]._read_group(
            [
                ("product_id", "in", products.ids),
                ("sale_line_id.order_id.channel_backend_id", "=", backend.id),
                ("location_dest_id.usage", "=", "customer"),
                ("state", "not in", ("draft", "done", "cancel")),
            ],
            ["product_id"],
            ["product_qty:sum"],
        )
        return {product.id: quantity for product, quantity in groups}

    def _adjust(self, backend, quantities):
        """One inventory of all; a product without pieces needs none."""
        location = backend._initial_stock_location()
        reason = self.env._("Initial stock of %s", backend.name)
        Quant = self.env["stock.quant"].with_context(inventory_mode=True, inventory_name=reason)
        quants = Quant.create(
            [
                {
                    "product_id": product.id,
                    "location_id": location.id,
                    "inventory_quantity": quantity,
                }
                for product, quantity in quantities.items()
                if quantity
            ]
        )
        if quants:
            quants.action_apply_inventory()
