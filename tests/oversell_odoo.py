"""What Odoo has of the orders and goods of a race, read by SQL of its own."""

from dataclasses import dataclass, field

STOCK = """
    SELECT product.default_code, SUM(quant.quantity), SUM(quant.reserved_quantity)
      FROM stock_quant quant JOIN product_product product ON product.id = quant.product_id
     WHERE quant.location_id = %s GROUP BY 1
"""
MOVED = """
    SELECT binding.backend_id, binding.external_id, product.default_code,
           SUM(move.quantity) FILTER (WHERE move.state = 'done'),
           SUM(move.quantity) FILTER (WHERE move.state NOT IN ('done', 'cancel'))
      FROM stock_move move
      JOIN sale_order_line line ON line.id = move.sale_line_id
      JOIN channel_binding_order binding ON binding.odoo_id = line.order_id
      JOIN product_product product ON product.id = move.product_id
     GROUP BY 1, 2, 3
"""
#: Orders that are over here: a person ignored them, or the shop has cancelled them.
IGNORED = """
    SELECT event.backend_id, event.external_id FROM channel_event event
     WHERE event.kind = 'order' AND NOT EXISTS (
           SELECT 1 FROM channel_binding_order binding
            WHERE binding.backend_id = event.backend_id
              AND binding.external_id = event.external_id)
     GROUP BY 1, 2 HAVING bool_and(event.state IN ('ignored', 'done'))
     UNION
    SELECT binding.backend_id, binding.external_id FROM channel_binding_order binding
      JOIN sale_order sale ON sale.id = binding.odoo_id
     WHERE sale.state = 'cancel' AND binding.cancelled_by_shop
"""
#: Orders of which the shop is still to be told something.
UNTOLD = """
    SELECT binding.backend_id, binding.external_id FROM channel_binding_order binding
      JOIN channel_outbox note ON note.order_id = binding.odoo_id
     WHERE note.kind = 'order_status' AND note.state = 'pending'
"""


@dataclass
class OdooState:
    """What Odoo has: by SKU, and ``delivered`` and ``reserved`` by (shop, order, SKU).

    ``internal``: reserved for others than the shops' orders.
    """

    on_hand: dict
    internal: dict = field(default_factory=dict)
    delivered: dict = field(default_factory=dict)
    reserved: dict = field(default_factory=dict)
    ignored: set = field(default_factory=set)
    untold: set = field(default_factory=set)


def read_state(env, location, names, skus):
    """:class:`OdooState` now.

    :param names: ``{backend id: name of the shop}``
    """

    def query(text, *params):
        env.cr.execute(text, params)
        return env.cr.fetchall()

    env.flush_all()
    stock = {row[0]: row[1:] for row in query(STOCK, location.id)}
    state = OdooState({sku: stock.get(sku, (0, 0))[0] for sku in skus})
    ours = dict.fromkeys(skus, 0)
    for backend_id, key, sku, delivered, reserved in query(MOVED):
        state.delivered[names[backend_id], key, sku] = delivered or 0
        state.reserved[names[backend_id], key, sku] = reserved or 0
        ours[sku] += reserved or 0
    state.internal = {sku: stock.get(sku, (0, 0))[1] - ours[sku] for sku in skus}
    state.ignored = {(names[row[0]], row[1]) for row in query(IGNORED)}
    state.untold = {(names[row[0]], row[1]) for row in query(UNTOLD)}
    return state
