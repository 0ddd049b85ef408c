"""What comes first: goods and money that a customer waits for, then the catalogue.

Three places keep the order: queue_job's priorities (which job starts), the backend's slots and the
gate's budget (both keep a part for what is urgent).
"""

CATALOGUE_CHANNEL = "root.channel.catalog"
#: Orders wait behind nothing else; invoices and payments cost more than twice the order; a drain of
#: stock must not wait in line behind ten thousand prices.
JOB_CHANNELS = {
    "order": "root.channel.order",
    "payment": "root.channel.money",
    "refund": "root.channel.money",
    "settlement": "root.channel.money",
    "shipment": "root.channel.shipment",
    "fulfilment": "root.channel.shipment",
    "order_status": "root.channel.shipment",
    "stock": "root.channel.stock",
}
#: Kinds of records for which a part of the slots and of the budget is kept free.
URGENT = frozenset(
    {"order", "payment", "refund", "shipment", "fulfilment", "order_status", "stock"}
)
#: What keeps shops from selling goods that are gone: new orders come in, and quantities go out,
#: before any shop is told of an order's number or its shipment. In a rush there is one such job
#: for every order, while one drain tells all of stock.
FIRST = frozenset({"order", "stock"})
#: queue_job starts the job with the smallest number first, across all its channels.
FIRST_PRIORITY, URGENT_PRIORITY, CUSTOMER_PRIORITY, CATALOGUE_PRIORITY = 8, 10, 15, 20
#: Many records of a poll or of a first import come behind single ones of their kind.
CHUNK_DELAY = 5


def channel_of(kind: str) -> str:
    """queue_job's channel of jobs about records of this kind."""
    return JOB_CHANNELS.get(kind, CATALOGUE_CHANNEL)


def is_urgent(kind: str) -> bool:
    """Whether somebody in the shop or in the warehouse waits for records of this kind."""
    return kind in URGENT


def priority_of(kind: str) -> int:
    """queue_job's priority of jobs about records of this kind."""
    if kind in FIRST:
        return FIRST_PRIORITY
    if is_urgent(kind):
        return URGENT_PRIORITY
    return CUSTOMER_PRIORITY if kind == "customer" else CATALOGUE_PRIORITY
