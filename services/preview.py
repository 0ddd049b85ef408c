"""How a plan of an import or export looks in a dry run."""
# pylint: disable=prefer-env-translation; `_` is the given environment's `env._`

from dataclasses import dataclass
from datetime import timezone
from typing import Any

from markupsafe import Markup, escape

from odoo.tools import html2plaintext

from ..core import errors
from ..core.catalogue import Price
from ..core.catalogue_diff import Change
from .messages import issue_text

#: The words of a plan, and those of a person: what has no counterpart is skipped.
ACTIONS = {"create": "create", "change": "change", "leave": "leave", "ignore": "skip"}
#: Longer values are shown around the place where they begin to differ.
SHORT = 160
#: Characters before that place.
BEFORE = 30


def open_actions():
    """The actions that can be applied."""
    return ["create", "change"]


@dataclass
class Plan:
    """What importer and exporter plan of one product, as far as a person sees it.

    ``error`` stands in the way of it, ``warning`` only of a part of it. The importer's and the
    exporter's own plans have the same attributes.
    """

    external_id: str
    record: Any = None
    product: Any = None
    action: str = "leave"
    changes: tuple[Any, ...] = ()
    reason: str = ""
    error: errors.ChannelError | None = None
    warning: errors.ChannelError | None = None


def price_plan(change):
    """The plan of a :class:`.price_state.PriceChange`."""
    action = "change" if change.is_sent else "leave"
    before, after = change.before or Price(), change.after
    fields = ("regular", "sale", "sale_from", "sale_to")
    changes = tuple(
        Change("prices", f"price.{name}", _plain(old), _plain(new))
        for name in fields
        if (old := getattr(before, name)) != (new := getattr(after, name))
    )
    return Plan(
        change.binding.external_id,
        change.binding.odoo_id,
        action=action,
        changes=changes if change.is_sent else (),
        reason=change.reason,
        error=None if change.is_sent else change.error,
        warning=change.error,
    )


def _plain(value):
    return None if value is None else str(value)


def parsed(adapter, records):
    """``(products, plans)`` of what a page has; a bad record never stops the others."""
    products, plans = [], []
    for record in records:
        try:
            products.append(adapter.parse_product(record.payload))
        except errors.NeedsHuman as error:
            plans.append(Plan(record.external_id, error=error))
    return products, plans


def line_values(preview, plan, records):
    """Values of the line of a plan.

    :param records: ``{external id: core.canonical.Record}`` of what an import has read
    """
    product = getattr(plan, "product", None)
    record = getattr(plan, "record", None) or getattr(plan, "template", None)
    external_id = getattr(plan, "external_id", "") or (product.external_id if product else "")
    # what is in conflict stays behind, the other parts of the product are exported all the same
    refused = plan.error and not getattr(plan, "written", ())
    changes = [] if refused else [change_values(change) for change in plan.changes]
    read = records.get(external_id)
    action = "refuse" if refused else ACTIONS[plan.action]
    return {
        "preview_id": preview.id,
        "key": external_id if read else f"{record._name},{record.id},{external_id}",
        "action": action,
        "name": _name_of(plan, product, record),
        "sku": _sku_of(product, record),
        "external_id": external_id,
        "res_model": record._name if record else False,
        "res_id": record.id if record else False,
        "changes": changes,
        "change_count": len(changes),
        "reason": _reason_of(preview.env, plan),
        "payload": read.payload if read and action in open_actions() else False,
        "fetched_at": _naive(read.fetched_at) if read else False,
    }


def change_values(change):
    """A :class:`core.catalogue_diff.Change` as JSON."""
    return {
        "group": change.group,
        "field": change.field,
        "variant": change.variant,
        "before": change.before,
        "after": change.after,
    }


def diff_html(env, changes):
    """``field: from → to``, a row for each change, by variant.

    :param changes: list of :func:`change_values`
    """
    if not changes:
        return False
    labels = field_labels(env)
    several = len({change.get("variant") or "" for change in changes} - {""}) > 1
    rows = Markup("").join(_row(env, change, labels, several) for change in changes)
    return Markup("<table class='table table-sm mb-0'><tbody>{}</tbody></table>").format(rows)


def _row(env, change, labels, several):
    before, after = _texts(env, change["field"], change["before"], change["after"])
    variant = change.get("variant") if several else ""
    label = _label(env, change["field"], labels)
    return Markup(
        "<tr><td class='text-muted' style='width: 18%'>{}</td><td style='width: 20%'>{}</td>"
        "<td class='text-danger'>{}</td><td style='width: 2em'>→</td>"
        "<td class='text-success'>{}</td></tr>"
    ).format(variant or "", label, before, after)


def _texts(env, field, before, after):
    """Both values as short texts; long ones from where they begin to differ."""
    show = _picture if field == "images" else lambda value: value
    texts = [_text(env, show(value)) for value in (before, after)]
    if max(map(len, texts)) <= SHORT:
        return [escape(text) for text in texts]
    start = max(0, _first_difference(*texts) - BEFORE)
    return [escape(_cut(text, start)) for text in texts]


def _text(env, value):
    if value is None or value == "" or value == []:
        return "-"
    if isinstance(value, bool):
        return env._("yes") if value else env._("no")
    if isinstance(value, list | tuple):
        return ", ".join(_text(env, item) for item in value)
    if isinstance(value, dict):
        return _attribute(env, value)
    text = str(value)
    return html2plaintext(text).strip() if "<" in text and ">" in text else text


def _picture(addresses):
    """File names say more than addresses."""
    return [str(address).rpartition("/")[2] for address in addresses or []]


def _attribute(env, value):
    """``Red, Blue (makes variants)`` of an attribute's options."""
    options = ", ".join(map(str, value.get("options", ())))
    notes = [
        note
        for note, applies in (
            (env._("makes variants"), value.get("varies")),
            (env._("hidden"), not value.get("visible", True)),
        )
        if applies
    ]
    return f"{options} ({', '.join(notes)})" if notes else options


def _first_difference(one, other):
    pairs = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _cut(text, start):
    shown = text[start : start + SHORT]
    head = "… " if start else ""
    return head + shown + (" …" if len(text) > start + SHORT else "")


def _name_of(plan, product, record):
    if name := getattr(plan, "name", ""):
        return name
    if product and product.name:
        return product.name
    return record.display_name if record else ""


def _sku_of(product, record):
    if product:
        return product.sku or ", ".join(filter(None, (one.sku for one in product.variants[:3])))
    return record.default_code if record else ""


def _reason_of(env, plan):
    error = plan.error or getattr(plan, "warning", None)
    if not error:
        return plan.reason or False
    params = {**error.params, "class": type(error).__name__}
    return " ".join(filter(None, issue_text(env, error.code, params)))


def _naive(moment):
    return moment.astimezone(timezone.utc).replace(tzinfo=None) if moment else False


def field_labels(env):
    """The names of :attr:`core.catalogue_diff.Change.field` for people."""
    _ = env._
    return {
        "name": _("Name"),
        "status": _("Published"),
        "description": _("Description"),
        "short_description": _("Short description"),
        "published": _("On sale"),
        "kind": _("Kind"),
        "sku": _("SKU"),
        "barcode": _("Barcode"),
        "service": _("Virtual"),
        "taxable": _("Taxable"),
        "tax_class": _("Tax class"),
        "weight": _("Weight (kg)"),
        "length": _("Length (mm)"),
        "width": _("Width (mm)"),
        "height": _("Height (mm)"),
        "price.regular": _("Price"),
        "price.sale": _("Sale price"),
        "price.sale_from": _("Sale from"),
        "price.sale_to": _("Sale until"),
        "images": _("Images"),
        "categories": _("Categories"),
        "tags": _("Tags"),
        "brands": _("Brands"),
        "variant": _("Variant"),
        "counted": _("Stock is counted"),
    }


def _label(env, field, labels):
    if field.startswith("attribute."):
        return env._("Attribute “%s”", field.partition(".")[2].capitalize())
    return labels.get(field) or field.replace("_", " ").replace(".", ": ").capitalize()


def changes_text(env, changes, *sides):
    """``Name: Mug → Cup``, a line for each of :func:`change_values`; the sides in this order."""
    labels = field_labels(env)
    lines = []
    for change in changes:
        show = _picture if change["field"] == "images" else lambda value: value
        texts = [_cut(_text(env, show(change[side])), 0) for side in sides]
        name = " ".join(filter(None, (change["variant"], _label(env, change["field"], labels))))
        lines.append(f"{name}: {' → '.join(texts)}")
    return "\n".join(lines)
