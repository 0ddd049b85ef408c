"""What an upgrade must leave as it is: counts and totals of a database, by SQL of any version."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Sql = Callable[..., list[tuple]]
#: {figure: {row: value}}, values as text or whole numbers
Figures = dict[str, dict[str, Any]]

#: A figure is a query that answers with rows (name, value…); amounts are texts.
QUERIES = {
    # === ODOO'S OWN BOOKS === #
    "sales orders": """
        SELECT concat_ws(' ', s.state, c.name), count(*), sum(s.amount_total)::text,
               sum(s.amount_tax)::text, sum(s.amount_untaxed)::text
          FROM sale_order s JOIN res_currency c ON c.id = s.currency_id GROUP BY 1""",
    "sales order lines": """
        SELECT c.name, count(*), sum(l.product_uom_qty)::text, sum(l.price_subtotal)::text,
               sum(l.price_total)::text, sum(l.qty_delivered)::text, sum(l.qty_invoiced)::text
          FROM sale_order_line l JOIN res_currency c ON c.id = l.currency_id GROUP BY 1""",
    "invoices": """
        SELECT concat_ws(' ', m.move_type, m.state, m.payment_state, c.name), count(*),
               sum(m.amount_total)::text, sum(m.amount_tax)::text, sum(m.amount_residual)::text
          FROM account_move m JOIN res_currency c ON c.id = m.currency_id GROUP BY 1""",
    "journal items": """
        SELECT parent_state, count(*), sum(debit)::text, sum(credit)::text,
               sum(amount_residual)::text, count(full_reconcile_id)
          FROM account_move_line GROUP BY 1""",
    "payments": """
        SELECT concat_ws(' ', p.payment_type, p.state, c.name), count(*), sum(p.amount)::text
          FROM account_payment p JOIN res_currency c ON c.id = p.currency_id GROUP BY 1""",
    "transfers": """
        SELECT concat_ws(' ', t.code, p.state), count(*)
          FROM stock_picking p JOIN stock_picking_type t ON t.id = p.picking_type_id GROUP BY 1""",
    "stock moves": """
        SELECT state, count(*), sum(product_uom_qty)::text, sum(quantity)::text
          FROM stock_move GROUP BY 1""",
    "stock": """
        SELECT l.usage, count(*), sum(q.quantity)::text, sum(q.reserved_quantity)::text
          FROM stock_quant q JOIN stock_location l ON l.id = q.location_id GROUP BY 1""",
    "messages": """
        SELECT model, count(*) FROM mail_message
         WHERE model IN ('sale.order', 'account.move', 'stock.picking', 'res.partner')
         GROUP BY 1""",
    "people and products": """
        SELECT 'contacts', count(*) FROM res_partner UNION ALL
        SELECT 'templates', count(*) FROM product_template UNION ALL
        SELECT 'variants', count(*) FROM product_product UNION ALL
        SELECT 'taxes', count(*) FROM account_tax UNION ALL
        SELECT 'users', count(*) FROM res_users""",
}

#: The same of what the addon keeps; gone after it was uninstalled.
OWN_QUERIES = {
    "backends": """
        SELECT name, provider, order_prefix, base_url, product_policy, max_parallel, log_mode,
               md5(concat_ws(' ', api_key_stored, api_secret_stored, webhook_secret_stored,
                             webhook_token))
          FROM channel_backend""",
    "groups": """
        SELECT d.name, count(r.uid)
          FROM ir_model_data d LEFT JOIN res_groups_users_rel r ON r.gid = d.res_id
         WHERE d.module = 'channel_connector' AND d.model = 'res.groups' GROUP BY 1""",
    "bindings": """
        SELECT 'orders', count(*), count(DISTINCT external_id), count(fingerprint)
          FROM channel_binding_order UNION ALL
        SELECT 'contacts', count(*), count(DISTINCT external_id), count(fingerprint)
          FROM channel_binding_partner UNION ALL
        SELECT 'templates', count(*), count(DISTINCT external_id), count(fingerprint)
          FROM channel_binding_template UNION ALL
        SELECT 'variants', count(*), count(DISTINCT external_id), count(fingerprint)
          FROM channel_binding_product""",
    "orders of channels": """
        SELECT b.name, count(*), sum(s.amount_total)::text
          FROM sale_order s JOIN channel_backend b ON b.id = s.channel_backend_id GROUP BY 1""",
    "events": "SELECT concat_ws(' ', kind, source, state), count(*) FROM channel_event GROUP BY 1",
    "payloads": "SELECT kind, count(payload), md5(string_agg(md5(payload::text), '' ORDER BY id))"
    " FROM channel_event GROUP BY 1",
    "issues": """
        SELECT concat_ws(' ', i.code, i.state), count(*), count(i.fingerprint), sum(
               (SELECT count(*) FROM channel_event e WHERE e.issue_id = i.id))::int
          FROM channel_issue i GROUP BY 1""",
    "log": "SELECT direction, count(*), count(DISTINCT reference) FROM channel_log"
    " WHERE direction != 'wait' GROUP BY 1",
    "mappings": """
        SELECT 'taxes', count(*), count(tax_id) FROM channel_map_tax UNION ALL
        SELECT 'payment methods', count(*), count(*) FROM channel_map_payment UNION ALL
        SELECT 'delivery methods', count(*), count(carrier_id) FROM channel_map_carrier UNION ALL
        SELECT 'statuses', count(*), count(status) FROM channel_map_status""",
    "cursors": "SELECT flow_id::text, value::text FROM channel_cursor",
}


def figures(sql: Sql, *, own: bool = True) -> Figures:
    """Read every figure; ``own``: with those of the addon's tables."""
    queries = {**QUERIES, **(OWN_QUERIES if own else {})}
    return {
        title: {str(name): list(values) for name, *values in sorted(sql(query), key=str)}
        for title, query in queries.items()
    }


def differences(before: Figures, after: Figures) -> list[str]:
    """Each figure that is not what it was, as a sentence."""
    found = []
    for title, rows in before.items():
        now = after.get(title, {})
        for name in sorted(rows.keys() | now.keys()):
            if rows.get(name) != now.get(name):
                found.append(f"{title}, {name}: {rows.get(name)} before, {now.get(name)} now")
    return found


def rows(shown: Figures) -> int:
    return sum(map(len, shown.values()))
