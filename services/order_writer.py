"""Writes what the import has prepared: sales orders, bindings, one line in the chatter."""

from decimal import Decimal

from markupsafe import Markup, escape

from odoo import models
from odoo.fields import Command, Datetime

from ..core import errors
from ..core.canonical import ZERO, LineKind, OrderStatus
from ..core.money import order_totals, round_to
from .differing import differing
from .forced_amounts import unit_of
from .job_run import Outcome
from .order_facts import CONTENT, part_of_line
from .order_values import naive


class ChannelOrderWriter(models.AbstractModel):
    _name = "channel.order.writer"
    _description = "Channel order writer"

    def _write(self, batch):
        """Create and change the sales orders of all open drafts, confirm what may be confirmed."""
        drafts = batch.open
        known = [draft for draft in drafts if draft.binding]
        self._prepare(batch, drafts)
        for draft in drafts:
            self._hold(batch, draft)
        self._create(batch, [draft for draft in drafts if not draft.sale])
        for draft in known:
            self._change(batch, draft)
        self.env["channel.partner.matcher"]._bind_late(batch.backend, known)
        for draft in drafts:
            if draft.content:
                self._check_totals(batch, draft)
        self._bind(batch, drafts)
        self._log(batch, drafts, {draft.sale.id for draft in known})
        self._confirm(drafts)
        for draft in drafts:
            draft.taken = True
            draft.outcome = self._outcome(draft)

    # === PREPARING === #

    def _prepare(self, batch, drafts):
        for draft in drafts:
            if draft.content and draft.sale:
                self.env["channel.order.protection"]._plan(batch, draft)
        written = [draft for draft in drafts if draft.content]
        currencies = self.env["res.currency"].union(
            *(batch.currencies[draft.order.currency] for draft in written)
        )
        maps = self.env["channel.map.currency"]
        batch.pricelists = maps._ensure_pricelists(batch.backend, currencies)
        self.env["channel.partner.matcher"]._match(
            batch, [draft for draft in drafts if draft.moved]
        )
        for draft in written:
            self._set_totals(batch, draft)
            self._tell_unmapped_carriers(batch, draft)

    def _hold(self, batch, draft):
        """Find out whether the order may be confirmed, and its goods may leave."""
        workflow, stopped = self.env["channel.order.workflow"], draft.error
        draft.hold = workflow._hold_reason(batch, draft)
        if stopped and draft.error is not stopped:
            draft.others.append(draft.error)
            draft.error = stopped
        if stopped and draft.sale.state != "sale":
            draft.hold = self.env._("A change in the shop could not be taken over yet")
        workflow._set_delivery_hold(batch, draft)

    def _set_totals(self, batch, draft):
        """Exact amounts per line. Gift cards count only where the shop's total lacks them."""
        order = draft.order
        draft.sold = draft.sold or order
        unit = unit_of(batch.currencies[order.currency].rounding)
        paid = sum((card.amount for card in order.gift_cards), ZERO)
        gap = order.total - sum(
            (round_to(line.total, unit) + round_to(line.total_tax, unit) for line in order.lines),
            ZERO,
        )
        draft.gift_cards = paid if abs(gap + paid) < abs(gap) else ZERO
        draft.totals = order_totals(draft.sold, unit, draft.gift_cards)

    def _tell_unmapped_carriers(self, batch, draft):
        """A shipping method without delivery method stops nothing, but a person should know."""
        for line in draft.order.lines:
            if line.kind is not LineKind.SHIPPING or not line.code:
                continue
            if not self.env["channel.order.lines"]._carrier(batch, line):
                label = line.name or line.code
                if line.code not in batch.carriers:
                    draft.recorder.add_unmapped("carrier", line.code, external_label=label)
                draft.recorder.add_issue(
                    "unmapped_carrier", cause={"value": line.code}, value=line.code, label=label
                )

    # === SALES ORDERS === #

    def _create(self, batch, drafts):
        values, lines = self.env["channel.order.values"], self.env["channel.order.lines"]
        names = values._prepare_names(batch, drafts)
        rows = []
        for draft in drafts:
            row = values._prepare_order(batch, draft)
            if id(draft) in names:
                row["name"] = names[id(draft)]
            row["order_line"] = list(map(Command.create, lines._prepare_lines(batch, draft)))
            rows.append(row)
        sales = self.env["sale.order"].create(rows)
        for draft, sale in zip(drafts, sales, strict=True):
            draft.sale = sale

    def _change(self, batch, draft):
        """Bring a known sales order up to date."""
        self.env["channel.order.changes"]._apply(batch, draft)
        sale = draft.sale
        was_blocked = sale.channel_delivery_blocked
        news = differing(
            sale,
            {
                "channel_delivery_blocked": bool(draft.delivery_hold),
                "channel_hold_reason": draft.hold or draft.delivery_hold or False,
            },
        )
        if news:
            sale.write(news)
        if draft.delivery_hold and not was_blocked:
            draft.told.append(self.env._("Deliveries blocked: %s", draft.delivery_hold))
        elif was_blocked and not draft.delivery_hold:
            draft.told.append(self.env._("Deliveries released"))

    def _check_totals(self, batch, draft):
        """Hold an order whose total or tax is not the shop's, to the cent."""
        sale, (total, tax) = draft.sale, self._expected(draft)
        computed, computed_tax = self._computed(draft)
        compare = sale.currency_id.compare_amounts
        if not compare(computed, float(total)) and not compare(computed_tax, float(tax)):
            return
        unit, places = draft.totals.unit, sale.currency_id.decimal_places
        draft.add_error(
            errors.TotalsMismatch(
                number=draft.order.number,
                expected=f"{total:.{places}f}",
                computed=f"{computed:.{places}f}",
                missing=f"{total - _decimal(computed, unit):.{places}f}",
                tax=f"{tax - _decimal(computed_tax, unit):.{places}f}",
                currency=draft.order.currency,
            )
        )
        if sale.state != "sale":
            draft.hold = self.env._("The total differs from the shop's")
            sale.channel_hold_reason = draft.hold

    def _expected(self, draft):
        """What the shop's lines come to, total and tax; it never subtracts refunds from them."""
        return draft.order.total + draft.gift_cards, draft.order.total_tax

    def _computed(self, draft):
        """What they come to here. Lines that are none of the shop's are named in the chatter."""
        sale = draft.sale
        others = sale.order_line.filtered(lambda line: not line._channel_of_shop())
        if not draft.binding or not others:
            return sale.amount_total, sale.amount_tax
        lines = sale.order_line - others
        added = others.filtered(lambda line: not line.channel_external_id and line.price_total)
        if added:
            names = ", ".join(line.name.split("\n")[0] for line in added)
            total = sale.currency_id.format(sum(added.mapped("price_total")))
            draft.notes.append(
                self.env._(
                    "Not in the shop's total, added in Odoo: %(names)s (%(total)s)",
                    names=names,
                    total=total,
                )
            )
        return sum(lines.mapped("price_total")), sum(lines.mapped("price_tax"))

    def _confirm(self, drafts):
        for draft in drafts:
            draft.confirmed = not draft.hold and draft.sale.state != "sale"
        sales = self.env["sale.order"].union(*(draft.sale for draft in drafts if draft.confirmed))
        self.env["channel.order.workflow"]._confirm(sales)

    # === WHAT IS REMEMBERED === #

    def _bind(self, batch, drafts):
        new = [draft for draft in drafts if not draft.binding]
        created = self.env["channel.binding.order"].create(
            [
                {
                    "backend_id": batch.backend.id,
                    "external_id": draft.order.external_id,
                    "odoo_id": draft.sale.id,
                    **self._prepare_binding(draft),
                }
                for draft in new
            ]
        )
        for draft in drafts:
            if draft.binding:
                draft.binding.write(self._prepare_binding(draft))
        for draft, binding in zip(new, created, strict=True):
            draft.binding = binding

    def _prepare_binding(self, draft):
        """Values of the binding; an override returns the dictionary, extended.

        An order that did not come out right has no fingerprint: the next try is not an echo.
        """
        order, record = draft.order, draft.work.record
        values = {
            "number": order.number,
            "status_code": order.status_code,
            "amount_total": float(order.total),
            "amount_tax": float(order.total_tax),
            "url": order.admin_url,
            "fingerprint": False if draft.error else draft.fingerprint,
            "parts": self._parts_here(draft),
            "cancelled_by_shop": False,
            "released": self._is_released(draft),
            "external_modified_at": naive(record.modified_at),
            "fetched_at": naive(record.fetched_at),
            "synced_at": Datetime.now(),
            **self._prepare_payment(order),
        }
        if draft.totals:
            values.update(
                amount_gift_cards=float(draft.gift_cards),
                rounding_line_used=not draft.totals.exact and draft.totals.within_bound,
            )
        return values

    def _is_released(self, draft):
        """Whether the shop wants it shipped; a status nobody explained changes nothing."""
        if draft.status is OrderStatus.UNKNOWN:
            return draft.binding.released
        return self.env["channel.order.workflow"]._is_released(draft)

    def _parts_here(self, draft):
        """Fingerprints of what Odoo has now: of a content that was not taken over, the old ones."""
        if not draft.stopped:
            return draft.parts
        old = {
            name: value
            for name, value in draft.known_parts.items()
            if name in CONTENT or name.startswith(part_of_line(""))
        }
        new = {
            name: value
            for name, value in draft.parts.items()
            if name not in CONTENT and not name.startswith(part_of_line(""))
        }
        return {**old, **new}

    def _prepare_payment(self, order):
        """What the binding keeps of the payment, so that its job need not ask the shop again."""
        payment = order.payment
        return {
            "payment_method": payment.method or False,
            "transaction_id": payment.transaction_id or False,
            "paid_at": naive(payment.paid_at) if payment.paid else False,
        }

    def _log(self, batch, drafts, changed):
        """One line in the chatter of each order that was written, what changed, and its notes."""
        bodies = {}
        for draft in drafts:
            source = f"{batch.backend.name} {draft.order.number}"
            if draft.sale.id not in changed:
                what = self.env._("Imported from %s", source)
            elif draft.told:
                what = self.env._("Changed after %s", source)
            else:
                continue
            rows = [what, *draft.told, *dict.fromkeys(draft.notes)]
            bodies[draft.sale.id] = Markup("<br/>").join(map(escape, rows))
        if bodies:
            self.env["sale.order"].browse(list(bodies))._message_log_batch(bodies)

    def _outcome(self, draft):
        values = {
            "record": draft.sale,
            "value": float(draft.order.total),
            "currency": draft.order.currency,
        }
        if draft.error:
            reason = draft.stop_reason
            values.update(error=draft.error, others=draft.others, issue=draft.issue)
            return Outcome("blocked", reason, **values)
        name = draft.sale.name
        if draft.choice == "keep":
            text = self.env._("%s: a person kept Odoo's version of what the shop changed", name)
            return Outcome("ignored", text, heals=True, **values)
        if draft.hold:
            reason = self.env._("Quotation %(name)s: %(reason)s", name=name, reason=draft.hold)
        elif draft.sale.state == "sale":
            reason = self.env._("Sales order %s", name)
        else:
            reason = self.env._("Quotation %s", name)
        return Outcome("done", "; ".join([reason, *draft.told]), **values)


def _decimal(amount, unit):
    """A float of the database as the exact multiple of ``unit`` it means."""
    return round(Decimal(repr(amount)) / unit) * unit
