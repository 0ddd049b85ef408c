"""What a warehouse of somebody else is asked to send, and how far it is with that.

Values as in :mod:`.canonical`. Goods are named by their SKU: it is the one name of a product that
a shop, Odoo and a warehouse share. Quantities are pieces of the product's own unit.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum

from .canonical import Address, Tracking


@dataclass(frozen=True)
class Goods:
    """So many pieces of one product; one entry per SKU in a request or a parcel."""

    sku: str
    quantity: Decimal
    name: str = ""
    barcode: str = ""


@dataclass(frozen=True)
class FulfilmentRequest:
    """Goods to be sent. ``marker`` finds it again in the channel (``reference`` is the transfer's
    name and ``order_number`` the order's, for people).

    ``service``: the channel's word for the delivery method, else its name in Odoo.
    """

    marker: str
    reference: str
    goods: tuple[Goods, ...]
    address: Address
    order_number: str = ""
    service: str = ""


class FulfilmentState(Enum):
    """How far a warehouse is; ``Fulfilment.state_code`` holds its own word."""

    OPEN = "open"  # nothing has left yet
    PARTLY = "partly"  # something has left, more follows
    SENT = "sent"  # everything that will leave has left, maybe less than was asked for
    REFUSED = "refused"  # nothing leaves: a person has to correct the request
    WITHDRAWN = "withdrawn"  # taken back, by us or there
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Parcel:
    """What left together. No ``goods``: everything that was open then."""

    external_id: str
    goods: tuple[Goods, ...]
    sent_at: datetime | None = None
    tracking: Tracking | None = None


@dataclass(frozen=True)
class Fulfilment:
    """A request as the warehouse sees it now, with every parcel so far, oldest first.

    ``marker``: what the request carried. ``reason``: the warehouse's own code of why it refuses.
    """

    external_id: str
    state: FulfilmentState
    state_code: str
    marker: str = ""
    parcels: tuple[Parcel, ...] = ()
    reason: str = ""
    modified_at: datetime | None = None
