"""The shop's one page for people: stock, a small till, and what became of the orders."""

from __future__ import annotations

from html import escape, unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from . import fulfillments, notes, order_status, phpquery, refunds, trackings
from .cart import Cart
from .defaults import SYMBOLS
from .rest import Answer, Request
from .rounding import fixed

if TYPE_CHECKING:
    from .store import Store

Record = dict[str, Any]
HTML = {"Content-Type": "text/html; charset=UTF-8", "Cache-Control": "no-store"}
SHOWN_ORDERS = 30
ACTIONS = (("processing", "Mark paid"), ("completed", "Complete"), ("cancelled", "Cancel"))
STOCK = {"instock": "in stock", "outofstock": "sold out", "onbackorder": "on backorder"}
COUNTRIES = ("ES", "BE", "DE", "FR", "CA", "US")

STYLE = """
body{font:15px/1.45 system-ui,sans-serif;color:#1f2933;background:#f5f6f8;margin:0}
header{background:#fff;border-bottom:1px solid #dde1e6;padding:14px 28px}
h1{font-size:19px;margin:0}header p{margin:2px 0 0;color:#6b7785;font-size:13px}
main{max-width:1180px;margin:22px auto;padding:0 20px;display:grid;gap:20px;
grid-template-columns:minmax(0,1fr) 320px}
section{background:#fff;border:1px solid #dde1e6;border-radius:8px;padding:16px 18px}
section.wide{grid-column:1/-1}h2{font-size:15px;margin:0 0 10px}
.scroll{max-height:430px;overflow:auto}
table{border-collapse:collapse;width:100%}
th{font-weight:600;color:#6b7785;font-size:12px;text-align:left;position:sticky;top:0;
background:#fff}
td,th{padding:6px 10px 6px 0;border-bottom:1px solid #eef0f3;vertical-align:top}
td.n,th.n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
.muted{color:#6b7785}.out{color:#b42318}
label{display:block;font-size:12px;color:#6b7785;margin:8px 0 2px}
input,select{width:100%;box-sizing:border-box;padding:7px 8px;border:1px solid #c7cdd4;
border-radius:5px;font:inherit;background:#fff}
button{font:inherit;padding:5px 10px;border:1px solid #c7cdd4;border-radius:5px;background:#fff;
cursor:pointer}
button:hover{background:#f0f2f5}button.main{background:#5b4b8a;border-color:#5b4b8a;color:#fff;
width:100%;padding:8px;margin-top:14px}button.main:hover{background:#4b3d75}
.status{display:inline-block;padding:1px 8px;border-radius:10px;background:#e6e9ed;font-size:13px}
.status.processing{background:#d7f0dd}.status.completed{background:#d5e6fb}
.status.on-hold{background:#fbecc8}.status.cancelled,.status.failed,.status.trash{background:#f8d9d6}
td.keep{white-space:nowrap}form.row{display:inline}form.row button{font-size:13px;padding:3px 9px}
details summary{cursor:pointer;color:#6b7785;font-size:13px}details div{font-size:13px}
@media(max-width:820px){main{grid-template-columns:1fr}}
"""


def not_found() -> Answer:
    text = "<!DOCTYPE html><html><title>Not found</title><body>Page not found</body></html>"
    return Answer(None, 404, dict(HTML), text.encode())


def file(store: Store, path: str) -> Answer:
    """An uploaded file, as the web server hands it out: without asking the shop."""
    path = unquote(path)
    store.served_files.append(path)
    found = store.files.get(path)
    if found is None:
        return not_found()
    return Answer(None, 200, {"Content-Type": found.mimetype}, found.content)


def serve(store: Store, request: Request) -> Answer:
    if request.path != "/":
        return not_found()
    with store.lock:
        if request.method == "POST":
            return _act(store, phpquery.parse(request.body.decode()))
        text = _page(store)
    link = {"Link": f'<{store.url}/wp-json/>; rel="https://api.w.org/"'}
    return Answer(None, 200, {**HTML, **link}, text.encode())


# --- doing -------------------------------------------------------------------------------------


def _act(store: Store, form: Record) -> Answer:
    """Buy or change a status, then show the page again."""
    try:
        if form.get("do") == "buy":
            _buy(store, form)
        elif form.get("status") in store.statuses:
            store.update_order(int(form.get("order") or 0), status=form["status"])
    except (KeyError, ValueError):
        return _plain(400, "That product, order or quantity does not exist.")
    return Answer(None, 303, {"Location": f"{store.url}/"}, b"")


def _plain(status: int, text: str) -> Answer:
    body = f"<!DOCTYPE html><html><title>{status}</title><body><p>{escape(text)}</p></body></html>"
    return Answer(None, status, dict(HTML), body.encode())


def _buy(store: Store, form: Record) -> None:
    quantity = int(form.get("quantity") or 1)
    if quantity < 1:
        raise ValueError("quantity")
    first, _, last = str(form.get("name") or "").strip().partition(" ")
    address = {"first_name": first, "last_name": last, "country": str(form.get("country") or "")}
    store.place_order(
        Cart(
            lines=[(int(form.get("product") or 0), quantity)],
            billing={**address, "email": str(form.get("email") or "")},
            shipping=[("flat_rate", "4.95", "Flat rate")],
            payment_method=str(form.get("payment") or "bacs"),
        )
    )


# --- showing -----------------------------------------------------------------------------------


def _page(store: Store) -> str:
    name = escape(store.name)
    kind = "incl. tax" if store.rules.prices_include_tax else "excl. tax"
    facts = f"WooCommerce {store.version} · prices {kind} · {store.timezone} · simulated"
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{name}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head><body>'
        f"<header><h1>{name}</h1><p>{escape(facts)}</p></header><main>"
        f"<section><h2>Products</h2><div class=scroll>{_products(store)}</div></section>"
        f"<section><h2>Place an order</h2>{_till(store)}</section>"
        f'<section class="wide"><h2>Latest orders</h2>{_orders(store)}</section>'
        "</main></body></html>"
    )


def _money(store: Store, amount: object, currency: str | None = None) -> str:
    code = currency or store.currency
    return f"{fixed(amount, store.decimals)} {SYMBOLS.get(code, code)}"


def _sellable(store: Store) -> list[Record]:
    rows = [
        p
        for p in store.products.values()
        if p["status"] == "publish" and p["type"] in ("simple", "variation") and p["price"] != ""
    ]
    return sorted(rows, key=lambda p: p["name"].lower())


def _products(store: Store) -> str:
    rows = "".join(
        f"<tr><td>{_name(p)}</td><td class=muted>{escape(p['sku'])}</td>"
        f"<td class=n>{escape(_money(store, p['price']))}</td><td class=n>{_stock(p)}</td></tr>"
        for p in _sellable(store)
    )
    head = "<tr><th>Product<th>SKU<th class=n>Price<th class=n>Stock</tr>"
    return f"<table>{head}{rows}</table>"


def _name(record: Record) -> str:
    """Names are kept with entities, as WordPress keeps them; once unescaped they are escaped."""
    return escape(unescape(record["name"]))


def _stock(product: Record) -> str:
    if product["manage_stock"] is not True:
        return f"<span class=muted>{STOCK.get(product['stock_status'], '')}</span>"
    quantity = product["stock_quantity"] or 0
    return str(quantity) if quantity > 0 else f"<span class=out>{quantity}</span>"


def _till(store: Store) -> str:
    goods = "".join(
        f'<option value="{p["id"]}">{_name(p)} · {escape(_money(store, p["price"]))}</option>'
        for p in _sellable(store)
    )
    gateways = "".join(
        f'<option value="{escape(g["id"])}">{escape(g["title"])}</option>'
        for g in store.gateways.values()
    )
    countries = "".join(f"<option>{code}</option>" for code in COUNTRIES)
    return (
        '<form method="post"><input type="hidden" name="do" value="buy">'
        f'<label for="product">Product</label><select id="product" name="product">{goods}</select>'
        '<label for="quantity">Quantity</label>'
        '<input id="quantity" name="quantity" type="number" min="1" max="999" value="1">'
        f'<label for="payment">Payment</label><select id="payment" name="payment">{gateways}'
        '</select><label for="name">Name</label>'
        '<input id="name" name="name" value="Jane Doe" required>'
        '<label for="email">E-mail</label>'
        '<input id="email" name="email" type="email" value="jane@example.com" required>'
        f'<label for="country">Country</label><select id="country" name="country">{countries}'
        '</select><button class="main">Place order</button></form>'
    )


def _orders(store: Store) -> str:
    rows = sorted(store.orders.values(), key=lambda o: o["id"], reverse=True)[:SHOWN_ORDERS]
    if not rows:
        return "<p class=muted>No orders yet. Place one on the right.</p>"
    head = "<tr><th>Order<th>Placed<th>Customer<th class=n>Total<th>Status<th>What became of it<th>"
    return f"<table>{head}{''.join(_order(store, order) for order in rows)}</table>"


def _order(store: Store, order: Record) -> str:
    billing = order["billing"]
    person = f"{billing['first_name']} {billing['last_name']}".strip() or billing["email"] or "—"
    status = order["status"]
    label = order_status.status_name(store, status)
    placed = (store.local(order["date_created_gmt"]) or "").replace("T", " ")[:16]
    return (
        f"<tr><td class=keep>#{escape(order.get('number') or str(order['id']))}</td>"
        f'<td class="muted keep">{placed}</td><td>{escape(person)}</td>'
        f"<td class=n>{escape(_money(store, order['total'], order['currency']))}</td>"
        f'<td class=keep><span class="status {escape(status)}">{escape(label)}</span></td>'
        f"<td>{_story(store, order)}</td><td class=keep>{_buttons(order)}</td></tr>"
    )


def _story(store: Store, order: Record) -> str:
    """What became of the order: parcels, refunds, what the customer was told, and all notes."""
    written = notes.of_order(store, order["id"])
    told = [note["note"] for note in written if note["customer_note"]]
    lines = [*_parcels(store, order), *_refunds(store, order), *told[:2]]
    shown = "<br>".join(escape(str(text)) for text in lines)
    if not written:
        return shown or "<span class=muted>—</span>"
    texts = "".join(f"<div>{escape(unescape(note['note']))}</div>" for note in reversed(written))
    plural = "" if len(written) == 1 else "s"
    return f"{shown}<details><summary>{len(written)} note{plural}</summary>{texts}</details>"


def _parcels(store: Store, order: Record) -> list[str]:
    """Of core, of the tracking plug-ins, and tracking kept as meta by whatever else."""
    rows = fulfillments.of_order(store, order["id"])
    out = [fulfillments.described(order, row) for row in rows]
    for item in trackings.of_order(order):
        carrier, _link = trackings.shown(store, order, item)
        out.append(f"Parcel: {carrier} {item['tracking_number']}")
    return out + [
        f"{m['key'].lstrip('_')}: {m['value']}"
        for m in order["meta_data"]
        if "tracking" in m["key"] and m["key"] != trackings.TRACKINGS
    ]


def _refunds(store: Store, order: Record) -> list[str]:
    return [
        f"Refunded {_money(store, row['amount'], order['currency'])} {row['reason']}".strip()
        for row in reversed(refunds.of_order(store, order["id"]))
    ]


def _buttons(order: Record) -> str:
    return " ".join(
        '<form class="row" method="post">'
        f'<input type="hidden" name="order" value="{order["id"]}">'
        f'<button name="status" value="{status}">{label}</button></form>'
        for status, label in ACTIONS
        if status != order["status"] and order["status"] != "trash"
    )
