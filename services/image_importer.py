"""Pictures of a shop's products → Odoo's, each read once, beside everything else."""

import base64
import hashlib
from dataclasses import dataclass, field
from typing import Any

from odoo import models
from odoo.exceptions import UserError
from odoo.tools.image import ImageProcess

from ..core import errors
from ..core.catalogue import Picture, Product
from ..core.catalogue_diff import parts_of
from .differing import differing
from .job_run import Outcome
from .order_importer import QUIET

#: What a shop calls a picture and Odoo can keep; larger ones are left in the shop.
MAX_BYTES = 20_000_000


@dataclass(frozen=True)
class Gallery:
    """A product as it was read, with those of its pictures that Odoo did not have.

    ``pictures`` and ``broken`` by the image's external id, or its address.
    """

    product: Product
    pictures: dict[str, Picture] = field(default_factory=dict)
    broken: dict[str, errors.ChannelError] = field(default_factory=dict)


class ChannelImageImporter(models.AbstractModel):
    _name = "channel.image.importer"
    _inherit = "channel.handler"
    _description = "Channel image importer"

    # pictures are no reason to let two jobs write one product
    _lock_kind = "product"

    # === READING === #

    def _read(self, adapter, events):
        """The product, and the bytes of what is new of its pictures; no transaction meanwhile."""
        try:
            record = adapter.fetch_product(events[0].external_id)
        except errors.NotFound:
            return None
        product = adapter.parse_product(record.payload)
        wanted = {_key(image): image for image in _images_of(product)}
        known = self._known(events.backend_id, wanted)
        self.env.cr.commit()  # pylint: disable=invalid-commit; the job owns its cursor
        pictures, broken = {}, {}
        for key, image in wanted.items():
            if key in known:
                continue
            try:
                pictures[key] = adapter.fetch_picture(image, MAX_BYTES)
                self._check(pictures[key])
            except (errors.NotFound, errors.Rejected) as error:
                pictures.pop(key, None)
                broken[key] = error
        return Gallery(product, pictures, broken)

    def _check(self, picture):
        """:raises errors.Rejected: Odoo can't show it"""
        try:
            ImageProcess(picture.content, verify_resolution=True)
        except UserError as error:
            raise errors.Rejected("bad_image", why=error.args[0]) from error

    def _known(self, backend, keys):
        """``{key: channel.binding.image}`` of pictures whose bytes Odoo has."""
        rows = self.env["channel.binding.image"].search(
            [("backend_id", "=", backend.id), ("external_id", "in", list(keys))]
        )
        return {
            row.external_id: row
            for row in rows
            if row.content_hash and row.fingerprint == row.odoo_id.sudo().checksum
        }

    # === APPLYING === #

    def _apply(self, works):
        """See ``channel.handler``."""
        importer = self.with_context(**QUIET, bin_size=False)
        return [importer._apply_one(work) for work in works]

    def _apply_one(self, work):
        backend, gallery = work.events.backend_id.with_env(self.env), work.record
        binding = self.env["channel.binding.template"]._find(backend, work.external_id)
        if not binding:
            return Outcome("ignored", self.env._("The product is not in Odoo"))
        template = binding.odoo_id
        if gallery is None:
            return Outcome("ignored", self.env._("Gone in the shop"), template, heals=True)
        if self._belongs_to_odoo(backend, binding):
            return Outcome("ignored", self.env._("Odoo's pictures count"), template, heals=True)
        sources = self._sources(backend, gallery)
        written = self._write(backend, template, gallery.product, sources)
        self._remember(backend, template, gallery.product, sources, written)
        self._keep_parts(backend, binding, gallery.product)
        if gallery.broken:
            return Outcome("blocked", record=template, error=self._broken(gallery))
        return Outcome("done", self.env._("%s pictures", len(sources)), template)

    def _belongs_to_odoo(self, backend, binding):
        """Once both sides had the same pictures, only their owner changes them."""
        rules = self.env["channel.ownership.judge"]._rules(backend)
        return rules["images"].owner == "odoo" and "images" in (binding.odoo_parts or {})

    def _broken(self, gallery):
        key, error = next(iter(gallery.broken.items()))
        return errors.Rejected(
            "bad_image",
            product=gallery.product.external_id,
            image=key,
            broken=len(gallery.broken),
            why=error.params.get("why") or error.code,
        )

    def _sources(self, backend, gallery):
        """``{key: (content hash, bytes)}`` of all pictures that can be had."""
        keys = {_key(image): image for image in _images_of(gallery.product)}
        found = {
            key: (row.content_hash, row.odoo_id.sudo().raw)
            for key, row in self._known(backend, keys).items()
        }
        for key, picture in gallery.pictures.items():
            found[key] = (_sha256(picture.content), picture.content)
        return found

    # === WRITING === #

    def _write(self, backend, template, product, sources):
        """Give the product the shop's pictures; ``{key: (model, record id)}`` of where each is."""
        variants = self._variants(backend, product)
        places = self._places(backend, template, variants)
        written = {}
        main, *others = [image for image in product.images if _key(image) in sources] or [None]
        if main or not product.images:
            self._put(template, "image_1920", main, sources, places, written)
        for variant, image in variants.items():
            if image is None or _key(image) in sources:
                self._put(variant, "image_variant_1920", image, sources, places, written)
        self._put_others(template, others, sources, places, written)
        return written

    def _variants(self, backend, product):
        """``{product.product: its own image or None}``; a simple product's is the main one."""
        own = {
            variant.external_id: variant.image
            for variant in product.variants
            if variant.external_id != product.external_id
        }
        rows = self.env["channel.binding.product"].search(
            [("backend_id", "=", backend.id), ("external_id", "in", list(own))]
        )
        return {row.odoo_id: own[row.external_id] for row in rows}

    def _places(self, backend, template, variants):
        """``{(model, id): content hash}`` of the pictures that are in Odoo now."""
        none = self.env["product.product"]
        images, _attachments = self.env["channel.product.facts"]._pictures(
            backend, template, none.union(*variants), template.channel_image_ids
        )
        return {place: image.content_hash for place, image in images.items()}

    def _put(self, record, name, image, sources, places, written):
        place = (record._name, record.id)
        if image is None:
            if place in places:
                record[name] = False
            return
        content_hash, content = sources[_key(image)]
        if places.get(place) != content_hash:
            record[name] = base64.b64encode(content)
        written[_key(image)] = place

    def _put_others(self, template, images, sources, places, written):
        """The further pictures, in the shop's order; those that are here stay the same rows."""
        rows = {}
        for row in template.channel_image_ids:
            rows.setdefault(places.get((row._name, row.id)), []).append(row)
        kept = template.channel_image_ids.browse()
        for position, image in enumerate(images):
            content_hash, content = sources[_key(image)]
            values = {"sequence": position, "name": image.alt or False}
            same = rows.get(content_hash)
            if same:
                row = same.pop(0)
                changed = {key: value for key, value in values.items() if row[key] != value}
                if changed:
                    row.write(changed)
            else:
                row = template.channel_image_ids.create(
                    {
                        **values,
                        "product_tmpl_id": template.id,
                        "image": base64.b64encode(content),
                    }
                )
            kept |= row
            written[_key(image)] = (row._name, row.id)
        (template.channel_image_ids - kept).unlink()

    # === REMEMBERING === #

    def _remember(self, backend, template, product, sources, written):
        """Bind each picture to where it is now: the same one is never read again."""
        self.env.flush_all()
        template.invalidate_recordset(["channel_image_ids"])
        none = self.env["product.product"]
        _images, attachments = self.env["channel.product.facts"]._pictures(
            backend,
            template,
            none.union(*self._variants(backend, product)),
            template.channel_image_ids,
        )
        urls = {_key(image): image.url for image in _images_of(product)}
        # a picture that was taken away has taken its binding along
        known = self.env["channel.binding.image"].search(
            [("backend_id", "=", backend.id), ("external_id", "in", list(written))]
        )
        bound, rows = {row.external_id: row for row in known}, []
        for key, place in written.items():
            attachment = attachments[place]
            values = {
                "odoo_id": attachment.id,
                "content_hash": sources[key][0],
                "fingerprint": attachment.checksum,
                "url": urls[key],
            }
            if key not in bound:
                rows.append({**values, "backend_id": backend.id, "external_id": key})
            elif changed := differing(bound[key], values):
                bound[key].write(changed)
        self.env["channel.binding.image"].create(rows)

    def _keep_parts(self, backend, binding, product):
        """The pictures are in step where both sides show the same."""
        (product,) = self.env["channel.product.reader"]._with_hashes(backend, [product])
        after = self.env["channel.product.reader"]._read(backend, binding.odoo_id)
        odoo, shop = parts_of(after[binding.odoo_id.id]), parts_of(product)
        if odoo["images"] == shop["images"]:
            binding._in_step(odoo, shop, ["images"])


def _images_of(product: Product) -> list[Any]:
    return [
        *product.images,
        *(variant.image for variant in product.variants if variant.image),
    ]


def _key(image):
    """What a picture is bound by: its id in the shop, or its address where it has none."""
    return image.external_id or image.url


def _sha256(content):
    return hashlib.sha256(content).hexdigest()
