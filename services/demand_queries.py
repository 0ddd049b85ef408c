"""What Odoo has of the shops' orders, see :mod:`.demand`.

The first columns of each are those of ``KnownOrder``.
"""

#: Orders with waiting events that are sales orders already.
BOUND = """
    SELECT binding.backend_id, binding.external_id, sale.id, sale.warehouse_id, sale.state,
           binding.cancelled_by_shop, binding.external_modified_at
      FROM unnest(%(backends)s, %(external_ids)s) AS wanted(backend_id, external_id)
      JOIN channel_binding_order binding USING (backend_id, external_id)
      JOIN sale_order sale ON sale.id = binding.odoo_id
"""

#: Lines of held orders. Of those from before the shop's own stock was remembered (NULL), all counts
#: as taken off there; what a person added in Odoo the shop knows nothing of.
QUOTATIONS = """
    SELECT binding.backend_id, binding.external_id, sale.id, sale.warehouse_id, sale.state,
           binding.cancelled_by_shop, binding.external_modified_at, binding.status_code,
           line.product_id,
           SUM(line.product_uom_qty * unit.factor / base.factor),
           SUM(CASE WHEN line.channel_external_id IS NULL THEN 0 ELSE
                    COALESCE(line.channel_stock_reduced, line.product_uom_qty) END
               * unit.factor / base.factor)
      FROM channel_binding_order binding
      JOIN sale_order sale ON sale.id = binding.odoo_id
      JOIN sale_order_line line ON line.order_id = sale.id
      JOIN product_product product ON product.id = line.product_id
      JOIN product_template template ON template.id = product.product_tmpl_id
      JOIN uom_uom unit ON unit.id = line.product_uom_id
      JOIN uom_uom base ON base.id = template.uom_id
     WHERE binding.backend_id IN %(backends)s AND sale.state IN ('draft', 'sent')
       AND line.product_uom_qty > 0 AND template.type = 'consu'
       AND line.channel_is_container IS NOT TRUE
     GROUP BY binding.id, sale.id, line.product_id
"""

#: Open transfers of confirmed orders: reserved, and missing. What is made or bought for the order
#: takes nothing off the stock; what an earlier transfer of the same order still has to bring is
#: missing there. NULL as reduced: the line sells a kit, and its parts are moved. Chosen before
#: anything is joined: a shop has many more orders that are all reserved than are asked for here.
TRANSFERS = """
    SELECT binding.backend_id, binding.external_id, sale.id, sale.warehouse_id, sale.state,
           binding.cancelled_by_shop, binding.external_modified_at,
           move.product_id, place.warehouse_id, line.id,
           CASE WHEN line.product_id <> move.product_id THEN NULL
                WHEN line.channel_external_id IS NULL THEN 0
                ELSE COALESCE(line.channel_stock_reduced, line.product_uom_qty)
                     * unit.factor / base.factor END,
           SUM(move.quantity * move.product_qty / NULLIF(move.product_uom_qty, 0)),
           SUM(CASE WHEN move.procure_method = 'make_to_order' AND before.number = 0
                    THEN 0
                    ELSE GREATEST(
                        move.product_qty - COALESCE(before.open, 0) - move.quantity
                        * move.product_qty / NULLIF(move.product_uom_qty, 0), 0) END)
      FROM (SELECT * FROM stock_move
             WHERE state IN ('confirmed', 'waiting', 'partially_available')
                OR state = 'assigned' AND %(all)s
             UNION ALL
            SELECT assigned.* FROM sale_order_line sold
              JOIN stock_move assigned ON assigned.sale_line_id = sold.id
             WHERE sold.order_id IN %(sales)s AND assigned.state = 'assigned' AND NOT %(all)s
           ) move
      JOIN sale_order_line line ON line.id = move.sale_line_id
      JOIN sale_order sale ON sale.id = line.order_id
      JOIN channel_binding_order binding ON binding.odoo_id = sale.id
      JOIN stock_location place ON place.id = move.location_id
      JOIN product_product product ON product.id = line.product_id
      JOIN product_template template ON template.id = product.product_tmpl_id
      JOIN uom_uom unit ON unit.id = line.product_uom_id
      JOIN uom_uom base ON base.id = template.uom_id
     CROSS JOIN LATERAL (
           SELECT COUNT(*) AS number,
                  SUM(origin.product_qty) FILTER (
                      WHERE origin.state NOT IN ('done', 'cancel')) AS open
             FROM stock_move_move_rel rel
             JOIN stock_move origin ON origin.id = rel.move_orig_id
            WHERE rel.move_dest_id = move.id) before
     WHERE binding.backend_id IN %(backends)s AND sale.state = 'sale'
       AND place.usage = 'internal'
     GROUP BY binding.id, sale.id, move.product_id, place.warehouse_id, line.id, unit.id,
              base.id
"""

#: Lines of orders that were cancelled in Odoo, while a note says that the shop is still to be told.
CANCELLED = """
    SELECT binding.backend_id, binding.external_id, sale.id, sale.warehouse_id, sale.state,
           binding.cancelled_by_shop, binding.external_modified_at,
           line.product_id, SUM(line.channel_stock_reduced)
      FROM channel_binding_order binding
      JOIN sale_order sale ON sale.id = binding.odoo_id
      JOIN sale_order_line line ON line.order_id = sale.id
     WHERE binding.backend_id IN %(backends)s AND sale.state = 'cancel'
       AND binding.cancelled_by_shop IS NOT TRUE AND line.channel_stock_reduced > 0
       AND EXISTS (SELECT 1 FROM channel_outbox note
                    WHERE note.order_id = sale.id AND note.kind = 'order_status'
                      AND note.backend_id = binding.backend_id
                      AND note.state IN ('pending', 'blocked', 'failed'))
     GROUP BY binding.id, sale.id, line.product_id
"""
