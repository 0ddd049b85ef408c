"""Putting differences right: by the very events and notes that would have come by themselves."""

from datetime import datetime, timezone

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import groupby

from ..services.price_values import price_from_json
from .channel_outbox_many import SHOP_MOVED
from .channel_variance import SAFE

#: Which kind of record is imported again for a kind of difference.
EVENT_KINDS = {
    "order_missing": "order",
    "order_gone": "order",
    "order_status": "order",
    "order_total": "order",
    "binding_missing": "order",
    "refund": "refund",
    "stock": "product",
    "price": "product",
    "product": "product",
    "product_gone": "product",
}
#: The flow that sends a kind of difference.
SENT_BY = {
    "order_status": "order_status",
    "refund": "refund",
    "stock": "stock",
    "price": "price",
    "product": "product",
}


class ChannelVariance(models.Model):
    _inherit = "channel.variance"

    # === ACTION METHODS === #

    def action_fix(self):
        """Put these differences right, as far as they can be; the next run says whether it did."""
        # a Channel User may have things tried again, and write nothing else
        self.check_access("read")
        rows = self.filtered(lambda row: row.state == "open" and row.fix != "none")
        if not rows:
            raise UserError(
                self.env._(
                    "Nothing of this can be repaired by a button. Open both sides and correct the "
                    "one that is wrong; the next reconciliation takes it off this list."
                )
            )
        rows.sudo()._fix()
        for backend, own in rows.grouped("backend_id").items():
            backend.sudo().message_post(
                body=self.env._(
                    "%(user)s has %(count)s differences repaired: %(names)s",
                    user=self.env.user.name,
                    count=len(own),
                    names=", ".join(own[:5].mapped("name")),
                )
            )
        return self.env["channel.backend"]._notify(
            self.env._(
                "%s repairs begun. Jobs do them now; the next reconciliation says what is equal.",
                len(rows),
            )
        )

    # === BUSINESS METHODS === #

    def _ignore(self, reason):
        """Leave these differences alone until one of their values changes; managers only."""
        self.env["channel.backend"].check_access("write")
        rows = self.filtered(lambda row: row.state == "open").sudo()
        rows.write({"state": "ignored", "reason": reason})
        for backend, own in rows.grouped("backend_id").items():
            backend.message_post(
                body=self.env._(
                    "%(user)s ignores %(names)s: %(reason)s",
                    user=self.env.user.name,
                    names=", ".join(own[:5].mapped("name")),
                    reason=reason,
                )
            )

    def _fix(self):
        """Begin the repair of open rows; events and notes that wait already do the same."""
        for backend, rows in self.grouped("backend_id").items():
            env = backend._env().env
            own = rows.with_env(env)
            own._ensure_flows()
            own.filtered(lambda row: row.fix == "import")._import()
            own.filtered(lambda row: row.fix == "send")._send()
            own.fix_begun_at = fields.Datetime.now()

    def _ensure_flows(self):
        """:raises UserError: what has to send it is switched off: it would be told to nobody"""
        flows = self.env["channel.flow"]
        for row in self.filtered(lambda row: row.fix == "send"):
            if not flows._of(row.backend_id, SENT_BY[row.kind], "out"):
                raise UserError(
                    self.env._(
                        "The flow that sends this is switched off: %s. Switch it on first, or "
                        "correct the shop by hand.",
                        dict(flows._fields["kind"]._description_selection(self.env))[
                            SENT_BY[row.kind]
                        ],
                    )
                )

    def _heal(self):
        """Repair those of these rows that can be repaired without anybody's decision."""
        safe = self.filtered(
            lambda row: row.state == "open" and (row.kind, row.fix) in SAFE and not row.fix_begun_at
        )
        flows = self.env["channel.flow"]
        able = safe.filtered(
            lambda row: row.fix == "import" or flows._of(row.backend_id, SENT_BY[row.kind], "out")
        )
        able._fix()
        return able

    # === IMPORT AGAIN === #

    def _import(self):
        self.filtered(lambda row: row.kind == "binding_missing")._bind_again()
        events = self.env["channel.event"]
        for kind, rows in groupby(self, lambda row: EVENT_KINDS.get(row.kind, "")):
            rows = self.concat(*rows)
            if kind:
                ids = list(dict.fromkeys(rows.mapped("external_id")))
                events._follow_up(self.backend_id, kind, ids, "reconcile")
            else:
                rows._import_money()

    def _bind_again(self):
        """Link the sales orders again; without a fingerprint they are compared as a whole."""
        bindings = self.env["channel.binding.order"]
        for row in self:
            sale = self.env["sale.order"].browse(row.res_id).exists()
            if sale and not bindings._find(row.backend_id, row.external_id):
                bindings._bind(row.backend_id, row.external_id, sale, number=sale.client_order_ref)

    def _import_money(self):
        """Have the payments, and what was refunded, of these orders looked at again."""
        events = self.env["channel.event"]
        ids = {key for row in self for key in (row.data or {}).get("orders", ())}
        events._follow_up(self.backend_id, "payment", sorted(ids), "reconcile")
        events._follow_up(self.backend_id, "refund", sorted(ids), "reconcile")

    # === SEND AGAIN === #

    def _send(self):
        for kind, rows in groupby(self, lambda row: row.kind):
            getattr(self.concat(*rows), f"_send_{kind}")()

    def _send_order_status(self):
        orders = self.env["sale.order"].browse(self.mapped("res_id")).exists()
        self.env["channel.outbox"]._note("order_status", orders, lambda order: order)

    def _send_refund(self):
        """Refunds that Odoo made and the shop has lost are made anew, once."""
        for row in self:
            lost = self.env["channel.binding.refund"].browse((row.data or {}).get("refunds", ()))
            lost = lost.exists().filtered(lambda refund: not refund.gone_at)
            pairs = [(refund.odoo_id, refund.order_id) for refund in lost if refund.odoo_id]
            # one binding per credit note: the next refund's takes its place
            lost.write({"odoo_id": False, "gone_at": fields.Datetime.now()})
            if order_id := (row.data or {}).get("order"):
                note = self.env["account.move"].browse(row.res_id).exists()
                pairs.append((note, self.env["sale.order"].browse(order_id)))
            for note, order in pairs:
                self.env["channel.outbox"]._note("refund", note, lambda _note, o=order: o)

    def _send_stock(self):
        """What was published is not what the shop shows: so it is published again."""
        self.env["channel.outbox"]._note_many("stock", self.mapped("res_id"), SHOP_MOVED)

    def _send_price(self):
        """The exporter compares with what the shop was seen to ask."""
        bindings = self.env["channel.binding.product"]
        for row in self:
            binding = bindings._find(row.backend_id, row.external_id)
            price = price_from_json((row.data or {}).get("price"))
            # what was seen before counts no more, even if it was the same
            binding.shop_price = {
                key: value
                for key, value in (binding.shop_price or {}).items()
                if key not in ("seen", "seen_at")
            }
            binding._saw_prices({row.external_id: price}, (), _aware(row.seen_at))
        self.env["channel.outbox"]._note_many("price", self.mapped("res_id"))

    def _send_product(self):
        bindings = self.env["channel.binding.template"]
        for row in self:
            binding = bindings._find(row.backend_id, row.external_id)
            binding._out_of_step((row.data or {}).get("groups", ()))
        self.env["channel.outbox"]._note_many("product", self.mapped("res_id"))


def _aware(moment):
    return moment.replace(tzinfo=timezone.utc) if isinstance(moment, datetime) else None
