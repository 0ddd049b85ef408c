"""What a line sells → an Odoo product: by binding, then SKU, then barcode; never by name."""

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from ..core import errors
from ..core.adapter import CatalogueSource, supports
from .urgency import priority_of


class ChannelProductResolver(models.AbstractModel):
    _name = "channel.product.resolver"
    _description = "Channel product resolver"

    def _resolve(self, backend, refs):
        """Find the products of all references with a constant number of queries.

        What is found by SKU or barcode is bound, so that a SKU changed later changes nothing.

        :param refs: iterable of :class:`core.canonical.ProductRef`
        :return: ``{ref: product or NeedsHuman}``; references that nothing fits are missing
        """
        found, matched = self._look_up(backend, refs)
        self._bind(backend, {ref: hit for ref, hit in matched.items() if _is_product(hit)})
        return {**found, **matched}

    def _find(self, backend, refs):
        """``{ref: product}`` of those that are certain; nothing is bound."""
        found, matched = self._look_up(backend, refs)
        return {**found, **{ref: hit for ref, hit in matched.items() if _is_product(hit)}}

    def _look_up(self, backend, refs):
        """What is bound, and what fits what is not (a product or NeedsHuman)."""
        refs = {ref for ref in refs if ref.key or ref.sku or ref.barcode}
        found = self._by_binding(backend, refs)
        return found, self._by_identity(backend, refs - found.keys())

    def _by_identity(self, backend, refs):
        """Find products by SKU, then by barcode; writes nothing. See :meth:`_resolve`."""
        matched = {}
        for search in (self._by_sku, self._by_sku_in_any_case, self._by_barcode):
            if left := refs - matched.keys():
                matched.update(search(backend, left))
        return matched

    def _by_binding(self, backend, refs):
        keys = {ref.key for ref in refs if ref.key}
        if not keys:
            return {}
        bindings = self.env["channel.binding.product"].search_fetch(
            [("backend_id", "=", backend.id), ("external_id", "in", list(keys))],
            ["external_id", "odoo_id"],
        )
        products = {binding.external_id: binding.odoo_id for binding in bindings}
        return {ref: products[ref.key] for ref in refs if ref.key in products}

    def _by_sku(self, backend, refs):
        skus = {ref.sku for ref in refs if ref.sku}
        return self._by_field(backend, refs, "default_code", "sku", "in", skus)

    def _by_sku_in_any_case(self, backend, refs):
        """WooCommerce compares SKUs without case, so two writings mean one product."""
        skus = {ref.sku for ref in refs if ref.sku}
        found = self._written_like(skus) if skus else []
        if not found:
            return {}
        products = self._search(backend, Domain("id", "in", found))
        groups = products.grouped(lambda product: product.default_code.lower())
        return self._pick(backend, refs, groups, lambda ref: ref.sku.lower())

    def _written_like(self, skus):
        """Ids of products with one of these SKUs, whatever its case.

        By SQL, because ``=ilike`` reads every product there is: a first import asks this for each
        of its products.
        """
        self.env["product.product"].flush_model(["default_code"])
        return [row[0] for row in self.env.execute_query(self._query_written_like(skus))]

    def _query_written_like(self, skus):
        wanted = SQL(", ").join(SQL("lower(%s)", sku) for sku in sorted(skus))
        return SQL("SELECT id FROM product_product WHERE lower(default_code) IN (%s)", wanted)

    def _by_barcode(self, backend, refs):
        barcodes = {ref.barcode for ref in refs if ref.barcode}
        return self._by_field(backend, refs, "barcode", "barcode", "in", barcodes)

    def _by_field(self, backend, refs, field, attribute, operator, values):
        if not values:
            return {}
        products = self._search(backend, Domain(field, operator, list(values)))
        return self._pick(
            backend, refs, products.grouped(field), lambda ref: getattr(ref, attribute)
        )

    def _search(self, backend, domain):
        company = self.env["product.product"]._check_company_domain(backend.company_id)
        return self.env["product.product"].search(domain & Domain(company))

    def _pick(self, backend, refs, groups, key_of):
        """One product per reference; a company's own product comes before a shared one."""
        picked = {}
        for ref in refs:
            products = groups.get(key_of(ref)) if key_of(ref) else None
            if not products:
                continue
            own = products.filtered("company_id") or products
            picked[ref] = own if len(own) == 1 else self._ambiguous(ref, own)
        return picked

    def _ambiguous(self, ref, products):
        error = errors.Rejected(
            "ambiguous_product",
            sku=ref.sku or ref.barcode,
            products=len(products),
            **self._identity(ref),
        )
        return _for_every_order(error, "sku")

    def _bind(self, backend, products):
        """Bind products to the references they were found or made for."""
        values = {
            ref.key: {
                "backend_id": backend.id,
                "external_id": ref.key,
                "odoo_id": product.id,
                "sku": ref.sku,
                "parent_external_id": ref.external_id if ref.variant_external_id else "",
            }
            for ref, product in products.items()
            if ref.key
        }
        return self.env["channel.binding.product"].create(list(values.values()))

    def _identity(self, ref):
        """What a person needs to bind the product by hand; nothing where it was deleted."""
        parent = ref.external_id if ref.variant_external_id else ""
        return {"key": ref.key, "parent": parent} if ref.key else {}

    # === WHAT NOTHING FITS === #

    def _unknown(self, line):
        """The error of a line whose product Odoo does not know: one issue per product."""
        ref = line.product
        error = errors.Rejected(
            "unknown_product",
            label=line.name,
            sku=ref.sku or "-",
            # a product deleted in the shop has nothing left but its name
            product=ref.key or ref.sku or line.name,
            is_container=line.is_container,
            **self._identity(ref),
        )
        return _for_every_order(error, "product")

    def _ask_for(self, batch, lines):
        """Have the products of sold variants imported whole, where the shop's products come in.

        An order names one variant. Making a product of it would leave Odoo with one product for
        each variant, which the import of the catalogue has to refuse. So the shop is asked first,
        once for each order that brings it; what can't be imported is made of the line.

        :param batch: the :class:`services.order_batch.Batch` of the orders
        :return: set of the references that wait for an import
        """
        if not self._imports_products(batch.backend):
            return set()
        by_id = {}
        for line in lines:
            if line.product.variant_external_id:
                by_id.setdefault(line.product.external_id, set()).add(line.product)
        if not by_id:
            return set()
        tried = self._imports_since(batch, by_id)
        asked = [external_id for external_id in by_id if tried.get(external_id) != "settled"]
        self.env["channel.event"]._follow_up(
            batch.backend,
            "product",
            [external_id for external_id in asked if external_id not in tried],
            priority=priority_of("order"),
        )
        return set().union(*(by_id[external_id] for external_id in asked))

    def _imports_products(self, backend):
        """Whether a product that is asked for comes at once; in a dry run nothing comes."""
        return (
            not self.env.context.get("channel_trial")
            and supports(backend._get_adapter_class(), CatalogueSource)
            and bool(self.env["channel.flow"]._of(backend, "product", "in"))
            and backend._acts_at_once("product")
        )

    def _imports_since(self, batch, external_ids):
        """``{product's id: "pending" or "settled"}`` of imports asked for since the orders came."""
        since = min(min(draft.work.events.mapped("received_at")) for draft in batch.open)
        events = self.env["channel.event"].search_fetch(
            [
                ("backend_id", "=", batch.backend.id),
                ("kind", "=", "product"),
                ("external_id", "in", list(external_ids)),
                "|",
                ("state", "=", "pending"),
                ("received_at", ">=", since),
            ],
            ["external_id", "state"],
            order="id",
        )
        found = {}
        for event in events:
            found[event.external_id] = "pending" if event.state == "pending" else "settled"
        return found

    def _create_missing(self, backend, lines):
        """Create (policy ``create``) the products of lines that nothing fits, and bind them.

        :param lines: iterable of :class:`core.canonical.Line` whose products have an identity
        :return: ``{ref: product}``
        """
        by_ref = {line.product: line for line in lines}
        products = self.env["product.product"].create(
            [self._prepare_product(backend, line) for line in by_ref.values()]
        )
        created = dict(zip(by_ref, products, strict=True))
        self._bind(backend, created)
        return created

    def _prepare_product(self, backend, line):
        """Values of a product made for an unknown line; an override returns the dictionary.

        Goods without stock tracking can be sold and delivered at once. Where the shop is told of
        stock, Odoo counts what the shop counts, as in the import. A set is a service: its parts
        are delivered.
        """
        counted = line.stock_reduced is not None and not line.is_container
        return {
            "name": line.name or line.product.sku or line.product.key,
            "default_code": line.product.sku or False,
            "type": "service" if line.is_container else "consu",
            "is_storable": counted and bool(self.env["channel.flow"]._of(backend, "stock", "out")),
            "list_price": 0.0,
            "company_id": backend.company_id.id,
        }


def _is_product(hit):
    return not isinstance(hit, errors.ChannelError)


def _for_every_order(error, *cause):
    """Orders that fail for the same product share one issue."""
    error.per_record = False
    error.cause = cause
    return error
