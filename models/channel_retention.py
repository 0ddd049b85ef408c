"""How long things are kept: personal data shorter than the facts about them, open things for ever.

Everything here runs in Odoo's daily clean-up, in batches: a shop that was flooded is worked off
by repeated calls, not by one long transaction.
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

#: Rows that one call removes or empties; the clean-up calls again while there are more.
BATCH = 5000
SETTLED = ("done", "ignored")


class ChannelBackend(models.Model):
    _inherit = "channel.backend"

    payload_days = fields.Integer(
        "Keep Payloads (days)",
        default=30,
        help="What the shop has sent, with names and addresses, is removed from settled events "
        "after this many days. The events stay, as long as they are kept. 0: at the next nightly "
        "clean-up.",
    )

    _keep_positive = models.Constraint(
        "CHECK(payload_days >= 0 AND event_days >= 0 AND log_days >= 0)",
        "Days can't be negative.",
    )

    def _outdated(self, model, days, moment, domain, order="id"):
        """Records of ``model`` that are older than their backend keeps them, at most a batch.

        :param days: name of the backend's field; ``moment``: name of the record's
        :param order: another one where an index finds them by it
        """
        found = self.env[model].sudo().browse()
        backends = self.sudo().with_context(active_test=False)
        for backend in backends.search([]):  # pylint: disable=no-search-all
            if len(found) >= BATCH:
                break
            oldest = fields.Datetime.now() - timedelta(days=backend[days])
            found |= found.search(
                [("backend_id", "=", backend.id), (moment, "<", oldest), *domain],
                limit=BATCH - len(found),
                order=order,
            )
        return found


class ChannelEvent(models.Model):
    _inherit = "channel.event"

    # of months of events only some days' are not empty yet; by id each batch would read them all
    _filled_idx = models.Index(
        "(backend_id, done_at) WHERE state IN ('done', 'ignored') AND (payload IS NOT NULL"
        " OR corrected_payload IS NOT NULL OR corrections IS NOT NULL)"
    )

    @api.autovacuum
    def _gc_events(self):
        """Delete settled events that are older than their backend keeps."""
        events = self.env["channel.backend"]._outdated(
            self._name, "event_days", "done_at", [("state", "in", SETTLED)]
        )
        events.unlink()
        return len(events), len(events) >= BATCH

    @api.autovacuum
    def _gc_payloads(self):
        """Empty settled events before they go; what waits or is stuck keeps what it came with."""
        events = self.env["channel.backend"]._outdated(
            self._name, "payload_days", "done_at", self._filled_domain(), order="done_at, id"
        )
        events._purge_payloads()
        return len(events), len(events) >= BATCH

    @api.model
    def _filled_domain(self):
        """Settled events that still hold what the shop has sent."""
        filled = Domain.OR(Domain(name, "!=", False) for name in self._payload_fields())
        return Domain("state", "in", SETTLED) & filled

    @api.model
    def _payload_fields(self):
        """Names of the fields that hold what the shop has sent."""
        names = ("payload", "corrected_payload", "corrections")
        return [name for name in names if name in self._fields]

    def _purge_payloads(self):
        """Remove what the shop has sent; a job that still needs it asks the shop again."""
        events = self.sudo()
        names = [*self._payload_fields(), *({"corrected_at"} & set(self._fields))]
        events.write(dict.fromkeys(names, False))
        events.filtered(lambda event: event.state not in SETTLED).fetched_at = False


class ChannelOutbox(models.Model):
    _inherit = "channel.outbox"

    @api.autovacuum
    def _gc_notes(self):
        """Delete settled notes that are older than their backend keeps."""
        notes = self.env["channel.backend"]._outdated(
            self._name, "event_days", "done_at", [("state", "in", SETTLED)]
        )
        notes.unlink()
        return len(notes), len(notes) >= BATCH


class ChannelLog(models.Model):
    _inherit = "channel.log"

    @api.autovacuum
    def _gc_logs(self):
        """Delete exchanges that are older than their backend keeps."""
        lines = self.env["channel.backend"]._outdated(self._name, "log_days", "logged_at", [])
        lines.unlink()
        return len(lines), len(lines) >= BATCH


class ChannelIssue(models.Model):
    _inherit = "channel.issue"

    @api.autovacuum
    def _gc_comparisons(self):
        """Closed issues stay; the shop's order that they show goes with the payloads."""
        issues = self.env["channel.backend"]._outdated(
            self._name,
            "payload_days",
            "closed_at",
            [("state", "!=", "open"), ("comparison", "!=", False)],
        )
        issues.comparison = False
        return len(issues), len(issues) >= BATCH


class ChannelDemand(models.Model):
    _inherit = "channel.demand"

    @api.autovacuum
    def _gc_demand(self):
        """Rows show the last drain; where nothing is drained any more they tell nothing."""
        flows = self.env["channel.flow"].sudo()
        live = flows.search([("kind", "=", "stock"), ("direction", "=", "out")]).backend_id
        rows = self.sudo().search([("backend_id", "not in", live.ids)], limit=BATCH)
        rows.unlink()
        return len(rows), len(rows) >= BATCH
