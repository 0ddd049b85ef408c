"""What waiting events say the shops have sold.

Their payloads never change, so each is translated once per process. What is kept of an order is
what counts here: no names, addresses or texts.
"""

import dataclasses
from dataclasses import dataclass
from datetime import datetime, timezone

from odoo import models
from odoo.tools import SQL
from odoo.tools.lru import LRU

from ..core import errors
from ..core.adapter import OrderSource, supports
from ..core.canonical import ZERO, Line, LineKind, Order
from .job_run import Work
from .order_batch import Batch, Draft

#: Orders kept in memory by each process, 1 kB each.
_TOLD = LRU(20_000)
#: Payloads read at once.
SLICE = 200
_LONG_AGO = datetime.min.replace(tzinfo=timezone.utc)


@dataclass(frozen=True)
class Told:
    """What one waiting event says of its order. ``polled``: read after all polled before it."""

    event_id: int
    order: Order
    polled: bool = False

    @property
    def modified_at(self):
        return self.order.modified_at or _LONG_AGO


class ChannelDemandOrders(models.AbstractModel):
    _name = "channel.demand.orders"
    _description = "Orders of events that wait"

    def _waiting(self, backends):
        """The newest that waiting events say of each order; no HTTP.

        Events without payload (a person's hints) say nothing, neither does what is no order: the
        record is gone, and an import will find out. Moments have whole seconds: of several events
        of the same one the last that was polled counts, and all that were delivered, for nobody
        knows when their payloads were made.

        :return: ``{(backend id, external id): [Told]}``, the latest event last
        """
        rows = self._rows(backends)
        self._translate(backends, [row for row in rows if self._key(row) not in _TOLD])
        newest = {}
        for row in rows:
            order = _TOLD.get(self._key(row))
            if order is not None:
                told = Told(row[0], order, row[4])
                known = newest.setdefault((row[1], row[2]), [])
                if known and known[0].modified_at < told.modified_at:
                    known.clear()
                if told.polled and known and known[0].modified_at == told.modified_at:
                    known[:] = [earlier for earlier in known if not earlier.polled]
                if not known or known[0].modified_at == told.modified_at:
                    known.append(told)
        return newest

    def _of_events(self, events):
        """``{event: Order}`` of what events say that may be settled already."""
        rows = [
            (event.id, event.backend_id.id, event.external_id, event.dedup_key)
            for event in events
            if event.kind == "order" and not event.deleted
        ]
        self._translate(events.backend_id, [row for row in rows if self._key(row) not in _TOLD])
        orders = {
            event: _TOLD.get((self.env.cr.dbname, event.id, event.dedup_key)) for event in events
        }
        return {event: order for event, order in orders.items() if order is not None}

    def _rows(self, backends):
        """(id, backend id, external id, dedup key, polled) of events that may say what was sold."""
        self.env["channel.event"].flush_model()
        return self.env.execute_query(
            SQL(
                """
                SELECT id, backend_id, external_id, dedup_key, fetched_at IS NOT NULL
                  FROM channel_event
                 WHERE backend_id IN %s AND kind = 'order' AND NOT deleted
                   AND state IN ('pending', 'blocked', 'failed') AND payload IS NOT NULL
                 ORDER BY id
                """,
                tuple(backends.ids) or (0,),
            )
        )

    def _key(self, row):
        return self.env.cr.dbname, row[0], row[3]

    # === TRANSLATING === #

    def _translate(self, backends, rows):
        """Keep what the payloads of these events say."""
        for backend in backends:
            own = [row for row in rows if row[1] == backend.id]
            adapter = backend._adapter() if own else None
            if adapter is None:
                continue
            try:
                for start in range(0, len(own), SLICE):
                    self._translate_slice(adapter, own[start : start + SLICE])
            finally:
                adapter.close()

    def _translate_slice(self, adapter, rows):
        payloads = self._payloads([row[0] for row in rows])
        for row in rows:
            _TOLD[self._key(row)] = _slim(adapter, payloads.get(row[0]))

    def _payloads(self, event_ids):
        self.env["channel.event"].flush_model(["payload"])
        query = SQL("SELECT id, payload FROM channel_event WHERE id IN %s", tuple(event_ids))
        return dict(self.env.execute_query(query))

    # === WHETHER IT WILL BE AN ORDER === #

    def _becomes_order(self, batch, external_id, told):
        """Whether the import would make a sales order of what an event says."""
        work = Work(self.env["channel.event"].browse(told.event_id), external_id, None, None, None)
        draft = Draft(work, told.order, self.env["channel.binding.order"], self.env["sale.order"])
        draft.status = self.env["channel.order.workflow"]._status(batch, told.order)
        return not self.env["channel.order.relevance"]._reason_to_ignore(batch, draft)

    def _batch(self, backend):
        """What the import's own rules need to know of a backend."""
        return Batch(backend, statuses=self.env["channel.map.status"]._meanings(backend))


def _slim(adapter, payload):
    """The order without what does not count; None where it is none."""
    if not payload or not supports(adapter, OrderSource):
        return None
    try:
        order = adapter.parse_order(payload)
    except errors.Rejected:
        return None
    return Order(
        external_id=order.external_id,
        number=order.number,
        status=order.status,
        status_code=order.status_code,
        currency="",
        total=ZERO,
        total_tax=ZERO,
        created_at=order.created_at,
        modified_at=order.modified_at,
        lines=tuple(_slim_line(line) for line in order.lines if _is_goods(line)),
        refunds=tuple(dataclasses.replace(refund, reason="") for refund in order.refunds),
        parent_external_id=order.parent_external_id,
    )


def _is_goods(line):
    """Whether something leaves for it; a set itself does not, its parts do."""
    return line.kind is LineKind.PRODUCT and line.quantity > 0 and not line.is_container


def _slim_line(line):
    return Line(
        external_id=line.external_id,
        kind=line.kind,
        name="",
        quantity=line.quantity,
        total=ZERO,
        total_tax=ZERO,
        product=line.product,
        stock_reduced=line.stock_reduced,
    )
