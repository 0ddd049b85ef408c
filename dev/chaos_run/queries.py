"""What the verdict asks Odoo's database. Parameters are ids of backends."""

#: Orders with what refunds took off them before they were invoiced.
SALES = """
    SELECT binding.external_id, sale.id, sale.name, sale.state, sale.amount_total, sale.amount_tax,
           off.total, off.tax, partner.email, sale.note
      FROM channel_binding_order binding
      JOIN sale_order sale ON sale.id = binding.odoo_id
      JOIN res_partner partner ON partner.id = sale.partner_invoice_id
      LEFT JOIN LATERAL (
           SELECT SUM(line.price_total) AS total, SUM(line.price_tax) AS tax
             FROM sale_order_line line
            WHERE line.order_id = sale.id AND line.channel_external_id LIKE 'refund:%%') off ON TRUE
     WHERE binding.backend_id = %s
"""
LINES = """
    SELECT line.order_id, product.default_code, SUM(line.product_uom_qty)
      FROM sale_order_line line
      JOIN product_product product ON product.id = line.product_id
      JOIN product_template template ON template.id = product.product_tmpl_id
     WHERE template.type = 'consu' AND product.default_code IS NOT NULL
     GROUP BY 1, 2
"""
#: Pieces that left (whatever came back of them), and pieces that are still to leave.
MOVES = """
    SELECT line.order_id, product.default_code,
           SUM(move.quantity) FILTER (WHERE move.state = 'done'),
           SUM(move.product_qty) FILTER (WHERE move.state NOT IN ('done', 'cancel'))
      FROM stock_move move
      JOIN sale_order_line line ON line.id = move.sale_line_id
      JOIN stock_location place ON place.id = move.location_dest_id AND place.usage = 'customer'
      JOIN product_product product ON product.id = move.product_id
     GROUP BY 1, 2
"""
PARCELS = """
    SELECT DISTINCT line.order_id, picking.id, picking.carrier_tracking_ref
      FROM stock_picking picking
      JOIN stock_move move ON move.picking_id = picking.id
      JOIN sale_order_line line ON line.id = move.sale_line_id
     WHERE picking.state = 'done' AND picking.carrier_tracking_ref IS NOT NULL
"""
#: Invoices and credit notes of an order: of its lines, reversals of those, and of its refunds.
OF_ORDERS = """
    of_lines AS (
      SELECT DISTINCT line.order_id, item.move_id
        FROM sale_order_line line
        JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = line.id
        JOIN account_move_line item ON item.id = rel.invoice_line_id),
    of_orders AS (
      SELECT * FROM of_lines
       UNION SELECT of_lines.order_id, move.id FROM of_lines
               JOIN account_move move ON move.reversed_entry_id = of_lines.move_id
       UNION SELECT order_id, odoo_id FROM channel_binding_refund WHERE odoo_id IS NOT NULL)
"""
DOCUMENTS = f"""
    WITH {OF_ORDERS}
    SELECT of_orders.order_id, move.id, move.name, move.move_type, move.amount_total
      FROM of_orders JOIN account_move move ON move.id = of_orders.move_id
     WHERE move.state = 'posted' AND move.move_type IN ('out_invoice', 'out_refund')
"""
#: Payments that were made for an order, or are matched with its documents.
OF_PAYMENTS = f"""
    {OF_ORDERS},
    of_payments AS (
      SELECT channel_order_id AS order_id, id FROM account_payment
       WHERE channel_order_id IS NOT NULL
       UNION SELECT of_orders.order_id, rel.payment_id FROM of_orders
               JOIN account_move__account_payment rel ON rel.invoice_id = of_orders.move_id)
"""
PAYMENTS = f"""
    WITH {OF_PAYMENTS}
    SELECT of_payments.order_id, payment.id, payment.name, payment.payment_type, payment.amount
      FROM of_payments JOIN account_payment payment ON payment.id = of_payments.id
     WHERE payment.state IN ('in_process', 'paid')
"""
REFUNDS = """
    SELECT order_id, external_id, amount, odoo_id, made_here FROM channel_binding_refund
     WHERE backend_id = %s AND gone_at IS NULL
"""
#: Sales orders, documents and payments that no order of a shop has.
STRAYS = f"""
    WITH {OF_PAYMENTS}
    SELECT 'sales order ' || name FROM sale_order
     WHERE id NOT IN (SELECT odoo_id FROM channel_binding_order)
     UNION ALL
    SELECT move_type || ' ' || name FROM account_move
     WHERE state = 'posted' AND move_type IN ('out_invoice', 'out_refund')
       AND id NOT IN (SELECT move_id FROM of_orders)
     UNION ALL
    SELECT payment_type || ' payment ' || COALESCE(name, id::text) FROM account_payment
     WHERE state IN ('in_process', 'paid') AND id NOT IN (SELECT id FROM of_payments)
"""
#: Names are in the language of the database's first user; a price is the fixed one of the list.
PRODUCTS = """
    SELECT product.default_code, template.name->>'en_US',
           (SELECT item.fixed_price FROM product_pricelist_item item
             WHERE item.pricelist_id = backend.pricelist_id AND item.compute_price = 'fixed'
               AND (item.product_id = product.id
                    OR item.product_id IS NULL AND item.product_tmpl_id = template.id)
             ORDER BY item.product_id NULLS LAST LIMIT 1),
           COUNT(binding.id)::int, tax.amount, tax.included
      FROM channel_binding_product binding
      JOIN channel_backend backend ON backend.id = binding.backend_id
      JOIN product_product product ON product.id = binding.odoo_id
      JOIN product_template template ON template.id = product.product_tmpl_id
      LEFT JOIN LATERAL (
           SELECT SUM(tax.amount) AS amount,
                  BOOL_OR(COALESCE(tax.price_include_override, company.account_price_include)
                          = 'tax_included') AS included
             FROM product_taxes_rel rel
             JOIN account_tax tax ON tax.id = rel.tax_id
             JOIN res_company company ON company.id = tax.company_id
            WHERE rel.prod_id = template.id AND tax.company_id = backend.company_id) tax ON TRUE
     WHERE backend.id = %s
     GROUP BY product.id, template.id, backend.id, tax.amount, tax.included
"""
ON_HAND = """
    SELECT product.default_code, SUM(quant.quantity)
      FROM stock_quant quant
      JOIN stock_location place ON place.id = quant.location_id AND place.usage = 'internal'
      JOIN product_product product ON product.id = quant.product_id
     GROUP BY 1
"""
#: What Odoo's quants say is reserved, and what its transfers have reserved, pieces by SKU.
RESERVED = """
    SELECT product.default_code, SUM(quant.reserved_quantity), COALESCE(moved.pieces, 0)
      FROM stock_quant quant
      JOIN stock_location place ON place.id = quant.location_id AND place.usage = 'internal'
      JOIN product_product product ON product.id = quant.product_id
      LEFT JOIN LATERAL (
           SELECT SUM(line.quantity_product_uom) AS pieces FROM stock_move_line line
             JOIN stock_location source
               ON source.id = line.location_id AND source.usage = 'internal'
            WHERE line.product_id = product.id AND line.state NOT IN ('done', 'cancel', 'draft')
           ) moved ON TRUE
     GROUP BY product.id, moved.pieces
"""
CONTACTS = """
    SELECT email, name FROM res_partner
     WHERE email LIKE '%%.example.com' AND parent_id IS NULL AND active
"""
CODES = """
    SELECT default_code, COUNT(*)::int FROM product_product
     WHERE default_code IS NOT NULL GROUP BY 1
"""
#: Why an order is not in Odoo: the reason of what was heard of it last.
IGNORED = """
    SELECT DISTINCT ON (external_id) external_id, COALESCE(reason, '') FROM channel_event
     WHERE backend_id = %s AND kind = 'order' AND state = 'ignored'
     ORDER BY external_id, id DESC
"""
JOBS = """
    SELECT name || ' (' || state || '): ' || COALESCE(exc_name, '') || ' ' ||
           COALESCE(LEFT(exc_message, 200), '')
      FROM queue_job
     WHERE state IN ('wait_dependencies', 'pending', 'enqueued', 'started', 'failed')
"""
UNFINISHED = """
    SELECT 'event ' || id || ', ' || kind || ' ' || COALESCE(external_id, '') FROM channel_event
     WHERE backend_id = %s AND state = 'pending'
     UNION ALL
    SELECT 'note ' || id || ', ' || kind || ' of ' || res_model || ' ' || res_id
      FROM channel_outbox
     WHERE backend_id = %s AND state = 'pending'
"""
#: What needs a person and whether an open issue says so; what was ignored without a reason.
STUCK = """
    SELECT event.external_id, event.kind || ' ' || COALESCE(event.external_id, '') || ' is ' ||
           event.state || ': ' || COALESCE(event.reason, ''), issue.state = 'open'
      FROM channel_event event LEFT JOIN channel_issue issue ON issue.id = event.issue_id
     WHERE event.backend_id = %s AND event.state IN ('blocked', 'failed')
     UNION ALL
    SELECT note.res_id::text, note.kind || ' of ' || note.res_model || ' ' || note.res_id ||
           ' is ' || note.state || ': ' || COALESCE(note.reason, ''), issue.state = 'open'
      FROM channel_outbox note LEFT JOIN channel_issue issue ON issue.id = note.issue_id
     WHERE note.backend_id = %s AND note.state IN ('blocked', 'failed')
     UNION ALL
    SELECT external_id, kind || ' ' || COALESCE(external_id, '') || ' is ignored without reason',
           FALSE
      FROM channel_event
     WHERE backend_id = %s AND state = 'ignored' AND COALESCE(reason, '') = ''
"""
#: What open issues are about: records of the shop by their events, records of Odoo, and themselves.
ISSUES = """
    SELECT event.kind, event.external_id, issue.title
      FROM channel_issue issue
      JOIN channel_event_issue_rel rel ON rel.issue_id = issue.id
      JOIN channel_event event ON event.id = rel.event_id
     WHERE issue.backend_id = %s AND issue.state = 'open'
     UNION
    SELECT split_part(record, ',', 1), split_part(record, ',', 2), title FROM channel_issue
     WHERE backend_id = %s AND state = 'open' AND record IS NOT NULL
     UNION
    SELECT 'issue', id::text, title FROM channel_issue
     WHERE backend_id = %s AND state = 'open'
"""
