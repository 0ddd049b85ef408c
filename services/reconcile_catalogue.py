"""Compares a shop's catalogue with Odoo's: stock, prices and products by one walk over it."""

from odoo import models

from ..core.adapter import CatalogueAudit, CatalogueSource, supports
from ..core.catalogue import ProductStatus, StockKeeper
from ..core.catalogue_diff import changes
from .preview import change_values, changes_text, parsed
from .price_values import price_to_json
from .reconcile_tally import Seen

#: Products per request; those with variations take a request of their own each.
PAGE = 50
#: Bindings that the shop is asked for at once.
BOUND = 500
#: Kinds of differences that the catalogue can have.
KINDS = ("stock", "price", "product", "product_gone")


class ChannelReconcileCatalogue(models.AbstractModel):
    _name = "channel.reconcile.catalogue"
    _description = "Reconciliation of the catalogue"

    # === WHAT === #

    def _kinds(self, run):
        """What of the catalogue can be compared: what a flow of this backend keeps in step."""
        backend = run.backend_id
        adapter_class = backend._get_adapter_class()
        if not supports(adapter_class, CatalogueSource):
            return set()
        flows = {
            flow._key() for flow in backend.flow_ids.filtered(lambda flow: flow.active)
        }  # switched off: nobody keeps it in step, so nothing of it is a difference
        owners = {row.group: row.owner for row in backend.sudo().ownership_ids}
        price_flow = ("price", "out") if owners.get("prices") == "odoo" else ("product", "in")
        kinds = set()
        if run.with_stock and ("stock", "out") in flows:
            kinds.add("stock")
        if run.with_prices and price_flow in flows:
            kinds.add("price")
        if run.with_products and not flows.isdisjoint({("product", "in"), ("product", "out")}):
            kinds.add("product")
        return kinds

    # === READING THE SHOP === #

    def _page(self, run, adapter, cursor):
        """The next products of a lossless walk over all of them."""
        page = adapter.list_products(cursor, PAGE)
        products, _refused = parsed(adapter, page.records)
        found = {
            product.external_id: product
            for product in products
            if product.status is not ProductStatus.TRASHED  # its presence tells of it
        }
        return Seen(found, dict(page.cursor) if page.more else None)

    def _bound_page(self, run, adapter, cursor):
        """Which products that Odoo knows are gone from the shop."""
        if not supports(adapter, CatalogueAudit):
            return Seen({}, None)
        bindings = self.env["channel.binding.product"].search(
            [
                ("backend_id", "=", run.backend_id.id),
                ("gone_at", "=", False),
                ("id", ">", cursor.get("after", 0)),
            ],
            order="id",
            limit=BOUND,
        )
        wholes = {row.parent_external_id or row.external_id for row in bindings}
        if not cursor:
            wholes |= self._left_over(run.backend_id)
        present = adapter.present_products(sorted(wholes))
        following = {"after": bindings[-1].id} if len(bindings) == BOUND else None
        return Seen({key: key in present for key in wholes}, following)

    def _left_over(self, backend):
        """Ids of what differed once and is not linked any more: no other step comes across it."""
        rows = self.env["channel.variance"].search(
            [("backend_id", "=", backend.id), ("state", "=", "open"), ("kind", "in", KINDS)]
        )
        ids = set(rows.mapped("external_id"))
        linked = self.env["channel.binding.product"].search(
            [
                ("backend_id", "=", backend.id),
                ("gone_at", "=", False),
                "|",
                ("external_id", "in", list(ids)),
                ("parent_external_id", "in", list(ids)),
            ]
        )
        return ids - {*linked.mapped("external_id"), *linked.mapped("parent_external_id")}

    # === COMPARING === #

    def _compare(self, run, adapter, seen, tally):
        if any(isinstance(found, bool) for found in seen.found.values()):
            self._compare_presence(run, seen, tally)
            return
        kinds = self._kinds(run)
        busy = self._busy(run.backend_id, list(seen.found))
        products = [product for key, product in seen.found.items() if key not in busy]
        if "stock" in kinds:
            self._compare_stock(run, products, tally)
        if "price" in kinds:
            self._compare_prices(run, products, tally)
        if "product" in kinds:
            self._compare_products(run, products, tally)
            self._compare_variants(run, products, tally)

    def _busy(self, backend, external_ids):
        """Products that are going to be imported: what differs of them is on its way."""
        events = self.env["channel.event"].search_fetch(
            [
                ("backend_id", "=", backend.id),
                ("kind", "=", "product"),
                ("external_id", "in", external_ids),
                ("state", "=", "pending"),
            ],
            ["external_id"],
        )
        return set(events.mapped("external_id"))

    def _noted(self, backend, kind, record_ids):
        """Ids of records of which the shop is going to be told."""
        notes = self.env["channel.outbox"].search_fetch(
            [
                ("backend_id", "=", backend.id),
                ("kind", "=", kind),
                ("res_id", "in", list(record_ids)),
                ("state", "=", "pending"),
            ],
            ["res_id"],
        )
        return set(notes.mapped("res_id"))

    def _without_noted(self, run, kind, pairs):
        """Those of ``pairs`` (record id, anything) of which no note waits."""
        noted = self._noted(run.backend_id, kind, {record_id for record_id, _found in pairs})
        return [found for record_id, found in pairs if record_id not in noted]

    # === STOCK === #

    def _compare_stock(self, run, products, tally):
        levels = {one.external_id: one.stock for product in products for one in product.variants}
        differing = self.env["channel.stock.exporter"]._differing(run.backend_id, levels)
        pairs = [(target.product_id, (target, level)) for target, level in differing]
        for target, level in self._without_noted(run, "stock", pairs):
            tally.differ(self._stock_row(run, target, level))
        tally.compared(("stock",), list(levels))

    def _stock_row(self, run, target, level):
        product = target.binding.odoo_id
        counted = level.keeper is StockKeeper.ITSELF
        more = float(level.quantity or 0) - target.quantity if counted else 0.0
        return run._row(
            "stock",
            target.binding.external_id,
            name=product.display_name,
            record=product,
            shop=f"{level.quantity or 0:f}" if counted else self.env._("Not counted"),
            odoo=str(target.quantity),
            amount=more * product.lst_price,
            detail=self.env._("The difference is valued at the sales price."),
            fix="send",
        )

    # === PRICES === #

    def _compare_prices(self, run, products, tally):
        backend = run.backend_id
        if backend._store_setting("currency") is None:
            return  # without the shop's tax mode a price would be another one
        prices = {one.external_id: one.price for product in products for one in product.variants}
        differing = self.env["channel.price.exporter"]._differing(backend, prices)
        pairs = [(change.product_id, change) for change in differing]
        for change in self._without_noted(run, "price", pairs):
            tally.differ(self._price_row(run, change))
        tally.compared(("price",), list(prices))

    def _price_row(self, run, change):
        product, shop = change.binding.odoo_id, change.before
        describe = self.env["channel.published.price"]._describe
        fix = "send" if change.is_sent else "none" if change.error else "import"
        return run._row(
            "price",
            change.binding.external_id,
            name=product.display_name,
            record=product,
            shop=describe(shop),
            odoo=describe(change.after),
            amount=float((shop.regular or 0) - (change.after.regular or 0)),
            currency=run.backend_id._price_terms().currency,
            detail=change.reason,
            fix=fix,
            data={"price": price_to_json(shop)},
        )

    # === PRODUCTS === #

    def _compare_products(self, run, products, tally):
        """Each group of a product's fields is compared by the run that its owner keeps it by."""
        backend = run.backend_id
        plans = self.env["channel.product.importer"]._plan(backend, products) if products else []
        flows = self.env["channel.flow"]
        if flows._of(backend, "product", "in"):
            for plan in plans:
                known = plan.match.binding or plan.action == "create"
                if known and plan.writes and plan.changes:
                    tally.differ(self._import_row(run, plan))
        if flows._of(backend, "product", "out"):
            found = [(plan.record.id, plan) for plan in self._export_plans(backend, plans)]
            for plan in self._without_noted(run, "product", found):
                tally.differ(self._export_row(run, plan))
        tally.compared(("product",), [product.external_id for product in products])

    def _export_plans(self, backend, plans):
        """What an export would change, knowing what the shop shows.

        Products that only an order has bound were never published: nobody keeps them in step.
        """
        shown = {plan.product.external_id: plan.product for plan in plans if not plan.error}
        templates = self.env["product.template"].union(*(plan.template for plan in plans))
        planner = self.env["channel.product.export.planner"]
        for plan in planner._plans(backend, templates)[0] if templates else ():
            shop = shown.get(plan.external_id)
            if shop is None or plan.error or plan.reason or not plan.binding:
                continue
            plan.decide(shop)
            plan.changes = changes(shop, plan.product, plan.written or plan.asked)
            if plan.changes:
                yield plan

    def _import_row(self, run, plan):
        values = [change_values(change) for change in plan.changes]
        return run._row(
            "product",
            plan.product.external_id,
            aspect="import",
            name=plan.template.display_name or plan.product.name,
            record=plan.template,
            shop=self._text_of(values, "after"),
            odoo=self._text_of(values, "before") if plan.template else self.env._("Not there"),
            detail=changes_text(self.env, values, "before", "after"),
            fix="import",
        )

    def _export_row(self, run, plan):
        values = [change_values(change) for change in plan.changes]
        return run._row(
            "product",
            plan.external_id,
            aspect="export",
            name=plan.name,
            record=plan.record,
            shop=self._text_of(values, "before"),
            odoo=self._text_of(values, "after"),
            detail=changes_text(self.env, values, "after", "before"),
            fix="send" if plan.written else "none",
            data={"groups": list(plan.written)},
        )

    def _text_of(self, values, side):
        """The first change; the details tell all of them."""
        return changes_text(self.env, values[:1], side) or "-"

    # === GONE === #

    def _compare_variants(self, run, products, tally):
        """Variants that are gone while their product stays."""
        shown = {product.external_id: product for product in products}
        bindings = self.env["channel.binding.product"].search(
            [
                ("backend_id", "=", run.backend_id.id),
                ("parent_external_id", "in", list(shown)),
                ("gone_at", "=", False),
            ]
        )
        for row in bindings:
            there = {one.external_id for one in shown[row.parent_external_id].variants}
            if row.external_id not in there:
                tally.differ(self._gone_row(run, row.external_id, row.odoo_id))
        tally.compared(("product_gone",), bindings.mapped("external_id"))

    def _compare_presence(self, run, seen, tally):
        gone = [key for key, there in seen.found.items() if not there]
        bindings = self.env["channel.binding.product"].search(
            [
                ("backend_id", "=", run.backend_id.id),
                ("gone_at", "=", False),
                "|",
                ("external_id", "in", gone),
                ("parent_external_id", "in", gone),
            ]
        )
        wholes = bindings.grouped(lambda row: row.parent_external_id or row.external_id)
        busy = self._busy(run.backend_id, gone)
        for key, rows in wholes.items():
            if key not in busy:
                tally.differ(self._gone_row(run, key, rows.odoo_id.product_tmpl_id[:1]))
        tally.compared(("product_gone",), [key for key in seen.found if key not in busy])
        # nothing is left to be compared of what is gone
        tally.scopes.append((KINDS, [key for key in gone if key not in busy]))

    def _gone_row(self, run, external_id, record):
        return run._row(
            "product_gone",
            external_id,
            name=record.display_name,
            record=record,
            shop=self.env._("Not there"),
            odoo=self.env._("Linked"),
            detail=self.env._(
                "“Import Again” notes that it is gone; the product itself stays in Odoo."
            ),
            fix="import",
        )
