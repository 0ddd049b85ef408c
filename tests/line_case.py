"""A shop with a mug and a cook book, for tests of single orders."""

from ..dev.woostore.orders import as_rest
from .common import JANE, ChannelCase

ACME = {
    **JANE,
    "company": "ACME BV",
    "first_name": "Ann",
    "last_name": "Mee",
    "email": "ann@acme.be",
}
OTHER = {"address_1": "Other Street 9", "city": "Gent", "postcode": "9000", "country": "BE"}


class LineCase(ChannelCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mug = cls._add_product("MUG", "19.99")
        cls.book = cls._add_product("BOOK", "24.90", tax_class="reduced-rate")

    def payload(self, order):
        """An order as the importer reads it, for changes that only plug-ins make."""
        return as_rest(self.store, self.store.orders[order["id"]], dp=8)

    def line_of(self, sale, item):
        """The line(s) of the sales order that an item of the shop's order became."""
        wanted = str(item["id"])
        return sale.order_line.filtered(lambda line: line.channel_external_id == wanted)

    def map_carrier(self, code, carrier):
        rows = self.env["channel.map.carrier"]
        rows._ensure_rows(self.backend, {code: {}})
        rows._find(self.backend, code).carrier_id = carrier

    def import_changed(self, payload):
        """Import an order with a changed payload; returns (event, sales order)."""
        event = self.import_payload(payload)
        return event, self.env["sale.order"].browse(event.res_id)


class WorkflowCase(LineCase):
    def again(self, sale_or_order, **options):
        """Import the order once more, as an event of the shop; returns the event."""
        external_id = (
            sale_or_order["id"]
            if isinstance(sale_or_order, dict)
            else sale_or_order.channel_binding_ids.external_id
        )
        return self.receive(external_id, **options)

    def policy(self, method, policy):
        self.env["channel.map.payment"]._find(self.backend, method).order_policy = policy

    def ship(self, sale):
        for move in sale.picking_ids.move_ids:
            move.write({"quantity": move.product_uom_qty, "picked": True})
        sale.picking_ids.button_validate()


class PartnerCase(LineCase):
    def buy_as(self, billing=None, shipping=None, customer_id=0, **cart):
        """Order a mug; returns the sales order."""
        if shipping is not None:
            cart["shipping_address"] = shipping
        return self.buy(
            ("MUG", 1),
            billing=JANE if billing is None else billing,
            customer_id=customer_id,
            **cart,
        )

    def account(self, email):
        """The id of a shop account; the shop forgets nothing between tests."""
        for customer in self.store.customers.values():
            if customer["email"] == email:
                return customer["id"]
        return self.store.add_customer(email, first_name="Jane", last_name="Doe")["id"]

    def partners(self, email):
        return self.env["res.partner"].search([("email_normalized", "=", email)])

    def parties(self, sale):
        return sale.partner_id, sale.partner_invoice_id, sale.partner_shipping_id
