"""What the import costs beyond Odoo's own work does not grow with lines or orders."""

from odoo.fields import Command
from odoo.tests import tagged

from ..services.job_errors import Recorder
from ..services.job_run import Work
from ..services.order_importer import QUIET
from .common import record_of
from .line_case import LineCase


@tagged("post_install", "-at_install")
class TestQueries(LineCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for number in range(12):
            cls._add_product(f"P{number}", "3.33")

    def _works(self, sizes):
        works = []
        adapter = self.backend._adapter()
        self.addCleanup(adapter.close)
        for size in sizes:
            email = f"{self.env.cr.now()}{len(self.store.orders)}@example.com".replace(" ", "")
            order = self.place(
                *((f"P{number}", 2) for number in range(size)),
                billing={"first_name": "Jane", "country": "BE", "city": "Gent", "email": email},
            )
            payload = self.payload(order)
            event = self.poll(payload)
            record = record_of(payload, self.backend.env.cr.now())
            works.append(Work(event, str(order["id"]), record, adapter, Recorder()))
        return works

    def _count(self, work):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        result = work()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before, result

    def _imported(self, *sizes):
        """Queries of importing new orders with so many lines each; and the sales orders."""
        works = self._works(sizes)
        importer = self.backend.env["channel.order.importer"]
        count, outcomes = self._count(lambda: importer._apply(works))
        sales = self.env["sale.order"].union(*(outcome.record for outcome in outcomes))
        self.assertEqual(set(sales.mapped("state")), {"sale"})
        self.assertEqual(sales.mapped(lambda sale: len(sale.order_line)), list(sizes))
        return count, sales

    def _bare(self, sales):
        """Queries of creating and confirming equal orders for new contacts by the bare ORM."""
        env = self.backend.env(context={**self.backend.env.context, **QUIET})
        rows = [
            {
                "partner": {
                    "name": sale.partner_id.name,
                    "email": f"x{sale.partner_id.email}",
                    "city": sale.partner_id.city,
                    "country_id": sale.partner_id.country_id.id,
                    "company_id": self.company.id,
                    "type": "contact",
                    "lang": sale.partner_id.lang,
                },
                "order": {
                    "company_id": self.company.id,
                    "pricelist_id": sale.pricelist_id.id,
                    "date_order": sale.date_order,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": line.product_id.id,
                                "name": line.name,
                                "product_uom_qty": line.product_uom_qty,
                                "price_unit": line.price_unit,
                                "tax_ids": [Command.set(line.tax_ids.ids)],
                            }
                        )
                        for line in sale.order_line
                    ],
                },
            }
            for sale in sales
        ]

        def work():
            partners = env["res.partner"].create([row["partner"] for row in rows])
            orders = [
                {**row["order"], "partner_id": partner.id}
                for row, partner in zip(rows, partners, strict=True)
            ]
            created = env["sale.order"].create(orders)
            created.mapped("amount_total")
            created.action_confirm()

        return self._count(work)[0]

    def _extra(self, *sizes):
        ours, sales = self._imported(*sizes)
        return ours - self._bare(sales)

    def test_constant_per_line_and_per_order(self):
        self._extra(12)  # caches and sequences
        one, many = self._extra(2), self._extra(12)
        self.assertEqual(one, many)
        self.assertLess(one, 18)
        few, chunk = self._extra(2, 2, 2), self._extra(*[2] * 12)
        self.assertLessEqual(abs(chunk - few), 2)
