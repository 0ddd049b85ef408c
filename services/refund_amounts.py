"""What a refund gives back, to the cent and by tax: of the invoices, or of what is not invoiced."""

from decimal import Decimal

from odoo import models

from ..core import errors
from ..core.canonical import ZERO
from ..core.money import round_to, share
from ..core.refund_money import Charge, Part, refund_parts
from .forced_amounts import Money, TaxPart, forced, unit_of
from .refund_draft import Source, by_tax_set

#: Tax that no tax of a line stands for: it counts as base (:mod:`core.refund_money`).
UNKNOWN = ""


class ChannelRefundAmounts(models.AbstractModel):
    _name = "channel.refund.amounts"
    _description = "Channel refund amounts"

    # === WHAT CAN BE GIVEN BACK === #

    def _read(self, draft):
        """Find out what was invoiced of the order, and what still has to be."""
        sale = draft.sale
        posted = sale.invoice_ids.filtered(lambda move: move.state == "posted")
        invoices = posted.filtered(lambda move: move.move_type == "out_invoice")
        notes = posted.filtered(lambda move: move.move_type == "out_refund")
        invoiced = self._of_moves(sale, invoices)
        credited = self._of_moves(sale, notes)
        draft.invoiced = [*invoiced, *map(_negative, credited)]
        draft.open = [*self._of_order(sale), *map(_negative, invoiced)]

    def _of_moves(self, sale, moves):
        """A :class:`Source` for every line of these documents that belongs to the order."""
        return [
            self._source(base_line, move.currency_id)
            for move in moves
            for base_line in move._get_rounded_base_and_tax_lines()[0]
            if sale in (base_line["record"].sale_line_ids.order_id or sale)
        ]

    def _of_order(self, sale):
        taxes, company = self.env["account.tax"], sale.company_id
        base_lines = [
            line._prepare_base_line_for_taxes_computation() for line in sale._get_priced_lines()
        ]
        taxes._add_tax_details_in_base_lines(base_lines, company)
        taxes._round_base_lines_tax_details(base_lines, company)
        return [self._source(base_line, sale.currency_id) for base_line in base_lines]

    def _source(self, base_line, currency):
        details, taxes = base_line["tax_details"], {}
        for data in details["taxes_data"]:
            key = str(data["tax"].id)
            taxes[key] = taxes.get(key, ZERO) + _exact(data["tax_amount_currency"], currency)
        base = details["total_excluded_currency"] + details["delta_total_excluded_currency"]
        return Source(
            base_line["record"],
            self._tax_set(base_line["tax_ids"]),
            Charge(_exact(base, currency), taxes),
        )

    def _tax_set(self, taxes):
        return tuple(map(str, sorted(taxes.flatten_taxes_hierarchy().ids)))

    # === WHAT IS GIVEN BACK === #

    def _parts(self, draft, sources):
        """The parts of the refund (:class:`core.refund_money.Part`); they make its amount.

        :param sources: what can be given back, at least the refund's amount
        """
        left = by_tax_set(sources)
        lines = [
            part for line in draft.refund.lines for part in self._line_parts(draft, line, left)
        ]
        return refund_parts(draft.refund.amount, lines, left, draft.unit)

    def _line_parts(self, draft, line, left):
        """What the refund says of one line, with the taxes of the order's line(s).

        A line that the order has not is left out: its money is a part of the refund's amount.
        """
        sale_lines = draft.sale_lines(line.line_external_id)
        if not sale_lines:
            return []
        sets = [self._tax_set(sale_line.tax_ids) for sale_line in sale_lines]
        taxes = self._taxes(draft, line, sets, left)
        weights = [Decimal(repr(sale_line.price_subtotal)) for sale_line in sale_lines]
        bases = share(line.total, weights, draft.unit) if len(sets) > 1 else [line.total]
        parts = []
        for tax_set, base in zip(sets, bases, strict=True):
            own = {key: taxes.pop(key) for key in tax_set if key in taxes}
            parts.append(Part(tax_set, Charge(base, own), line.line_external_id))
        if taxes:  # of no line: the first one takes it, as base
            charge = parts[0].charge + Charge(ZERO, taxes)
            parts[0] = Part(parts[0].tax_set, charge, line.line_external_id)
        return parts

    def _taxes(self, draft, line, sets, left):
        """Tax of a refund's line by Odoo tax; ``total_tax`` counts, ``taxes`` say how it is split.

        Where the shop does not say for which rate it is, or for one that the line has not (a rate
        that was made anew), it is the line's own, in the proportions of what is left of them.
        """
        own = dict.fromkeys(key for tax_set in sets for key in tax_set)
        found = self._by_tax(draft, line)
        named = {key: amount for key, amount in found.items() if key in own}
        rest = line.total_tax - sum(named.values(), ZERO)
        if not rest or not own or any(named.values()):
            return {**named, UNKNOWN: rest}
        charge = sum((left.get(tax_set, Charge()) for tax_set in sets), Charge())
        weights = [charge.taxes.get(key, ZERO) for key in own]
        whole = round_to(rest, draft.unit)
        return dict(zip(own, share(whole, weights, draft.unit), strict=True))

    def _by_tax(self, draft, line):
        rates = self.env["channel.map.tax"]._rows(draft.binding.backend_id, ["tax_id"])
        found = {}
        for part in line.taxes:
            row = rates.get(part.rate_key)
            if not row or not row.tax_id:
                continue
            members = self.env["channel.order.lines"]._members(row.tax_id, part.amount, draft.unit)
            for tax, amount in members:
                found[str(tax.id)] = found.get(str(tax.id), ZERO) + amount
        return found

    # === HOW IT IS WRITTEN DOWN === #

    def _prepare_amounts(self, taxes, money, part, quantity, sign=1):
        """Price and forced amounts of a line of an order or a credit note.

        :param money: the document's :class:`.forced_amounts.Money`
        :param sign: -1 for a line that takes something off
        """
        leaves = taxes.flatten_taxes_hierarchy()
        charge = part.charge
        included = sum(
            (charge.taxes.get(str(tax.id), ZERO) for tax in leaves if tax.price_include), ZERO
        )
        price = sign * float(charge.base + included) / quantity
        return {
            "price_unit": price,
            "discount": 0.0,
            "extra_tax_data": forced(
                money, price, quantity, sign * charge.base, self._tax_parts(leaves, charge, sign)
            ),
        }

    def _tax_parts(self, leaves, charge, sign):
        """Amount and base of each tax; a compound one is computed on the others, too."""
        parts, base = [], charge.base
        for tax in leaves.sorted(lambda tax: (tax.sequence, tax.id)):
            own = charge.taxes.get(str(tax.id), ZERO)
            taxed = base if tax.is_base_affected else charge.base
            parts.append(TaxPart(tax.id, sign * own, sign * taxed))
            if tax.include_base_amount:
                base += own
        return parts

    def _money(self, record, rate):
        """:class:`.forced_amounts.Money` of an order or a move."""
        return Money(
            record.currency_id.id,
            unit_of(record.currency_id.rounding),
            unit_of(record.company_id.currency_id.rounding),
            rate,
        )

    def _prepare_text(self, draft, line=None):
        """What a line that gives back money says; an override returns the text.

        :param line: the line of the order or the invoice that it is about, if any
        """
        number = draft.binding.number or draft.binding.external_id
        text = self.env._("Refund of order #%s", number)
        if line:
            name = (line.name or "").partition("\n")[0]
            text = self.env._("%(refund)s: %(line)s", refund=text, line=name)
        return f"{text} ({draft.refund.reason})" if draft.refund.reason else text

    def _check(self, draft, expected, computed):
        """:raises errors.TotalsMismatch: Odoo makes another total of a refund than the shop"""
        currency = draft.sale.currency_id
        if currency.compare_amounts(expected, computed):
            raise errors.TotalsMismatch(
                "refund_mismatch",
                refund=draft.refund.external_id,
                number=draft.binding.number,
                expected=f"{expected:.{currency.decimal_places}f}",
                computed=f"{computed:.{currency.decimal_places}f}",
                currency=currency.name,
            )


def _exact(amount, currency):
    """A float of the database as the exact multiple of the currency's unit it means."""
    return round_to(Decimal(repr(amount)), unit_of(currency.rounding))


def _negative(source):
    return Source(source.record, source.tax_set, Charge() - source.charge)
