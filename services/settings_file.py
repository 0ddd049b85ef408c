"""A backend's settings as a file that another database understands: no secret, no id.

What is exported is derived from the models: stored fields that a person may change and that are
copied with a record. Secrets, tokens, states and what belongs to one shop alone are none of those.
"""

from dataclasses import dataclass, field
from typing import Any

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command

FORMAT = "channel_connector.settings"
VERSION = 1
#: What makes a backend this one: its shop, its people, its cut-off date.
OF_THIS_SHOP = {
    "channel.backend": {
        "active",
        "base_url",
        "company_id",
        "import_since",
        "name",
        "provider",
        "responsible_id",
        "sequence",
        "setup_step",
        "user_id",
        "wp_user",
    },
    # the number of a rate in one shop is another rate in the next one
    "channel.map.tax": {"external_code"},
}
TYPES = {
    "boolean": bool,
    "integer": int,
    "float": (int, float),
    "char": str,
    "text": str,
    "selection": str,
}


@dataclass(frozen=True)
class Section:
    """Rows of a backend: ``rows`` is its field, ``key`` tells them apart, ``grows``: the file may
    bring rows that the backend does not have."""

    name: str
    rows: str
    key: tuple[str, ...]
    grows: bool = True


SECTIONS = (
    Section("flows", "flow_ids", ("kind", "direction"), grows=False),
    Section("ownership", "ownership_ids", ("group",), grows=False),
    Section(
        "taxes",
        "tax_map_ids",
        ("external_label", "percent", "country_code", "state_code", "tax_class"),
        grows=False,
    ),
    Section("tax_classes", "tax_class_map_ids", ("external_code",)),
    Section("payment_methods", "payment_map_ids", ("external_code",)),
    Section("shipping_methods", "carrier_map_ids", ("external_code",)),
    Section("order_statuses", "status_map_ids", ("external_code",)),
    Section("currencies", "currency_map_ids", ("external_code",)),
    Section("warehouse_rules", "warehouse_map_ids", ("shipping_method", "country_ids")),
    Section("risk_rules", "risk_rule_ids", ("name",)),
    Section("custom_fields", "meta_field_ids", ("external_code",)),
    Section("stock_rules", "stock_rule_ids", ("product_id",)),
)


@dataclass
class Line:
    """One difference, as a person reads it. ``kind``: ``change``, ``new`` or ``missing``."""

    kind: str
    record: str
    setting: str
    before: str = ""
    after: str = ""


@dataclass
class Step:
    """One record to write: ``record`` is empty for a new one, ``values`` are Odoo's."""

    record: Any
    values: dict[str, Any] = field(default_factory=dict)


@dataclass
class Plan:
    """What an import would do, in order."""

    steps: list[Step] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)


class ChannelSettingsFile(models.AbstractModel):
    _name = "channel.settings.file"
    _description = "Settings of a channel as a file"

    # === EXPORT === #

    def _export(self, backend):
        """All settings of a backend as plain values, the same for the same settings."""
        backend = backend.with_context(active_test=False)
        return {
            "format": FORMAT,
            "version": VERSION,
            "provider": backend.provider,
            "settings": self._values(backend),
            **{
                section.name: sorted(
                    (self._values(row, section.key) for row in backend[section.rows]), key=repr
                )
                for section in SECTIONS
            },
        }

    def _values(self, record, key=()):
        return {name: self._plain(record, name) for name in self._names(record, key)}

    def _names(self, record, key=()):
        """Names of the fields of a record that are settings, and those that tell it apart."""
        names = [name for name in sorted(record._fields) if self._is_setting(record, name)]
        return [*key, *(name for name in names if name not in key)]

    def _is_setting(self, record, name):
        """Whether a field may leave the database; an override may say no to more fields."""
        one = record._fields[name]
        if name in (*OF_THIS_SHOP.get(record._name, ()), *models.MAGIC_COLUMNS) or one.groups:
            return False
        if not one.store or not one.copy or one.readonly or one.related:
            return False
        if one.type == "json":
            return name == "analytic_distribution"
        if one.type in ("many2one", "many2many"):
            return self.env["channel.natural.keys"]._knows(one.comodel_name)
        return one.type in TYPES

    def _plain(self, record, name):
        keys, value = self.env["channel.natural.keys"], record[name]
        kind = record._fields[name].type
        if kind == "many2one":
            return keys._key(value)
        if kind == "many2many":
            return sorted((keys._key(one) for one in value), key=repr)
        if kind == "json":
            return self._plain_distribution(value or {})
        if kind in ("boolean", "integer", "float"):
            return value
        return value or None

    def _plain_distribution(self, value):
        """Analytic accounts are stored by their ids: ``{"1,2": 50.0}``."""
        keys, Account = self.env["channel.natural.keys"], self.env["account.analytic.account"]
        rows = []
        for ids, percent in value.items():
            accounts = Account.browse(int(one) for one in ids.split(",")).sudo().exists()
            rows.append({"accounts": [keys._key(one) for one in accounts], "percent": percent})
        return sorted(rows, key=repr)

    # === IMPORT: WHAT WOULD CHANGE === #

    def _plan(self, backend, content):
        """What an import of ``content`` into ``backend`` would do: :class:`Plan`.

        :raises UserError: it is not a file of settings, or of another kind of channel
        """
        self._check(backend, content)
        backend = backend.with_context(active_test=False)
        plan = Plan()
        try:
            self._plan_record(plan, backend, backend, self.env._("Backend"), content["settings"])
            for section in SECTIONS:
                for values in content.get(section.name) or ():
                    self._plan_row(plan, backend, section, values)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise UserError(
                self.env._("This file of settings is damaged (%s).", type(error).__name__)
            ) from error
        return plan

    def _check(self, backend, content):
        if not isinstance(content, dict) or content.get("format") != FORMAT:
            raise UserError(self.env._("This is not a file of channel settings."))
        if content.get("version") != VERSION:
            raise UserError(self.env._("This file comes from another version of the addon."))
        if content.get("provider") != backend.provider:
            raise UserError(
                self.env._("This file is of another kind of channel (%s).", content["provider"])
            )

    def _plan_row(self, plan, backend, section, values):
        rows = backend[section.rows]
        key = [values[name] for name in section.key]
        found = rows.filtered(lambda row: [self._plain(row, name) for name in section.key] == key)
        name = found[0].display_name if found else self._label(key)
        label = f"{backend._fields[section.rows]._description_string(self.env)}: {name}"
        if found:
            self._plan_record(plan, backend, found[0], label, values, section.key)
        elif section.grows:
            self._plan_new(plan, backend, section, label, values)
        else:
            plan.lines.append(Line("missing", label, self.env._("not in this backend")))

    def _plan_new(self, plan, backend, section, label, values):
        before = len(plan.steps)
        empty = backend[section.rows].browse()
        self._plan_record(plan, backend, empty, label, values, section.key)
        step = plan.steps[before] if len(plan.steps) > before else None
        required = {name for name, one in empty._fields.items() if one.required and not one.default}
        needed = required & values.keys()
        if step and all(step.values.get(name) for name in needed):
            step.values["backend_id"] = backend.id
            plan.lines.append(Line("new", label, self.env._("new row")))
        elif step:
            del plan.steps[before]

    def _plan_record(self, plan, backend, record, label, values, key=()):
        """The step that gives ``record`` these values, where they differ, and its lines."""
        known, step = set(self._names(record, key)), Step(record)
        for name, value in values.items():
            if name not in known:
                plan.lines.append(Line("missing", label, self.env._("unknown setting: %s", name)))
                continue
            before = self._plain(record, name) if record else None
            if record and (name in key or before == value):
                continue
            new, missing = self._odoo_value(record._fields[name], value, backend.company_id)
            setting = record._fields[name]._description_string(self.env)
            for one in missing:
                plan.lines.append(Line("missing", label, setting, after=one))
            if not missing:
                step.values[name] = new
                if record:
                    texts = (self._text(record, name, before), self._text(record, name, value))
                    plan.lines.append(Line("change", label, setting, *texts))
        if step.values:
            plan.steps.append(step)

    def _odoo_value(self, one, value, company):
        """``(what Odoo writes, [what can't be found])``.

        :raises TypeError, ValueError: no value of this field
        """
        if one.type in ("many2one", "many2many"):
            wanted = value if one.type == "many2many" else [value] if value else []
            ids, missing = self._find_all(one.comodel_name, wanted, company)
            new = [Command.set(ids)] if one.type == "many2many" else bool(ids) and ids[0]
            return new, missing
        if one.type == "json":
            return self._odoo_distribution(value, company)
        if value is not None and not isinstance(value, TYPES[one.type]):
            raise TypeError(one.name)
        if one.type == "selection" and value is not None and value not in one.get_values(self.env):
            raise ValueError(one.name)
        return (False if value is None else value), []

    def _find_all(self, model, wanted, company):
        keys, ids, missing = self.env["channel.natural.keys"], [], []
        for key in wanted:
            found = keys._find(model, key, company)
            ids += found.ids
            missing += [] if found else [keys._text(key)]
        return ids, missing

    def _odoo_distribution(self, rows, company):
        distribution, missing = {}, []
        for row in rows:
            model = "account.analytic.account"
            ids, lost = self._find_all(model, row["accounts"], company)
            missing += lost
            distribution[",".join(map(str, ids))] = float(row["percent"])
        return distribution or False, missing

    # === TEXTS === #

    def _label(self, key):
        return ", ".join(self._readable(value) for value in key if value not in (None, []))

    def _text(self, record, name, value):
        one = record._fields[name]
        if one.type == "selection" and value:
            return dict(one._description_selection(self.env)).get(value, value)
        return self._readable(value)

    def _readable(self, value):
        if isinstance(value, bool):
            return self.env._("yes") if value else self.env._("no")
        if isinstance(value, dict):
            return self.env["channel.natural.keys"]._text(value)
        if isinstance(value, list):
            return "; ".join(map(self._readable, value))
        return "" if value is None else str(value)

    # === IMPORT: DO IT === #

    def _apply(self, backend, plan):
        """Write what was planned, in the rights of the person who imports."""
        backend.check_access("write")
        for section in SECTIONS:
            model = backend[section.rows]._name
            new = [
                step.values for step in plan.steps if not step.record and step.record._name == model
            ]
            self.env[model].create(new)
        for step in plan.steps:
            if step.record:
                step.record.write(step.values)
