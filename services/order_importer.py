"""An order of a channel → a sales order whose total and tax are the channel's, to the cent.

Works on one order or on many at once: everything is looked up once for all, sales orders are
created by one call and confirmed as one recordset. What is wrong with one order is found before
anything is written for it, and blocks only that order.
"""

from odoo import models

from ..core import errors
from ..core.canonical import LineKind, TaxRate
from .job_run import WAITING, Outcome
from .messages import issue_text
from .order_batch import Batch, Draft
from .order_facts import WORKFLOW

#: Imported orders are not news to followers: the chatter gets one line about the import. What
#: follows from them is noted once for all of them, not by each confirmation.
QUIET = {
    "channel_import": True,
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
}


class ChannelOrderImporter(models.AbstractModel):
    _name = "channel.order.importer"
    _inherit = "channel.handler"
    _description = "Channel order importer"

    def _fetch(self, adapter, external_id):
        return adapter.fetch_order(external_id)

    def _read_many(self, adapter, groups):
        """See ``channel.handler``: a shop lists orders by their ids."""
        if not groups:
            return {}
        names = [group[0].external_id for group in groups]
        return {record.external_id: record for record in adapter.fetch_orders(names)}

    def _not_known(self, adapter, backend, records):
        """Leave out what a poll reads a second time: orders that are here as they are there."""
        bindings = self._bindings(backend, [record.external_id for record in records])
        known = {external_id: binding.fingerprint for external_id, binding in bindings.items()}
        if not any(known.values()):
            return list(records)
        relevance = self.env["channel.order.relevance"]
        batch = Batch(backend, meta_fields=backend.meta_field_ids)
        corrected = self.env["channel.event"]._corrected
        try:
            return [
                record
                for record in records
                if not known.get(record.external_id)
                or known[record.external_id]
                != relevance._fingerprint(
                    batch, adapter.parse_order(corrected(backend, record).payload)
                )
            ]
        except errors.Rejected:
            return list(records)

    def _apply(self, works):
        """See ``channel.handler``."""
        quiet = self.with_context(**QUIET)
        batch = quiet._open_batch(works)
        for draft in batch.open:
            quiet.env["channel.order.relevance"]._decide(batch, draft)
        quiet._resolve(batch)
        quiet.env["channel.order.writer"]._write(batch)
        quiet.env["channel.order.follow.ups"]._note(batch)
        return [draft.outcome for draft in batch.drafts]

    # === READING === #

    def _open_batch(self, works):
        """:class:`Batch` with what all orders share; one query per table."""
        backend = works[0].events.backend_id.with_env(self.env)
        batch = Batch(
            backend,
            statuses=self.env["channel.map.status"]._meanings(backend),
            payments=self.env["channel.map.payment"]._rows(
                backend, ["order_policy", "payment_term_id", *WORKFLOW]
            ),
            carriers=self.env["channel.map.carrier"]._rows(backend, ["carrier_id"]),
            warehouse_rules=self.env["channel.map.warehouse"]._rules_of(backend),
            risk_rules=self.env["channel.risk.rule"]._rules_of(backend),
            meta_fields=self.env["channel.meta.field"]._rules_of(backend),
        )
        bindings = self._bindings(backend, [work.external_id for work in works])
        none = self.env["channel.binding.order"]
        for work in works:
            binding = bindings.get(work.external_id, none)
            draft = Draft(work, None, binding, binding.odoo_id)
            draft.was_wrong = bool(binding) and not binding.fingerprint
            batch.drafts.append(draft)
        return batch

    def _bindings(self, backend, external_ids):
        """``{external id: channel.binding.order}`` of those that are known."""
        bindings = self.env["channel.binding.order"].search(
            [("backend_id", "=", backend.id), ("external_id", "in", external_ids)]
        )
        return {binding.external_id: binding for binding in bindings}

    # === RESOLVING === #

    def _resolve(self, batch):
        """Find currency, taxes and products of all orders; block those that lack one."""
        drafts = [draft for draft in batch.open if draft.content]
        if not drafts:
            return
        lines = [line for draft in drafts for line in draft.order.lines]
        used = {part.rate_key: TaxRate(part.rate_key) for line in lines for part in line.taxes}
        rates = {rate.key: rate for draft in drafts for rate in draft.order.tax_rates}
        refs = {line.product for line in lines if self._sells_product(line)}
        batch.currencies = self._find_currencies(drafts)
        batch.taxes = self.env["channel.tax.resolver"]._resolve(
            batch.backend, {key: rates.get(key, rate) for key, rate in used.items()}
        )
        batch.products = self.env["channel.product.resolver"]._resolve(batch.backend, refs)
        for draft in drafts:
            draft.products = self._products_here(draft)
            problems = self._without_equals(self._problems(batch, draft))
            if problems:
                self._block(batch, draft, problems)
        self._resolve_unknown_products(batch)

    def _sells_product(self, line):
        return line.kind is LineKind.PRODUCT and bool(line.quantity)

    def _find_currencies(self, drafts):
        codes, own = {draft.order.currency for draft in drafts}, self.env.company.currency_id
        if own.active and codes == {own.name}:
            return {own.name: own}
        found = self.env["res.currency"].search_fetch(
            [("name", "in", list(codes))], ["name", "rounding", "decimal_places"]
        )
        return {currency.name: currency for currency in found}

    def _problems(self, batch, draft):
        """All errors that stand in an order's way; an override may yield more."""
        order = draft.order
        if order.currency not in batch.currencies:
            error = errors.Rejected("currency_inactive", currency=order.currency or "-")
            error.cause, error.per_record = ("currency",), False
            yield error
        yield from self._tax_problems(batch, draft)
        yield from self._product_problems(batch, draft)
        yield from self.env["channel.order.lines"]._lacking_services(batch, draft)

    def _without_equals(self, problems):
        """One error per cause: two lines may sell the same unknown product."""
        causes = {}
        for error in problems:
            key = (error.code, *(str(error.params.get(name, "")) for name in error.cause))
            causes.setdefault(key, error)
        return list(causes.values())

    def _tax_problems(self, batch, draft):
        rates = {rate.key: rate for rate in draft.order.tax_rates}
        used = dict.fromkeys(part.rate_key for line in draft.order.lines for part in line.taxes)
        for key in used:
            if key not in batch.taxes:
                rate = rates.get(key) or TaxRate(key)
                yield self.env["channel.tax.resolver"]._unmapped(rate, draft.recorder)

    def _product_problems(self, batch, draft):
        for line in filter(self._sells_product, draft.order.lines):
            hit = batch.products.get(line.product)
            if line.external_id in draft.products and not line.product.key:
                continue
            if isinstance(hit, errors.ChannelError):
                yield hit
            elif hit is None and not self._has_substitute(batch, line):
                yield self.env["channel.product.resolver"]._unknown(line)

    def _block(self, batch, draft, problems):
        """Problems block the order; each becomes an issue, the reason tells how many there are.

        Of an order that is known, the status and the payment still count. What would stop a new
        one, or be told of it, later is told now: a person corrects everything at once.
        """
        first, *others = problems
        if draft.sale:
            draft.stop(first, others=others)
        else:
            others += self.env["channel.order.workflow"]._problems(draft)
            self.env["channel.order.writer"]._tell_unmapped_carriers(batch, draft)
            draft.block(first, others)
        reason = self._reason_blocked(first, others)
        draft.stop_reason = reason
        if draft.outcome:
            draft.outcome.reason = reason

    def _reason_blocked(self, first, others):
        if not others:
            return ""
        title, _suggestion = issue_text(self.env, first.code, {**first.params})
        return self.env._("%(reason)s (and %(count)s more)", reason=title, count=len(others))

    def _products_here(self, draft):
        """``{line's external id: product}`` of what a known order has sold already.

        A shop can't name a product any more that was deleted there.
        """
        return {
            line.channel_external_id: line.product_id
            for line in draft.sale.order_line
            if line.channel_external_id and line.product_id
        }

    # === UNKNOWN PRODUCTS === #

    def _has_substitute(self, batch, line):
        """Whether the backend's policy sells an unknown product all the same."""
        policy = batch.backend.product_policy
        if policy == "create" and line.product.key:
            return True
        return policy != "issue" and bool(batch.backend.placeholder_product_id)

    def _resolve_unknown_products(self, batch):
        """Create what is to be created; everything else is the placeholder.

        A product that was deleted in the shop has no identity left: it is never created.
        """
        unknown = {
            line.product: line
            for draft in batch.open
            if draft.content
            for line in filter(self._sells_product, draft.order.lines)
            if line.product not in batch.products
        }
        create = batch.backend.product_policy == "create"
        wanted = [line for ref, line in unknown.items() if create and ref.key]
        asked = self.env["channel.product.resolver"]._ask_for(batch, wanted) if wanted else set()
        if asked:
            self._wait_for(batch, asked)
            wanted = [line for line in wanted if line.product not in asked]
        created = (
            self.env["channel.product.resolver"]._create_missing(batch.backend, wanted)
            if wanted
            else {}
        )
        placeholder = batch.backend.placeholder_product_id
        unknown = {ref: line for ref, line in unknown.items() if ref not in asked}
        batch.products.update({ref: created.get(ref, placeholder) for ref in unknown})

    def _wait_for(self, batch, refs):
        """Leave the orders that sell one of ``refs`` until its import was tried."""
        for draft in batch.open:
            lines = draft.order.lines if draft.order and draft.content else ()
            if any(line.product in refs for line in filter(self._sells_product, lines)):
                reason = self.env._("Waits until its products are imported")
                draft.outcome = Outcome(WAITING, reason)
