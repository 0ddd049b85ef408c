import base64
import binascii
import json
from dataclasses import asdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

#: A file of settings is some kilobytes; nothing that large is one.
MOST_BYTES = 4 * 1024 * 1024


class ChannelSettingsImport(models.TransientModel):
    """Shows what a file of settings would change in a backend, then changes it."""

    _name = "channel.settings.import"
    _description = "Import settings"

    backend_id = fields.Many2one("channel.backend", required=True, ondelete="cascade")
    data = fields.Binary("File", required=True, attachment=False)
    filename = fields.Char()
    is_shown = fields.Boolean()
    line_ids = fields.One2many("channel.settings.import.line", "wizard_id", readonly=True)
    change_count = fields.Integer(compute="_compute_counts")
    missing_count = fields.Integer(compute="_compute_counts")

    @api.depends("line_ids.kind")
    def _compute_counts(self):
        for wizard in self:
            missing = wizard.line_ids.filtered(lambda line: line.kind == "missing")
            wizard.missing_count = len(missing)
            wizard.change_count = len(wizard.line_ids - missing)

    # === ACTION METHODS === #

    def action_preview(self):
        """Show what would change, and what can't be found here; nothing is written."""
        plan = self._plan()
        self.line_ids.unlink()
        self.write(
            {"is_shown": True, "line_ids": [Command.create(asdict(line)) for line in plan.lines]}
        )
        return self._show()

    def action_back(self):
        """Choose another file."""
        self.is_shown = False
        return self._show()

    def action_import(self):
        """Write what was shown, as it would change at this moment."""
        plan = self._plan()
        if not plan.steps:
            raise UserError(self.env._("Nothing of this file would change anything."))
        self.env["channel.settings.file"]._apply(self.backend_id, plan)
        self.backend_id.message_post(
            body=self.env._(
                "Settings imported from “%(file)s”: %(count)s records changed or made.",
                file=self.filename or "?",
                count=len(plan.steps),
            )
        )
        return {"type": "ir.actions.act_window_close"}

    # === BUSINESS METHODS === #

    def _plan(self):
        self.ensure_one()
        self.backend_id.check_access("write")
        return self.env["channel.settings.file"]._plan(self.backend_id, self._content())

    def _content(self):
        """The file's content.

        :raises UserError: it is no JSON
        """
        try:
            raw = base64.b64decode(self.data, validate=True)
            if len(raw) > MOST_BYTES:
                raise UserError(self.env._("This file is too large for a file of settings."))
            return json.loads(raw.decode())
        except (binascii.Error, ValueError, RecursionError) as error:
            raise UserError(self.env._("This is not a file of channel settings.")) from error

    def _show(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import Settings"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }


class ChannelSettingsImportLine(models.TransientModel):
    _name = "channel.settings.import.line"
    _description = "Difference of settings"
    _order = "sequence, id"

    wizard_id = fields.Many2one("channel.settings.import", required=True, ondelete="cascade")
    sequence = fields.Integer(compute="_compute_sequence", store=True)
    kind = fields.Selection(
        [
            ("change", "Changes"),
            ("new", "New"),
            ("missing", "Not found here"),
        ],
        required=True,
    )
    record = fields.Char("Of")
    setting = fields.Char()
    before = fields.Char("Now")
    after = fields.Char("In the File")

    @api.depends("kind")
    def _compute_sequence(self):
        """What can't be found comes first: it is what a person has to decide."""
        for line in self:
            line.sequence = 0 if line.kind == "missing" else 1
