"""Who changed a backend's configuration, and who tried what again: notes in the chatter."""

from markupsafe import Markup

from odoo import api, models
from odoo.tools import format_datetime, html2plaintext

#: Where a transaction keeps what was changed in it, until just before it is committed.
CHANGES = "channel.audit"
LONGEST = 80
#: Records that are named in one note.
MOST_NAMES = 10
#: Written by programs only, of no consequence, or told by who writes it.
NOT_TOLD = {"provider_settings", "sequence", "paused", "setup_step"}


class ChannelAuditedMixin(models.AbstractModel):
    """Configuration: what a person changes of it is told as "field: from → to", once per save.

    What programs do with the superuser's rights has its own records, and is not told. Secrets and
    structured data are told without their values.
    """

    _name = "channel.audited.mixin"
    _description = "Part of a channel's configuration"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        for record in records._audited():
            record._audit_note("", text=self.env._("new"))
        return records

    def write(self, vals):
        names = [name for name in vals if self._is_audited(name)]
        before = {record: record._audit_texts(names) for record in self._audited()}
        result = super().write(vals)
        for record, old in before.items():
            new = record._audit_texts(names)
            for name in names:
                record._audit_note(name, old[name], new[name])
        return result

    def unlink(self):
        for record in self._audited():
            record._audit_note("", text=self.env._("deleted"))
        return super().unlink()

    # === WHAT IS TOLD === #

    def _audited(self):
        """These records where a person works on them, nothing where a program does."""
        return self.browse() if self.env.su else self

    def _audit_backend(self):
        return self.backend_id

    def _is_audited(self, name):
        """Whether a field is configuration: a person may write it, and no other record tells it."""
        field = self._fields.get(name)
        if field is None or name in NOT_TOLD or getattr(field, "tracking", None):
            return False
        told = field.store and not field.readonly and field.type not in ("one2many", "binary")
        return told or self._is_secret(name)

    def _is_secret(self, name):
        """Whether a field can be set and not be read."""
        return f"{name}_stored" in self._fields

    def _audit_texts(self, names):
        """``{field: value as a person reads it}`` of one record."""
        return {name: self._audit_text(name) for name in names}

    def _audit_text(self, name):
        field, value = self._fields[name], self[name]
        if self._is_secret(name):
            return ""
        if field.type == "boolean":
            return self.env._("yes") if value else self.env._("no")
        if field.type in ("many2one", "many2many"):
            value = ", ".join(value.sudo().mapped("display_name"))
        elif field.type == "selection":
            value = dict(field._description_selection(self.env)).get(value)
        elif field.type == "datetime":
            value = format_datetime(self.env, value)
        elif field.type == "html":
            value = html2plaintext(value or "")
        elif field.type in ("integer", "float", "monetary"):
            return f"{value:.10g}"
        return str(value or "—")

    # === TELLING === #

    def _audit_note(self, name, old="", new="", text=""):
        """Keep one change; what is changed again in the same transaction is told once.

        :param text: what happened, in place of an old and a new value
        """
        backend = self._audit_backend()
        data = self.env.cr.precommit.data
        if CHANGES not in data:
            data[CHANGES] = {}
            self.env.cr.precommit.add(lambda env=self.env: _tell(env))
        if name and (self._is_secret(name) or self._fields[name].type == "json"):
            changed = self._is_secret(name) or old != new
            text = changed and self.env._("changed")
            old = new = ""
        changes = data[CHANGES].setdefault((self.env.uid, backend.id), {})
        key = (self._name, self.id, name)
        old = changes[key][1] if key in changes else old
        changes[key] = (self._audit_label(name), old, new, text)

    def _audit_label(self, name):
        """What was changed, as it is called on the screen."""
        parts = (
            [] if self == self._audit_backend() else [f"{self._description} {self.display_name}"]
        )
        if name:
            parts.append(self._fields[name]._description_string(self.env))
        return " · ".join(parts)


def _tell(env):
    """Post what each person has changed of each backend; one that is gone tells nothing."""
    for (uid, backend_id), changes in env.cr.precommit.data.pop(CHANGES, {}).items():
        person = env(user=uid, su=True)
        backend = person["channel.backend"].browse(backend_id).exists()
        lines = [
            _line(*change) for change in changes.values() if change[3] or change[1] != change[2]
        ]
        if backend and lines:
            title = person._("Configuration changed")
            body = Markup("<p>%s</p><ul>%s</ul>") % (title, Markup().join(lines))
            backend.message_post(body=body)
            person.flush_all()


def _line(label, old, new, text):
    return Markup("<li>%s: %s</li>") % (label, text or f"{_cut(old)} → {_cut(new)}")


def _cut(text):
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


# === CONFIGURATION === #


class ChannelBackend(models.Model):
    _name = "channel.backend"
    _inherit = ["channel.backend", "channel.audited.mixin"]

    def _audit_backend(self):
        return self


class ChannelFlow(models.Model):
    _name = "channel.flow"
    _inherit = ["channel.flow", "channel.audited.mixin"]


class ChannelOwnership(models.Model):
    _name = "channel.ownership"
    _inherit = ["channel.ownership", "channel.audited.mixin"]


class ChannelMapMixin(models.AbstractModel):
    _name = "channel.map.mixin"
    _inherit = ["channel.map.mixin", "channel.audited.mixin"]


class ChannelMapWarehouse(models.Model):
    _name = "channel.map.warehouse"
    _inherit = ["channel.map.warehouse", "channel.audited.mixin"]


class ChannelRiskRule(models.Model):
    _name = "channel.risk.rule"
    _inherit = ["channel.risk.rule", "channel.audited.mixin"]


class ChannelMetaField(models.Model):
    _name = "channel.meta.field"
    _inherit = ["channel.meta.field", "channel.audited.mixin"]


class ChannelStockRule(models.Model):
    _name = "channel.stock.rule"
    _inherit = ["channel.stock.rule", "channel.audited.mixin"]


# === DOINGS === #


class ChannelEvent(models.Model):
    _inherit = "channel.event"

    def action_retry(self):
        stuck = self.sudo().filtered(lambda event: event.state != "pending")
        result = super().action_retry()
        _say_retried(stuck)
        return result


class ChannelOutbox(models.Model):
    _inherit = "channel.outbox"

    def action_retry(self):
        stuck = self.sudo().filtered(lambda note: note.state in ("blocked", "failed"))
        result = super().action_retry()
        _say_retried(stuck)
        return result


def _say_retried(rows):
    """Note who has tried these events or notes again: on their issues, else on their backends."""
    waiting = rows.filtered(lambda row: row.state == "pending")
    for place, group in waiting.grouped(lambda row: row.issue_id or row.backend_id).items():
        names = ", ".join(group[:MOST_NAMES].mapped("display_name"))
        rest = len(group) - MOST_NAMES
        if rest > 0:
            text = rows.env._("Tried again: %(names)s and %(count)s more", names=names, count=rest)
        else:
            text = rows.env._("Tried again: %s", names)
        place.message_post(body=text)
