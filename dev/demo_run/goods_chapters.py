"""The stories of the catalogue: matched and imported, its stock and its prices published."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import Decimal

from woostore import Cart

from .carts import PLACES, address
from .goods import Goods, Record
from .scene import Scene

#: Pieces that the demo's backend keeps back.
BUFFER = 2
#: Nobody has bought it, so the import makes it, counted as in the shop.
COUNTED = "BOTTLE-1"


def imported(scene: Scene) -> None:
    scene.begin("The catalogue: matched with Odoo, looked at in a dry run, imported")
    goods = _goods(scene)
    goods.map_tax_classes()
    scene.store.add_product(
        sku=COUNTED,
        name="Water bottle",
        regular_price="12.50",
        manage_stock=True,
        stock_quantity=4,
    )
    scene.in_shop("the shopkeeper puts a water bottle on sale")
    matching = goods.begin("action_match_products")
    scene.in_odoo(
        "the clerk presses “Match Products”: {bound_count} bound by their orders, {matched_count} "
        "matched by SKU or barcode, {ambiguous_count} to decide, {missing_odoo_count} not in "
        "Odoo".format(**matching)
    )
    if matching["matched_count"]:
        matching = goods.apply(matching)
        scene.in_odoo(f"the clerk binds what is matched: {matching['reason']}")
    preview = goods.begin("action_preview_import")
    scene.in_odoo(f"the clerk looks at a dry run of the import: {_counted(preview)}")
    _tell_changes(scene, goods, preview)
    if preview["create_count"] or preview["change_count"]:
        goods.apply(preview)
        scene.in_odoo("the clerk applies everything")
    again = goods.begin("action_preview_import")
    scene.in_odoo(f"another dry run: {_counted(again)}")
    scene.chapter.compare(
        {
            "products of the shop": Decimal(_products(scene)),
            "in step or waiting for a decision": Decimal(
                again["leave_count"] + again["skip_count"] + again["refuse_count"]
            ),
        },
        "products",
        places=0,
    )


def stock_published(scene: Scene) -> None:
    scene.begin("Stock: taken over once, published from then on")
    goods = _goods(scene)
    goods.press("action_import_stock")
    scene.in_odoo("the clerk presses “Take Over Stock”: an inventory adjustment, once per product")
    goods.configure(stock_buffer=BUFFER)
    goods.own("stock", "odoo")
    goods.switch_on("stock", "out")
    goods.press("action_publish_stock")
    scene.in_odoo(f"the flow Stock is switched on; {BUFFER} pieces of each product are kept back")
    goods.count(COUNTED, 9)
    scene.in_odoo("the warehouse counts the bottles: nine")
    _tell_stock(scene, goods, COUNTED)
    scene.store.place_order(_cart(COUNTED, 3))
    scene.in_shop("somebody buys three bottles")
    _tell_stock(scene, goods, COUNTED)
    _end_stock(scene, goods)


def prices_published(scene: Scene) -> None:
    scene.begin("Prices: Odoo owns them from now on, and the mug is on sale for a week")
    goods = _goods(scene)
    goods.press("action_create_pricelists")
    goods.own("prices", "odoo")
    goods.switch_on("price", "out")
    scene.in_odoo("the clerk lets Odoo own the prices, and switches the flow Prices on")
    now = datetime.now(timezone.utc).replace(microsecond=0, tzinfo=None)
    start, end = (f"{now + timedelta(days=days)}" for days in (-1, 7))
    goods.sale("MUG-1", Decimal("7.50"), start, end)
    scene.in_odoo("a rule of the sale price list: the mug for 7.50, without tax, for a week")
    mug = scene.store.product("MUG-1")
    told = goods.published_price("MUG-1")
    scene.chapter.adds(f"Shop: the mug costs {mug['regular_price']}, on sale {mug['sale_price']}")
    if not mug["sale_price"]:
        scene.chapter.fails("the mug is not on sale")
    scene.chapter.compare(
        {
            "sale as the shop states prices": Decimal(told.get("sale") or 0),
            "in the shop": Decimal(mug["sale_price"] or 0),
        },
        scene.store.currency,
    )


# --- what they have in common -------------------------------------------------------------------


def _goods(scene: Scene) -> Goods:
    return Goods(scene.books.odoo, scene.books.backend)


def _counted(preview: Record) -> str:
    names = {"create": "to create", "change": "to change", "leave": "equal", "skip": "skipped"}
    parts = [f"{preview[f'{key}_count']} {name}" for key, name in names.items()]
    if preview["refuse_count"]:
        parts.append(f"{preview['refuse_count']} refused")
    return ", ".join(parts)


def _tell_changes(scene: Scene, goods: Goods, preview: Record) -> None:
    """Two examples of what would change, as the screen shows them."""
    for line in goods.lines(preview, "change")[:2]:
        fields = ", ".join(
            f"{change['field']}: {change['before']} → {change['after']}"
            for change in (line["changes"] or [])[:2]
        )
        scene.chapter.adds(f"{line['name']}: {fields}")
    for line in goods.lines(preview, "refuse"):
        # its variants were sold before it was imported, as products of their own
        scene.chapter.adds(f"{line['name']} waits for a decision: {line['reason']}")


def _products(scene: Scene) -> int:
    """Products of the shop, its trash left out."""
    with scene.store.lock:
        return sum(
            product["type"] != "variation" and product["status"] != "trash"
            for product in scene.store.products.values()
        )


def _cart(sku: str, pieces: int) -> Cart:
    return Cart(lines=[(sku, pieces)], billing=address(1, PLACES[0]), payment_method="cod")


def _tell_stock(scene: Scene, goods: Goods, sku: str) -> None:
    product = scene.store.product(sku)
    row = goods.published_stock().get(str(product["id"]))
    shown = product["stock_quantity"]
    told = " · ".join((row or {}).get("explanation_text", "").split("\n")) or "nothing"
    scene.chapter.adds(f"Shop: shows {shown} pieces; Odoo has told it {told}")


def _end_stock(scene: Scene, goods: Goods) -> None:
    """Every figure of the shop is the one that Odoo explains, and its steps add up."""
    rows = goods.published_stock()
    with scene.store.lock:
        shown = {
            str(number): product["stock_quantity"]
            for number, product in scene.store.products.items()
            if str(number) in rows
        }
    explained = {key: _sum(row) for key, row in rows.items()}
    for key, row in rows.items():
        if shown.get(key) != row["quantity"]:
            told = f"told {row['quantity']}, shows {shown.get(key)}: {row['answer']}"
            scene.chapter.fails(f"product {key} was {told}")
    scene.chapter.compare(
        {
            "shop": Decimal(sum(pieces or 0 for pieces in shown.values())),
            "formula": sum(explained.values(), Decimal(0)),
        },
        "pieces",
        places=0,
    )


def _sum(row: Record) -> Decimal:
    steps = (row["explanation"] or {}).get("steps", [])
    return sum((Decimal(str(amount)) for _code, amount in steps), Decimal(0))


ALL = (
    imported,
    stock_published,
    prices_published,
)
