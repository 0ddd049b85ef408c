"""Compares what the shop's orders of a day come to with Odoo's invoices, credit notes, payments.

Both sides are counted with the day on which the *order* was placed, in the shop's time zone: an
invoice of the next morning belongs to it. So a day that is right differs by nothing at all.
"""

from datetime import date

from odoo import models

from ..core.canonical import ZERO
from ..core.reconcile import ASPECTS, COUNTED, OVER, DayMoney, OrderMoney, day_of
from .order_facts import WORKFLOW, gateway_code
from .payment_entries import DEAD
from .reconcile_tally import exact

#: Orders of a day that a difference names.
SHOWN = 20


class ChannelReconcileMoney(models.AbstractModel):
    _name = "channel.reconcile.money"
    _description = "Reconciliation of money"

    # === ADDING UP === #

    def _add(self, run, batch, heads, bindings, wrong, tally):
        """Add a page's orders to their days.

        :param wrong: external ids of orders of which another difference tells
        """
        rows = self.env["channel.map.payment"]._rows(run.backend_id, WORKFLOW)
        books = self._books(bindings.values())
        none = self.env["channel.binding.order"]
        for key, head in heads.items():
            binding = bindings.get(key, none)
            if not head or not (binding or key in wrong):
                continue
            status = self.env["channel.order.workflow"]._status(batch, head)
            row = rows.get(gateway_code(head.payment_method))
            money = self._money(head, status, binding, row, books.get(key, {}), key in wrong)
            if money and head.created_at:
                day = day_of(head.created_at, run._zone())
                tally.days.setdefault(f"{day} {head.currency}", DayMoney()).add(money)

    def _money(self, head, status, binding, row, books, explained):
        """One order's :class:`core.reconcile.OrderMoney`, None where nothing is due yet."""
        own = {"external_id": head.external_id, "number": head.number, **books}
        if status in OVER:  # the shop has nothing of it; what Odoo has, has to be credited
            due = bool(books.get("invoiced") or books.get("paid"))
            none = {"total": ZERO, "tax": ZERO, "refunds": ZERO}
            return OrderMoney(**own, **none, invoice_due=due, payment_due=due) if due else None
        if status not in COUNTED or not row:
            return None
        paid = bool(head.paid_at) or not head.total
        invoice_due = row.invoice_policy == "confirmed" or (row.invoice_policy == "paid" and paid)
        payment_due = row.register_payment and paid
        if not (invoice_due or payment_due):
            return None
        return OrderMoney(
            **own,
            total=head.total,
            tax=head.total_tax,
            refunds=head.refunded,
            gift_cards=self._gift_cards(binding),
            invoice_due=invoice_due,
            payment_due=payment_due,
            explained=explained,
        )

    def _gift_cards(self, binding):
        return _exact(binding.amount_gift_cards, binding.currency_id) if binding else ZERO

    # === ODOO'S BOOKS === #

    def _books(self, bindings):
        """``{external id: values of OrderMoney}``: what is posted for these orders."""
        bindings = self.env["channel.binding.order"].union(*bindings)
        on_account = self._on_account(bindings.odoo_id)
        found = {}
        for binding in bindings:
            sale, currency = binding.odoo_id, binding.currency_id
            moves = sale.invoice_ids | sale.invoice_ids.reversal_move_ids
            moves = moves.filtered(lambda move: move.state == "posted")
            invoices = moves.filtered(lambda move: move.move_type == "out_invoice")
            notes = moves.filtered(lambda move: move.move_type == "out_refund")
            paid = sum(self._settled(sale, move) for move in invoices)
            paid -= sum(self._settled(sale, move) for move in notes)
            if not moves:
                paid = on_account.get(sale.id, 0.0)
            found[binding.external_id] = {
                "invoiced": _exact(sum(self._share(sale, one) for one in invoices), currency),
                "invoiced_tax": _exact(
                    sum(self._share(sale, one, "amount_tax") for one in invoices), currency
                ),
                "credited": _exact(sum(self._share(sale, one) for one in notes), currency),
                "paid": _exact(paid, currency),
            }
        return found

    def _share(self, sale, move, name="amount_total"):
        """An amount of a document, or this order's part where a person made one of several."""
        own = move.line_ids.sale_line_ids.order_id
        if len(own) < 2:
            return move[name]
        lines = move.invoice_line_ids.filtered(lambda line: sale in line.sale_line_ids.order_id)
        total = sum(lines.mapped("price_total"))
        return total if name == "amount_total" else total - sum(lines.mapped("price_subtotal"))

    def _settled(self, sale, move):
        """What of this order's part of a document was paid, by whatever."""
        if not move.amount_total:
            return 0.0
        return self._share(sale, move) * (1 - move.amount_residual / move.amount_total)

    def _on_account(self, sales):
        """``{sale id: amount}`` registered for orders before there is an invoice."""
        payments = self.env["account.payment"].search(
            [("channel_order_id", "in", sales.ids), ("state", "not in", DEAD)]
        )
        found = {}
        for payment in payments:
            key = payment.channel_order_id.id
            found[key] = found.get(key, 0.0) + payment.amount_signed
        return found

    # === DAYS THAT ARE THROUGH === #

    def _end_days(self, run, seen, tally):
        """Write down the days of which every order was seen, and what differs of them."""
        open_from = str(day_of(seen.until, run._zone())) if seen.cursor and seen.until else ""
        for key in sorted(tally.days):
            day, code = key.split()
            if seen.cursor and day >= open_from:
                continue
            money = tally.days.pop(key)
            currency = self.env["res.currency"].search([("name", "=", code)], limit=1)
            run._add_figure(self._prepare_figure(date.fromisoformat(day), currency, money))
            tally.compared(("money_day",), [key])
            for aspect in ASPECTS:
                if money.wrong.get(aspect):
                    tally.differ(self._row(run, key, currency, aspect, money))
        if not seen.cursor:
            tally.scopes.append((("money_day",), self._emptied(run)))

    def _emptied(self, run):
        """Days that differed, and of which the shop and Odoo have nothing left to compare."""
        rows = self.env["channel.variance"].search(
            [
                ("backend_id", "=", run.backend_id.id),
                ("state", "=", "open"),
                ("kind", "=", "money_day"),
                ("day", ">=", run.since),
                ("run_id", "!=", run.id),
            ]
        )
        return rows.mapped("external_id")

    def _prepare_figure(self, day, currency, money):
        """Values of a day's figure; an override returns the dictionary, extended."""
        return {
            "kind": "money_day",
            "day": day,
            "currency_id": currency.id,
            "compared": money.orders,
            "differing": len({key for rows in money.wrong.values() for key in rows}),
            "value": float(sum(money.unexplained(aspect) for aspect in ASPECTS)),
            "shop_gross": float(money.gross),
            "shop_tax": float(money.tax),
            "shop_refunds": float(money.refunds),
            "odoo_invoiced": float(money.invoiced),
            "odoo_tax": float(money.invoiced_tax),
            "odoo_credited": float(money.credited),
            "odoo_paid": float(money.paid),
        }

    def _row(self, run, key, currency, aspect, money):
        day, _code = key.split()
        names = {
            "invoices": self.env._("Invoices of %s", day),
            "payments": self.env._("Payments of %s", day),
            "tax": self.env._("Tax of %s", day),
        }
        has = {
            "invoices": money.invoiced - money.credited,
            "payments": money.paid,
            "tax": money.invoiced_tax,
        }
        # not the day's gross: some of its orders may not be due in this respect
        due = has[aspect] + money.missing(aspect)
        orders = money.wrong[aspect]
        return run._row(
            "money_day",
            key,
            aspect=aspect,
            name=names[aspect],
            day=date.fromisoformat(day),
            shop=f"{due} {currency.name}",
            odoo=f"{has[aspect]} {currency.name}",
            amount=float(money.missing(aspect)),
            value=float(money.unexplained(aspect)),
            currency=currency,
            detail=self._text_of_orders(orders),
            fix="import",
            data={"orders": list(orders)},
        )

    def _text_of_orders(self, orders):
        lines = [
            self.env._("Order %(number)s: %(amount)s", number=number, amount=missing)
            for number, missing, _explained in list(orders.values())[:SHOWN]
        ]
        if len(orders) > SHOWN:
            lines.append(self.env._("and %s more", len(orders) - SHOWN))
        return "\n".join(lines)


def _exact(amount, currency):
    return exact(amount, currency.decimal_places)
