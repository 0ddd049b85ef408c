"""What the reader of products looks up for all of them at once: ids, pictures, tax classes."""

import hashlib
from dataclasses import dataclass, field
from typing import Any

from odoo import models
from odoo.tools.lru import LRU

from ..core.catalogue import Image

#: SHA-256 by Odoo's own checksum of an attachment: the bytes never change under a checksum.
_hashes = LRU(100_000)
#: code of the standard tax class in the mapping table; products have '' for it
STANDARD = "standard"
#: fields whose attachments are pictures of products in shops
PICTURES = [
    ("product.template", "image_1920"),
    ("product.product", "image_variant_1920"),
    ("channel.product.image", "image"),
]
BOUND = {
    "product.category": "channel.binding.category",
    "product.tag": "channel.binding.tag",
    "channel.brand": "channel.binding.brand",
    "product.attribute": "channel.binding.attribute",
}


@dataclass
class Facts:
    """What is known about some templates on one backend.

    ``templates``: ``{template id: bindings, the primary one first}``; ``variants``: ``{variant
    id: binding}``; ``terms``: ``{model: {record id: external id}}``; ``images``: ``{(model,
    record id): Image}``; ``attachments``: the same keys, the attachments; ``prices``: ``{variant
    id: Price}``; ``sold``: ``{template id: ids of the variants of its product, in their order}``.
    """

    backend: Any
    templates: dict = field(default_factory=dict)
    variants: dict = field(default_factory=dict)
    terms: dict = field(default_factory=dict)
    images: dict = field(default_factory=dict)
    attachments: dict = field(default_factory=dict)
    prices: dict = field(default_factory=dict)
    tax_rows: list = field(default_factory=list)
    sold: dict = field(default_factory=dict)


class ChannelProductFacts(models.AbstractModel):
    """Every method costs a constant number of queries."""

    _name = "channel.product.facts"
    _description = "Channel product facts"

    # === IDS === #

    def _template_bindings(self, backend, templates):
        bindings = self.env["channel.binding.template"].search(
            [("backend_id", "=", backend.id), ("odoo_id", "in", templates.ids)],
            order="is_primary DESC, id",
        )
        return {template.id: group for template, group in bindings.grouped("odoo_id").items()}

    def _variant_bindings(self, backend, variants):
        """The binding of each variant that is in the shop; the primary one where several are."""
        bindings = self.env["channel.binding.product"].search(
            [
                ("backend_id", "=", backend.id),
                ("odoo_id", "in", variants.ids),
                ("gone_at", "=", False),
            ],
            order="is_primary, id DESC",
        )
        return {binding.odoo_id.id: binding for binding in bindings}

    def _term_ids(self, backend, records):
        """``{record id: external id}`` of categories, tags, brands or attributes.

        Two records of Odoo may be one of the shop's: whatever follows a colon tells them apart.
        """
        bindings = self.env[BOUND[records._name]].search_fetch(
            [("backend_id", "=", backend.id), ("odoo_id", "in", records.ids)],
            ["odoo_id", "external_id"],
            order="is_primary, id DESC",
        )
        return {binding.odoo_id.id: binding.external_id.partition(":")[0] for binding in bindings}

    # === PICTURES === #

    def _pictures(self, backend, templates, variants, extra):
        """``({(model, id): Image}, {(model, id): attachment})`` of all that have one."""
        attachments = self._attachments(templates, variants, extra)
        keys = {(row.res_model, row.res_id): row for row in attachments}
        hashes = self._content_hashes(attachments)
        bound = self._images_by_hash(backend, hashes.values())
        names = {("channel.product.image", image.id): image.name or "" for image in extra}
        images = {
            key: Image(
                external_id=bound.get(hashes[row], ""),
                alt=names.get(key, ""),
                content_hash=hashes[row],
            )
            for key, row in keys.items()
        }
        return images, keys

    def _attachments(self, templates, variants, extra):
        found = self.env["ir.attachment"].sudo()
        records = {"product.template": templates, "product.product": variants}
        records["channel.product.image"] = extra
        domain = ["|"] * (len(PICTURES) - 1)
        for model, name in PICTURES:
            domain += ["&", "&", ("res_model", "=", model), ("res_field", "=", name)]
            domain.append(("res_id", "in", records[model].ids))
        return found.search_fetch(domain, ["res_model", "res_id", "checksum", "store_fname"])

    def _content_hashes(self, attachments):
        """``{attachment: SHA-256}`` of what each picture was before Odoo may have resized it."""
        checksums = [row.checksum for row in attachments]
        # an import has written down which bytes of the shop an attachment was made of
        rows = self.env["channel.binding.image"].search_fetch(
            [("fingerprint", "in", checksums)], ["fingerprint", "content_hash"]
        )
        known = {row.fingerprint: row.content_hash for row in rows if row.content_hash}
        return {row: known.get(row.checksum) or _content_hash(row) for row in attachments}

    def _images_by_hash(self, backend, hashes):
        """``{SHA-256: external id}`` of the pictures that the shop has."""
        rows = self.env["channel.binding.image"].search_fetch(
            [("backend_id", "=", backend.id), ("content_hash", "in", list(hashes))],
            ["content_hash", "external_id"],
            order="id DESC",
        )
        return {row.content_hash: row.external_id for row in rows}

    def _hashes_by_image(self, backend, external_ids):
        """``{external id: SHA-256}`` of pictures of the shop that were read or sent once."""
        rows = self.env["channel.binding.image"].search_fetch(
            [("backend_id", "=", backend.id), ("external_id", "in", list(external_ids))],
            ["content_hash", "external_id"],
        )
        return {row.external_id: row.content_hash for row in rows if row.content_hash}

    # === TAXES === #

    def _tax_rows(self, backend):
        """``[(code, taxes)]`` of the shop's tax classes, the standard one first."""
        rows = [(row.external_code, row.tax_ids) for row in backend.tax_class_map_ids]
        return sorted(rows, key=lambda row: (row[0] != STANDARD, row[0]))


def _content_hash(attachment):
    checksum = attachment.checksum
    if checksum not in _hashes:
        _hashes[checksum] = hashlib.sha256(attachment.raw or b"").hexdigest()
    return _hashes[checksum]
