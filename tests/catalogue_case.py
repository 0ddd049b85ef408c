"""What the tests of the catalogue share: products of a shop as values, without any shop."""

from dataclasses import replace
from decimal import Decimal

from odoo.tests import tagged

from ..core.catalogue import (
    Attribute,
    Choice,
    Price,
    Product,
    ProductKind,
    StockKeeper,
    StockLevel,
    Term,
    TermKind,
    Variant,
)
from ..core.catalogue_diff import parts_of
from .common import ChannelCase

RED, BLUE, SMALL, LARGE = "Red", "Blue", "S", "L"
COLOUR = Attribute("Colour", (RED, BLUE), "1", varies=True)
SIZE = Attribute("Size", (SMALL, LARGE), "", varies=True)
COUNTED = StockLevel(StockKeeper.ITSELF, Decimal(5))


@tagged("post_install", "-at_install")
class CatalogueCase(ChannelCase):
    """A backend whose standard tax class has taxes; products are given as values."""

    backend_values = {}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tax = cls.env["account.tax"].search(
            [("company_id", "=", cls.company.id), ("type_tax_use", "=", "sale")], limit=1
        ) or cls.env["account.tax"].create(
            {"name": "21 %", "amount": 21, "company_id": cls.company.id}
        )
        cls.company.account_sale_tax_id = cls.tax
        rows = cls.env["channel.map.tax.class"]
        rows._ensure_rows(cls.backend, {"standard": {}})
        rows._find(cls.backend, "standard").tax_ids = cls.tax
        cls.importer = cls.env["channel.product.importer"].with_env(cls.backend.env)

    # === PRODUCTS OF A SHOP === #

    def simple(self, external_id="10", sku="MUG", **values):
        """A product without variants; ``variant`` extends its only one."""
        variant = {
            "external_id": external_id,
            "sku": sku,
            "price": Price(Decimal("9.95")),
            "stock": COUNTED,
            **values.pop("variant", {}),
        }
        values = {"name": f"Product {sku}", **values}
        return Product(external_id, ProductKind.SIMPLE, variants=(Variant(**variant),), **values)

    def shirt(self, options=((RED, SMALL), (RED, LARGE), (BLUE, SMALL)), **values):
        """A product with variants by colour (shared by all products) and size (its own)."""
        variants = tuple(
            Variant(
                str(201 + number),
                f"SHIRT-{colour}-{size}",
                choices=(Choice(COLOUR.key, colour), Choice(SIZE.key, size)),
                price=Price(Decimal("20")),
                stock=COUNTED,
            )
            for number, (colour, size) in enumerate(options)
        )
        values = {
            "name": "Shirt",
            "sku": "SHIRT",
            "attributes": (COLOUR, SIZE),
            "variants": variants,
            **values,
        }
        return Product("200", ProductKind.VARIABLE, **values)

    def term(self, external_id, name, kind=TermKind.CATEGORY, parent=""):
        return Term(kind, external_id, name, parent)

    # === IMPORT === #

    def plan(self, *products):
        return self.importer._plan(self.backend, list(products))

    def take(self, *products):
        """Import products as a job does; returns the plans, which name their records."""
        plans = self.plan(*products)
        self.outcomes = self.importer._apply_plans(self.backend, plans)
        self.env.flush_all()
        self.env.invalidate_all()
        return plans

    def take_one(self, product):
        """Import one product; returns Odoo's, with archived variants too."""
        (plan,) = self.take(product)
        self.assertFalse(plan.error, plan.error)
        return plan.template.with_context(active_test=False)

    def in_odoo(self, template, lang=None):
        reader = self.env["channel.product.reader"].with_env(self.backend.env)
        return reader._read(self.backend, template, lang=lang)[template.id]

    def binding(self, external_id, model="channel.binding.template"):
        return self.env[model]._find(self.backend, external_id)

    def by_sku(self, sku):
        return (
            self.env["product.product"]
            .with_context(active_test=False)
            .search([("default_code", "=", sku)])
        )

    # === CHECKS === #

    def assertInStep(self, product, template, groups=None):
        """Odoo shows the same as the shop, so that nothing is left to be written."""
        shop, odoo = parts_of(product), parts_of(self.in_odoo(template))
        groups = groups or set(shop) - {"stock", "images"}
        differing = {group for group in groups if shop[group] != odoo[group]}
        self.assertFalse(differing, f"{product}\n{self.in_odoo(template)}")

    def assertNothingLeft(self, *products):
        """A further run of the same would change nothing."""
        for plan in self.plan(*products):
            self.assertEqual((plan.action, plan.changes), ("leave", ()), plan.reason)


@tagged("post_install", "-at_install")
class ShopCase(CatalogueCase):
    """Products of the fake shop, over HTTP; prices have price lists, and tax classes taxes."""

    def setUp(self):
        super().setUp()
        if not self.recorded:
            for product in self.store.shown_products():
                self.store.delete_product(product["id"])
        self.flow = self.backend.flow_ids.filtered(
            lambda flow: (flow.kind, flow.direction) == ("product", "in")
        )
        self.flow.active = True
        self.backend.action_create_pricelists()
        for row in self.backend.tax_class_map_ids:
            row.tax_ids = (
                self.tax
                if row.external_code == "standard"
                else self.tax.copy({"name": row.external_code})
            )

    def poll_products(self):
        self.env.flush_all()
        with self.registry.cursor() as cr:
            result = self.flow.with_env(self.flow.env(cr=cr))._job_poll()
        self.env.invalidate_all()
        return result

    def import_catalogue(self):
        """Poll and run the jobs; returns the events."""
        self.poll_products()
        events = self.env["channel.event"].search(
            [("backend_id", "=", self.backend.id), ("kind", "=", "product")], order="id"
        )
        for start in range(0, len(events), 25):
            self.run_chunk(events[start : start + 25])
        self.run_pending()
        return events

    def shown(self, external_id):
        """The shop's product as the adapter reads it now."""
        adapter = self.backend._adapter()
        self.addCleanup(adapter.close)
        product = adapter.parse_product(adapter.fetch_product(str(external_id)).payload)
        (product,) = self.env["channel.product.reader"]._with_hashes(self.backend, [product])
        return self.env["channel.product.planner"]._as_kept(product)


def changed(product, variant=None, **values):
    """``product`` with other values; ``variant``: ``{external id: values}`` of its variants."""
    variants = tuple(
        replace(one, **(variant or {}).get(one.external_id, {})) for one in product.variants
    )
    return replace(product, **{"variants": variants, **values})
