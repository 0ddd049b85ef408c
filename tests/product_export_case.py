"""Products of Odoo on their way into a shop, over real HTTP."""

from odoo.addons.queue_job.exception import RetryableJobError

from .common import ChannelCase

#: what a test makes of Odoo
ALL = ("texts", "details", "prices", "images", "categories", "attributes", "stock")


class ProductExportCase(ChannelCase):
    """A shop that is told of products; Odoo owns all of them unless a test says otherwise."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.out = cls.product_flow(cls.backend, "out")
        cls.own(cls.backend, "odoo")

    @classmethod
    def product_flow(cls, backend, direction, active=True):
        flow = cls.env["channel.flow"].with_context(active_test=False)
        values = {"backend_id": backend.id, "kind": "product", "direction": direction}
        known = flow.search([(name, "=", value) for name, value in values.items()])
        flow = known or flow.create(values)
        flow.active = active
        return flow.with_context(active_test=True)

    @classmethod
    def own(cls, backend, owner, groups=ALL, policy="owner"):
        rows = backend.ownership_ids.filtered(lambda row: row.group in groups)
        rows.write({"owner": owner, "conflict_policy": policy})

    def setUp(self):
        super().setUp()
        self.store.reset_data()
        self.commit_notes()
        self.env["channel.outbox"].search([]).unlink()
        self.mark()

    # === IN ODOO === #

    def template(self, sku="MUG", **values):
        values = {"name": "Mug", "type": "consu", "list_price": 10, **values}
        return self.env["product.template"].create({**values, "default_code": sku})

    def attribute(self, name, *values, **options):
        values = [(0, 0, {"name": value}) for value in values]
        options = {"create_variant": "always", **options}
        return self.env["product.attribute"].create({"name": name, "value_ids": values, **options})

    def line(self, attribute, **values):
        chosen = {"attribute_id": attribute.id, "value_ids": [(6, 0, attribute.value_ids.ids)]}
        return (0, 0, {**chosen, **values})

    def shirt(self, *names, **values):
        """A product with one variant (SKU ``SHIRT-S``) for each size."""
        size = self.attribute("Size", *(names or ("S", "M")))
        template = self.template(
            sku=False, **{"name": "Shirt", "attribute_line_ids": [self.line(size)], **values}
        )
        self.give_skus(template)
        return template

    def give_skus(self, template):
        for variant in template.product_variant_ids:
            names = variant.product_template_attribute_value_ids.mapped("name")
            variant.default_code = "-".join([template.name.upper(), *names])

    def bound(self, record, backend=None):
        """The binding of a template or variant on a backend."""
        model = record._name.replace("product.", "channel.binding.", 1)
        domain = [("backend_id", "=", (backend or self.backend).id), ("odoo_id", "=", record.id)]
        return self.env[model].search(domain)

    # === THE DRAIN === #

    def commit_notes(self):
        self.env.flush_all()
        self.env.cr.precommit.run()

    def drain(self, flow=None):
        """Publish what waits; returns the job's result, or the error it was postponed with."""
        self.commit_notes()
        flow = flow or self.out
        try:
            with self.registry.cursor() as cr:
                return flow.with_env(flow.env(cr=cr))._job_drain()
        except RetryableJobError as error:
            return error
        finally:
            self.env.invalidate_all()

    def publish(self, *templates, backend=None, flow=None):
        for template in templates:
            template._channel_publish(backend or self.backend)
        result = self.drain(flow)
        waiting = self.env["channel.outbox"].search([("kind", "=", "product")])
        self.assertFalse(waiting, [(note.reason, note.issue_id.details) for note in waiting])
        return result

    def stuck(self, template):
        """The issue that keeps a product from being published."""
        notes = self.env["channel.outbox"].search(
            [("kind", "=", "product"), ("res_id", "=", template.id)]
        )
        self.assertEqual(set(notes.mapped("state")), {"blocked"})
        return notes.issue_id

    # === IN THE SHOP === #

    def mark(self):
        self.first = len(self.store.requests)

    def writes(self, store=None):
        """``METHOD path`` of what changed something in the shop since :meth:`mark`."""
        return [
            f"{one.method} {one.path.removeprefix('/wp-json/wc/v3/')}"
            for one in list((store or self.store).requests)[self.first :]
            if one.method != "GET"
        ]

    def shop(self, sku):
        """The shop's own record of a SKU."""
        (found,) = [row for row in self.store.products.values() if row["sku"] == sku]
        return found

    def assertInStep(self, *templates):
        """Told once more, the shop has nothing to learn."""
        self.mark()
        self.env["channel.outbox"]._note_many("product", [template.id for template in templates])
        self.drain()
        self.assertEqual(self.writes(), [])
