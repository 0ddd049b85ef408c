"""Compares a shop's orders with Odoo's: which there are, their statuses, totals and refunds."""

from dataclasses import replace
from datetime import timedelta

from odoo import models
from odoo.fields import Datetime

from ..core.canonical import ZERO
from ..core.reconcile import KnownOrder, day_of, order_differences
from .job_run import Work
from .order_batch import Batch, Draft
from .order_values import naive
from .reconcile_tally import Seen, exact

#: Orders per request and transaction.
PAGE = 100
#: Kinds of differences that an order can have.
ORDER_KINDS = (
    "order_missing",
    "order_gone",
    "order_status",
    "order_total",
    "order_doubled",
    "binding_missing",
    "refund",
)
#: A change younger than this is on its way: its webhook or poll has not failed yet.
GRACE = timedelta(minutes=10)


class ChannelReconcileOrders(models.AbstractModel):
    _name = "channel.reconcile.orders"
    _description = "Reconciliation of orders"

    # === READING THE SHOP === #

    def _page(self, run, adapter, cursor):
        """The next orders by the moment they were placed, and those that lack among them."""
        start = cursor or run._start_cursor()
        page = adapter.list_order_heads(start, PAGE)
        heads = {head.external_id: head for head in page.heads}
        unseen = self._unseen(run.backend_id, page, heads)
        return Seen(
            {**heads, **self._by_id(adapter, unseen)},
            dict(page.cursor) if page.more else None,
            page.until,
        )

    def _unseen(self, backend, page, heads):
        """Odoo's orders that were placed within a page, and that the page does not show.

        The shop is asked for them by their ids: one whose date a person has changed is there.
        """
        domain = [
            ("backend_id", "=", backend.id),
            ("external_id", "not in", [*heads, *page.passed]),
            ("odoo_id.state", "!=", "cancel"),
        ]
        if page.since:
            domain.append(("odoo_id.date_order", ">=", naive(page.since)))
        if page.until:
            domain.append(("odoo_id.date_order", "<", naive(page.until)))
        return self.env["channel.binding.order"].search(domain).mapped("external_id")

    def _open_page(self, run, adapter, cursor):
        """Orders that an earlier run found different, and that this one has not come across."""
        rows = self.env["channel.variance"].search(
            [
                ("backend_id", "=", run.backend_id.id),
                ("state", "=", "open"),
                ("kind", "in", ORDER_KINDS),
                ("run_id", "!=", run.id),
                ("id", ">", cursor.get("after", 0)),
            ],
            order="id",
            limit=PAGE,
        )
        following = {"after": rows[-1].id} if len(rows) == PAGE else None
        found = self._by_id(adapter, list(set(rows.mapped("external_id"))))
        return Seen(found, following, is_walk=False)

    def _by_id(self, adapter, external_ids):
        found = adapter.order_heads(external_ids) if external_ids else {}
        return {external_id: found.get(external_id) for external_id in external_ids}

    # === COMPARING === #

    def _compare(self, run, adapter, seen, tally):
        backend = run.backend_id
        quiet = seen.found.keys() - self._busy(backend, list(seen.found))
        heads = {key: seen.found[key] for key in seen.found if key in quiet}
        heads = {key: head for key, head in heads.items() if not _is_fresh(head)}
        bindings = self._bindings(backend, heads)
        batch = Batch(backend, statuses=self.env["channel.map.status"]._meanings(backend))
        wrong = set()
        if run.with_orders:
            rows = [
                *self._known_rows(run, batch, heads, bindings),
                *self._unknown_rows(run, batch, heads, bindings),
            ]
            for row in rows:
                tally.differ(row)
            wrong = {row["external_id"] for row in rows}
            tally.compared(ORDER_KINDS, list(heads))
        if run.with_money and seen.is_walk:
            money = self.env["channel.reconcile.money"]
            money._add(run, batch, heads, bindings, wrong, tally)
            money._end_days(run, seen, tally)

    def _busy(self, backend, external_ids):
        """Orders of which something waits to be done: what differs of them is on its way."""
        events = self.env["channel.event"].search_fetch(
            [
                ("backend_id", "=", backend.id),
                ("kind", "in", ("order", "payment", "refund")),
                ("external_id", "in", external_ids),
                ("state", "=", "pending"),
            ],
            ["external_id"],
        )
        notes = self.env["channel.binding.order"].search_fetch(
            [
                ("backend_id", "=", backend.id),
                ("external_id", "in", external_ids),
                ("odoo_id", "in", self._noted(backend)),
            ],
            ["external_id"],
        )
        return {*events.mapped("external_id"), *notes.mapped("external_id")}

    def _noted(self, backend):
        """Sales orders of which the shop is going to be told."""
        groups = self.env["channel.outbox"]._read_group(
            [
                ("backend_id", "=", backend.id),
                ("state", "=", "pending"),
                ("order_id", "!=", False),
            ],
            ["order_id"],
        )
        return [order.id for (order,) in groups]

    def _bindings(self, backend, heads):
        bindings = self.env["channel.binding.order"].search(
            [("backend_id", "=", backend.id), ("external_id", "in", list(heads))]
        )
        return {binding.external_id: binding for binding in bindings}

    # === WHAT ODOO KNOWS === #

    def _known_rows(self, run, batch, heads, bindings):
        refunds = self.env["channel.refund.reconciler"]._bindings(run.backend_id, list(bindings))
        untold = self._untold(run.backend_id, bindings)
        doubles = self._unbound_sales(run.backend_id, [one.number for one in bindings.values()])
        for key, binding in bindings.items():
            head, own = heads[key], refunds.get(key, self.env["channel.binding.refund"])
            known = self._known_order(binding, own)
            status = batch.statuses.get(head.status_code) or head.status if head else None
            for found in order_differences(_rounded(head, binding), known, status):
                yield self._row_of(run, head, binding, found, own)
            for note in untold.get(binding, ()):
                yield self._row_of_note(run, binding, note)
            for double in doubles.get(binding.number, ()):
                yield self._row_of_double(run, binding, double)

    def _known_order(self, binding, refunds):
        """A :class:`core.reconcile.KnownOrder`.

        A refund without credit note has reduced the sales order itself.
        """
        sale, dp = binding.odoo_id, binding.currency_id.decimal_places
        refunds = refunds.filtered(lambda refund: not refund.gone_at)
        reduced = sum(refunds.filtered(lambda refund: not refund.odoo_id).mapped("amount"))
        return KnownOrder(
            binding.external_id,
            binding.status_code or "",
            total=exact(sale.amount_total + reduced - binding.amount_gift_cards, dp),
            taken=exact(binding.amount_total, dp),
            cancelled=sale.state == "cancel",
            cancelled_by_shop=binding.cancelled_by_shop,
            confirmed=sale.state not in ("draft", "sent"),
            decided=(binding.decision or {}).get("choice") == "keep",
            refunds={refund.external_id: exact(refund.amount, dp) for refund in refunds},
            ours=frozenset(refunds.filtered("made_here").mapped("external_id")),
        )

    def _row_of(self, run, head, binding, found, refunds):
        sale = binding.odoo_id
        lost = found.fix == "send" and found.kind == "refund"
        shown = {refund.external_id for refund in head.refunds} if head else set()
        gone = refunds.filtered(lambda refund: lost and refund.external_id not in shown)
        return run._row(
            found.kind,
            binding.external_id,
            name=self.env._("Order %s", binding.number or binding.external_id),
            record=sale,
            day=day_of(head.created_at, run._zone()) if head else None,
            shop=found.shop or self.env._("Not there"),
            odoo=self._text_of_state(sale, found),
            amount=float(found.amount),
            currency=binding.currency_id,
            fix=found.fix,
            data={"refunds": gone.ids} if gone else None,
        )

    def _text_of_state(self, sale, found):
        if found.kind == "order_status" and sale.state == "cancel":
            return self.env._("Cancelled in Odoo")
        return found.odoo or self.env._("None")

    # === CREDIT NOTES THE SHOP WAS NEVER TOLD OF === #

    def _untold(self, backend, bindings):
        """``{binding: account.move}``: posted credit notes that the shop does not have."""
        if not self.env["channel.flow"]._of(backend, "refund", "out"):
            return {}
        found = {}
        told = self.env["channel.binding.refund"].search(
            [("backend_id", "=", backend.id), ("order_external_id", "in", list(bindings))]
        )
        for binding in bindings.values():
            notes = binding.odoo_id.invoice_ids | binding.odoo_id.invoice_ids.reversal_move_ids
            notes = notes.filtered(lambda m: m.move_type == "out_refund" and m.state == "posted")
            notes -= told.odoo_id
            if notes and binding.odoo_id.state == "sale":
                found[binding] = notes.filtered(lambda note, b=binding: self._gives(b, note))
        return found

    def _gives(self, binding, note):
        orders = self.env["channel.credit.note"]._orders(note)
        return note.amount_total > 0 and binding.odoo_id in orders

    def _row_of_note(self, run, binding, note):
        return run._row(
            "refund",
            binding.external_id,
            aspect=f"note {note.id}",
            name=self.env._("Order %s", binding.number or binding.external_id),
            record=note,
            shop=self.env._("Not there"),
            odoo=f"{note.amount_total:.{note.currency_id.decimal_places}f} ({note.name})",
            amount=note.amount_total,
            currency=note.currency_id,
            fix="send",
            data={"order": binding.odoo_id.id},
        )

    def _row_of_double(self, run, binding, double):
        return run._row(
            "order_doubled",
            binding.external_id,
            aspect=f"sale {double.id}",
            name=self.env._("Order %s", binding.number or binding.external_id),
            record=double,
            shop=self.env._("Once"),
            odoo=self.env._("%(one)s and %(other)s", one=binding.odoo_id.name, other=double.name),
            amount=-double.amount_total,
            currency=double.currency_id,
            fix="none",
        )

    # === WHAT ODOO DOES NOT KNOW === #

    def _unknown_rows(self, run, batch, heads, bindings):
        unknown = [
            head
            for key, head in heads.items()
            if head and key not in bindings and self._becomes_order(batch, head)
        ]
        if not unknown:
            return
        sales = self._unbound_sales(run.backend_id, [head.number for head in unknown])
        reasons = self._reasons(run.backend_id, [head.external_id for head in unknown])
        currencies = self.env["res.currency"].search(
            [("name", "in", [head.currency for head in unknown])]
        )
        for head in unknown:
            sale = sales.get(head.number, self.env["sale.order"])[:1]
            yield run._row(
                "binding_missing" if sale else "order_missing",
                head.external_id,
                name=self.env._("Order %s", head.number),
                record=sale,
                day=day_of(head.created_at, run._zone()),
                shop=f"{head.total} {head.currency} ({head.status_code})",
                odoo=self.env._("Not linked: %s", sale.name) if sale else self.env._("Not there"),
                amount=float(ZERO if sale else head.total),
                currency=currencies.filtered(lambda one, head=head: one.name == head.currency),
                detail=reasons.get(head.external_id),
                fix="import",
            )

    def _becomes_order(self, batch, head):
        """Whether the import makes a sales order of it: by the import's own rules."""
        work = Work(self.env["channel.event"], head.external_id, None, None, None)
        draft = Draft(work, head, self.env["channel.binding.order"], self.env["sale.order"])
        draft.status = self.env["channel.order.workflow"]._status(batch, head)
        return not self.env["channel.order.relevance"]._reason_to_ignore(batch, draft)

    def _unbound_sales(self, backend, numbers):
        """``{the shop's number: sales orders}`` that were imported and lost their binding."""
        numbers = [number for number in numbers if number]
        sales = self.env["sale.order"].search(
            [
                ("company_id", "=", backend.company_id.id),
                ("client_order_ref", "in", numbers),
                ("origin", "in", [f"{backend.name} {number}" for number in numbers]),
                ("order_line.channel_external_id", "!=", False),
                ("channel_backend_id", "=", False),
                ("state", "!=", "cancel"),
            ],
            order="id",
        )
        return sales.grouped("client_order_ref")

    def _reasons(self, backend, external_ids):
        """``{external id: why its last event did not become an order}``"""
        events = self.env["channel.event"].search(
            [
                ("backend_id", "=", backend.id),
                ("kind", "=", "order"),
                ("external_id", "in", external_ids),
            ],
            order="id",
        )
        return {event.external_id: event.reason for event in events if event.reason}


def _rounded(head, binding):
    """The head with its total in the digits of its currency; some shops show more."""
    if head is None:
        return None
    return replace(head, total=exact(head.total, binding.currency_id.decimal_places))


def _is_fresh(head):
    moment = head and naive(head.modified_at)
    return bool(moment) and moment > Datetime.now() - GRACE
