"""A shop that is told of what happens to its orders in Odoo."""

import html
from unittest.mock import patch

from .line_case import WorkflowCase

#: More rounds of jobs than any chain of notes has.
MANY = 10


class OutboundCase(WorkflowCase):
    """Stories: an order is bought and imported, goods move here, the shop is told by real HTTP."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shipments = cls._flow("shipment", "out")
        cls.statuses = cls._flow("order_status", "out")

    def setUp(self):
        super().setUp()
        self.first = len(self.store.requests)
        features = set(self.store.features)
        self.addCleanup(self._restore_features, features)

    def _restore_features(self, features):
        self.store.features.clear()
        self.store.features.update(features)

    @classmethod
    def _flow(cls, kind, direction):
        flows = cls.env["channel.flow"].with_context(active_test=False)
        return flows.search(
            [
                ("backend_id", "=", cls.backend.id),
                ("kind", "=", kind),
                ("direction", "=", direction),
            ]
        )

    # === IN ODOO === #

    def sold(self, *lines, **cart):
        """An order that was bought, imported and acknowledged: (the shop's order, sales order)."""
        order = self.place(*(lines or [("MUG", 2), ("BOOK", 1)]), **cart)
        sale = self.import_order(order)
        self.tell()
        return order, sale

    def open_picking(self, sale):
        return sale.picking_ids.filtered(lambda one: one.state not in ("done", "cancel"))

    def send(self, sale, backorder=True, tracking="", carrier=None, **pieces):
        """Validate the open delivery; pieces by SKU, all where none are named; returns it."""
        picking = self.open_picking(sale)
        if tracking or carrier:
            picking.write({"carrier_tracking_ref": tracking, "carrier_id": carrier and carrier.id})
        for move in picking.move_ids.filtered(lambda move: move.state != "cancel"):
            quantity = pieces.get(move.product_id.default_code, 0) if pieces else None
            quantity = move.product_uom_qty if quantity is None else quantity
            move.write({"quantity": quantity, "picked": bool(quantity)})
        options = {"skip_backorder": True}
        if not backorder:
            options["picking_ids_not_to_backorder"] = picking.ids
        picking.with_context(**options).button_validate()
        self.assertEqual(picking.state, "done")
        return picking

    def give_back(self, picking, **pieces):
        """Take pieces (by SKU) of a delivery back into stock; returns the done return."""
        wizard = self.env["stock.return.picking"].with_context(
            active_model="stock.picking", active_ids=picking.ids, active_id=picking.id
        )
        wizard = wizard.create({"picking_id": picking.id})
        for line in wizard.product_return_moves:
            line.quantity = pieces.get(line.product_id.default_code, 0)
        back = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        for move in back.move_ids:
            move.write({"quantity": move.product_uom_qty, "picked": True})
        back.button_validate()
        self.assertEqual(back.state, "done")
        return back

    def _carrier(self, name="bpost", link="", **values):
        service = self._make_product(f"SHIP-{name}", type="service", is_storable=False)
        return self.env["delivery.carrier"].create(
            {"name": name, "product_id": service.id, "tracking_url": link, **values}
        )

    def call_carrier(self, carrier, name, code="flat_rate"):
        """What the shop calls a carrier, in the table of its shipping methods."""
        self.map_carrier(code, carrier)
        self.env["channel.map.carrier"]._find(self.backend, code).tracking_provider = name

    # === THE OUTBOX === #

    def notes(self, record=None, kind=None, **values):
        domain = [("backend_id", "=", self.backend.id)]
        domain += [(name, "=", value) for name, value in values.items()]
        if record:
            domain += [("res_model", "=", record._name), ("res_id", "=", record.id)]
        if kind:
            domain.append(("kind", "=", kind))
        return self.env["channel.outbox"].search(domain, order="id")

    def run_notes(self, notes):
        """One job for these notes; returns the error it was postponed with."""
        return self._run(notes, "_job_export")

    def tell(self):
        """Run jobs until nothing waits; none may be postponed."""
        for _round in range(MANY):
            waiting = self.notes(state="pending")
            if not waiting:
                return
            for note in waiting:
                error = self.run_notes(note)
                self.assertFalse(error, error)
        self.fail("the notes never end")

    def kill_while_storing(self, note, exporter):
        """A worker dies after the shop was told, before that is written down."""
        with patch.object(exporter, "_store", side_effect=SystemExit):
            try:
                self.run_notes(note)
            except SystemExit:  # not assertRaises: Odoo's rolls back what was committed
                return
        self.fail("it was not killed")

    def ended(self, record, kind=None):
        """How telling of a record ended the last time: ``(state, reason)``."""
        note = self.notes(record, kind)[-1:]
        return note.state, note.reason

    def assertTold(self, record, kind=None):
        self.tell()
        self.assertEqual(self.ended(record, kind)[0], "done", self.ended(record, kind))

    def known(self, picking):
        return self.env["channel.binding.shipment"].search([("odoo_id", "=", picking.id)])

    # === IN THE SHOP === #

    def shop(self, order):
        """The shop's order as the shop keeps it."""
        return self.store.orders[order["id"]]

    def shop_notes(self, order):
        """Texts of the notes on the shop's order that Odoo has written, oldest first."""
        posted = {call.body["note"] for call in self.calls("POST", "/notes")}
        found = (row for row in self.store.notes.values() if row["order_id"] == order["id"])
        found = sorted(found, key=lambda row: row["id"])
        return [html.unescape(row["note"]) for row in found if row["note"] in posted]

    def shop_meta(self, order, key):
        values = [row["value"] for row in self.shop(order)["meta_data"] if row["key"] == key]
        return values[0] if values else None

    def calls(self, method, part=""):
        """Requests of this kind that the shop has had in this test."""
        return [
            request
            for request in list(self.store.requests)[self.first :]
            if request.method == method and part in request.path
        ]

    def mails(self, order, kind):
        return self.store.mails_of(order["id"], kind)

    # === WHAT IS TOLD === #

    def parcel(self, sale, picking):
        """The canonical shipment: ``({line id: pieces}, complete)``."""
        exporter = self.backend.env["channel.shipment.exporter"]
        binding = sale.channel_binding_ids.with_env(self.backend.env)
        parcel = exporter._prepare(binding, picking.with_env(self.backend.env), "marker")
        lines = {line.line_external_id: str(line.quantity) for line in parcel.shipment.lines}
        return lines, parcel.shipment

    def ids(self, order):
        return [str(item["id"]) for item in order["line_items"]]
