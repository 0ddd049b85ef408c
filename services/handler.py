"""What a kind of record needs so that its events can be worked on."""

from datetime import timezone

from odoo import models

from ..core import errors
from ..core.canonical import Record


class ChannelHandler(models.AbstractModel):
    """Base of the services that take records in (orders, customers …)."""

    _name = "channel.handler"
    _description = "Channel record handler"

    #: kind of record whose lock this handler works under; '': its own. What follows from an order
    #: is named by the order's external id, and never runs beside its import.
    _lock_kind = ""

    #: whether the work on an event looks at all of its record, and so overtakes earlier events
    _overtakes = True

    def _settled_unread(self, adapter, events):
        """Whether ``events`` are still relevant, before the channel is asked about them.

        :return: the :class:`services.job_run.Outcome` of what needs no look, else None
        """
        return None

    def _read(self, adapter, events):
        """Read the record of ``events`` from the channel, before any transaction on it.

        A poll's payload counts as read; every other event is a hint, and the channel is asked.

        :return: :class:`core.canonical.Record`, or None when it is gone
        """
        if all(events.mapped("fetched_at")):
            return self._read_payload(events)
        try:
            return self._fetch(adapter, events[0].external_id)
        except errors.NotFound:
            return None

    def _read_many(self, adapter, groups):
        """Read the records of several hints at once, where the channel can be asked so.

        :param groups: list of events of one record each
        :return: ``{external id: core.canonical.Record}`` of those read; each of the others is
            asked for alone
        """
        return {}

    def _read_payload(self, events):
        """The newest payload that a poll stored with ``events``."""
        event = events.sorted(lambda event: (event.fetched_at, event.id))[-1]
        return Record(
            kind=event.kind,
            external_id=event.external_id,
            payload=event.sudo().payload,
            modified_at=_utc(event.occurred_at),
            fetched_at=_utc(event.fetched_at),
        )

    def _not_known(self, adapter, backend, records):
        """Those of a poll's records that may be news; an overlap reads many a second time."""
        return list(records)

    def _fetch(self, adapter, external_id):
        """Read one record. :raises errors.NotFound: it does not exist (any more)."""
        raise NotImplementedError

    def _apply(self, works):
        """Bring records into Odoo in the current transaction, which may run more than once.

        :param works: list of :class:`services.job_run.Work`
        :return: one :class:`services.job_run.Outcome` per work, in the same order
        :raises errors.NeedsHuman: rolls everything back and blocks the record (a chunk is then
            worked on one by one)
        """
        raise NotImplementedError


def _utc(moment):
    return moment.replace(tzinfo=timezone.utc) if moment else None
