"""Notes of changes that are published many at a time: stock, prices, products.

They are written by one statement at the end of the business transaction, without reading
anything first, and deleted when they are done: there is one for each movement of goods.
"""

import logging

import psycopg2

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL

from ..services.job_run import JobRun
from .channel_event_jobs import LIVE_JOB_STATES, SWEEP_AFTER, SWEEPS_UNTIL_STUCK
from .channel_flow import EXPORTERS

_logger = logging.getLogger(__name__)

#: Marker of notes about stock that the shop has moved itself since it was told last: what was
#: published then is not what it shows now.
SHOP_MOVED = "shop"


class ChannelOutbox(models.Model):
    _inherit = "channel.outbox"

    # what a drain reads: there may be one for each movement of goods of a long outage
    _open_idx = models.Index(
        "(backend_id, kind, id) WHERE state IN ('pending', 'blocked', 'failed')"
    )

    # === NOTING === #

    @api.model
    def _note_many(self, kind, record_ids, marker=""):
        """Note that records of a drained kind have to be looked at, once, before the commit.

        Costs a business transaction one INSERT … SELECT however often it is called, and nothing
        where no record is known to a channel whose flow is on. An upsert would fail between two
        pickings of one product (40001), an append never does.

        :param record_ids: of the model that the kind's notes are about
        :param marker: what the drain has to know of the change, e.g. :data:`SHOP_MOVED`
        """
        waiting = self.env.cr.precommit.data.setdefault("channel.outbox", {})
        if not waiting:
            self.env.cr.precommit.add(self.sudo()._write_notes)
        waiting.setdefault((kind, marker), set()).update(record_ids)

    @api.model
    def _note_all(self, kind, backends):
        """Note everything that is bound on these backends, where their flow is on."""
        self.env.flush_all()
        binding = self.env[self.env[EXPORTERS[kind]]._binding_model]
        records = SQL(
            "SELECT odoo_id FROM %s WHERE backend_id = ANY(%s)",
            SQL.identifier(binding._table),
            backends.ids,
        )
        self.sudo()._insert(self._insert_query(kind, records, backends))

    def _write_notes(self):
        waiting = self.env.cr.precommit.data.pop("channel.outbox", {})
        for (kind, marker), record_ids in waiting.items():
            if record_ids:
                self._insert(self._insert_many_query(kind, sorted(record_ids), marker))

    def _insert(self, query):
        """Write notes, and once they are committed enqueue the drains that take them."""
        self.env.cr.execute(query)
        flow_ids = [row[0] for row in self.env.cr.fetchall()]
        if flow_ids:
            registry = self.env.registry
            self.env.cr.postcommit.add(lambda: _enqueue_drains(registry, flow_ids))

    # === DRAINING === #

    @api.model
    def _waiting(self, backend, kind, after, limit):
        """Notes of up to ``limit`` records: ``{record id: [note ids]}``, stuck ones with them.

        :param after: the newest note that this drain has read already
        """
        self.env.flush_all()
        self.env.cr.execute(
            """
            SELECT res_id, array_agg(id ORDER BY id) FROM channel_outbox
             WHERE backend_id = %s AND kind = %s
               AND state IN ('pending', 'blocked', 'failed')
             GROUP BY res_id HAVING bool_or(state = 'pending') AND max(id) > %s
             ORDER BY max(id) LIMIT %s
            """,
            [backend.id, kind, after, limit],
        )
        return dict(self.env.cr.fetchall())

    @api.model
    def _forget(self, note_ids):
        """Delete notes of which everything is done; an issue ends with its last note."""
        if not note_ids:
            return
        self.env.flush_all()
        self.env.cr.execute(
            "DELETE FROM channel_outbox WHERE id = ANY(%s) RETURNING issue_id", [list(note_ids)]
        )
        issue_ids = {row[0] for row in self.env.cr.fetchall() if row[0]}
        self.invalidate_model()
        self.env["channel.issue"].browse(issue_ids)._resolve_if_done()

    # === SWEEP === #

    @api.model
    def _sweep_drains(self, backend):
        """A drain for every kind with notes that wait without one."""
        self.env.flush_all()
        run = JobRun(backend)
        for flow in backend.flow_ids.filtered(
            lambda flow: flow._runs() and flow.realtime and flow._is_drained()
        ):
            self.env.cr.execute(
                """
                UPDATE channel_outbox SET sweeps = sweeps + 1
                 WHERE backend_id = %s AND kind = %s AND state = 'pending' AND noted_at < %s
                   AND NOT EXISTS (SELECT 1 FROM queue_job job
                                    WHERE job.identity_key = %s AND job.state IN %s)
                RETURNING sweeps
                """,
                [
                    backend.id,
                    flow.kind,
                    fields.Datetime.now() - SWEEP_AFTER,
                    flow._drain_key(),
                    LIVE_JOB_STATES,
                ],
            )
            sweeps = max((row[0] for row in self.env.cr.fetchall()), default=0)
            if sweeps:
                flow._enqueue_drain()
            if sweeps >= SWEEPS_UNTIL_STUCK:
                run.open_issue("stuck", flow.kind, "drain", origin=f"drain {flow.kind}")
        self.invalidate_model(["sweeps"])

    # === SQL === #

    @api.model
    def _insert_many_query(self, kind, record_ids, marker=""):
        """The statement that notes ``record_ids``; it returns the flows that have to drain.

        An override (another kind of record) returns a query that ends the same way.
        """
        return self._insert_query(kind, self._touched_query(kind, record_ids), marker=marker)

    @api.model
    def _touched_query(self, kind, record_ids):
        """Select the ids of all records that a change of ``record_ids`` changes.

        An override adds those that are made of others.
        """
        return SQL("SELECT unnest(%s)", record_ids)

    @api.model
    def _insert_query(self, kind, records, backends=None, marker=""):
        """Note what the query ``records`` selects, where it is bound and the flow is on.

        A backend that was never connected compares everything when it is.
        """
        service = self.env[EXPORTERS[kind]]
        return SQL(
            """
            WITH noted AS (
                INSERT INTO channel_outbox
                       (backend_id, company_id, kind, res_model, res_id,
                        noted_at, marker, state, sweeps)
                SELECT DISTINCT flow.backend_id, flow.company_id, flow.kind, %(model)s, record.id,
                       now() AT TIME ZONE 'UTC', %(marker)s, 'pending', 0
                  FROM channel_flow flow
                  JOIN channel_backend backend ON backend.id = flow.backend_id
                  JOIN %(bindings)s binding ON binding.backend_id = flow.backend_id
                  JOIN (%(records)s) AS record(id) ON record.id = binding.odoo_id
                 WHERE flow.kind = %(kind)s AND flow.direction = 'out' AND flow.active
                   AND backend.active AND backend.state != 'draft' %(of_backends)s
                RETURNING backend_id
            )
            SELECT DISTINCT flow.id FROM noted
              JOIN channel_flow flow ON flow.backend_id = noted.backend_id
             WHERE flow.kind = %(kind)s AND flow.direction = 'out'
            """,
            model=service._record_model,
            bindings=self._binding_query(kind),
            records=records,
            kind=kind,
            marker=marker,
            of_backends=SQL("AND backend.id = ANY(%s)", backends.ids) if backends else SQL(),
        )

    @api.model
    def _binding_query(self, kind):
        """Who is told of what: a relation with ``backend_id`` and ``odoo_id``.

        An override adds records that a channel shall have, but does not know yet.
        """
        return SQL.identifier(self.env[self.env[EXPORTERS[kind]]._binding_model]._table)


def _enqueue_drains(registry, flow_ids):
    """After the business transaction: jobs on a cursor of its own. The sweep covers a failure."""
    try:
        with registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            flows = env["channel.flow"].browse(flow_ids).exists()
            flows.filtered(lambda flow: flow.realtime and not flow.paused)._enqueue_drain()
    except psycopg2.Error:
        _logger.exception("the drains of flows %s have to wait for the sweep", flow_ids)
