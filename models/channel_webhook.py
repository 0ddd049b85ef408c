"""The webhooks a shop should have, as the last check found them."""

from odoo import fields, models

from ..core.canonical import HookFault


class ChannelWebhook(models.Model):
    """One row per topic. Written by the check of its backend alone, one at a time."""

    _name = "channel.webhook"
    _description = "Channel webhook"
    _order = "backend_id, topic"
    _rec_name = "topic"
    _log_access = False

    backend_id = fields.Many2one(
        "channel.backend", required=True, index=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(related="backend_id.company_id", store=True, index=True)
    topic = fields.Char(required=True, readonly=True, help="The channel's own word.")
    external_id = fields.Char("External ID", readonly=True)
    state = fields.Selection(
        [
            ("working", "In place"),
            (HookFault.MISSING.value, "Deleted"),
            (HookFault.OFF.value, "Switched off"),
            (HookFault.ELSEWHERE.value, "Wrong address"),
            (HookFault.DOUBLED.value, "Doubled"),
        ],
        required=True,
        readonly=True,
    )
    made_at = fields.Datetime("Made", readonly=True, help="When it was last made (anew).")
    renewed_at = fields.Datetime(
        readonly=True, help="When all were made anew although they looked fine in the shop."
    )
    checked_at = fields.Datetime("Checked", readonly=True)
    last_delivery_at = fields.Datetime(
        "Last Delivery",
        compute="_compute_last_delivery_at",
        help="Of any webhook about this kind of record: several tell of one change, which is "
        "stored once.",
    )

    _topic_uniq = models.UniqueIndex("(backend_id, topic)")

    # === COMPUTE METHODS === #

    def _compute_last_delivery_at(self):
        for backend, hooks in self.grouped("backend_id").items():
            moments = backend.webhook_ids._last_deliveries(backend)
            for hook in hooks:
                hook.last_delivery_at = moments.get(hook._kind())

    # === BUSINESS METHODS === #

    def _kind(self):
        """The kind of record that a topic is about, as every channel's topics begin."""
        return self.topic.partition(".")[0]

    def _last_deliveries(self, backend):
        """``{kind: moment}`` of the last delivery about each kind of these topics.

        By one look into the index for each topic.
        """
        self.env["channel.event"].flush_model(["topic", "received_at", "source"])
        self.env.cr.execute(
            """
            SELECT topic, (
                   SELECT max(event.received_at) FROM channel_event event
                    WHERE event.backend_id = %s AND event.topic = asked.topic
                      AND event.source = 'webhook')
              FROM unnest(%s::varchar[]) AS asked (topic)
            """,
            [backend.id, self.mapped("topic")],
        )
        found = {}
        for topic, moment in self.env.cr.fetchall():
            kind = topic.partition(".")[0]
            found[kind] = max(filter(None, [moment, found.get(kind)]), default=None)
        return found

    def _keep(self, backend, report, renewed=False):
        """Write down what a check has found.

        :param report: :class:`core.canonical.HookReport`
        :param renewed: all were just made anew
        """
        now = fields.Datetime.now()
        rows = {hook.topic: hook for hook in self.search([("backend_id", "=", backend.id)])}
        found = {hook.topic: (fault.value, hook) for hook, fault in report.faulty}
        found.update({hook.topic: ("working", hook) for hook in report.working})
        self.union(*(row for topic, row in rows.items() if topic not in found)).unlink()
        for topic, (state, hook) in found.items():
            values = {"state": state, "external_id": hook.external_id, "checked_at": now}
            row = rows.get(topic)
            if hook.external_id and (not row or row.external_id != hook.external_id):
                values["made_at"] = now
            if renewed:
                values["renewed_at"] = now
            if row:
                row.write(values)
            else:
                self.create({**values, "topic": topic, "backend_id": backend.id})


class ChannelEvent(models.Model):
    _inherit = "channel.event"

    _delivery_idx = models.Index("(backend_id, topic, received_at) WHERE source = 'webhook'")
