"""The order itself: name, dates, money, warehouse, custom fields; and what it does not do."""

from datetime import datetime

from odoo.tests import tagged

from .common import JANE
from .line_case import LineCase


@tagged("post_install", "-at_install")
class TestValues(LineCase):
    # === NAME AND DATES === #

    def test_numbered_by_odoo_without_a_prefix(self):
        order = self.place(("MUG", 1))
        sale = self.import_order(order)
        self.assertNotEqual(sale.name, order["number"])
        self.assertEqual(
            (sale.client_order_ref, sale.origin), (order["number"], f"Shop {order['number']}")
        )

    def test_prefix(self):
        self.backend.order_prefix = "WEB-"
        order = self.place(("MUG", 1))
        self.assertEqual(self.import_order(order).name, f"WEB-{order['number']}")

    def test_a_name_that_is_taken(self):
        """Two shops with one prefix, and plug-ins that number orders themselves."""
        self.backend.order_prefix = "WEB-"
        payloads = [self.payload(self.place(("MUG", 1))) for _number in range(2)]
        for payload in payloads:
            payload["number"] = "A-100"
        events = self.poll(*payloads)
        self.run_chunk(events)
        names = [self.env["sale.order"].browse(event.res_id).name for event in events]
        self.assertEqual(names, ["WEB-A-100", f"WEB-A-100-{payloads[1]['id']}"])
        third = self.payload(self.place(("MUG", 1)))
        third["number"] = "A-100"
        _event, sale = self.import_changed(third)
        self.assertEqual(sale.name, f"WEB-A-100-{third['id']}")

    def test_custom_number(self):
        payload = self.payload(self.place(("MUG", 1)))
        payload["number"] = "2025/0042"
        _event, sale = self.import_changed(payload)
        self.assertEqual(sale.client_order_ref, "2025/0042")
        self.assertEqual(sale.channel_binding_ids.number, "2025/0042")
        self.assertEqual(sale.channel_binding_ids.external_id, str(payload["id"]))

    def test_date_is_the_shops_in_utc_and_confirmation_keeps_it(self):
        payload = self.payload(self.place(("MUG", 1)))
        payload.update(date_created="2024-03-31T03:30:00", date_created_gmt="2024-03-31T01:30:00")
        _event, sale = self.import_changed(payload)
        self.assertEqual((sale.state, sale.date_order), ("sale", datetime(2024, 3, 31, 1, 30)))

    def test_date_is_kept_when_a_person_confirms_it_among_others(self):
        payload = self.payload(self.place(("MUG", 1), status="on-hold"))
        payload["date_created_gmt"] = "2024-03-31T01:30:00"
        _event, sale = self.import_changed(payload)
        own = self.env["sale.order"].create(
            {"partner_id": sale.partner_id.id, "date_order": "2024-03-31 01:30:00"}
        )
        (sale | own).action_confirm()
        self.assertEqual((sale.state, sale.date_order), ("sale", datetime(2024, 3, 31, 1, 30)))
        self.assertEqual(own.state, "sale")
        self.assertGreater(own.date_order, datetime(2024, 4, 1))

    # === CURRENCY === #

    def test_foreign_currency(self):
        self._currency("USD", 1.25)
        order = self.place(("MUG", 3), currency="USD")
        sale = self.import_order(order)
        self.assertTotals(sale, order)
        self.assertEqual((sale.currency_id.name, sale.currency_rate), ("USD", 1.25))
        extra = sale.order_line.extra_tax_data
        self.assertEqual(extra["manual_total_excluded_currency"], 59.97)
        self.assertEqual(extra["manual_total_excluded"], 47.98)
        row = self.env["channel.map.currency"]._find(self.backend, "USD")
        self.assertEqual(row.pricelist_id, sale.pricelist_id)

    def test_price_list_never_prices_lines(self):
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "Everything for a song",
                "currency_id": self.company.currency_id.id,
                "company_id": self.company.id,
                "item_ids": [(0, 0, {"compute_price": "percentage", "percent_price": 90})],
            }
        )
        first = self.buy(("MUG", 1), status="on-hold", payment_method="bacs")
        self.assertNotEqual(first.pricelist_id, pricelist)
        self.env["channel.map.currency"]._find(self.backend, "EUR").pricelist_id = pricelist
        order = self.place(("MUG", 1))
        sale = self.import_order(order)
        self.assertEqual(sale.pricelist_id, pricelist)
        self.assertTotals(sale, order)

    def test_currency_that_is_not_active(self):
        order = self.place(("MUG", 1), currency="CHF")
        event = self.receive(order["id"])
        self.assertEqual((event.state, event.issue_id.code), ("blocked", "currency_inactive"))
        self.assertIn("CHF", event.issue_id.title)
        self._currency("CHF", 0.95)
        event.issue_id.action_retry()
        self.run_job(event)
        self.assertEqual((event.state, event.issue_id.state), ("done", "resolved"))

    # === DEFAULTS === #

    def test_team_salesperson_term_analytic(self):
        plan = self.env["account.analytic.plan"].create({"name": "Channels"})
        account = self.env["account.analytic.account"].create({"name": "Web", "plan_id": plan.id})
        term = self.env["account.payment.term"].create({"name": "In advance"})
        user = self.env["res.users"].create(
            {
                "name": "Sales",
                "login": "sales@shop.example",
                "company_id": self.company.id,
                "company_ids": [(6, 0, self.company.ids)],
            }
        )
        team = self.env["crm.team"].create({"name": "Web", "company_id": self.company.id})
        self.backend.write(
            {
                "team_id": team.id,
                "user_id": user.id,
                "analytic_distribution": {str(account.id): 100},
            }
        )
        self.env["channel.map.payment"]._find(self.backend, "cod").payment_term_id = term
        sale = self.buy(("MUG", 1), shipping=[("flat_rate", "5")])
        self.assertEqual((sale.team_id, sale.user_id, sale.payment_term_id), (team, user, term))
        for line in sale.order_line:
            self.assertEqual(line.analytic_distribution, {str(account.id): 100})

    def test_nobody_is_the_salesperson_by_default(self):
        self.assertFalse(self.buy(("MUG", 1)).user_id)

    def test_note(self):
        sale = self.buy(("MUG", 1), customer_note="Ring twice\n<b>please</b>")
        self.assertIn("Ring twice", sale.note)
        self.assertNotIn("<b>", sale.note)

    def test_attribution(self):
        meta = [
            {"key": "_wc_order_attribution_utm_source", "value": "Newsletter"},
            {"key": "_wc_order_attribution_utm_campaign", "value": "Spring"},
        ]
        sale = self.buy(("MUG", 1), meta_data=meta)
        self.assertEqual((sale.source_id.name, sale.campaign_id.name), ("Newsletter", "Spring"))
        meta[0]["value"] = "newsletter"
        self.assertEqual(self.buy(("MUG", 1), meta_data=meta).source_id, sale.source_id)

    # === WAREHOUSE === #

    def _warehouse(self, code):
        return self.env["stock.warehouse"].create(
            {"name": f"House {code}", "code": code, "company_id": self.company.id}
        )

    def test_warehouse_by_rule(self):
        shop, north, default = map(self._warehouse, ("SHOP", "NORTH", "DEF"))
        self.backend.warehouse_ids = default
        self.env["channel.map.warehouse"].create(
            [
                {
                    "backend_id": self.backend.id,
                    "shipping_method": "local_pickup",
                    "warehouse_id": shop.id,
                },
                {
                    "backend_id": self.backend.id,
                    "country_ids": [(6, 0, self.env.ref("base.de").ids)],
                    "warehouse_id": north.id,
                },
            ]
        )
        pickup = self.buy(("MUG", 1), shipping=[("local_pickup", "0", "Pick up", 5)])
        abroad = self.buy(("MUG", 1), shipping_address={**JANE, "country": "DE"})
        home = self.buy(("MUG", 1))
        self.assertEqual(
            (pickup.warehouse_id, abroad.warehouse_id, home.warehouse_id), (shop, north, default)
        )
        self.assertEqual(pickup.picking_ids.picking_type_id.warehouse_id, shop)

    # === CUSTOM FIELDS === #

    def _map_meta(self, key, field):
        self.env["channel.meta.field"].create(
            {
                "backend_id": self.backend.id,
                "external_code": key,
                "field_id": self.env["ir.model.fields"]._get("sale.order", field).id,
            }
        )

    def test_custom_fields(self):
        self._map_meta("delivery_date", "commitment_date")
        self._map_meta("po_number", "reference")
        self._map_meta("boxes", "shipping_weight")
        meta = [
            {"key": "delivery_date", "value": "2030-05-06T10:00:00"},
            {"key": "po_number", "value": 4711},
            {"key": "boxes", "value": "3.5"},
        ]
        sale = self.buy(("MUG", 1), meta_data=meta)
        self.assertEqual(sale.commitment_date, datetime(2030, 5, 6, 10))
        self.assertEqual((sale.reference, sale.shipping_weight), ("4711", 3.5))

    def test_custom_field_that_does_not_fit_is_a_note(self):
        self._map_meta("delivery_date", "commitment_date")
        self._map_meta("po_number", "reference")
        self._map_meta("boxes", "shipping_weight")
        for value in ("as soon as possible", {"a": [1]}, "nan"):
            with self.subTest(value=value):
                keys = ("delivery_date", "po_number", "boxes")
                meta = [{"key": key, "value": value} for key in keys]
                sale = self.buy(("MUG", 1), meta_data=meta)
                self.assertFalse(sale.commitment_date)
                self.assertIn("delivery_date", sale.message_ids[0].body)

    # === QUIET === #

    def test_one_line_in_the_chatter_and_no_mail(self):
        mails = self.env["mail.mail"].search_count([])
        order = self.place(("MUG", 1))
        sale = self.import_order(order)
        self.assertEqual(len(sale.message_ids), 1)
        self.assertIn(f"Imported from Shop {order['number']}", sale.message_ids.body)
        self.assertFalse(sale.message_follower_ids)
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)

    def test_what_the_screens_show(self):
        order = self.place(("MUG", 1))
        sale = self.import_order(order)
        self.assertEqual(sale.channel_backend_id, self.backend)
        self.assertEqual(
            (sale.channel_number, sale.channel_status), (order["number"], "processing")
        )
        self.assertEqual(sale.channel_difference, 0)
        self.assertTrue(sale.channel_url.startswith(self.server.url))
