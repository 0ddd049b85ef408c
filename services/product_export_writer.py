"""Writes down what became of products in a shop: who is who, and that both are in step."""

from odoo import fields, models

from ..core import errors
from ..core.catalogue import ProductKind
from ..core.catalogue_diff import parts_of
from .product_facts import BOUND, STANDARD


class ChannelProductExportWriter(models.AbstractModel):
    _name = "channel.product.export.writer"
    _description = "Channel product export writer"

    # === PRODUCTS === #

    def _take_echo(self, backend, plan, echo, in_step):
        """Bind a product to what the shop shows of it now.

        :param echo: :class:`core.catalogue.Product`; ``in_step``: the shop has taken everything
        :raises errors.Conflict: the shop's record is that of another product here
        """
        binding = self._bind_template(backend, plan, echo)
        if plan.groups != ("texts",):
            self._bind_variants(backend, plan, echo, in_step)
        if in_step:
            (known,) = self.env["channel.product.reader"]._with_hashes(backend, [echo])
            # as an import would see it, or it would find the shop changed
            known = self.env["channel.product.planner"]._as_kept(known)
            binding._in_step(parts_of(plan.product), parts_of(known), plan.written)
        if plan.known is None:
            self._first_time(plan)

    def _bind_template(self, backend, plan, echo):
        Binding = self.env["channel.binding.template"]
        binding = plan.binding.exists() or Binding._find(backend, echo.external_id)
        if binding.odoo_id and binding.odoo_id != plan.record:
            raise errors.Conflict("sku_bound", product=plan.name, sku=plan.sku)
        values = {
            "status_code": echo.status_code,
            "url": echo.url,
            "tax_class": echo.tax_class or STANDARD,
        }
        if binding:
            _write_changed(binding, values)
            return binding
        if echo.language:
            values["language"] = echo.language
        return Binding._bind(backend, echo.external_id, plan.record, **values)

    def _bind_variants(self, backend, plan, echo, in_step):
        """Bind every variant to its counterpart: the same id, else the same SKU."""
        Binding = self.env["channel.binding.product"]
        variable = echo.kind is ProductKind.VARIABLE
        shown = {variant.external_id: variant for variant in echo.variants}
        by_sku = {variant.sku.lower(): variant for variant in echo.variants if variant.sku}
        known = Binding.search(
            [("backend_id", "=", backend.id), ("external_id", "in", list(shown))]
        )
        bound = {row.external_id: row for row in known}
        rows = []
        for product, variant in self._sent_variants(plan):
            found = shown.get(variant.external_id) or by_sku.get(variant.sku.lower())
            if not found:
                continue
            values = {
                "sku": found.sku,
                "parent_external_id": echo.external_id if variable else "",
                "stock_keeper": found.stock.keeper.value,
            }
            row = bound.get(found.external_id)
            if not row:
                new = {"backend_id": backend.id, "external_id": found.external_id}
                rows.append({**values, **new, "odoo_id": product.id})
            elif row.odoo_id == product:
                _write_changed(row, {**values, "gone_at": False})
        created = Binding.create(rows)
        if created:
            self.env["channel.outbox"]._note_many("stock", created.odoo_id.ids)
        # the drain of prices then knows that it has nothing to tell
        sent = set(shown) if "prices" in plan.written and in_step else set()
        prices = {external_id: variant.price for external_id, variant in shown.items()}
        (known + created)._saw_prices(prices, sent)

    def _sent_variants(self, plan):
        """``[(product.product, Variant)]`` of what was sent, in the reader's order."""
        products = self.env["product.product"].browse(plan.variant_ids)
        return zip(products, plan.product.variants, strict=True)

    def _first_time(self, plan):
        """Keep the SKU that the whole was given."""
        template = plan.record
        if plan.product.kind is ProductKind.VARIABLE and not template.channel_sku:
            template.channel_sku = plan.product.sku

    # === TERMS AND PICTURES === #

    def _bind_terms(self, backend, made):
        """Bind terms that were made or found in the shop.

        :param made: ``{(model, id): external id}``
        """
        for (model, record_id), external_id in made.items():
            record = self.env[model].browse(record_id).exists()
            Binding = self.env[BOUND[model]]
            if record and not Binding._to_external(backend, record):
                Binding._bind(backend, self._free_id(Binding, backend, record, external_id), record)

    def _free_id(self, Binding, backend, record, external_id):
        """Two of Odoo's may be one of the shop's; the reader leaves out what tells them apart."""
        informs = record._name == "product.attribute" and record.create_variant == "no_variant"
        wanted = f"{external_id}:info" if informs else external_id
        return f"{external_id}:{record.id}" if Binding._find(backend, wanted) else wanted

    def _bind_pictures(self, backend, plan, echo, pictures):
        """Remember what the shop stored, so that no picture is sent twice.

        :param pictures: ``{content hash: Picture source}`` of those that were sent by address
        """
        pairs = list(zip(plan.product.images, echo.images, strict=False))
        if len(plan.product.images) != len(echo.images):
            pairs = []
        shown = {variant.sku: variant.image for variant in echo.variants if variant.sku}
        pairs += [(one.image, shown.get(one.sku)) for one in plan.product.variants if one.image]
        found = {
            sent.content_hash: there
            for sent, there in pairs
            if there and there.external_id and not sent.external_id
        }
        self._bind_images(backend, found, pictures)

    def _bind_images(self, backend, found, pictures):
        """:param found: ``{content hash: Image of the shop}``"""
        Binding = self.env["channel.binding.image"]
        for content_hash, image in found.items():
            source = pictures.get(content_hash)
            if source and not Binding._find(backend, image.external_id):
                attachment = self.env["ir.attachment"].browse(source.attachment_id)
                Binding._bind(
                    backend,
                    image.external_id,
                    attachment,
                    content_hash=content_hash,
                    fingerprint=source.checksum,
                    url=image.url,
                )

    def _forget_pictures(self, backend, plan):
        """The shop has lost pictures of a product: a retry sends all of them again."""
        images = [*plan.product.images, *(one.image for one in plan.product.variants if one.image)]
        self.env["channel.binding.image"].search(
            [
                ("backend_id", "=", backend.id),
                ("external_id", "in", [image.external_id for image in images]),
            ]
        ).unlink()

    # === WHAT DOES NOT TRAVEL OUT === #

    def _return(self, backend, plan):
        """Let an import take over what counts in the shop; returns what became of it."""
        if not plan.returned:
            return ""
        groups = ", ".join(plan.returned)
        if not self.env["channel.flow"]._of(backend, "product", "in"):
            return self.env._("The shop owns this and products are not imported: %s", groups)
        plan.binding._out_of_step(plan.returned)
        self.env["channel.event"]._note(backend, "product", plan.external_id, "reconcile")
        return self.env._("Taken over from the shop again: %s", groups)

    def _gone(self, plan):
        """The shop has the product no more; the import of its deletion says so, too."""
        binding = plan.binding.exists().filtered(lambda row: not row.gone_at)
        binding.write({"gone_at": fields.Datetime.now()})


def _write_changed(record, values):
    """A write of what is there already would have others look at it again."""
    changed = {
        name: value for name, value in values.items() if (record[name] or False) != (value or False)
    }
    if changed:
        record.write(changed)
