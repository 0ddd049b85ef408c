"""What is done in a shop after the checkout, by its people, its customers and their banks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from . import (
    fulfillments,
    mails,
    order_edits,
    orders,
    payments,
    payouts,
    refunds,
    trackings,
)
from .mails import Mail

if TYPE_CHECKING:
    from .store import Store

Record = dict[str, Any]


class Doings:
    """The part of a ``Store`` that changes orders which are placed."""

    # --- edits ---------------------------------------------------------------------------

    def update_order(self: Store, order_id: int, **changes: Any) -> Record:
        """Set fields as a plug-in would: status, customer_note, billing, meta_data, …

        Nothing is worked out anew; ``edit_order`` does that.
        """
        with self.lock:
            order = self.orders[order_id]
            orders.edit(self, order, changes)
            return orders.as_rest(self, order)

    def edit_order(
        self: Store,
        order_id: int,
        *,
        set_quantity: Mapping[int, float] | None = None,
        add: Iterable[tuple[int | str, float]] = (),
        remove: Iterable[int] = (),
        **changes: Any,
    ) -> Record:
        """Edit an order in the shop's admin; returns it as REST shows it.

        ``set_quantity``: {line id: pieces}, at the line's price per piece. ``add``: (product id
        or SKU, pieces). ``remove``: line ids. ``changes``: billing, shipping, customer_note,
        status, fee_lines, … as REST takes them. Totals and taxes are worked out anew with
        today's rates, goods move as far as the order holds stock, and one event tells of it all.
        """
        with self.lock:
            order = self.orders[order_id]
            order_edits.edit(self, order, set_quantity or {}, list(add), list(remove), changes)
            return orders.as_rest(self, order)

    def trash_order(self: Store, order_id: int) -> None:
        with self.lock:
            orders.trash(self, self.orders[order_id])

    def restore_order(self: Store, order_id: int) -> None:
        """Take an order out of the trash in the admin."""
        with self.lock:
            orders.untrash(self, self.orders[order_id])

    def delete_order(self: Store, order_id: int) -> None:
        """Delete for good: no event tells of it."""
        with self.lock:
            orders.destroy(self, order_id)

    # --- money ---------------------------------------------------------------------------

    def pay(self: Store, order_id: int, transaction_id: str | None = None) -> Record:
        """The payment of a pending or held order arrives (``payment_complete``).

        Without ``transaction_id`` a gateway makes one up; a bank transfer has none.
        """
        with self.lock:
            order = self.orders[order_id]
            payments.pay(self, order, transaction_id)
            return orders.as_rest(self, order)

    def capture(self: Store, order_id: int) -> Record:
        """Take the money of an order placed with ``Cart(authorised=True)``."""
        with self.lock:
            order = self.orders[order_id]
            payments.capture(self, order)
            return orders.as_rest(self, order)

    def refund_order(
        self: Store,
        order_id: int,
        amount: str | None = None,
        lines: list[Record] | None = None,
        restock: bool = True,
        reason: str = "",
        paid_back: bool = False,
    ) -> Record:
        """Refund in the admin.

        ``lines`` as REST takes them: id, quantity, refund_total, refund_tax. ``paid_back``:
        through the gateway, which then leaves its ids.
        """
        with self.lock:
            refund = refunds.create(
                self,
                self.orders[order_id],
                amount=amount,
                lines=lines or [],
                restock=restock,
                reason=reason,
                paid_back=paid_back,
            )
            return refunds.as_rest(self, refund)

    def delete_refund(self: Store, refund_id: int) -> None:
        """No event, and the order's date does not move."""
        with self.lock:
            del self.refunds[refund_id]

    def make_payout(
        self: Store,
        order_ids: Iterable[int] = (),
        refunds: Iterable[int] = (),
        fees: str | None = None,
        adjustments: Iterable[tuple[str, ...]] = (),
        unknown: Iterable[str] = (),
        date: date | str | None = None,
        status: str = "paid",
        rates: Mapping[str, str] | None = None,
    ) -> Record:
        """WooPayments pays out; returns the deposit, whose amount is the sum of all nets.

        ``order_ids``: orders paid through a gateway, of any gateway. ``refunds``: refund ids.
        ``fees``: their sum, None for the usual fee on each charge. ``adjustments``: (text,
        signed amount) or (…, type). ``unknown``: amounts of charges of no order here. ``date``:
        of arrival, today if not given. ``rates``: {currency of an order: shop's units for one}.
        ValueError: an order was not paid, or there are fees without a charge.
        """
        with self.lock:
            deposit = payouts.make(
                self,
                order_ids,
                refunds,
                fees=fees,
                adjustments=adjustments,
                unknown=unknown,
                day=date,
                status=status,
                rates=rates or {},
            )
            return dict(deposit)

    def transactions_of(self: Store, deposit_id: str) -> list[Record]:
        """A payout's transactions, as REST shows them."""
        with self.lock:
            rows = [r for r in self.transactions.values() if r["deposit_id"] == deposit_id]
            return [payouts.transaction_json(self, row) for row in rows]

    # --- goods and words -----------------------------------------------------------------

    def fulfilled(self: Store, order_id: int) -> dict[int, int | float]:
        """Pieces that core fulfilments say have left, by order line."""
        with self.lock:
            return fulfillments.fulfilled(self, order_id)

    def trackings(self: Store, order_id: int) -> list[Record]:
        """Parcels that a tracking plug-in keeps, as in the order's meta."""
        with self.lock:
            return trackings.of_order(self.orders[order_id])

    def notes_of(self: Store, order_id: int) -> list[Record]:
        """An order's notes, oldest first."""
        with self.lock:
            rows = [note for note in self.notes.values() if note["order_id"] == order_id]
            return sorted(rows, key=lambda note: note["id"])

    def mails_of(self: Store, order_id: int, kind: str | None = None) -> list[Mail]:
        """What the customer was mailed about an order, oldest first."""
        with self.lock:
            return mails.of_order(self, order_id, kind)
