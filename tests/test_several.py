"""Three shops at once: two companies, three currencies, three languages, one shared product.

Their ids are the same numbers, their customers share a name, their jobs run in turns: what belongs
to one shop must not show in another.
"""

from itertools import chain
from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools.translate import code_translations

from ..dev.woostore import Cart, Server, Store
from .common import JANE, ChannelCase

MODULE = "channel_connector"


class Marked(dict):
    """Translations that show their language: every text of the code begins with it."""

    def __init__(self, lang):
        super().__init__()
        self.lang = lang

    def get(self, source, default=None):
        return f"[{self.lang}] {source}"


@tagged("post_install", "-at_install")
class TestSeveral(ChannelCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        langs = {code: cls.env["res.lang"]._activate_lang(code) for code in ("de_DE", "fr_FR")}
        cls._currency("USD", 1.25)
        cls.other_company = cls._make_company("Other Company", "JPY")
        cls.backend.write({"name": "Euro Shop", "order_prefix": "EUR-"})
        cls.dollar = cls._shop("USD", 2, cls.company, langs["de_DE"])
        cls.yen = cls._shop("JPY", 0, cls.other_company, langs["fr_FR"])
        cls.shops = [(cls.backend, cls.store, "EUR"), cls.dollar, cls.yen]
        cls.mug = cls._make_product("MUG", company_id=False)
        for (backend, store, code), price in zip(
            cls.shops, ("10.00", "12.50", "1500"), strict=True
        ):
            record = store.add_product(
                sku="MUG",
                name=f"Mug {code}",
                regular_price=price,
                manage_stock=True,
                stock_quantity=50,
            )
            cls.env["channel.binding.product"].create(
                {
                    "backend_id": backend.id,
                    "external_id": str(record["id"]),
                    "odoo_id": cls.mug.id,
                    "sku": "MUG",
                }
            )
        cls.env.cr.flush()
        cls.env.cr.postcommit.clear()

    @classmethod
    def _shop(cls, code, decimals, company, lang):
        """``(backend, store, code)`` of a shop with its own currency and language."""
        store = Store(prices_include_tax=False, currency=code, decimals=decimals)
        server = cls.enterClassContext(Server(store))
        backend = cls._make_backend(
            company,
            f"{code} Shop",
            base_url=server.url,
            api_key=store.key,
            api_secret=store.secret,
            lang_id=lang.id,
            order_prefix=f"{code}-",
        )
        return backend, store, code

    def setUp(self):
        super().setUp()
        for _backend, store, _code in self.shops:
            store.orders.clear()  # of other tests, which Odoo has forgotten
            store.set_stock("MUG", 50)

    # === SIDE BY SIDE === #

    def _place(self, sku="MUG", quantity=2):
        """The same order in each shop, by customers of one name."""
        return [
            store.place_order(
                Cart(
                    lines=[(sku, quantity)],
                    billing={**JANE, "email": f"jane@{code.lower()}.example"},
                    payment_method="cod",
                ),
                status="processing",
            )
            for _backend, store, code in self.shops
        ]

    def _in_turns(self):
        """Poll each shop, then run the jobs of all of them in turns."""
        for backend, _store, _code in self.shops:
            flow = backend.flow_ids.filtered(lambda flow: flow._key() == ("order", "in"))
            self._job(flow, "_job_poll")
        waiting = [
            self.env["channel.event"].search(
                [("backend_id", "=", backend.id), ("state", "=", "pending")], order="id"
            )
            for backend, _store, _code in self.shops
        ]
        for event in chain.from_iterable(zip(*waiting, strict=True)):
            self.run_job(event)

    def _job(self, record, method):
        self.env.cr.flush()
        self.env.cr.postcommit.clear()
        with self.registry.cursor() as cr:
            result = getattr(record.with_env(record.env(cr=cr)), method)()
        self.env.invalidate_all()
        return result

    def _sale(self, backend, order):
        return self.env["channel.binding.order"]._find(backend, order["id"]).odoo_id

    def _export(self, kind):
        for backend, _store, _code in self.shops:
            flow = backend.flow_ids.filtered(lambda flow: flow._key() == (kind, "out"))
            self._job(flow, "_job_drain")

    # === ORDERS === #

    def test_orders(self):
        rounds = [self._place() for _round in range(3)]
        self.assertEqual(len({order["id"] for order in rounds[0]}), 1, "their ids are the same")
        self._in_turns()
        for orders in rounds:
            for (backend, _store, code), order in zip(self.shops, orders, strict=True):
                sale = self._sale(backend, order)
                with self.subTest(shop=code, order=order["id"]):
                    self.assertTotals(sale, order)
                    self.assertEqual(sale.name, f"{code}-{order['number']}")
                    self.assertEqual(sale.currency_id.name, code)
                    self.assertEqual(sale.pricelist_id.currency_id.name, code)
                    company = backend.company_id
                    for record in (
                        sale,
                        sale.partner_id,
                        sale.warehouse_id,
                        sale.order_line.tax_ids,
                        sale.pricelist_id,
                    ):
                        self.assertEqual(record.company_id, company, record)
                    self.assertEqual(sale.order_line.product_id, self.mug)
                    self.assertEqual(sale.order_line.name, f"Mug {code}")
                    lang = backend.lang_id.code or company.partner_id.lang
                    self.assertEqual(sale.partner_id.lang, lang)
        bindings = self.env["channel.binding.order"].search(
            [("backend_id", "in", [backend.id for backend, _store, _code in self.shops])]
        )
        self.assertEqual(len(bindings), 9)
        self.assertEqual(len(bindings.odoo_id.partner_id), 3)

    def test_nothing_of_one_is_asked_of_another(self):
        self._place()
        self._in_turns()
        keys = {store.key for _backend, store, _code in self.shops}
        self.assertEqual(len(keys), 3)
        for backend, store, code in self.shops:
            refused = [request for request in store.requests if request.status in (401, 403)]
            self.assertFalse(refused, code)
            events = self.env["channel.event"].search([("backend_id", "=", backend.id)])
            self.assertEqual({event.company_id for event in events}, {backend.company_id})
            self.assertEqual(set(events.mapped("currency_code")) - {False}, {code})

    # === STOCK AND PRICES === #

    def test_stock(self):
        """Shops of one company share its warehouse; the other company has its own."""
        self.env["channel.flow"].search([("kind", "=", "stock")]).active = True
        for backend, _store, _code in self.shops:
            flow = backend.with_context(active_test=False).flow_ids
            flow.filtered(lambda one: one._key() == ("stock", "out")).active = True
        for company, quantity in ((self.company, 40), (self.other_company, 9)):
            warehouse = self.env["stock.warehouse"].search([("company_id", "=", company.id)])
            self.env["stock.quant"]._update_available_quantity(
                self.mug, warehouse[0].lot_stock_id, quantity
            )
        self._export("stock")
        self.assertEqual(self._shown(), [40, 40, 9])
        order = self._place_in(self.yen, quantity=4)
        self.import_order(order, self.yen[0])
        self._export("stock")
        self.assertEqual(self._shown(), [40, 40, 5])
        order = self._place_in(self.dollar, quantity=3)
        self.import_order(order, self.dollar[0])
        self._export("stock")
        self.assertEqual(self._shown(), [37, 37, 5])

    def _shown(self):
        return [store.product("MUG")["stock_quantity"] for _backend, store, _code in self.shops]

    def _place_in(self, shop, quantity):
        _backend, store, code = shop
        billing = {**JANE, "email": f"jane@{code.lower()}.example"}
        return store.place_order(
            Cart(lines=[("MUG", quantity)], billing=billing, payment_method="cod"),
            status="processing",
        )

    def test_prices(self):
        wanted = {"EUR": 11.5, "USD": 14.25, "JPY": 1750.0}
        for backend, _store, code in self.shops:
            pricelist = self.env["product.pricelist"].create(
                {
                    "name": code,
                    "currency_id": self._currency(code).id,
                    "company_id": backend.company_id.id,
                    "item_ids": [
                        Command.create(
                            {
                                "applied_on": "1_product",
                                "product_tmpl_id": self.mug.product_tmpl_id.id,
                                "compute_price": "fixed",
                                "fixed_price": wanted[code],
                            }
                        )
                    ],
                }
            )
            backend.action_check_connection()
            backend.pricelist_id = pricelist
            backend.ownership_ids.filtered(lambda row: row.group == "prices").owner = "odoo"
            flows = backend.with_context(active_test=False).flow_ids
            flows.filtered(lambda flow: flow._key() == ("price", "out")).active = True
            self.env["channel.outbox"]._note_many("price", self.mug.ids)
        self._export("price")
        shown = {
            code: float(store.product("MUG")["regular_price"]) for _b, store, code in self.shops
        }
        self.assertEqual(shown, wanted)

    # === LANGUAGES === #

    def test_texts_of_jobs_are_in_the_language_of_their_shop(self):
        for _backend, store, _code in self.shops:
            store.add_product(sku="UNKNOWN", name="Unknown", regular_price="5")
        self._place("UNKNOWN")
        self._place()
        marks = {(MODULE, lang): Marked(lang) for lang in ("de_DE", "fr_FR")}
        with patch.dict(code_translations.python_translations, marks):
            self._in_turns()
        for (backend, _store, code), lang in zip(self.shops, ("", "de_DE", "fr_FR"), strict=True):
            events = self.env["channel.event"].search([("backend_id", "=", backend.id)])
            issues = self.env["channel.issue"].search([("backend_id", "=", backend.id)])
            self.assertEqual(len(issues), 1)
            self.assertIn("blocked", events.mapped("state"))
            texts = [*issues.mapped("title"), *issues.mapped("suggestion")]
            texts += [text for text in events.mapped("reason") if text]
            for text in texts:
                with self.subTest(shop=code, text=text):
                    self.assertTrue(text.startswith(f"[{lang}]") if lang else text[0] != "[")
