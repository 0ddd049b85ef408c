"""A thousand random carts: total and tax differ by nothing."""

import itertools
from random import Random

from odoo.tests import tagged

from ..dev.woostore import Server, Store
from ..dev.woostore.randomcarts import random_cart
from .common import ChannelCase

CARTS = 1008
CURRENCIES = {"EUR": 2, "JPY": 0, "KWD": 3}
#: one shop per currency, prices with or without tax, tax rounded per line or at the subtotal
SHOPS = list(itertools.product(CURRENCIES, (True, False), (True, False)))


@tagged("post_install", "-at_install")
class TestRandomCarts(ChannelCase):
    """Through poll, chunk and job, from twelve shops, with an ordinary exchange rate."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._currency("JPY", 161.37)
        cls._currency("KWD", 0.3342)
        cls.shops = {
            f"{currency.lower()}{number}": Store(
                currency=currency,
                decimals=CURRENCIES[currency],
                prices_include_tax=included,
                round_at_subtotal=at_subtotal,
            )
            for number, (currency, included, at_subtotal) in enumerate(SHOPS)
        }
        cls.shop_server = cls.enterClassContext(Server(cls.shops))

    def _backend_of(self, name, store):
        backend = (
            self.env["channel.backend"]
            .create(
                {
                    "name": name,
                    "provider": "woocommerce",
                    "company_id": self.company.id,
                    "base_url": self.shop_server.url_of(name),
                    "api_key": store.key,
                    "api_secret": store.secret,
                    "state": "connected",
                    "product_policy": "placeholder",
                    "order_prefix": f"{name}-",
                }
            )
            ._env()
        )
        adapter = backend._adapter()
        backend._fill_mappings(adapter)
        adapter.close()
        backend.tax_map_ids.filtered(lambda row: not row.tax_id).action_create_taxes()
        return backend

    def test_total_and_tax_differ_by_nothing(self):
        rng = Random(20250711)
        rounded = 0
        for name, store in self.shops.items():
            with self.subTest(shop=name):
                for _number in range(CARTS // len(self.shops)):
                    store.place_order(random_cart(rng, store))
                backend = self._backend_of(name, store)
                events = self.import_all(backend)
                self.assertEqual(set(events.mapped("state")), {"done"}, events.mapped("reason"))
                bindings = backend.env["channel.binding.order"].search(
                    [("backend_id", "=", backend.id)]
                )
                self.assertEqual(len(bindings), CARTS // len(self.shops))
                for binding in bindings:
                    self.assertTotals(binding.odoo_id, store.orders[int(binding.external_id)])
                rounded += len(bindings.filtered("rounding_line_used"))
        share = rounded * 100 / CARTS
        # pylint: disable-next=print-used
        print(f"{CARTS} random carts: {rounded} with a rounding line ({share:.2f} %)")
        self.assertLess(share, 1)
