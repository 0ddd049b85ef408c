"""Products of a channel → Odoo's, and what became of them when they are gone.

What is decided (:mod:`.product_planner`) and what is written (:mod:`.product_writer`) stand
apart, so that a dry run shows exactly what an import does. Works on many products at once.
"""

from contextlib import suppress

from odoo import models

from ..core import errors
from ..core.catalogue import ProductKind, ProductStatus
from ..core.catalogue_diff import parts_of
from .claim import in_fresh_snapshots
from .job_errors import Recorder
from .job_run import Outcome
from .order_importer import QUIET
from .order_values import naive
from .product_planner import WRITTEN
from .staleness import is_older, is_unsure

#: Sources of events that ask for a comparison with Odoo, even if the shop shows nothing new.
ASKED = ("manual", "reconcile")


class ChannelProductImporter(models.AbstractModel):
    _name = "channel.product.importer"
    _inherit = "channel.handler"
    _description = "Channel product importer"

    # === READING === #

    def _fetch(self, adapter, external_id):
        return adapter.fetch_product(external_id)

    def _read(self, adapter, events):
        """See ``channel.handler``; what is above a category is read, too, where it is new."""
        record = super()._read(adapter, events)
        if record:
            backend = events.backend_id.with_env(self.env)
            self._learn_terms(adapter, backend, self._parsed(adapter, [record]))
        return record

    def _not_known(self, adapter, backend, records):
        """Leave out what a poll reads a second time, and learn the tree of categories."""
        products = self._parsed(adapter, records)
        known = self.env["channel.product.relevance"]._known(backend, products)
        news = [product for product in products if product.external_id not in known]
        self._learn_terms(adapter, backend, news)
        return [record for record in records if record.external_id not in known]

    def _parsed(self, adapter, records):
        """The products of ``records``, but for those that are none: their events say so."""
        products = []
        for record in records:
            with suppress(errors.NeedsHuman):
                products.append(adapter.parse_product(record.payload))
        return products

    def _learn_terms(self, adapter, backend, products):
        """Bring categories and brands that Odoo does not know yet into it, with their tree."""
        terms = self.env["channel.product.terms"]
        if products and terms._missing(backend, products):
            tree = terms._read(adapter)
            in_fresh_snapshots(self.env, lambda: terms._store(backend, tree))

    # === ECHOES === #

    def _settled_unread(self, adapter, events):
        """Deliveries that show a whole product as it was taken over need no further look.

        A shop announces a product for each piece it sells; one without variants comes whole.
        """
        if set(events.mapped("source")) != {"webhook"} or any(events.mapped("deleted")):
            return None
        backend = events.backend_id.with_env(self.env)
        external_id, relevance = events[0].external_id, self.env["channel.product.relevance"]
        template = None
        for event in events:
            try:
                product = adapter.parse_product(event.sudo().payload or {})
            except errors.NeedsHuman:
                return None  # not all of it: the shop has to be asked
            if product.kind is not ProductKind.SIMPLE or product.external_id != external_id:
                return None
            template = relevance._known(backend, [product]).get(external_id)
            if not template:
                return None
        return Outcome("ignored", self.env._("Nothing changed"), template)

    # === APPLYING === #

    def _apply(self, works):
        """See ``channel.handler``."""
        quiet = self.with_context(**QUIET)
        backend = works[0].events.backend_id.with_env(quiet.env)
        outcomes, products = {}, {}
        for work in works:
            try:
                product = work.record and work.adapter.parse_product(work.record.payload)
            except errors.NeedsHuman as error:
                outcomes[work.external_id] = Outcome("blocked", error=error)
                continue
            if product and product.status is not ProductStatus.TRASHED:
                products[work.external_id] = product
            else:
                outcomes[work.external_id] = quiet.env["channel.product.gone"]._forget(
                    backend, work
                )
        outcomes.update(quiet._import(backend, works, products))
        return [outcomes[work.external_id] for work in works]

    def _import(self, backend, works, products):
        """Plan and write what is news; ``{external id: Outcome}``."""
        outcomes, left = self._ignore_known(backend, works, products), {}
        for external_id, product in products.items():
            if external_id not in outcomes:
                left.setdefault(product.external_id, (external_id, product))
        plans = self._plan(backend, [product for _id, product in left.values()])
        records = {work.record.external_id: work.record for work in works if work.record}
        recorder = works[0].recorder
        for (external_id, _product), outcome in zip(
            left.values(), self._apply_plans(backend, plans, records, recorder), strict=True
        ):
            outcomes[external_id] = outcome
        for external_id, product in products.items():
            # a variant's event reads its product, which may be in the chunk itself
            if external_id not in outcomes:
                outcomes[external_id] = outcomes[left[product.external_id][0]]
        return outcomes

    def _ignore_known(self, backend, works, products):
        asked = {
            work.external_id for work in works if set(work.events.mapped("source")) & set(ASKED)
        }
        known = self.env["channel.product.relevance"]._known(
            backend, [product for key, product in products.items() if key not in asked]
        )
        text = self.env._("Nothing changed")
        return {
            key: Outcome("ignored", text, known[product.external_id], heals=True)
            for key, product in products.items()
            if key not in asked and product.external_id in known
        }

    def _plan(self, backend, products):
        """What an import makes of ``products``; writes nothing.

        :param products: list of :class:`core.catalogue.Product`
        :return: list of :class:`services.product_plan.ProductPlan`, in the same order
        """
        return self.env["channel.product.planner"]._plan(backend, products)

    def _apply_plans(self, backend, plans, records=None, recorder=None):
        """Do what ``plans`` say, in the current transaction.

        :param records: ``{external id: core.canonical.Record}`` of what was read just now
        :param recorder: keeps warnings; without one they become issues at once
        :return: an :class:`services.job_run.Outcome` each, in the same order
        """
        importer = self.with_context(**QUIET)
        backend = backend.with_env(importer.env)
        importer._mark_stale(backend, plans, records or {})
        writing = [plan for plan in plans if plan.writes]
        importer.env["channel.product.writer"]._write(backend, writing)
        bound = [plan for plan in plans if importer._is_bound(plan)]
        importer.env["channel.product.gone"]._welcome_back(backend, bound)
        importer.env["channel.product.writer"]._bind(backend, bound, records or {})
        importer._keep_parts(backend, [plan for plan in bound if plan.template])
        importer._follow_up(backend, bound)
        importer._send_back(plans)
        importer._warn(backend, plans, recorder)
        outcomes = [importer._outcome(plan) for plan in plans]
        return importer._apply_twins(backend, plans, outcomes, records, recorder)

    def _mark_stale(self, backend, plans, records):
        """What was read before something newer was taken over is no news."""
        unsure = []
        for plan in plans:
            binding, record = plan.match.binding, records.get(plan.product.external_id)
            moments = naive(plan.product.modified_at), naive(record.fetched_at) if record else None
            if binding and is_unsure(binding, *moments):
                unsure.append(plan.product.external_id)
            if binding and is_older(binding, *moments):
                plan.action, plan.error, plan.stale = "ignore", None, True
                plan.reason = self.env._("Older than what was taken over already")
        if unsure:
            self.env["channel.event"]._look_again(backend, "product", unsure)

    def _is_bound(self, plan):
        if plan.error or plan.action == "ignore" or plan.follows:
            return False
        return bool(plan.record or plan.template or plan.match.bind_only)

    def _apply_twins(self, backend, plans, outcomes, records, recorder):
        """Now that the first of each product is here, plan and apply the others."""
        twins = [number for number, plan in enumerate(plans) if plan.follows]
        if not twins:
            return outcomes
        again = self._plan(backend, [plans[number].product for number in twins])
        results = self._apply_plans(backend, again, records, recorder)
        for number, result in zip(twins, results, strict=True):
            outcomes[number] = result
        return outcomes

    def _outcome(self, plan):
        record = plan.record or plan.template or None
        if plan.error:
            return Outcome("blocked", error=plan.error, record=record or None)
        if plan.action == "create":
            return Outcome("done", self.env._("Product created"), record)
        if plan.action == "change":
            return Outcome("done", self.env._("Product updated"), record)
        return Outcome("ignored", plan.reason, record or None, heals=not plan.stale)

    # === AFTER WRITING === #

    def _keep_parts(self, backend, plans):
        """Remember what is true on both sides now, of every group that is in step.

        Pictures are in step when they were read, which their own job does.
        """
        planner = self.env["channel.product.planner"]
        after = planner._read_odoo(backend, plans)
        self._keep_prices(plans, after)
        for plan in plans:
            parts = parts_of(after[plan.template.id, plan.lang])
            in_step = [
                group
                for group in (WRITTEN if plan.primary else ("texts",))
                if parts[group] == plan.parts[group] or (group in plan.groups and group != "images")
            ]
            plan.match.binding._in_step(parts, plan.parts, in_step)

    def _keep_prices(self, plans, after):
        """What the shop asks: so that its own prices are not sent back to it."""
        speaking = [plan for plan in plans if plan.primary]
        seen = {
            variant.external_id: variant.price
            for plan in speaking
            for variant in plan.product.variants
        }
        same = {
            variant.external_id
            for plan in speaking
            for variant in after[plan.template.id, plan.lang].variants
            if variant.price == seen.get(variant.external_id)
        }
        bindings = self.env["channel.binding.product"].search(
            [
                ("backend_id", "in", [plan.match.binding.backend_id.id for plan in speaking]),
                ("external_id", "in", list(seen)),
            ]
        )
        bindings._saw_prices(seen, same)

    def _follow_up(self, backend, plans):
        """Pictures are read later, by a job of its own that holds up nothing else."""
        waiting = [
            plan.product.external_id
            for plan in plans
            if plan.primary and plan.writes and "images" in plan.groups and _needs_images(plan)
        ]
        if waiting:
            self.env["channel.event"]._follow_up(
                backend, "image", waiting, source="product", priority=30
            )

    def _send_back(self, plans):
        """Odoo's value counts: it travels, where the flow to the shop is on."""
        back = [plan for plan in plans if plan.send_back and self._is_bound(plan)]
        templates, variants = set(), set()
        for plan in back:
            plan.match.binding._out_of_step(plan.send_back)
            if "prices" in plan.send_back:
                variants.update(variant.id for variant in plan.match.variants.values())
            if plan.send_back - {"prices"}:
                templates.add(plan.template.id)
        for kind, ids in (("product", templates), ("price", variants)):
            if ids:
                self.env["channel.outbox"]._note_many(kind, ids)

    def _warn(self, backend, plans, recorder):
        """Issues although the work goes on; each value is told once."""
        told = {
            (code, tuple(sorted(params.items()))): (code, params)
            for plan in plans
            for code, params in plan.warnings
        }
        if not told:
            return
        keeper = recorder or Recorder()
        for code, params in told.values():
            keeper.add_issue(code, **params)
            if code == "unmapped_tax_class":
                keeper.add_unmapped("tax.class", params["value"])
        if recorder is None:
            keeper._write_issues(backend)
            keeper._write_unmapped(backend)


def _needs_images(plan):
    return (
        bool(plan.product.images)
        or any(variant.image for variant in plan.product.variants)
        or plan.action == "change"
    )
