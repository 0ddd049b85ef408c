"""Every model of this addon: who may read and change it. A new one has to be entered here."""

from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, new_test_user, tagged

from .test_access import make_backend, make_everything

PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII="
)
MODULE = "channel_connector"
NOBODY, READ, WORK, FULL, RUN = "", "r", "rw", "rwcd", "rwc"
OPERATIONS = {"r": "read", "w": "write", "c": "create", "d": "unlink"}
#: what each kind of person has; a Channel Manager is a Channel User, too
GROUPS = {
    "employee": "base.group_user",
    "salesperson": "sales_team.group_sale_salesman",
    "product_manager": "product.group_product_manager",
    "user": "channel_connector.group_user",
    "manager": "channel_connector.group_manager",
}


def rights(user, manager, **others):
    """Rights per kind of person; nobody else has any."""
    return {**dict.fromkeys(GROUPS, NOBODY), "user": user, "manager": manager, **others}


CONFIGURATION = rights(READ, FULL)  # set by managers, seen by users
CHOICES = rights(READ, WORK)  # its rows are made by programs
RECORDS = rights(READ, READ)  # written by programs only
TOOLS = rights(READ, FULL)  # runs that managers start and throw away
WIZARDS = rights(NOBODY, RUN)
PRODUCTS = rights(READ, READ, employee=READ, salesperson=READ, product_manager=FULL)

ACCESS = {
    "channel.backend": CONFIGURATION,
    "channel.flow": CHOICES,
    "channel.ownership": CHOICES,
    "channel.map.tax": CONFIGURATION,
    "channel.map.tax.class": CONFIGURATION,
    "channel.map.payment": CONFIGURATION,
    "channel.map.carrier": CONFIGURATION,
    "channel.map.status": CONFIGURATION,
    "channel.map.currency": CONFIGURATION,
    "channel.map.warehouse": CONFIGURATION,
    "channel.risk.rule": CONFIGURATION,
    "channel.meta.field": CONFIGURATION,
    "channel.stock.rule": CONFIGURATION,
    "channel.settlement.profile": CONFIGURATION,
    "channel.settlement.column": CONFIGURATION,
    "channel.settlement.word": CONFIGURATION,
    "channel.binding.order": CONFIGURATION,
    "channel.binding.partner": CONFIGURATION,
    "channel.binding.template": CONFIGURATION,
    "channel.binding.product": CONFIGURATION,
    "channel.binding.category": CONFIGURATION,
    "channel.binding.tag": CONFIGURATION,
    "channel.binding.brand": CONFIGURATION,
    "channel.binding.attribute": CONFIGURATION,
    "channel.binding.image": CONFIGURATION,
    # what a salesperson sees on the order
    "channel.binding.refund": {**CONFIGURATION, "salesperson": READ},
    "channel.binding.shipment": {**CONFIGURATION, "salesperson": READ},
    "channel.binding.fulfilment": {**CONFIGURATION, "salesperson": READ},
    "channel.outbox": {**RECORDS, "salesperson": READ},
    "channel.event": CHOICES,
    "channel.issue": CHOICES,
    "channel.dead.letter": RECORDS,
    "channel.finding": RECORDS,
    "channel.gate": RECORDS,
    "channel.cursor": RECORDS,
    "channel.log": RECORDS,
    "channel.event.report": RECORDS,
    "channel.log.report": RECORDS,
    "channel.demand": RECORDS,
    "channel.published.stock": RECORDS,
    "channel.published.price": RECORDS,
    "channel.settlement": RECORDS,
    "channel.settlement.line": RECORDS,
    "channel.variance": RECORDS,
    "channel.reconciliation.figure": RECORDS,
    "channel.webhook": RECORDS,
    "channel.reconciliation": TOOLS,
    "channel.matching": TOOLS,
    "channel.matching.line": TOOLS,
    "channel.preview": TOOLS,
    "channel.preview.line": TOOLS,
    "channel.brand": PRODUCTS,
    "channel.product.image": PRODUCTS,
    # wizards, whose records are their maker's own
    "channel.issue.ignore": WIZARDS,
    "channel.payload.correction": WIZARDS,
    "channel.payload.field": WIZARDS,
    "channel.customer.erase": WIZARDS,
    "channel.order.import": WIZARDS,
    "channel.metrics.settings": WIZARDS,
    "channel.settlement.import": WIZARDS,
    "channel.reconcile": WIZARDS,
    "channel.variance.ignore": WIZARDS,
    "channel.settings.export": WIZARDS,
    "channel.settings.import": WIZARDS,
    "channel.settings.import.line": rights(NOBODY, FULL),
    "channel.setup.trial": rights(READ, FULL),
    "channel.product.publish": rights(RUN, RUN),
}
#: Of no company: how a gateway writes its files (journals and accounts of it are per company), and
#: names that products of all companies share.
OF_ALL_COMPANIES = {
    "channel.settlement.profile",
    "channel.settlement.column",
    "channel.settlement.word",
    "channel.brand",
}


def make_more(backend):
    """What :func:`make_everything` makes not: findings of comparisons, and pictures of products."""
    env, row = backend.env, {"backend_id": backend.id}
    company = {"company_id": backend.company_id.id}
    template = env["product.template"].create({"name": "x", **company})
    picture = {"product_tmpl_id": template.id, "image": PIXEL}
    run = env["channel.reconciliation"].create({**row, "since": "2026-01-01"})
    figure = {"run_id": run.id, "kind": "stock"}
    variance = {**row, "kind": "stock", "key": "7", "run_id": run.id}
    queries = ("channel.dead.letter", "channel.event.report", "channel.log.report")
    own = [("backend_id", "=", backend.id)]
    return {
        "channel.product.image": env["channel.product.image"].create(picture),
        "channel.reconciliation": run,
        "channel.reconciliation.figure": env["channel.reconciliation.figure"].create(figure),
        "channel.variance": env["channel.variance"].create(variance),
        "channel.webhook": env["channel.webhook"].create(
            {**row, "topic": "order.created", "state": "working"}
        ),
        **{name: env[name].search(own, limit=1) for name in queries},
    }


def models_of(env, transient=None):
    """``(name, model)`` of what this addon adds that has a table, or rows of a query."""
    for name, model in env.items():
        ours = model._original_module == MODULE and not model._abstract
        if ours and transient in (None, model._transient):
            yield name, model


@tagged("post_install", "-at_install")
class TestModels(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people = {
            who: new_test_user(cls.env, f"access_{who}", group) for who, group in GROUPS.items()
        }

    def _models(self, transient=None):
        return models_of(self.env, transient)

    def test_every_model_is_entered(self):
        """Decide who may do what with a new model, then give it rights, a rule and a row above."""
        self.assertEqual({name for name, _model in self._models()} - set(ACCESS), set())

    def test_rights(self):
        for who, person in self.people.items():
            for name, model in self._models():
                with self.subTest(who=who, model=name):
                    has = model.with_user(person).has_access
                    found = "".join(key for key, right in OPERATIONS.items() if has(right))
                    self.assertEqual(found, ACCESS[name][who])

    def test_rights_are_given_to_groups_of_people_who_work_with_it(self):
        """No right is everybody's, portal users and the public included."""
        outside = self.env.ref("base.group_portal") | self.env.ref("base.group_public")
        for name, _model in self._models():
            rows = self.env["ir.model.access"].search([("model_id.model", "=", name)])
            self.assertTrue(rows, name)
            for row in rows:
                self.assertTrue(row.group_id, name)
                self.assertFalse(row.group_id & outside.all_implied_ids, name)

    def test_every_model_has_a_rule_for_everybody(self):
        """Records are a company's, those of wizards their maker's: Odoo leaves either to rules."""
        for name, model in self._models():
            if name in OF_ALL_COMPANIES:
                continue
            limits = ("create_uid", "company_ids") if model._transient else ("company_ids",)
            rules = self.env["ir.rule"].search([("model_id.model", "=", name)])
            own = rules.filtered(lambda rule: not rule.groups and rule.active)
            with self.subTest(model=name):
                self.assertTrue(own, "a rule of groups widens, only one of nobody restricts")
                domains = "".join(own.mapped("domain_force"))
                self.assertTrue([limit for limit in limits if limit in domains], domains)
                for right in OPERATIONS.values():
                    self.assertTrue(any(rule[f"perm_{right}"] for rule in own), right)


@tagged("post_install", "-at_install")
class TestOtherCompany(TransactionCase):
    """What belongs to another company's shop is invisible, in every model and from every side."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.company"].create({"name": "Other Company"})
        cls.env.user.company_ids += cls.other
        env = cls.env(context={"allowed_company_ids": cls.other.ids})
        cls.backend = make_backend(env, company_id=cls.other.id, name="Shop Next Door")
        cls.theirs = {**make_everything(cls.backend), **make_more(cls.backend)}
        groups = (
            "channel_connector.group_manager,sales_team.group_sale_manager,"
            "product.group_product_manager,stock.group_stock_manager,account.group_account_manager,base.group_allow_export"
        )
        # everything that rights can give, in one company
        cls.person = new_test_user(cls.env, "next_door", groups)

    def _mine(self, record):
        return record.with_user(self.person).with_context(allowed_company_ids=None)

    def test_every_model_is_tried(self):
        tried = {*self.theirs, *OF_ALL_COMPANIES}
        persistent = {name for name, _model in models_of(self.env, transient=False)}
        self.assertEqual(persistent - tried, set(), "make_everything() has to make one of each")

    def test_no_record_is_found_read_or_changed(self):
        for name, record in self.theirs.items():
            record = self._mine(record)
            with self.subTest(model=name):
                self.assertFalse(record.search([("id", "=", record.id)]))
                self.assertFalse(
                    record._read_group([("id", "=", record.id)], [], ["id:recordset"])[0][0]
                )
                with self.assertRaises(AccessError):
                    record.read(["display_name"])
                with self.assertRaises(AccessError):
                    record.export_data(["display_name"])
                for right in ("write", "unlink"):
                    self.assertFalse(record.has_access(right), right)

    def test_nobody_reaches_in_by_moving_a_record(self):
        """Odoo asks the rules for a record before it is written: not for where it goes."""
        mine = make_everything(make_backend(self.env, name="My Shop"))
        tried = 0
        for name, record in mine.items():
            record = record.with_user(self.person)
            for field in self._ways_over(record) if record.has_access("write") else ():
                theirs = self.theirs[field.comodel_name].id
                with self.subTest(model=name, field=field.name), self.assertRaises(AccessError):
                    record.write({field.name: theirs})
                tried += 1
        self.assertGreater(tried, 20)

    def _ways_over(self, record):
        """Fields that say to which shop, or part of it, a record belongs."""
        for field in record._fields.values():
            leads = field.type == "many2one" and field.store and not field.related
            if leads and field.comodel_name in self.theirs:
                yield field

    def test_shared_records_do_not_show_the_shop_next_door(self):
        """A product of all companies has fields about every shop: each person sees their own."""
        product = self.theirs["channel.binding.product"].odoo_id
        template = product.product_tmpl_id
        template.channel_excluded_backend_ids = self.backend
        partner = self.theirs["channel.binding.partner"].odoo_id
        for record in (product, template, partner):
            self.assertFalse(record.company_id)
            self.env.invalidate_all()  # what the superuser has read is in the cache for all
            record = self._mine(record)
            names = [
                name
                for name, field in record._fields.items()
                if field._module == MODULE or name.startswith("channel_")
            ]
            names = [name for name in names if name in record.fields_get()]
            with self.subTest(record=record):
                self.assertTrue(names)
                values = record.read(names)[0]
                self.assertNotIn("Shop Next Door", repr(values))
                for name in names:
                    if record._fields[name].relational:
                        self.assertFalse(values[name], name)

    def test_figures_of_the_shop_next_door_are_in_no_sum(self):
        for name in ("channel.event", "channel.issue", "channel.log", "channel.outbox"):
            records = self._mine(self.theirs[name].browse())
            self.assertEqual(records.search_count([("backend_id", "=", self.backend.id)]), 0, name)
            groups = records.formatted_read_group([], ["backend_id"], ["__count"])
            self.assertNotIn("Shop Next Door", repr(groups))
