"""Parcels as the tracking plug-ins keep them: a list in the order's meta.

WooCommerce Shipment Tracking and Advanced Shipment Tracking (AST) share the meta's key. Source:
their public code, and AST's manual for ``sku`` and ``qty``, which only its paid edition knows.
- A carrier that is not known is taken without a word, and is then shown without name and link.
- AST may also change the order's status, and always leaves a note.
"""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from . import mails, meta, notes, order_status, orders
from .clock import GMT
from .mails import TRACKINGS
from .order_json import sku_of

if TYPE_CHECKING:
    from .store import Store

Record = dict[str, Any]

# By country, as the plug-ins serve them; %1$s stands for the number, %2$s for the postcode.
PROVIDERS: dict[str, dict[str, str]] = {
    "Austria": {"post.at": "https://www.post.at/sv/sendungsdetails?snr=%1$s"},
    "Belgium": {"bpost": "https://track.bpost.be/btr/web/#/search?itemCode=%1$s"},
    "France": {"Colissimo": "https://www.laposte.fr/outils/suivre-vos-envois?code=%1$s"},
    "Germany": {
        "Deutsche Post DHL": "https://www.dhl.de/de/privatkunden/verfolgen.html?idc=%1$s",
        "DPD.de": "https://tracking.dpd.de/parcelstatus?query=%1$s&locale=en_DE",
    },
    "Netherlands": {"PostNL": "https://postnl.nl/tracktrace/?B=%1$s&P=%2$s&T=C"},
    "United Kingdom": {
        "DHL": "https://www.dhl.com/content/g0/en/express/tracking.shtml?AWB=%1$s",
        "Royal Mail": "https://www3.royalmail.com/track-your-item#/tracking-results/%1$s",
        "TNT Express (consignment)": "https://www.tnt.com/tracking.html?searchType=con&cons=%1$s",
    },
    "United States": {
        "Fedex": "https://www.fedex.com/apps/fedextrack/?action=track&tracknumbers=%1$s",
        "UPS": "https://www.ups.com/track?loc=en_US&tracknum=%1$s",
        "USPS": "https://tools.usps.com/go/TrackConfirmAction_input?qtc_tLabels1=%1$s",
    },
}
DATE_FORMS = ("%Y-%m-%d", "%d-%m-%Y", "%m/%d/%Y", "%Y/%m/%d", "%d.%m.%Y")
# What AST makes of status_shipped; the custom ones only where the shop has switched them on.
SHIPPED = {"1": "completed", "2": "partial-shipped", "3": "updated-tracking"}


def of_order(order: Record) -> list[Record]:
    items = meta.value(order["meta_data"], TRACKINGS, [])
    return list(items) if isinstance(items, list) else []


def find(order: Record, tracking_id: str) -> Record | None:
    return next((i for i in of_order(order) if i["tracking_id"] == tracking_id), None)


def add(store: Store, order: Record, params: Record) -> Record:
    """Shipment Tracking: saves the parcel in the order, and that is all."""
    item = _item(store, params, tracking_provider=slug(_text(params, "tracking_provider")))
    item["custom_tracking_provider"] = _text(params, "custom_tracking_provider")
    _save(store, order, [*of_order(order), item])
    return item


def add_by_ast(store: Store, order: Record, params: Record) -> Record:
    """AST: parcel, status and note. ``replace_tracking`` first removes the other parcels."""
    name = _text(params, "custom_tracking_provider") or _text(params, "tracking_provider")
    kept = [] if str(params.get("replace_tracking") or 0) in ("1", "True") else of_order(order)
    item = _item(store, params, tracking_provider=_ast_slug(store, name))
    item["source"] = "REST_API"
    item["status_shipped"] = _text(params, "status_shipped")
    pieces = _pieces(store, order, _text(params, "sku"), _text(params, "qty"))
    if pieces:
        item["products_list"] = pieces
    _save(store, order, [*kept, item])
    _set_shipped(store, order, item["status_shipped"])
    carrier = shown(store, order, item)[0]
    text = f"Order was shipped with {carrier} and tracking number is: {item['tracking_number']}"
    notes.add(store, order["id"], text)
    return item


def remove(store: Store, order: Record, tracking_id: str, *, by_ast: bool) -> None:
    """Shipment Tracking leaves an empty list behind, AST nothing."""
    left = [item for item in of_order(order) if item["tracking_id"] != tracking_id]
    if by_ast and not left:
        meta.drop(order["meta_data"], TRACKINGS)
        orders.saved(store, order, {"meta_data"})
    else:
        _save(store, order, left)


def _save(store: Store, order: Record, items: list[Record]) -> None:
    meta.put(order["meta_data"], TRACKINGS, items)
    orders.saved(store, order, {"meta_data"})


def _text(params: Record, key: str) -> str:
    value = params.get(key)
    return "" if value is None else str(value).strip()


def _item(store: Store, params: Record, **values: str) -> Record:
    number = _text(params, "tracking_number")
    seed = f"{number}{store.clock.now().timestamp()}{store.random_key()}"
    return {
        **values,
        "custom_tracking_provider": "",
        "custom_tracking_link": _text(params, "custom_tracking_link"),
        "tracking_number": number,
        "date_shipped": _stamp(store, _text(params, "date_shipped")),
        "tracking_id": hashlib.md5(seed.encode(), usedforsecurity=False).hexdigest(),
    }


def _stamp(store: Store, text: str) -> str | int:
    """Seconds since 1970 of a date; a text if one was given, else the number of now."""
    for form in DATE_FORMS:
        try:
            day = datetime.strptime(re.split(r"[T ]", text)[0], form).replace(tzinfo=GMT)
        except ValueError:
            continue
        return str(int(day.timestamp()))
    return int(store.clock.now().timestamp())


# --- AST ---------------------------------------------------------------------------------------


def _ast_slug(store: Store, name: str) -> str:
    """By the name for the API, which the shop's owner sets, then by the carrier's own name."""
    wanted = store.tracking_aliases.get(name.lower(), name)
    known = [n for group in store.tracking_providers.values() for n in group]
    return next((slug(n) for n in known if n.lower() == wanted.lower()), name)


def _pieces(store: Store, order: Record, skus: str, quantities: str) -> list[Record]:
    """``sku`` and ``qty`` side by side; what the order does not have is left out."""
    by_sku = {sku_of(store, line) or "": line for line in order["line_items"]}
    pairs = zip(skus.split(","), quantities.split(","), strict=False)
    return [
        {
            "product": str(line["variation_id"] or line["product_id"]),
            "item_id": line["id"],
            "qty": quantity.strip(),
        }
        for sku, quantity in pairs
        if (line := by_sku.get(sku.strip())) and sku.strip()
    ]


def _set_shipped(store: Store, order: Record, shipped: str) -> None:
    status = SHIPPED.get(shipped)
    if status not in store.statuses:
        return
    if status == order["status"] != "completed":
        mails.status_changed(store, order, order["status"])
    changed = order_status.set_status(store, order, status)
    if changed:
        orders.saved(store, order, changed)


# --- showing -----------------------------------------------------------------------------------


def slug(text: str) -> str:
    """``sanitize_title``, for what carriers are called."""
    return re.sub(r"-+", "-", re.sub(r"[^a-z0-9_-]", "-", text.lower())).strip("-")


def shown(store: Store, order: Record, item: Record) -> tuple[str, str]:
    """The carrier's name and the link to the parcel; both empty if it is not known."""
    if item["custom_tracking_provider"]:
        return item["custom_tracking_provider"], item["custom_tracking_link"]
    postcode = order["shipping"]["postcode"] or order["billing"]["postcode"]
    for group in store.tracking_providers.values():
        for name, link in group.items():
            if item["tracking_provider"] in (name, slug(name)):
                number = link.replace("%1$s", item["tracking_number"])
                return name, number.replace("%2$s", quote(postcode.replace(" ", "")))
    return "", item["custom_tracking_link"] if "source" in item else ""


def as_json(store: Store, order: Record, item: Record, namespace: str) -> Record:
    carrier, link = shown(store, order, item)
    base = f"{store.url}/wp-json/{namespace}/orders/{order['id']}"
    own = f"{base}/shipment-trackings"
    day = datetime.fromtimestamp(int(item["date_shipped"]), GMT)
    return {
        "tracking_id": item["tracking_id"],
        "tracking_provider": carrier,
        "tracking_link": link,
        "tracking_number": item["tracking_number"],
        "date_shipped": day.strftime("%Y-%m-%d"),
        "_links": {
            "self": [
                {
                    "href": f"{own}/{item['tracking_id']}",
                    "targetHints": {"allow": ["GET", "DELETE"]},
                }
            ],
            "collection": [{"href": own}],
            "up": [{"href": base}],
        },
    }
