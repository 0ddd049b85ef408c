"""Matching: which product of the shop is which of Odoo's, proposed, corrected and applied."""

from markupsafe import Markup

from odoo import api, fields, models

from ..core.adapter import CatalogueSource, supports
from ..core.catalogue import ProductKind
from .channel_matching_line import LINE_STATES

#: Lines that are bound in one transaction.
CHUNK = 200
#: Odoo's products that are looked at together.
PAGE = 1000


class ChannelMatching(models.Model):
    _name = "channel.matching"
    _inherit = "channel.run.mixin"
    _description = "Matching of products"

    line_ids = fields.One2many("channel.matching.line", "matching_id")
    matched_count = fields.Integer("Matched", compute="_compute_counts")
    ambiguous_count = fields.Integer("To Decide", compute="_compute_counts")
    conflict_count = fields.Integer("Can't Be Bound", compute="_compute_counts")
    missing_odoo_count = fields.Integer("Not in Odoo", compute="_compute_counts")
    missing_shop_count = fields.Integer("Not in the Shop", compute="_compute_counts")
    bound_count = fields.Integer("Bound", compute="_compute_counts")

    # === COMPUTE METHODS === #

    @api.depends("line_ids.state")
    def _compute_counts(self):
        groups = self.env["channel.matching.line"]._read_group(
            [("matching_id", "in", self.ids)], ["matching_id", "state"], ["__count"]
        )
        counts = {(matching, state): count for matching, state, count in groups}
        for matching in self:
            for state in (
                "matched",
                "ambiguous",
                "conflict",
                "missing_odoo",
                "missing_shop",
                "bound",
            ):
                matching[f"{state}_count"] = counts.get((matching, state), 0)

    @api.depends("backend_id", "create_date")
    def _compute_display_name(self):
        for matching in self:
            matching.display_name = self.env._(
                "%(shop)s: products matched", shop=matching.backend_id.name
            )

    # === ACTION METHODS === #

    def action_apply(self):
        """Bind everything that is matched; what has to be decided stays."""
        self.check_access("write")
        self._ensure_ready()
        self.write({"state": "applying", "position": False})
        self._enqueue(priority=5)
        return self.backend_id._reload()

    def action_view_lines(self):
        """The lines of one group, which the pressed button names."""
        self.ensure_one()
        state = self.env.context.get("matching_state")
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": "channel.matching.line",
            "view_mode": "list",
            "views": [(False, "list")],
            "domain": [("matching_id", "=", self.id)],
            "context": {f"search_default_{state}": 1} if state in dict(LINE_STATES) else {},
            "help": self._help_of(state),
        }

    def _help_of(self, state):
        """What an empty group says."""
        texts = {
            "matched": self.env._("Nothing is left to bind. Look at the other groups."),
            "ambiguous": self.env._("Nothing has to be decided."),
            "conflict": self.env._("Nothing was refused."),
            "missing_odoo": self.env._("Odoo has every product of the shop."),
            "missing_shop": self.env._("The shop has every product of Odoo that can be sold."),
            "bound": self.env._("Nothing is bound yet: apply what is matched."),
        }
        text = Markup("<p class='o_view_nocontent_smiling_face'>{}</p>")
        return text.format(texts.get(state, self.env._("No lines")))

    # === READING === #

    def _read(self, adapter):
        position = dict(self.position or {})
        if not position.get("shop_read"):
            self._read_shop(adapter)
            self._settle_parents()
            self._mark_doubles()
            self._keep(position={"shop_read": True})
        self._read_odoo()
        return self._finish("ready", self.env._("%s products compared", self.read_count))

    def _read_shop(self, adapter):
        """A line for each identity; pages that an earlier job has kept are passed over."""
        matcher = self.env["channel.product.proposals"]
        lines = self.env["channel.matching.line"]
        for identities in adapter.list_identities():
            known = lines._known(self, [identity.external_id for identity in identities])
            fresh = [identity for identity in identities if identity.external_id not in known]
            proposals = matcher._propose(self.backend_id, fresh)
            lines.create([self._prepare_line(proposal) for proposal in proposals])
            self._keep(read_count=self.read_count + len(fresh))

    @api.model
    def _prepare_line(self, proposal):
        """Values of an identity's line; an override returns the dictionary, extended."""
        identity, products = proposal.identity, proposal.products
        values = {
            "matching_id": self.id,
            "external_id": identity.external_id,
            "parent_external_id": identity.parent_external_id,
            "name": identity.name,
            "sku": identity.sku,
            "barcode": identity.barcode,
            "kind": self._kind_of(identity),
            "matched_by": proposal.how or False,
            "found": "none",
        }
        if proposal.how == "binding":
            values["found"] = "bound"
            values["product_id"] = products.id
            values["product_tmpl_id"] = (proposal.template or products.product_tmpl_id).id
        elif len(products) == 1:
            values.update(found="one", product_id=products.id)
        elif products:
            values.update(found="many", candidate_ids=products.ids)
            values["explanation"] = self._text_of_many(identity, products)
        elif values["kind"] == "other":
            values["found"] = "other"
            values["explanation"] = self.env._("Products of this kind have no counterpart in Odoo")
        elif not (identity.sku or identity.barcode) and values["kind"] != "variable":
            values["explanation"] = self.env._("It has neither SKU nor barcode in the shop")
        return values

    def _kind_of(self, identity):
        if identity.parent_external_id:
            return "variation"
        known = {ProductKind.SIMPLE: "simple", ProductKind.VARIABLE: "variable"}
        return known.get(identity.kind, "other")

    def _text_of_many(self, identity, products):
        return self.env._(
            "%(count)s products of Odoo have “%(code)s”: choose one",
            count=len(products),
            code=identity.sku or identity.barcode,
        )

    def _settle_parents(self):
        """A product with variations is what its variations are variants of."""
        lines = self.env["channel.matching.line"].search(
            [("matching_id", "=", self.id), ("kind", "in", ("variable", "variation"))]
        )
        children = lines.filtered("parent_external_id").grouped("parent_external_id")
        none = lines.browse()
        for parent in lines.filtered(lambda line: line.kind == "variable"):
            parent._settle_parent(children.get(parent.external_id, none))

    def _mark_doubles(self):
        """Two products of the shop that would become one of Odoo's: a person decides."""
        lines = self.env["channel.matching.line"].search(
            [("matching_id", "=", self.id), ("product_id", "!=", False)]
        )
        bound = lines._bindings_of_products()
        for product, group in lines.grouped("product_id").items():
            others = bound.get(product, set()) | set(group.mapped("external_id"))
            for line in group.filtered(lambda line: line.found == "one"):
                line._mark_double(others - {line.external_id})

    # === WHAT ONLY ODOO HAS === #

    def _read_odoo(self):
        """A line for each product of Odoo that could be sold and that the shop lacks."""
        position = dict(self.position or {})
        products = self._next_products(position.get("after", 0))
        while products:
            missing = products - self._found_products(products)
            self.env["channel.matching.line"].create(
                [self._prepare_missing(product) for product in missing]
            )
            position["after"] = products[-1].id
            self._keep(position=position, read_count=self.read_count + len(products))
            products = self._next_products(position["after"])

    def _next_products(self, after):
        return self.env["product.product"].search(
            [*self._sellable_domain(), ("id", ">", after)], order="id", limit=PAGE
        )

    def _sellable_domain(self):
        """Products that could be in the shop; an override returns the domain, extended."""
        backend = self.backend_id
        helpers = (
            backend.shipping_product_id
            | backend.fee_product_id
            | backend.rounding_product_id
            | backend.placeholder_product_id
        )
        carriers = self.env["delivery.carrier"].with_context(active_test=False)
        carriers = carriers.search([("product_id", "!=", False)])
        return [
            ("sale_ok", "=", True),
            ("id", "not in", (helpers | carriers.product_id).ids),
            ("company_id", "in", (False, backend.company_id.id)),
            ("product_tmpl_id.channel_excluded_backend_ids", "not in", backend.ids),
        ]

    def _found_products(self, products):
        """Those of ``products`` that the shop has, or may have."""
        lines = self.env["channel.matching.line"].search(
            [
                ("matching_id", "=", self.id),
                "|",
                ("product_id", "in", products.ids),
                ("candidate_ids", "in", products.ids),
            ]
        )
        bindings = self.env["channel.binding.product"].search(
            [("backend_id", "=", self.backend_id.id), ("odoo_id", "in", products.ids)]
        )
        return lines.product_id | lines.candidate_ids | bindings.odoo_id

    @api.model
    def _prepare_missing(self, product):
        text = "" if product.default_code else self.env._("It has no SKU, so it can't be published")
        return {
            "matching_id": self.id,
            "name": product.display_name,
            "sku": product.default_code,
            "barcode": product.barcode,
            "kind": "odoo",
            "found": "shopless",
            "odoo_product_id": product.id,
            "explanation": text,
        }

    # === APPLYING === #

    def _apply(self, adapter):
        lines = self.env["channel.matching.line"]
        domain = [("matching_id", "=", self.id), ("state", "=", "matched")]
        bound = (self.position or {}).get("bound", 0)
        self._settle_parents()
        for kinds in (("simple", "variation"), ("variable",)):
            while chunk := lines.search([*domain, ("kind", "in", kinds)], order="id", limit=CHUNK):
                bound += chunk._bind_products()
                self._keep(position={"bound": bound})
        left = lines.search_count(
            [("matching_id", "=", self.id), ("state", "in", ("ambiguous", "conflict"))]
        )
        text = self.env._("%(bound)s bound, %(left)s left to decide", bound=bound, left=left)
        return self._finish("ready" if left else "applied", text)


class ChannelBackend(models.Model):
    _inherit = "channel.backend"

    can_match = fields.Boolean(compute="_compute_can_match")

    def _compute_can_match(self):
        for backend in self:
            backend.can_match = supports(backend._get_adapter_class(), CatalogueSource)

    def action_match_products(self):
        """Compare the shop's products with Odoo's, as a job; opens what it proposes."""
        self.ensure_one()
        return self.env["channel.matching"]._start(self)
