"""The recorded catalogue: into Odoo, out into an empty shop, and nothing left to say anywhere."""

from odoo.tests import tagged

from ..core.catalogue import GROUPS, ProductKind
from ..core.catalogue_diff import changes
from ..dev.woostore import Server, Store
from ..models.channel_event_jobs import CHUNK
from .product_export_case import ProductExportCase

#: what an import or an export may not touch when nothing has changed
TABLES = (
    "product_template",
    "product_product",
    "product_template_attribute_line",
    "product_template_attribute_value",
    "product_attribute",
    "product_attribute_value",
    "product_category",
    "product_tag",
    "channel_brand",
    "channel_product_image",
    "product_pricelist_item",
    "ir_attachment",
    "channel_binding_category",
    "channel_binding_tag",
    "channel_binding_brand",
    "channel_binding_attribute",
    "channel_binding_image",
    "channel_binding_product",
    "channel_product_category_rel",
    "channel_product_wanted_rel",
)
KINDS = (ProductKind.SIMPLE, ProductKind.VARIABLE)


@tagged("post_install", "-at_install")
class TestCatalogueRoundTrip(ProductExportCase):
    """Two shops of one company: the first one owns its catalogue, the second one is told."""

    recorded = "incl"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        first = cls.store
        cls.other_store = Store(
            prices_include_tax=True, timezone="Europe/Brussels", decimals=first.decimals
        )
        cls.other_store.tax_classes = first.tax_classes
        cls.other_server = cls.enterClassContext(Server(cls.other_store))
        cls.other_store.download = cls.fetch
        cls.other = cls._make_backend(
            cls.company,
            "Other Shop",
            base_url=cls.other_server.url,
            api_key=cls.other_store.key,
            api_secret=cls.other_store.secret,
        )
        cls.own(cls.backend, "channel")
        cls.own(cls.other, "odoo")
        cls._map_tax_classes()
        lists = cls.env["product.pricelist"].create(
            [{"name": name, "company_id": cls.company.id} for name in ("Shops", "Sales")]
        )
        (cls.backend + cls.other).write(
            {"pricelist_id": lists[0].id, "sale_pricelist_id": lists[1].id}
        )

    @classmethod
    def _map_tax_classes(cls):
        """A person has decided on the taxes of each of the shops' tax classes."""
        taxes = cls.env["account.tax"].create(
            [
                {"name": code, "amount": rate, "company_id": cls.company.id}
                for code, rate in (("standard", 21), ("reduced-rate", 9), ("zero-rate", 0))
            ]
        )
        rows = cls.env["channel.map.tax.class"]
        for backend in cls.backend + cls.other:
            rows._ensure_rows(backend, {tax.name: {} for tax in taxes})
            for code, row in rows._rows(backend, []).items():
                row.tax_ids = taxes.filtered(lambda tax, code=code: tax.name == code)

    @classmethod
    def fetch(cls, address):
        """See ``test_product_export_images``."""
        attachment = cls.env["channel.public.images"]._find(address.split("/")[-2])
        return (200, "OK", attachment.raw) if attachment else (404, "Not Found", b"")

    def setUp(self):
        # the recorded catalogue stays
        super(ProductExportCase, self).setUp()
        self.commit_notes()

    # === RUNS === #

    def import_products(self, backend):
        """Poll all products and take them in, with their pictures."""
        flow = self.product_flow(backend, "in")
        self.env["channel.cursor"].search([("flow_id", "=", flow.id)]).unlink()
        self.env.flush_all()
        with self.registry.cursor() as cr:
            self.assertRegex(flow.with_env(flow.env(cr=cr))._job_poll(), r"^\d+ records$")
        self.env.invalidate_all()
        waiting = [("backend_id", "=", backend.id), ("state", "=", "pending")]
        events = self.env["channel.event"].search(waiting, order="id")
        for start in range(0, len(events), CHUNK):
            self.run_chunk(events[start : start + CHUNK])
        self.run_pending(backend)
        self.commit_notes()
        flow.active = False
        return events

    def export_products(self, backend):
        flow = self.product_flow(backend, "out")
        result = self.drain(flow)
        flow.active = False
        return result

    def products(self, backend):
        """``{(name, SKUs): Product}`` of all that can be sold in a shop."""
        adapter = backend._adapter()
        found, cursor, more = [], {}, True
        while more:
            page = adapter.list_products(cursor, 100)
            found += [adapter.parse_product(record.payload) for record in page.records]
            cursor, more = page.cursor, page.more
        adapter.close()
        found = self.env["channel.product.reader"]._with_hashes(backend, found)
        as_kept = self.env["channel.product.planner"]._as_kept
        return {_identity(product): as_kept(product) for product in found if product.kind in KINDS}

    # === WHAT IS THERE === #

    def rows(self):
        """Where every row is: an update moves it, even one that changes nothing."""
        self.env.flush_all()
        found = {}
        for table in TABLES:
            self.env.cr.execute(f"SELECT ctid::text FROM {table} ORDER BY ctid")  # pylint: disable=sql-injection
            found[table] = [row[0] for row in self.env.cr.fetchall()]
        return found

    def written(self, since):
        stores = (self.store, self.other_store)
        return [
            (one.method, one.path)
            for store, first in zip(stores, since, strict=True)
            for one in list(store.requests)[first:]
            if one.method != "GET"
        ]

    def marks(self):
        return [len(store.requests) for store in (self.store, self.other_store)]

    # === THE STORY === #

    def test_there_and_back(self):
        self.import_products(self.backend)
        here = self.products(self.backend)
        templates = (
            self.env["channel.binding.template"]
            .search([("backend_id", "=", self.backend.id)])
            .odoo_id
        )
        self.assertEqual(len(templates), len(here))
        self._reader_agrees(here)

        # a product without a SKU is refused, and nothing else is
        refused = {key for key, product in here.items() if _lacks_sku(product)}
        templates._channel_publish(self.other)
        self.export_products(self.other)
        there = self.products(self.other)
        told = self.env["channel.issue"].search([("backend_id", "=", self.other.id)])
        self.assertEqual(here.keys() - there.keys(), refused, told.mapped("details"))
        self.assertGreater(len(there), 130)
        for key, product in there.items():
            self.assertEqual(changes(here[key], product, GROUPS), (), key)
        issues = self.env["channel.issue"].search([("backend_id", "=", self.other.id)])
        self.assertEqual(set(issues.mapped("code")), {"sku_missing"} if refused else set())

        # and nothing is left to say, in whichever direction
        rows, marks = self.rows(), self.marks()
        for backend in (self.backend, self.other):
            self.own(backend, "channel")
            self.import_products(backend)
            self.own(backend, "odoo")
            self.env["channel.outbox"]._note_many("product", templates.ids)
            self.export_products(backend)
        self.assertEqual(self.written(marks), [])
        changed = {table for table, found in self.rows().items() if found != rows[table]}
        self.assertEqual(changed, set())

    def _reader_agrees(self, shown):
        """Odoo's products are the shop's, in everything that is compared."""
        bindings = self.env["channel.binding.template"].search(
            [("backend_id", "=", self.backend.id)]
        )
        found = self.env["channel.product.reader"]._read(self.backend, bindings.odoo_id)
        by_id = {product.external_id: product for product in shown.values()}
        for product in found.values():
            self.assertEqual(changes(by_id[product.external_id], product, GROUPS), ())


def _identity(product):
    return product.name, product.sku, tuple(sorted(variant.sku for variant in product.variants))


def _lacks_sku(product):
    return not all(variant.sku for variant in product.variants)
