"""After the first version's demo: what people had done in Odoo by hand, as there was no money flow.

    python -m upgrade_run.clerk_of_first DATABASE

Runs with the *first version's* own servers and client (its dev/setup comes first on the path).
"""

from __future__ import annotations

import sys

from odoo_client import OdooClient
from servers import Server

INVOICED, PAID, DELIVERED, CREDITED = 16, 10, 14, 3
ADDON = "channel_connector"
#: An order that no shop answers for: its event waits, and its job.
UNANSWERED = "987654"


def wizard(odoo: OdooClient, model: str, button: str, active: str, ids: list[int], **values):
    """Open a wizard on records as their form does, and press its button."""
    context = {"active_model": active, "active_ids": ids, "active_id": ids[0]}
    (made,) = odoo.call(model, "create", [values], context=context)
    return odoo.call(model, button, [made], context=context)


def invoice(odoo: OdooClient, sales: list[int]) -> list[int]:
    """Invoice orders, post all, register payments of some; returns the invoices."""
    for sale in sales:
        values = {"advance_payment_method": "delivered"}
        wizard(odoo, "sale.advance.payment.inv", "create_invoices", "sale.order", [sale], **values)
    orders = odoo.search_read("sale.order", [("id", "in", sales)], ["invoice_ids"])
    invoices = sorted(number for order in orders for number in order["invoice_ids"])
    odoo.call("account.move", "action_post", invoices)
    for move in invoices[:PAID]:
        model = "account.payment.register"
        wizard(odoo, model, "action_create_payments", "account.move", [move])
    return invoices


def credit(odoo: OdooClient, invoices: list[int]) -> None:
    """Credit notes of whole invoices, posted."""
    for move in invoices:
        (journal,) = odoo.search_read("account.move", [("id", "=", move)], ["journal_id"])
        values = {"journal_id": journal["journal_id"][0], "reason": "Sent back"}
        made = wizard(
            odoo, "account.move.reversal", "refund_moves", "account.move", [move], **values
        )
        odoo.call("account.move", "action_post", [made["res_id"]])


def deliver(odoo: OdooClient) -> None:
    domain = [("picking_type_code", "=", "outgoing"), ("state", "=", "assigned")]
    pickings = odoo.call("stock.picking", "search", domain, order="id", limit=DELIVERED)
    answered = {"skip_backorder": True, "skip_sms": True}
    for picking in pickings:
        odoo.call("stock.picking", "button_validate", [picking], context=answered)


def stock(odoo: OdooClient) -> int:
    """Something that is counted, 25 pieces of it; returns the variant."""
    product = odoo.create("product.product", name="Counted", is_storable=True, list_price=19.99)
    (shelf,) = odoo.call("stock.location", "search", [("usage", "=", "internal")], limit=1)
    counted = {"product_id": product, "location_id": shelf, "inventory_quantity": 25}
    mode = {"inventory_mode": True}
    quants = odoo.call("stock.quant", "create", [counted], context=mode)
    odoo.call("stock.quant", "action_apply_inventory", quants, context=mode)
    return product


def sell(odoo: OdooClient, product: int) -> None:
    """An order that no shop knows of."""
    partner = odoo.create("res.partner", name="Erika Mustermann", email="erika@example.org")
    line = {"product_id": product, "product_uom_qty": 3}
    sale = odoo.create("sale.order", partner_id=partner, order_line=[(0, 0, line)])
    odoo.call("sale.order", "action_confirm", [sale])


def hire(odoo: OdooClient) -> None:
    """A person who may look after the channels."""
    (group,) = odoo.search_read(
        "ir.model.data", [("module", "=", ADDON), ("name", "=", "group_user")], ["res_id"]
    )
    groups = [(4, group["res_id"])]
    odoo.create("res.users", name="John Doe", login="john", group_ids=groups)


def work(odoo: OdooClient) -> None:
    hire(odoo)
    sell(odoo, stock(odoo))
    deliver(odoo)
    domain = [("state", "=", "sale"), ("amount_total", ">", 0)]
    sales = odoo.call("sale.order", "search", domain, order="id")
    # delivered goods and services both: what can be invoiced
    domain = [("id", "in", sales), ("invoice_status", "=", "to invoice")]
    ready = odoo.call("sale.order", "search", domain, order="id", limit=INVOICED)
    invoices = invoice(odoo, ready)
    credit(odoo, invoices[-CREDITED:])
    (backend,) = odoo.call("channel.backend", "search", [], limit=1)
    odoo.call("channel.backend", "action_import_order", [backend], UNANSWERED)


def main(database: str) -> None:
    server = Server(database, "clerk", workers=2, channels="root:0")
    server.start()
    try:
        work(OdooClient(server.url, database))
    finally:
        server.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
