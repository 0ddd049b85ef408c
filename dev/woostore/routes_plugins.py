"""Routes that only some shops have: features that are switched on, and plug-ins."""

from __future__ import annotations

from . import rest_fulfillments as parcels
from . import rest_payouts as payouts
from . import rest_trackings as trackings
from .rest import EDITING, NUMBER, WORD, Endpoint, Route

HEX = r"([a-fA-F0-9]{0,32})"

FULFILLMENTS_PATH = f"orders/{NUMBER}/fulfillments"
FULFILLMENTS = [
    Route(
        pattern,
        endpoints,
        since=(10, 1),
        feature="fulfillments",
        namespaces=("wc/v3",),
    )
    for pattern, endpoints in {
        FULFILLMENTS_PATH: {
            "GET": Endpoint(parcels.list_fulfillments),
            "POST": Endpoint(parcels.create_fulfillment, "create", parcels.WRITE),
        },
        f"{FULFILLMENTS_PATH}/{NUMBER}": {
            "GET": Endpoint(parcels.view_fulfillment),
            **{m: Endpoint(parcels.update_fulfillment, "edit", parcels.WRITE) for m in EDITING},
            "DELETE": Endpoint(parcels.delete_fulfillment, "delete", parcels.DELETE),
        },
        f"{FULFILLMENTS_PATH}/{NUMBER}/metadata": {
            "GET": Endpoint(parcels.view_meta),
            **{m: Endpoint(parcels.update_meta, "edit", parcels.WRITE_META) for m in EDITING},
            "DELETE": Endpoint(parcels.delete_meta, "delete", parcels.DELETE_META),
        },
        f"{FULFILLMENTS_PATH}/lookup": {
            "GET": Endpoint(parcels.lookup, schema=parcels.LOOKUP),
        },
    }.items()
]


def _trackings(feature: str, namespaces: tuple[str, ...], public: bool) -> list[Route]:
    """Providers before single parcels: their ids may be any hexadecimal number."""
    path = f"orders/{NUMBER}/shipment-trackings"
    collection = {
        "GET": Endpoint(trackings.list_trackings, "list"),
        "POST": Endpoint(trackings.create_tracking, "create", trackings.WRITE),
    }
    item = {
        "GET": Endpoint(trackings.view_tracking),
        "DELETE": Endpoint(trackings.delete_tracking, "delete"),
    }
    carriers = {"GET": Endpoint(trackings.providers, "list", public=public)}
    table = {path: collection, f"{path}/providers": carriers, f"{path}/{HEX}": item}
    if public:
        table["shipment-trackings/providers"] = carriers
    return [
        Route(pattern, endpoints, feature=feature, namespaces=namespaces)
        for pattern, endpoints in table.items()
    ]


TRACKINGS = [
    *_trackings(trackings.OFFICIAL, (trackings.OFFICIAL_SPACE,), public=True),
    *_trackings(trackings.AST, trackings.AST_SPACES, public=False),
]

WOOPAYMENTS = [
    Route(
        f"payments/{pattern}",
        {"GET": Endpoint(handler, "list")},
        feature="woopayments",
        namespaces=("wc/v3",),
    )
    for pattern, handler in (
        ("deposits", payouts.list_deposits),
        ("deposits/summary", payouts.deposits_summary),
        (f"deposits/{WORD}", payouts.view_deposit),
        ("transactions", payouts.list_transactions),
        ("transactions/summary", payouts.transactions_summary),
    )
]
