"""Correct values of a record of the shop, in a copy: what the shop sent stays as it is."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core.adapter import FLOW_ROLES
from ..core.payload_paths import as_text, from_text, leaves, path_text

#: Parts of a payload that only lead elsewhere.
HIDDEN = ("_links",)


class ChannelPayloadCorrection(models.TransientModel):
    _name = "channel.payload.correction"
    _description = "Correct a channel's record"

    event_id = fields.Many2one("channel.event", required=True, readonly=True, ondelete="cascade")
    issue_id = fields.Many2one("channel.issue", readonly=True)
    reason = fields.Char(related="event_id.reason")
    payload = fields.Json(readonly=True)
    main_ids = fields.One2many(
        "channel.payload.field", "correction_id", "Main Fields", domain=[("section", "=", "main")]
    )
    group_ids = fields.One2many(
        "channel.payload.field", "correction_id", "Addresses", domain=[("section", "=", "group")]
    )
    list_ids = fields.One2many(
        "channel.payload.field", "correction_id", "Lines", domain=[("section", "=", "list")]
    )

    # === ACTION METHODS === #

    def action_apply(self):
        """Keep what was changed as the event's corrected copy, and try the record again."""
        self.check_access("write")
        self.ensure_one()
        changed = (self.main_ids | self.group_ids | self.list_ids).filtered("is_changed")
        if not changed:
            raise UserError(self.env._("Nothing was changed."))
        event = self.event_id
        event.check_access("write")
        corrections = [row._as_correction() for row in changed]
        paths = [row["keys"] for row in corrections]
        kept = [row for row in event._corrections_here() if row["keys"] not in paths]
        event._correct(self.payload, [*kept, *corrections])
        self._audit(event, changed)
        event.action_retry()
        return {"type": "ir.actions.act_window_close"}

    def _audit(self, event, changed):
        """Who corrected what; the values may be personal data, so only their fields are named."""
        text = self.env._(
            "%(record)s: corrected in a copy: %(fields)s",
            record=event.display_name,
            fields=", ".join(changed.mapped("path")),
        )
        for issue in event.issue_ids:
            issue.message_post(body=text)

    # === BUSINESS METHODS === #

    @api.model
    def _open(self, event):
        """The action of a new editor, with the record as the shop shows it now.

        :raises UserError: it can't be read
        """
        payload = event._payload_now()
        corrected = {tuple(row["keys"]): row["new"] for row in event._corrections_here()}
        rows = [
            {
                "section": _section(keys),
                "path": path_text(keys),
                "keys": list(keys),
                "old": {"value": value},
                "before": as_text(value),
                "text": as_text(corrected.get(keys, value)),
            }
            for keys, value in leaves(payload)
            if keys and keys[0] not in HIDDEN
        ]
        editor = self.create(
            {"event_id": event.id, "issue_id": event.issue_id.id, "payload": payload}
        )
        self.env["channel.payload.field"].create(
            [{**row, "correction_id": editor.id} for row in rows]
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Correct %s", event.display_name),
            "res_model": self._name,
            "res_id": editor.id,
            "views": [(False, "form")],
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }


class ChannelPayloadField(models.TransientModel):
    _name = "channel.payload.field"
    _description = "Field of a channel's record"

    correction_id = fields.Many2one("channel.payload.correction", required=True, ondelete="cascade")
    section = fields.Selection(
        [("main", "Main Fields"), ("group", "Addresses"), ("list", "Lines")], required=True
    )
    path = fields.Char("Field", readonly=True)
    keys = fields.Json(readonly=True)
    old = fields.Json(readonly=True)
    before = fields.Char("The Shop Says", readonly=True)
    text = fields.Char("Correct Value")
    is_changed = fields.Boolean(compute="_compute_is_changed")

    @api.depends("text", "before")
    def _compute_is_changed(self):
        for row in self:
            row.is_changed = (row.text or "") != (row.before or "")

    def _as_correction(self):
        """:raises UserError: the value is not of the field's kind"""
        old = self.old["value"]
        try:
            return {"keys": self.keys, "old": old, "new": from_text(self.text or "", old)}
        except ValueError as error:
            raise UserError(
                self.env._(
                    "“%(value)s” is no value for %(field)s, where the shop has %(old)s.",
                    value=self.text or "",
                    field=self.path,
                    old=self.before,
                )
            ) from error


class ChannelEvent(models.Model):
    _inherit = "channel.event"

    def action_correct_payload(self):
        """Open the editor of what the shop says of this event's record."""
        self.check_access("write")
        self.ensure_one()
        return self.env["channel.payload.correction"]._open(self)

    def _payload_now(self):
        """The payload of this event's record as the shop shows it now.

        :raises UserError: it can't be read
        """
        handler, name = self.backend_id._get_handler(self.kind), self.external_id
        record = self.backend_id._call(
            lambda adapter: handler._fetch(adapter, name), FLOW_ROLES[self.kind, "in"]
        )
        return dict(record.payload)


def _section(keys):
    if any(isinstance(key, int) for key in keys):
        return "list"
    return "group" if len(keys) > 1 else "main"
