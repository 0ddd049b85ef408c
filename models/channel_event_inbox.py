"""How events come in: one INSERT, however often the same thing is said."""

import hashlib
import json
from datetime import timezone

from odoo import api, fields, models
from odoo.tools import SQL

from ..core.fingerprint import fingerprint


def _naive(moment):
    """An aware moment as Odoo stores it: UTC without time zone."""
    return moment.astimezone(timezone.utc).replace(tzinfo=None) if moment else None


class ChannelEvent(models.Model):
    _inherit = "channel.event"

    # === RECEIVING === #

    @api.model
    def _receive(self, rules, notice, payload, body_key):
        """Store one webhook delivery and its job in this transaction.

        One INSERT and one job, nothing else: a shop waits for the answer, and slow answers
        delay all its other deliveries.

        :param rules: the backend's :class:`models.channel_backend_delivery.DeliveryRules`
        :param notice: what the delivery announces (:class:`core.canonical.Notice`)
        :param payload: the parsed body, JSON-able
        :param body_key: what makes two deliveries the same one (a hash of the raw bytes)
        :return: the event, empty where the same delivery is waiting already
        """
        taken = notice.kind in rules.kinds and bool(notice.external_id)
        event = self._insert_rows(
            rules.backend_id,
            rules.company_id,
            [
                {
                    "kind": notice.kind,
                    "topic": notice.topic,
                    "external_id": notice.external_id,
                    "source": "webhook",
                    "dedup_key": self._dedup_key(notice.kind, notice.external_id, body_key),
                    "payload": payload,
                    "deleted": notice.deleted,
                    "state": "pending" if taken else "ignored",
                    "reason": None if taken else self._reason_not_taken(notice),
                }
            ],
        )
        if event and taken and notice.kind not in rules.waiting_kinds:
            event._enqueue_for(rules.backend_id, rules.company_id, notice.kind, notice.external_id)
        return event

    @api.model
    def _receive_polled(self, backend, records):
        """Events, with their payload, for records a poll has read; and jobs for them.

        :param records: list of :class:`core.canonical.Record`
        """
        events = self._insert(
            backend,
            [
                {
                    "kind": record.kind,
                    "topic": "poll",
                    "external_id": record.external_id,
                    "source": "poll",
                    # two changes within one second differ by nothing but their content
                    "dedup_key": self._dedup_key(
                        "poll", record.kind, record.external_id, fingerprint(record.payload)
                    ),
                    "payload": record.payload,
                    "occurred_at": _naive(record.modified_at),
                    "fetched_at": _naive(record.fetched_at),
                }
                for record in records
            ],
        )
        if len(events) > 1:
            events._enqueue_chunks()
        else:
            events._enqueue()
        return events

    @api.model
    def _note(self, backend, kind, external_id, source):
        """A hint made here (by a person, by reconciliation) that a record needs a look."""
        external_id = str(external_id).strip()
        key = self._dedup_key(source, kind, external_id)
        event = self._insert(
            backend,
            [
                {
                    "kind": kind,
                    "topic": source,
                    "external_id": external_id,
                    "source": source,
                    "dedup_key": key,
                }
            ],
        ) or self.search([("backend_id", "=", backend.id), ("dedup_key", "=", key)], limit=1)
        event._enqueue(priority=5)
        return event

    @api.model
    def _follow_up(self, backend, kind, external_ids, source="order", **options):
        """Events that follow from orders or products, named by their external ids; and their jobs.

        One INSERT for all; one that waits already does the same. They are hints like any other:
        their handler looks at what is, so being told once too often is harmless.
        """
        events = self._insert(
            backend,
            [
                {
                    "kind": kind,
                    "topic": source,
                    "external_id": external_id,
                    "source": source,
                    "dedup_key": self._dedup_key(source, kind, external_id),
                }
                for external_id in external_ids
            ],
        )
        if backend._acts_at_once(kind):
            events._enqueue(**options)
        return events

    def _reason_not_taken(self, notice):
        if not notice.external_id:
            return self.env._("The shop no longer shows this record (%s)", notice.error_code)
        return self.env._("No flow of this backend takes records of this kind")

    @api.model
    def _dedup_key(self, *parts):
        return hashlib.sha1("|".join(map(str, parts)).encode(), usedforsecurity=False).hexdigest()

    @api.model
    def _insert(self, backend, rows):
        """Insert events of a backend, see :meth:`_insert_rows`."""
        return self._insert_rows(backend.id, backend.company_id.id, rows)

    @api.model
    def _insert_rows(self, backend_id, company_id, rows):
        """Insert events in one statement; a duplicate of a waiting one is left out.

        Payloads must be storable (:mod:`core.plain`): jsonb refuses some of what JSON may hold.

        SQL instead of ``create``: ON CONFLICT is what makes receiving the same thing twice
        harmless without a lock, and a poll writes a hundred rows at once.
        """
        now = fields.Datetime.now()
        defaults = {
            "backend_id": backend_id,
            "company_id": company_id,
            "topic": None,
            "payload": None,
            "deleted": False,
            "occurred_at": None,
            "received_at": now,
            "fetched_at": None,
            "state": "pending",
            "reason": None,
            "value": None,
            "currency_code": None,
            "sweeps": 0,
        }
        rows = [
            {**defaults, **row, "done_at": None if row.get("state") != "ignored" else now}
            for row in rows
        ]
        if not rows:
            return self.browse()
        names = list(rows[0])
        values = SQL(", ").join(
            SQL(
                "(%s)",
                SQL(", ").join(
                    SQL("%s::jsonb", json.dumps(row[name]))
                    if name == "payload" and row[name] is not None
                    else SQL("%s", row[name])
                    for name in names
                ),
            )
            for row in rows
        )
        self.env.cr.execute(
            SQL(
                "INSERT INTO channel_event (%s) VALUES %s"
                " ON CONFLICT (backend_id, dedup_key) WHERE state = 'pending' DO NOTHING"
                " RETURNING id",
                SQL(", ").join(SQL.identifier(name) for name in names),
                values,
            )
        )
        return self.browse(row[0] for row in self.env.cr.fetchall())
