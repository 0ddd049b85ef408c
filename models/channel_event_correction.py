"""A field of the shop's record that a person has corrected, in a copy.

What the shop sends stays as it is. A correction names the field, what the shop says there and what
counts instead; it holds for the record until the shop says something else in that field.
"""

import dataclasses
import json

from odoo import api, fields, models, tools

from ..core.payload_paths import as_text, path_text, replaced
from ..services.cached import forget


class ChannelEvent(models.Model):
    _inherit = "channel.event"

    corrected_payload = fields.Json(
        "Corrected Copy",
        readonly=True,
        groups="channel_connector.group_manager",
        prefetch=False,
    )
    corrections = fields.Json(
        readonly=True,
        groups="channel_connector.group_manager",
        help="List of {keys, old, new}: the path of a field, the shop's value, the correct one.",
    )
    corrected_by_id = fields.Many2one("res.users", readonly=True)
    corrected_at = fields.Datetime(readonly=True)

    corrected_text = fields.Text(
        "Readable Corrections",
        compute="_compute_corrected_text",
        groups="channel_connector.group_manager",
    )

    _corrected_idx = models.Index("(backend_id) WHERE corrected_at IS NOT NULL")

    # === COMPUTE METHODS === #

    @api.depends("corrections", "corrected_payload")
    def _compute_corrected_text(self):
        for event in self:
            rows = [
                f"// {path_text(row['keys'])}: {as_text(row['old'])} → {as_text(row['new'])}"
                for row in event.corrections or []
            ]
            copy = json.dumps(event.corrected_payload, indent=2, ensure_ascii=False)
            event.corrected_text = "\n".join([*rows, copy]) if rows else ""

    # === CORRECTING === #

    def _correct(self, payload, corrections):
        """Keep corrections of this event's record; the events of its record are tried again.

        :param payload: the shop's version that was corrected
        :param corrections: list of ``{"keys": path, "old": value, "new": value}``
        """
        self.ensure_one()
        copy, _used = replaced(payload, corrections)
        self.write(
            {
                "corrected_payload": copy,
                "corrections": corrections,
                "corrected_by_id": self.env.uid,
                "corrected_at": fields.Datetime.now(),
            }
        )

    def write(self, vals):
        if "corrections" in vals:
            forget(self.env)
        return super().write(vals)

    def unlink(self):
        if self.search_count([("id", "in", self.ids), ("corrected_at", "!=", False)], limit=1):
            forget(self.env)
        return super().unlink()

    @api.model
    @tools.ormcache("backend_id")
    def _corrections_of(self, backend_id):
        """``{(kind, external id): corrections}`` of a backend; the newest of a record counts.

        Cached: nearly always there are none, and every import asks.
        """
        events = self.sudo().search_fetch(
            [("backend_id", "=", backend_id), ("corrected_at", "!=", False)],
            ["kind", "external_id", "corrections"],
            order="corrected_at, id",
        )
        return {(event.kind, event.external_id): event.corrections or [] for event in events}

    def _corrections_here(self):
        """What counts for the record of this event now, whichever event it was corrected on."""
        self.ensure_one()
        known = self._corrections_of(self.backend_id.id)
        return known.get((self.kind, self.external_id), [])

    @api.model
    def _corrected(self, backend, record):
        """The record as a person has corrected it.

        :param record: :class:`core.canonical.Record` as the shop told it, or None
        """
        known = self._corrections_of(backend.id)
        corrections = known.get((record.kind, record.external_id)) if known and record else None
        if not corrections:
            return record
        payload, used = replaced(record.payload, corrections)
        return dataclasses.replace(record, payload=payload) if used else record
