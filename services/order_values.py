"""Values of a sales order made from a canonical one, without its lines."""

import math
from datetime import timezone

from odoo import models
from odoo.fields import Date, Datetime
from odoo.tools import plaintext2html, str2bool

from ..core.canonical import LineKind

MAX_INTEGER = 2**31 - 1
#: UTM field of the sales order → its name in ``Order.utm``.
UTM_FIELDS = {"source_id": "source", "medium_id": "medium", "campaign_id": "campaign"}


class ChannelOrderValues(models.AbstractModel):
    _name = "channel.order.values"
    _description = "Channel order values"

    def _prepare_order(self, batch, draft):
        """Values of the sales order; an override returns the dictionary, extended.

        ``draft.parties``, ``draft.totals`` and ``draft.hold`` are known. Prices never come from
        the price list: it only gives the order its currency.
        """
        order, backend = draft.order, batch.backend
        return {
            "company_id": backend.company_id.id,
            "partner_id": draft.parties.customer.id,
            "partner_invoice_id": draft.parties.invoice.id,
            "partner_shipping_id": draft.parties.delivery.id,
            "pricelist_id": batch.pricelists[order.currency].id,
            "date_order": naive(order.created_at) or Datetime.now(),
            "validity_date": False,
            "require_signature": False,
            "require_payment": False,
            "client_order_ref": order.number,
            "origin": f"{backend.name} {order.number}",
            "user_id": backend.user_id.id,
            "channel_hold_reason": draft.hold or draft.delivery_hold or False,
            "channel_delivery_blocked": bool(draft.delivery_hold),
            **self._prepare_optional(batch, draft),
            **self._prepare_utm(batch, order),
            **self._prepare_meta(batch, draft),
        }

    def _prepare_optional(self, batch, draft):
        """Values that Odoo's own defaults stand in for where the backend names none."""
        order, backend = draft.order, batch.backend
        payment = batch.payments.get(order.payment.method)
        values = {
            "team_id": backend.team_id.id,
            "warehouse_id": self.env["channel.warehouse.resolver"]._resolve(batch, draft).id,
            "payment_term_id": payment.payment_term_id.id if payment else False,
            "carrier_id": self._carrier(batch, draft).id,
            "note": plaintext2html(order.customer_note) if order.customer_note else False,
        }
        return {name: value for name, value in values.items() if value}

    def _carrier(self, batch, draft):
        """The delivery method of the first shipping line that has one."""
        carrier = self.env["delivery.carrier"]
        for line in draft.order.lines:
            if line.kind is LineKind.SHIPPING:
                carrier = carrier or self.env["channel.order.lines"]._carrier(batch, line)
        return carrier

    def _prepare_names(self, batch, drafts):
        """``{id(draft): name}`` of new orders: prefix and number, made unique.

        Without a prefix Odoo's own sequence numbers them.
        """
        prefix = batch.backend.order_prefix
        if not prefix or not drafts:
            return {}
        wanted = {id(draft): f"{prefix}{draft.order.number}" for draft in drafts}
        taken = set(
            self.env["sale.order"]
            .search_fetch(
                [
                    ("company_id", "=", batch.backend.company_id.id),
                    ("name", "in", list(wanted.values())),
                ],
                ["name"],
            )
            .mapped("name")
        )
        names = {}
        for draft in drafts:
            name = wanted[id(draft)]
            if name in taken:  # another shop with this prefix, or numbers that start again
                name = f"{name}-{draft.order.external_id}"
            names[id(draft)] = name
            taken.add(name)
        return names

    # === UTM === #

    def _prepare_utm(self, batch, order):
        """Source, medium and campaign records, found by name or created."""
        values = {}
        for field, key in UTM_FIELDS.items():
            name = (order.utm.get(key) or "").strip()
            if name:
                values[field] = self._utm(batch, field, name).id
        return values

    def _utm(self, batch, field, name):
        model = self.env["sale.order"]._fields[field].comodel_name
        key = (model, name.casefold())
        if key not in batch.utm:
            find = self.env["utm.mixin"]._find_or_create_record
            batch.utm[key] = find(model, name)
        return batch.utm[key]

    # === CUSTOM FIELDS === #

    def _prepare_meta(self, batch, draft):
        """Values of the custom fields that are mapped; an unreadable one becomes a note."""
        values = {}
        for row in batch.meta_fields:
            if row.external_code not in draft.order.meta:
                continue
            raw = draft.order.meta[row.external_code]
            try:
                values[row.field_id.name] = convert(raw, row.field_id.ttype)
            except (ValueError, TypeError, OverflowError):
                draft.notes.append(
                    self.env._(
                        "Custom field %(field)s: “%(value)s” does not fit “%(target)s”",
                        field=row.external_code,
                        value=str(raw)[:200],
                        target=row.field_id.field_description,
                    )
                )
        return values


def naive(moment):
    """An aware moment as Odoo keeps it: UTC without a time zone; None for None."""
    return moment.astimezone(timezone.utc).replace(tzinfo=None) if moment else None


def convert(raw, ttype):
    """A custom field's raw value for an Odoo field of this type.

    :raises ValueError, TypeError, OverflowError: it does not fit
    """
    if raw in (None, ""):
        return False
    return _CONVERSIONS[ttype](raw)


def _as_text(raw):
    if isinstance(raw, dict | list):
        raise TypeError("a structure is no text")
    return str(raw)


def _as_bool(raw):
    return raw if isinstance(raw, bool) else str2bool(str(raw))


def _as_integer(raw):
    number = int(str(raw))
    if abs(number) > MAX_INTEGER:
        raise OverflowError("too large for a column of integers")
    return number


def _as_float(raw):
    number = float(str(raw))
    if not math.isfinite(number):
        raise ValueError("no number")
    return number


_CONVERSIONS = {
    "char": _as_text,
    "text": _as_text,
    "integer": _as_integer,
    "float": _as_float,
    "boolean": _as_bool,
    "date": lambda raw: Date.to_date(_as_text(raw)[:10]),
    "datetime": lambda raw: Datetime.to_datetime(_as_text(raw).replace("T", " ")[:19]),
}
