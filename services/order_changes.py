"""An order that was edited in the shop becomes the same edit of its sales order.

Only what differs is written: lines are told apart by the shop's identifiers, a confirmed order's
transfers follow as Odoo moves them, and what a person added in Odoo stays. Which lines may follow
is decided before, by ``channel.order.protection``.
"""

from odoo import models
from odoo.fields import Command
from odoo.tools import plaintext2html

from .address_values import has_place
from .differing import differing
from .order_facts import part_of_line
from .order_protection import REPLACED

#: Values of a line that are made once: a person may arrange and analyse lines as they like. What
#: the shop took off its stock is followed apart, also of lines that are protected.
MADE_ONCE = ("sequence", "analytic_distribution", "channel_stock_reduced")
#: Odoo would compute each of these from others of them: they are written together.
TOGETHER = ("price_unit", "technical_price_unit", "discount", "tax_ids", "extra_tax_data")


class ChannelOrderChanges(models.AbstractModel):
    _name = "channel.order.changes"
    _description = "Channel order changes"

    def _apply(self, batch, draft):
        """Bring a known sales order up to date."""
        self._write_header(batch, draft)
        if draft.content:
            self._write_lines(batch, draft)
        if draft.restored:
            # transfers of a confirmed order were cancelled while it was over
            draft.sale.order_line._action_launch_stock_rule()

    # === HEADER === #

    def _write_header(self, batch, draft):
        sale = draft.sale
        values = differing(sale, self._prepare_header(batch, draft))
        if not values:
            return
        before = {name: sale[name] for name in ("partner_invoice_id", "partner_shipping_id")}
        # Odoo would ask a person to change the transfers' address; that is done here
        sale.with_context(mail_activity_automation_skip=True).write(values)
        if "partner_shipping_id" in values:
            self._redirect(draft, before["partner_shipping_id"])
        if "partner_invoice_id" in values:
            self._tell_invoices(draft)
        if "note" in values:
            draft.told.append(self.env._("Customer's note"))

    def _prepare_header(self, batch, draft):
        """Values of the sales order that the shop has changed; an override extends them.

        Salesperson, team and the like are chosen once, by the import of a new order.
        """
        order, service = draft.order, self.env["channel.order.values"]
        values = {"client_order_ref": order.number}
        if "note" in draft.changed:
            values["note"] = plaintext2html(order.customer_note) if order.customer_note else False
        if "meta" in draft.changed:
            values.update(service._prepare_meta(batch, draft))
        if draft.sale.state == "sale":
            values.update(self._prepare_parties(draft))
        elif draft.moved or draft.content:
            values.update(self._prepare_quotation(batch, draft))
        return values

    def _prepare_parties(self, draft):
        """Addresses of a confirmed order. Its customer stays: it is on older documents."""
        values = {}
        if "billing" in draft.moved:
            values["partner_invoice_id"] = draft.parties.invoice.id
        if "shipping" in draft.moved or (draft.moved and not has_place(draft.order.shipping)):
            values["partner_shipping_id"] = draft.parties.delivery.id
        return values

    def _prepare_quotation(self, batch, draft):
        """What follows the shop as long as nobody has confirmed it."""
        sale, values = draft.sale, {}
        if draft.moved:
            values = {
                "partner_id": draft.parties.customer.id,
                "partner_invoice_id": draft.parties.invoice.id,
                "partner_shipping_id": draft.parties.delivery.id,
            }
        else:
            draft.parties.delivery = sale.partner_shipping_id
        service = self.env["channel.order.values"]
        optional = service._prepare_optional(batch, draft)
        names = ("warehouse_id", "payment_term_id")
        values.update({name: optional[name] for name in names if name in optional})
        if draft.content:
            values["pricelist_id"] = batch.pricelists[draft.order.currency].id
        if draft.moved and sale.partner_id != draft.parties.customer:
            # a customer brings terms, price list and salesperson along
            kept = {name: sale[name].id for name in ("user_id", "team_id", "pricelist_id")}
            values = {**kept, "payment_term_id": sale.payment_term_id.id, **values}
        return values

    def _redirect(self, draft, before):
        """Send what has not left yet to the new address; name what has."""
        sale = draft.sale
        transfers = sale.picking_ids.filtered(
            lambda picking: (
                picking.partner_id == before
                and picking.picking_type_code != "incoming"
                and picking.state != "cancel"
            )
        )
        done = transfers.filtered(lambda picking: picking.state == "done")
        (transfers - done).partner_id = sale.partner_shipping_id
        draft.told.append(self.env._("Delivery address"))
        if done:
            names = ", ".join(done.mapped("name"))
            draft.notes.append(self.env._("Sent to the old address already: %s", names))

    def _tell_invoices(self, draft):
        draft.told.append(self.env._("Invoice address"))
        invoices = draft.sale.invoice_ids.filtered(lambda move: move.state != "cancel")
        if invoices:
            names = ", ".join(map(str, invoices.mapped("display_name")))
            draft.notes.append(self.env._("Invoiced to the old address already: %s", names))

    # === LINES === #

    def _write_lines(self, batch, draft):
        sale = draft.sale
        rows = self.env["channel.order.lines"]._prepare_lines(batch, draft)
        if commands := self._commands(draft, rows):
            locked = sale.locked
            sale.filtered("locked").action_unlock()
            self._unprint(draft, commands)
            sale.with_context(sale_no_log_for_new_lines=True).write({"order_line": commands})
            sale.order_line._channel_recompute()
            self._deliver_sets(sale)
            if locked:
                sale.action_lock()
        self._write_carrier(batch, draft)

    def _commands(self, draft, rows):
        """Commands for ``order_line`` that make the shop's lines out of those that are here."""
        here = self.env["channel.order.protection"]._lines_here(draft.sale)
        left = {key: lines for key, lines in here.items() if key not in draft.fixed}
        commands = []
        for row in rows:
            key = row["channel_external_id"]
            line = self._counterpart(row, left.get(key))
            if line:
                left[key] -= line
                commands += self._change_line(draft, line, row)
            elif not row.get("display_type") or key not in here:
                commands.append(Command.create(row))
                draft.told.append(self._tell_row(self.env._("Added"), row))
        for lines in left.values():
            for line in lines:
                commands += self._remove_line(draft, line)
        return commands

    def _counterpart(self, row, lines):
        """The first line that can become ``row``: Odoo never makes goods of a note."""
        return (lines or self.env["sale.order.line"]).filtered(
            lambda line: (line.display_type or False) == row.get("display_type", False)
        )[:1]

    def _change_line(self, draft, line, row):
        values = differing(line, {name: row[name] for name in row if name not in MADE_ONCE})
        values.pop("technical_price_unit", None)
        known = line.display_type or part_of_line(row["channel_external_id"]) in draft.changed
        if not known:  # else its description is what a person made of it
            values.pop("name", None)
        if not values:
            return []
        if "product_id" in values and not line.product_updatable:
            return self._replace_line(draft, line, row)
        self._tell_change(draft, line, values)
        if values.keys() & {"product_id", "product_uom_qty", *TOGETHER}:
            values.update({name: row[name] for name in TOGETHER})
        return [Command.update(line.id, values)]

    def _replace_line(self, draft, line, row):
        """A line with transfers keeps its product: it is emptied, and another one made."""
        draft.told.append(self._tell_row(self.env._("Added"), row))
        emptied = self._empty(line)
        emptied["channel_external_id"] = f"{line.channel_external_id}{REPLACED}"
        self._tell_removal(draft, line)
        return [Command.update(line.id, emptied), Command.create(row)]

    def _remove_line(self, draft, line):
        """Odoo forbids to delete lines of confirmed orders; they are ordered no more."""
        if not line.display_type and not line.product_uom_qty:
            return []
        self._tell_removal(draft, line)
        if line.invoice_lines or line._check_line_unlink() or line.move_ids:
            return [Command.update(line.id, self._empty(line))]
        return [Command.delete(line.id)]

    def _empty(self, line):
        return {"product_uom_qty": 0.0, "price_unit": line.price_unit, "extra_tax_data": False}

    def _unprint(self, draft, commands):
        """Let printed transfers be lowered: Odoo leaves them alone and would expect the rest back,
        so that people would send what nobody ordered any more."""
        wanted = {
            line_id: values["product_uom_qty"]
            for command, line_id, values in commands
            if command == Command.UPDATE and "product_uom_qty" in values
        }
        smaller = draft.sale.order_line.filtered(
            lambda line: wanted.get(line.id, line.product_uom_qty) < line.product_uom_qty
        )
        printed = smaller.move_ids.picking_id.filtered(
            lambda picking: picking.printed and picking.state not in ("done", "cancel")
        )
        if printed:
            printed.printed = False
            names = ", ".join(printed.mapped("name"))
            draft.notes.append(self.env._("Printed before the change, print again: %s", names))

    def _deliver_sets(self, sale):
        """A set has no delivery of its own, see ``sale.order._action_confirm``."""
        for line in sale.order_line.filtered("channel_is_container"):
            if sale.state == "sale" and line.qty_delivered != line.product_uom_qty:
                line.qty_delivered = line.product_uom_qty

    def _write_carrier(self, batch, draft):
        """After the lines: Odoo takes the carrier off an order that loses its shipping line."""
        sale, before = draft.sale, draft.sale.carrier_id
        carrier = self.env["channel.order.values"]._carrier(batch, draft)
        if not carrier or carrier == before:
            return
        sale.carrier_id = carrier
        waiting = sale.picking_ids.filtered(
            lambda picking: (
                picking.state not in ("done", "cancel")
                and picking.carrier_id == before
                and picking.picking_type_code == "outgoing"
            )
        )
        waiting.carrier_id = carrier
        draft.told.append(self.env._("Delivery method: %s", carrier.name))

    # === WHAT IS TOLD === #

    def _tell_change(self, draft, line, values):
        name = line.product_id.display_name or line.name.split("\n")[0]
        if "product_uom_qty" in values:
            before, after = (f"{q:g}" for q in (line.product_uom_qty, values["product_uom_qty"]))
            draft.told.append(f"{name}: {before} → {after}")
        elif part_of_line(line.channel_external_id) in draft.changed or line.display_type:
            draft.told.append(self.env._("%s: changed", name))

    def _tell_removal(self, draft, line):
        if not line.display_type:
            name = line.product_id.display_name
            draft.told.append(self.env._("Removed: %s", f"{line.product_uom_qty:g} x {name}"))

    def _tell_row(self, what, row):
        if row.get("display_type"):
            return f"{what}: {row['name']}"
        product = self.env["product.product"].browse(row["product_id"])
        return f"{what}: {row['product_uom_qty']:g} x {product.display_name}"
