"""The toy warehouse's words. Its API is described in ``tests/warehouse.py``, which is the API."""

from odoo.addons.channel_connector.core import errors
from odoo.addons.channel_connector.core.fulfilment import FulfilmentState

#: ``status`` of a dispatch.
STATES = {
    "new": FulfilmentState.OPEN,
    "packing": FulfilmentState.PARTLY,
    "shipped": FulfilmentState.SENT,
    "rejected": FulfilmentState.REFUSED,
    "cancelled": FulfilmentState.WITHDRAWN,
}

#: ``error`` of an answer: what happens next, its code here, and the part of the answer that names
#: what is wrong (identifiers and names of fields only).
REFUSALS = {
    "unknown_sku": (errors.Rejected, "goods_unknown", "skus"),
    "bad_address": (errors.Rejected, "address_refused", "fields"),
    "too_late": (errors.Conflict, "fulfilment_under_way", ""),
}

#: Seconds to wait for a connection, and for an answer.
CONNECT_TIMEOUT = 5
READ_TIMEOUT = 30
