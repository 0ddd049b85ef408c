"""What an export is going to do with one product: plain values, the same for a dry run."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from ..core import errors
from ..core.catalogue import GROUPS, Image, Product, ProductDraft, Term
from ..core.catalogue_diff import changes, parts_of
from ..core.ownership import Known, Side, Verdict, judge

#: Prices and quantities of a product that the shop has are published by flows of their own.
WITH_PRODUCTS = tuple(group for group in GROUPS if group not in ("prices", "stock"))
#: fields of a product that are terms of the shop
TERMS = ("categories", "tags", "brands", "attributes")
#: most characters of a conflict's values that an issue shows
SHOWN = 2000


@dataclass(frozen=True)
class TermWish:
    """A term that products need; ``key`` and ``parent``: ``(model, id)`` of Odoo's record.

    ``term``: with its external id in the shop, '' where it has none yet.
    """

    key: tuple
    term: Term
    parent: tuple = ()


@dataclass
class ExportPlan:
    """One product in one language.

    ``key``: names it among the drafts; ``variant_ids``: Odoo's, in the product's order; ``known``:
    both sides when they were last in step, None where the shop does not have it. ``terms``:
    ``{field: keys of its terms, in their order}``. ``reason``: why nothing is sent; ``error``: why
    it can't be (all of it, or what is in conflict).
    """

    key: str
    record: Any
    product: Product | None = None
    binding: Any = None
    external_id: str = ""
    known: Known | None = None
    rules: dict = field(default_factory=dict)
    groups: tuple = WITH_PRODUCTS
    variant_ids: tuple = ()
    terms: dict = field(default_factory=dict)
    verdicts: dict = field(default_factory=dict)
    shop: Product | None = None
    changes: tuple = ()
    reason: str = ""
    error: errors.ChannelError | None = None

    @property
    def name(self):
        return self.product.name if self.product else self.record.display_name

    @property
    def sku(self):
        """The product's, else that of its first variant."""
        found = [self.product.sku, *(variant.sku for variant in self.product.variants)]
        return next(filter(None, found), "-")

    @property
    def action(self):
        """``create``, ``change``, ``leave`` or ``ignore`` (with an error: refused)."""
        if self.known is None:
            return "ignore" if self.reason or self.error else "create"
        if self.written or self.asked:
            return "change"
        return "leave"

    @property
    def written(self):
        """Groups that are sent."""
        return self._groups_of(Verdict.WRITE)

    @property
    def returned(self):
        """Groups whose value in the shop counts: an import has to take them over."""
        return self._groups_of(Verdict.RETURN)

    @property
    def asked(self):
        return self._groups_of(Verdict.ASK)

    def _groups_of(self, verdict):
        return [group for group, found in self.verdicts.items() if found is verdict]

    @property
    def guarded(self):
        """Whether the shop has to be read before: what it changed may count more."""
        return self.known is not None and any(
            verdict is not Verdict.LEAVE and self.rules[group].policy != "owner"
            for group, verdict in self.verdicts.items()
        )

    @property
    def equal(self):
        """Groups in which the shop has what Odoo has, although Odoo's is not known to be so."""
        if not self.known:
            return []
        parts = self.parts()
        return [
            group
            for group in self.groups
            if parts[group] == self.known.channel_parts.get(group)
            and parts[group] != self.known.odoo_parts.get(group)
        ]

    def parts(self):
        """Fingerprints of Odoo's product by group."""
        return parts_of(self.product)

    def owns(self, name):
        """Whether Odoo says what the terms of a field are called in the shop."""
        group = _group(name)
        return group in self.written and self.rules[group].owner == "odoo"

    # === DECIDING === #

    def decide(self, shop=None):
        """Judge every group; ``shop``: the shop's product, where it was read."""
        side = shop and Side(parts_of(shop), shop.modified_at)
        odoo = Side(self.parts(), self.product.modified_at)
        found = judge(self.rules, "out", self.known, odoo, side)
        self.verdicts = {group: found[group] for group in self.groups}
        if self.known is None and "stock" in self.groups:
            # counting is switched on with the product, or it would sell without limit
            self.verdicts["stock"] = Verdict.WRITE
        self.shop = shop
        self.error = self._conflict() if self.asked and shop else None

    def compare(self, shop=None):
        """Find out what would change in the shop, for people."""
        groups = self.written or (self.groups if self.known is None else ())
        self.changes = changes(shop, self.product, groups) if self.product else ()

    def _conflict(self):
        found = changes(self.shop, self.product, self.asked)
        lines = [f"{one.variant} {one.field}: {one.before} | {one.after}".strip() for one in found]
        return errors.Conflict(
            "product_conflict",
            product=self.external_id,
            sku=self.sku,
            groups=", ".join(sorted(self.asked)),
            values="\n".join(lines)[:SHOWN],
        )

    def gone(self):
        """The error of a product that the shop does not have any more."""
        return errors.Rejected("product_gone", product=self.external_id, name=self.name)

    # === SENDING === #

    def draft(self):
        """What is sent; new variants come with the attributes only."""
        product = self.product
        if self.known is not None and "attributes" not in self.written:
            bound = tuple(one for one in product.variants if one.external_id)
            product = replace(product, variants=bound)
        return ProductDraft(self.key, product, frozenset(self.written))

    def needed_terms(self):
        """Keys of the terms that have to be in the shop before it is sent."""
        fields = [name for name in TERMS if _group(name) in self.written]
        return [key for name in fields for key in self.terms.get(name, ())]

    def take_ids(self, ids):
        """Put the shop's ids of terms into the product; ``ids``: by the keys of the wishes."""
        product = self.product
        for name in TERMS[:-1]:
            pairs = zip(getattr(product, name), self.terms.get(name, ()), strict=False)
            filled = tuple(replace(term, external_id=ids.get(key, "")) for term, key in pairs)
            product = replace(product, **{name: filled})
        self.product = self._with_attributes(product, ids) if self.terms else product

    def _with_attributes(self, product, ids):
        keys, attributes = {}, []
        for attribute, key in zip(product.attributes, self.terms["attributes"], strict=True):
            found = replace(attribute, external_id=ids.get(key, "") if key else "")
            keys[attribute.key] = found.key
            attributes.append(found)
        variants = [
            replace(
                variant,
                choices=tuple(
                    replace(choice, attribute=keys[choice.attribute]) for choice in variant.choices
                ),
            )
            for variant in product.variants
        ]
        return replace(product, attributes=tuple(attributes), variants=tuple(variants))

    def take_pictures(self, found):
        """Put address or id into pictures the shop does not have; ``found``: by content."""

        def known(image: Image | None):
            if image is None or image.external_id:
                return image
            made = found.get(image.content_hash)
            return replace(image, external_id=made.external_id, url=made.url) if made else image

        self.product = replace(
            self.product,
            images=tuple(map(known, self.product.images)),
            variants=tuple(replace(v, image=known(v.image)) for v in self.product.variants),
        )

    def missing_pictures(self):
        """Content of pictures that are sent and that the shop does not have."""
        draft = self.draft()
        images = [v.image for v in draft.product.variants if v.image and not v.external_id]
        if "images" in draft.groups:
            images = [*draft.product.images, *(v.image for v in draft.product.variants if v.image)]
        return [image.content_hash for image in images if not image.external_id]


def _group(name):
    return "attributes" if name == "attributes" else "categories"
