"""Orders made and edited by REST (orders controller v3), traps included.

- A write with addresses or lines works the taxes out again, with today's rates.
- A line without id is added; quantity 0 or a product of null removes the line.
- An order with a wrong coupon is refused and yet left behind as a draft.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from . import coupons, lines, order_status, order_stock, orders, products
from .errors import RestError
from .order_coupons import apply_coupons
from .order_json import PAYABLE
from .rounding import ZERO, dec, number, plain, total
from .schema import TRUE
from .taxes import tax_of

if TYPE_CHECKING:
    from .store import Store

Record = dict[str, Any]
RECALCULATES = (
    "billing",
    "shipping",
    "line_items",
    "shipping_lines",
    "fee_lines",
    "coupon_lines",
)
PLAIN = (
    "parent_id",
    "customer_id",
    "customer_note",
    "payment_method",
    "payment_method_title",
    "transaction_id",
    "currency",
)


def create(store: Store, params: Record) -> Record:
    order = orders.blank(store, created_via=params.get("created_via") or "rest-api")
    if store.release < (9, 9):
        order["created_via"] = "rest-api"
    apply(store, order, params)
    try:
        applied = [_coupon(store, row) for row in params.get("coupon_lines") or []]
    except RestError as error:
        raise _leave_draft(store, order, error) from error
    orders.recalculate(store, order)
    apply_coupons(store, order, applied)
    orders.created(store, order)
    status = params.get("status") or "pending"
    changed = order_status.set_status(store, order, status)
    if params.get("set_paid") in TRUE:
        reference = params.get("transaction_id") or ""
        changed |= order_status.payment_complete(store, order, reference)
    orders.saved(store, order, changed | {"status"})
    return order


def _coupon(store: Store, row: Record) -> Record:
    if row.get("id"):
        text = "Coupon item ID is readonly."
        raise RestError("woocommerce_rest_coupon_item_id_readonly", text, 400)
    return coupons.required(store, str(row.get("code") or ""))


def _leave_draft(store: Store, order: Record, error: RestError) -> RestError:
    """10.0 turns the half-made order into a draft and names it; before, a live one stays."""
    orders.recalculate(store, order)
    recent = store.release >= (10,)
    order["status"] = "checkout-draft" if recent else "pending"
    orders.created(store, order)
    if recent:
        error.data = {**(error.data or {}), "new_draft_order_id": order["id"]}  # type: ignore[dict-item]
    return error


def update(store: Store, order: Record, params: Record) -> None:
    recalculates = any(params.get(key) is not None for key in RECALCULATES)
    if params.get("coupon_lines") is not None:
        applied = [_coupon(store, row) for row in params["coupon_lines"]]
    changed = apply(store, order, params)
    if recalculates:
        orders.number_lines(store, order)
        orders.recalculate(store, order)
    if params.get("coupon_lines") is not None:
        apply_coupons(store, order, applied)
    if params.get("set_paid") in TRUE and order["status"] in PAYABLE:
        changed |= order_status.payment_complete(store, order, params.get("transaction_id") or "")
    quiet = False
    if params.get("status"):
        was_trash = order["status"] == "trash"
        if was_trash:
            orders.leave_trash(store, order)
        changed |= order_status.set_status(store, order, params["status"])
        # Taking an order out of the trash by REST tells nobody where orders have own tables.
        quiet = was_trash and store.hpos
    orders.saved(store, order, changed, quiet=quiet)


def apply(store: Store, order: Record, params: Record) -> set[str]:
    """Fields and lines, without totals and status; returns what changed."""
    changed: set[str] = set()
    for key in PLAIN:
        if params.get(key) is not None and order[key] != params[key]:
            order[key] = params[key]
            changed.add(key)
    for key, fields in (("billing", orders.BILLING), ("shipping", orders.SHIPPING)):
        for field, value in (params.get(key) or {}).items():
            if field in fields:
                order[key][field] = str(value)
                changed.add(key)
    if params.get("meta_data"):
        orders.set_meta(store, order["meta_data"], params["meta_data"])
        changed.add("meta_data")
    for kind, setter in SETTERS.items():
        for row in params.get(kind) or []:
            _apply_line(store, order, kind, row, setter)
            changed.add(kind)
    return changed


LineSetter = Callable[["Store", Record | None, Record], Record]


def _apply_line(store: Store, order: Record, kind: str, row: Record, setter: LineSetter) -> None:
    existing = None
    if row.get("id"):
        existing = next((li for li in order[kind] if li["id"] == row["id"]), None)
        if existing is None:
            text = "Order item ID provided is not associated with order."
            raise RestError("woocommerce_rest_invalid_item_id", text, 400)
    if existing is not None and _removes(kind, row):
        order_stock.put_back(store, existing)
        order[kind].remove(existing)
        return
    line = setter(store, existing, row)
    if row.get("meta_data"):
        orders.set_meta(store, line["meta_data"], row["meta_data"])
    if existing is None:
        order[kind].append(line)
    if kind == "line_items":
        order_stock.adjust(store, order, line)


def _removes(kind: str, row: Record) -> bool:
    key = {"line_items": "product_id", "shipping_lines": "method_id", "fee_lines": "name"}[kind]
    gone = key in row and row[key] is None
    return gone or (kind == "line_items" and "quantity" in row and not dec(row["quantity"]))


def _product_row(store: Store, line: Record | None, row: Record) -> Record:
    """A product that is not known gives an empty line, without a word."""
    if line is None:
        product = _product_of(store, row)
        quantity = row.get("quantity", 1)
        line = lines.product_line(store, product, quantity)
        net = plain(net_price(store, product, dec(quantity)), store.rules.precision)
        line["subtotal"] = line["total"] = net
    elif row.get("quantity") is not None:
        line["quantity"] = number(dec(row["quantity"]))
        line.pop("_price", None)
    for key in ("name", "tax_class"):
        if row.get(key) is not None:
            line[key] = row[key]
    _set_amounts(store, line, row)
    return line


def _set_amounts(store: Store, line: Record, row: Record) -> None:
    """A subtotal below the total is lifted to it."""
    if row.get("total") is not None:
        line["total"] = store.rules.stored(row["total"])
    if row.get("subtotal") is not None:
        line["subtotal"] = store.rules.stored(row["subtotal"])
    if dec(line["subtotal"]) < dec(line["total"]):
        line["subtotal"] = line["total"]
    line.pop("_price", None)


def _product_of(store: Store, row: Record) -> Record | None:
    if row.get("sku"):
        return products.by_sku(store, row["sku"])
    return store.products.get(row.get("variation_id") or row.get("product_id") or 0)


def net_price(store: Store, product: Record | None, quantity: Decimal) -> Decimal:
    """``wc_get_price_excluding_tax``: with the shop's own rates taken out of the price."""
    if product is None:
        return ZERO
    price = dec(product["price"]) * quantity
    if product["tax_status"] != "taxable" or not store.rules.prices_include_tax:
        return price
    rates = store.rates(products.effective_tax_class(store, product), store.base_place())
    taxes = tax_of(price, rates, True, store.rules)
    return price - total(taxes.values())


def _shipping_row(store: Store, line: Record | None, row: Record) -> Record:
    if line is None:
        line = {
            "id": 0,
            "method_title": "",
            "method_id": "",
            "instance_id": "",
            "total": "0",
            "total_tax": "0",
            "taxes": [],
            "meta_data": [],
        }
    for key in ("method_title", "method_id", "instance_id"):
        if row.get(key) is not None:
            line[key] = str(row[key])
    if row.get("total") is not None:
        line["total"] = store.rules.stored(row["total"])
    return line


def _fee_row(store: Store, line: Record | None, row: Record) -> Record:
    if line is None:
        line = {**lines.fee_line("", "0", ""), "amount": ""}
    for key in ("name", "tax_class", "tax_status"):
        if row.get(key) is not None:
            line[key] = row[key]
    if row.get("total") is not None:
        line["total"] = store.rules.stored(row["total"])
    return line


SETTERS: dict[str, LineSetter] = {
    "line_items": _product_row,
    "shipping_lines": _shipping_row,
    "fee_lines": _fee_row,
}
