"""Uninstalled, the addon leaves an Odoo that never knew it, and every document of its orders."""

from __future__ import annotations

import databases
import pytest
from money_shop import MoneyShop
from upgraded import figures, kept, traces

from channel_connector.dev.woostore import Server, Store

#: What a company keeps, whoever made it: documents with their discussions, and its own settings.
STAYS = (
    "messages: ",
    "followers: ",
    "activities: ",
    "attachments: account.move ",
    "attachments: ir.ui.view /web/assets/",
    "settings: web.base.url",
    "settings: base.",
    "external ids: account.",
    # Odoo looks for modules on its disk each time, and may find another one
    "external ids: base.module_",
)
#: Screens of Odoo that the addon had extended.
EXTENDED = (
    "sale.order",
    "product.template",
    "product.product",
    "product.pricelist",
    "stock.picking",
    "account.move",
    "account.payment",
    "res.partner",
)


@pytest.fixture
def running(server):
    return server(workers=4, channels="root:2")


@pytest.fixture
def shop(odoo, sql):
    store = Store(currency="USD", name="shop")
    store.add_product(sku="MUG", name="Mug", regular_price="12.50", stock_quantity=1000)
    with Server(store) as served:
        yield MoneyShop(store, served, odoo, sql)


def test_nothing_of_ours_stays_and_nothing_of_the_company_goes(
    running, odoo, shop, sql, wait_until
):
    order, open_order = _live(shop, wait_until)
    sale, open_sale = shop.sale(order), shop.sale(open_order)
    books = figures.figures(sql, own=False)
    said = len(running.log.read_text())
    (module,) = odoo.call("ir.module.module", "search", [("name", "=", databases.ADDON)])
    odoo.call("ir.module.module", "button_immediate_uninstall", [module])
    now = figures.figures(sql, own=False)
    assert not figures.differences(_without_products(books), _without_products(now))
    _assert_clean(sql)
    _assert_products_kept(sql)
    for model in EXTENDED:
        odoo.call(model, "get_views", [[False, "list"], [False, "form"], [False, "search"]])
    _go_on(odoo, sql, shop.clerk, sale, open_sale)
    assert " ERROR " not in running.log.read_text()[said:]


def _live(shop, wait_until):
    """An order that was paid, shipped and refunded, another one that waits; every flow is on."""
    odoo = shop.odoo
    flows = odoo.call("channel.flow", "search", [("backend_id", "=", shop.backend)])
    everything = odoo.call(
        "channel.flow", "search", [("active", "=", False)], context={"active_test": False}
    )
    odoo.call("channel.flow", "write", [*flows, *everything], {"active": True})
    order = shop.buy()
    wait_until(lambda: shop.sale(order).get("invoice_ids") and shop.is_done(), timeout=120)
    shop.clerk.deliver(shop.sale(order))
    shop.refund(order)
    shop.store.deliver()
    wait_until(shop.is_done, timeout=120)
    open_order = shop.buy(quantity=2)
    wait_until(lambda: shop.sale(open_order).get("invoice_ids") and shop.is_done(), timeout=120)
    odoo.create("ir.filters", name="Mine", model_id="channel.event", domain="[]", user_ids=[])
    odoo.call("channel.backend", "action_pause", [shop.backend])
    return order, open_order


def _without_products(found):
    """What the addon itself brought to be sold may go where nobody has sold it."""
    return {title: rows for title, rows in found.items() if title != "people and products"}


def _assert_clean(sql):
    with kept.connected(databases.template_name()) as before:
        left = traces.added(traces.traces(before), traces.traces(sql))
    assert not [line for line in left if not line.startswith(STAYS)]
    with kept.connected(databases.template_name()) as before:
        gone = traces.missing(traces.traces(before), traces.traces(sql))
    assert not [line for line in gone if not line.startswith("attachments: ")]


def _assert_products_kept(sql):
    """Shipping was sold, so it is archived and the company's own; the placeholder never was."""
    found = dict(
        sql("SELECT default_code, active FROM product_product WHERE default_code LIKE 'CHANNEL-%'")
    )
    assert found == {"CHANNEL-SHIPPING": False}


def _go_on(odoo, sql, clerk, sale, open_sale):
    """What was begun is finished in Odoo alone, and a new order, too."""
    clerk.deliver(open_sale)
    partner = odoo.search_read("sale.order", [("id", "=", sale["id"])], ["partner_id"])[0]
    product = odoo.call("product.product", "search", [("default_code", "=", "MUG")])[0]
    line = (0, 0, {"product_id": product, "product_uom_qty": 1, "price_unit": 10})
    new = odoo.create("sale.order", partner_id=partner["partner_id"][0], order_line=[line])
    odoo.call("sale.order", "action_confirm", [new])
    names = ["name", "state", "picking_ids", "invoice_ids"]
    made = odoo.search_read("sale.order", [("id", "=", new)], names)[0]
    clerk.deliver(made)
    context = {"active_model": "sale.order", "active_ids": [new]}
    values = {"advance_payment_method": "delivered"}
    (wizard,) = odoo.call("sale.advance.payment.inv", "create", [values], context=context)
    odoo.call("sale.advance.payment.inv", "create_invoices", [wizard], context=context)
    invoices = odoo.search_read("sale.order", [("id", "=", new)], names)[0]["invoice_ids"]
    odoo.call("account.move", "action_post", invoices)
    states = sql("SELECT state FROM account_move WHERE id = ANY(%s)", invoices)
    done = sql(
        "SELECT DISTINCT state FROM stock_picking WHERE id = ANY(%s)",
        [*open_sale["picking_ids"], *made["picking_ids"]],
    )
    assert (states, done) == ([("posted",)], [("done",)])
