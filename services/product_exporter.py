"""Publishes products: what changed of them, in few calls, and nothing that the shop has already."""

from dataclasses import dataclass, field, replace
from pathlib import Path

from odoo import models

from ..core import errors
from ..core.catalogue import Image, ItemResult, Picture, Product, Term, TermKind
from ..core.catalogue_diff import with_content
from .drain import Planned
from .product_export_plan import TERMS

#: Products that are sent together; the adapter makes as few calls of them as it can.
BATCH = 100


@dataclass(frozen=True)
class Source:
    """Where the bytes of a picture are: a file, or the bytes where there is none."""

    attachment_id: int
    checksum: str
    mimetype: str
    name: str
    url: str
    path: str = ""
    content: bytes = field(default=b"", repr=False)

    def picture(self):
        content = Path(self.path).read_bytes() if self.path else self.content
        return Picture(content, self.mimetype, self.name)


@dataclass
class Sending:
    """What one drain knows while it sends.

    ``ids``: the shop's ids of terms by their keys; ``made``: those that are new, ``uploaded``:
    pictures by content; ``kept``: of both what is written down. ``ended``: errors (or None) by
    the keys of plans.
    """

    plans: dict
    wishes: dict
    hashes: dict
    pictures: dict
    ids: dict
    made: dict = field(default_factory=dict)
    uploaded: dict = field(default_factory=dict)
    kept: set = field(default_factory=set)
    ended: dict = field(default_factory=dict)

    def new(self, found):
        return {key: value for key, value in found.items() if key not in self.kept}


class ChannelProductExporter(models.AbstractModel):
    _name = "channel.product.exporter"
    _inherit = "channel.drain"
    _description = "Channel product exporter"

    _record_model = "product.template"
    _binding_model = "channel.binding.template"

    # === WHAT === #

    def _plan(self, backend, templates):
        plans, wishes, facts = self.env["channel.product.export.planner"]._plans(backend, templates)
        planned = Planned()
        by_template = {}
        for plan in plans:
            by_template.setdefault(plan.record, []).append(plan)
        sending = []
        for template, own in by_template.items():
            sending += self._sort(backend, planned, template, own)
        planned.notes["sending"] = Sending(
            plans={plan.key: plan for plan in sending},
            wishes=wishes,
            hashes=self._known_hashes(backend, sending),
            pictures=self._sources(backend, facts, sending),
            ids={key: wish.term.external_id for key, wish in wishes.items()},
        )
        return planned

    def _sort(self, backend, planned, template, plans):
        """Put a product's plans where they belong; returns those that need a call."""
        writer = self.env["channel.product.export.writer"]
        failed = [plan.error for plan in plans if plan.error]
        if failed:
            planned.errors[template.id] = failed[0]
            return []
        calls = [plan for plan in plans if plan.guarded or plan.written]
        reasons = [plan.reason for plan in plans]
        for plan in plans:
            if plan.equal:
                parts = plan.parts()
                plan.binding._in_step(parts, plan.known.channel_parts, plan.equal)
            if not plan.guarded:
                reasons.append(writer._return(backend, plan))
        if calls:
            planned.items[template.id] = calls
        else:
            same = self.env._("The shop has it already")
            planned.settled[template.id] = next(filter(None, reasons), same)
        return calls

    def _known_hashes(self, backend, plans):
        """Contents of the shop's pictures, for products that are read before they are written."""
        if not any(plan.guarded for plan in plans):
            return {}
        rows = self.env["channel.binding.image"].search_fetch(
            [("backend_id", "=", backend.id)], ["external_id", "content_hash"]
        )
        return {row.external_id: row.content_hash for row in rows}

    def _sources(self, backend, facts, plans):
        """``{content hash: Source}`` of the pictures that may have to be sent."""
        missing = {content for plan in plans for content in plan.missing_pictures()}
        public = self.env["channel.public.images"]
        found = {}
        for key, image in facts.images.items():
            if image.content_hash in missing:
                attachment = facts.attachments[key]
                name = attachment.store_fname
                found[image.content_hash] = Source(
                    attachment.id,
                    attachment.checksum,
                    attachment.mimetype,
                    public._name_of(attachment),
                    public._url(backend, attachment),
                    path=attachment._full_path(name) if name else "",
                    content=b"" if name else attachment.raw,
                )
        return found

    # === DRY RUN === #

    def _preview_records(self, backend, after_id, limit):
        """Products that an export goes over, in the order of their ids."""
        rows = self.env["channel.outbox"]._binding_query("product")
        self.env.flush_all()
        self.env.cr.execute(
            self.env["channel.outbox"]._published_query(backend, rows, after_id, limit)
        )
        return self.env["product.template"].browse(row[0] for row in self.env.cr.fetchall())

    def _preview(self, backend, adapter, templates):
        """What an export of ``templates`` would do, the shop's side read now; writes nothing.

        :return: list of :class:`.product_export_plan.ExportPlan`
        """
        plans, _wishes, _facts = self.env["channel.product.export.planner"]._plans(
            backend, templates
        )
        reader = self.env["channel.product.reader"]
        for plan in plans:
            if plan.error or plan.reason:
                continue
            shop = None
            if plan.action == "change":
                shop = self._fetch(adapter, plan)
                shop = shop and self._as_kept(reader._with_hashes(backend, [shop])[0])
            if shop and plan.guarded:
                plan.decide(shop)
            plan.compare(shop)
        return plans

    def _fetch(self, adapter, plan):
        """The shop's product as it is now; None, with the plan's error, where it is gone."""
        try:
            return adapter.parse_product(adapter.fetch_product(plan.external_id).payload)
        except errors.NotFound:
            plan.error = plan.gone()
            return None

    def _as_kept(self, shop):
        """The shop's product as an import sees it: both have to find the same changes."""
        return self.env["channel.product.planner"]._as_kept(shop)

    # === TELLING === #

    def _push(self, adapter, planned):
        sending = planned.notes["sending"]
        ready = []
        for plan in sending.plans.values():
            if plan.guarded and not self._look(adapter, sending, plan):
                yield [ItemResult(plan.key)]
                continue
            ready.append(plan)
            if len(ready) == BATCH:
                yield from self._send(adapter, sending, ready)
                ready = []
        if ready:
            yield from self._send(adapter, sending, ready)

    def _look(self, adapter, sending, plan):
        """Decide once more, knowing the shop's side; whether anything is sent."""
        shop = self._fetch(adapter, plan)
        if shop is None:
            return False
        plan.decide(self._as_kept(with_content(shop, sending.hashes)))
        return bool(plan.written)

    def _send(self, adapter, sending, plans):
        ready = []
        for plan in plans:
            try:
                self._prepare(adapter, sending, plan)
                ready.append(plan.draft())
            except errors.NeedsHuman as error:
                yield [ItemResult(plan.key, error=error)]
        for results in adapter.save_products(ready):
            yield [self._named(adapter, sending, result) for result in results]
            # whoever asks for more has written down what was made for these
            sending.kept.update(sending.made, sending.uploaded)

    def _prepare(self, adapter, sending, plan):
        """Make sure that the shop has what the product names, and knows where its pictures are."""
        for key in filter(None, plan.needed_terms()):
            self._ensure_term(adapter, sending, key)
        plan.take_ids(sending.ids)
        found = {}
        for content in plan.missing_pictures():
            found[content] = self._picture(adapter, sending, content)
        plan.take_pictures(found)

    def _ensure_term(self, adapter, sending, key):
        if sending.ids[key]:
            return sending.ids[key]
        wish = sending.wishes[key]
        parent = self._ensure_term(adapter, sending, wish.parent) if wish.parent else ""
        made = adapter.save_term(replace(wish.term, parent_external_id=parent))
        sending.ids[key] = sending.made[key] = made.external_id
        return made.external_id

    def _picture(self, adapter, sending, content):
        """A picture's id in the shop where it takes bytes, else the address it is fetched from."""
        source = sending.pictures[content]
        if not source.url:
            raise errors.Rejected("picture_type")
        if not adapter.can_upload():
            return Image(url=source.url, name=source.name, content_hash=content)
        if content not in sending.uploaded:
            sending.uploaded[content] = adapter.upload_picture(source.picture(), look_first=True)
        return sending.uploaded[content]

    def _named(self, adapter, sending, result):
        """Rename the shop's terms of a written product where Odoo owns their names."""
        if result.error or not isinstance(result.echo, Product):
            return result
        plan, echo = sending.plans[result.key], result.echo
        try:
            for name in TERMS:
                if plan.owns(name):
                    echo = self._rename(adapter, plan.product, echo, name)
        except errors.NeedsHuman as error:
            return replace(result, error=error)
        return replace(result, echo=echo)

    def _rename(self, adapter, product, echo, name):
        ours = {term.external_id: term for term in getattr(product, name) if term.external_id}
        shown = []
        for term in getattr(echo, name):
            known = ours.get(term.external_id)
            if known and known.name.casefold() != term.name.casefold():
                adapter.save_term(_term(known))
                term = replace(term, name=known.name)
            shown.append(term)
        return replace(echo, **{name: tuple(shown)})

    # === WRITING DOWN === #

    def _store(self, backend, planned, results):
        sending = planned.notes["sending"]
        writer = self.env["channel.product.export.writer"]
        writer._bind_terms(backend, sending.new(sending.made))
        writer._bind_images(backend, sending.new(sending.uploaded), sending.pictures)
        ended = {}
        for result in results:
            plan = sending.plans[result.key]
            sending.ended[plan.key] = self._store_one(backend, sending, plan, result)
            keys = [one.key for one in planned.items[plan.record.id]]
            failed = [sending.ended[key] for key in keys if sending.ended.get(key)]
            if failed or all(key in sending.ended for key in keys):
                ended[plan.record.id] = failed[0] if failed else None
        return ended

    def _store_one(self, backend, sending, plan, result):
        """Write down what became of one plan; returns the error that a person has to see."""
        writer = self.env["channel.product.export.writer"]
        if isinstance(result.error, errors.NotFound):
            writer._gone(plan)
            return plan.gone()
        if result.error and result.error.code == "image_gone":
            writer._forget_pictures(backend, plan)
        if isinstance(result.echo, Product):
            try:
                writer._take_echo(backend, plan, result.echo, in_step=not result.error)
            except errors.Conflict as error:
                return error
            writer._bind_pictures(backend, plan, result.echo, sending.pictures)
        if plan.guarded:
            writer._return(backend, plan)
        return _named(result.error, plan) or plan.error


def _named(error, plan):
    """What the adapter does not know of a product that it could not send."""
    if isinstance(error, errors.NeedsHuman):
        error.params.setdefault("product", plan.name)
        error.params.setdefault("sku", plan.sku)
    return error


def _term(known):
    if isinstance(known, Term):
        return known
    return Term(TermKind.ATTRIBUTE, known.external_id, known.name)
