"""One line of a matching: a product of the shop, and what it is in Odoo."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core.canonical import ProductRef

LINE_STATES = [
    ("matched", "Matched"),
    ("ambiguous", "To decide"),
    ("conflict", "Can't be bound"),
    ("missing_odoo", "Not in Odoo"),
    ("missing_shop", "Not in the shop"),
    ("bound", "Bound"),
    ("dropped", "Left out"),
    ("other", "Nothing to match"),
]
#: Lines of these kinds are pieces that can be sold.
SOLD = ("simple", "variation")


class ChannelMatchingLine(models.Model):
    _name = "channel.matching.line"
    _description = "Line of a matching"
    _order = "matching_id, id"

    matching_id = fields.Many2one(
        "channel.matching", required=True, index=True, ondelete="cascade", readonly=True
    )
    backend_id = fields.Many2one(related="matching_id.backend_id")
    company_id = fields.Many2one(
        related="matching_id.company_id", store=True, precompute=True, index=True
    )
    run_state = fields.Selection(related="matching_id.state", string="Matching Is")
    external_id = fields.Char("ID in the Shop", readonly=True)
    parent_external_id = fields.Char("Product's ID in the Shop", readonly=True)
    name = fields.Char("Product in the Shop", readonly=True)
    sku = fields.Char("SKU", readonly=True)
    barcode = fields.Char(readonly=True)
    kind = fields.Selection(
        [
            ("simple", "Product"),
            ("variable", "With variations"),
            ("variation", "Variation"),
            ("other", "Another kind"),
            ("odoo", "Only in Odoo"),
        ],
        required=True,
        readonly=True,
    )
    found = fields.Selection(
        [
            ("bound", "Bound already"),
            ("one", "One product"),
            ("many", "Several products"),
            ("double", "Taken"),
            ("refused", "Refused"),
            ("none", "Nothing"),
            ("shopless", "Only in Odoo"),
            ("other", "Nothing to match"),
        ],
        required=True,
        readonly=True,
    )
    matched_by = fields.Selection(
        [
            ("binding", "Bound already"),
            ("sku", "SKU"),
            ("case", "SKU, another case"),
            ("barcode", "Barcode"),
            ("variations", "Its variations"),
            ("person", "A person"),
        ],
        "Found By",
        readonly=True,
    )
    product_id = fields.Many2one(
        "product.product", "Variant in Odoo", index="btree_not_null", ondelete="set null"
    )
    product_tmpl_id = fields.Many2one(
        "product.template", "Product in Odoo", index="btree_not_null", ondelete="set null"
    )
    odoo_product_id = fields.Many2one(
        "product.product", "Odoo's Product", ondelete="cascade", readonly=True
    )
    candidate_ids = fields.Many2many(
        "product.product",
        "channel_matching_candidate_rel",
        string="Candidates",
        readonly=True,
    )
    dropped = fields.Boolean("Left Out")
    explanation = fields.Char("Why", readonly=True)
    state = fields.Selection(
        LINE_STATES, "Group", compute="_compute_state", store=True, precompute=True, index=True
    )

    _external_uniq = models.UniqueIndex(
        "(matching_id, external_id) WHERE external_id IS NOT NULL",
        "This product of the shop is in this matching already.",
    )

    # === COMPUTE METHODS === #

    @api.depends("found", "product_id", "product_tmpl_id", "dropped", "kind")
    def _compute_state(self):
        fixed = {"bound": "bound", "shopless": "missing_shop", "other": "other"}
        open_ones = {"many": "ambiguous", "double": "ambiguous", "refused": "conflict"}
        for line in self:
            chosen = line.product_tmpl_id if line.kind == "variable" else line.product_id
            if line.found in fixed:
                line.state = fixed[line.found]
            elif line.dropped:
                line.state = "dropped"
            elif line.found in open_ones:
                line.state = open_ones[line.found]
            else:
                line.state = "matched" if chosen else "missing_odoo"

    # === CRUD METHODS === #

    def write(self, vals):
        """What a person chooses counts, whatever was found."""
        chosen = {"product_id", "product_tmpl_id"} & vals.keys()
        if not chosen or "found" in vals:
            return super().write(vals)
        self._ensure_open()
        target = vals[chosen.pop()]
        decided = {"found": "one" if target else "none", "explanation": False, "dropped": False}
        return super().write({**vals, **decided, "matched_by": "person" if target else False})

    # === ACTION METHODS === #

    def action_confirm(self):
        """Bind the product although another one of the shop has it: a translation, or a copy."""
        self._ensure_open()
        for line in self.filtered(lambda line: line.state in ("ambiguous", "conflict")):
            if not (line.product_id or line.product_tmpl_id):
                raise UserError(self.env._("Choose the product of “%s” first.", line.name))
            line.write({"found": "one", "matched_by": "person", "dropped": False})

    def action_drop(self):
        """Leave these products of the shop alone."""
        self._ensure_open()
        self.dropped = True

    def action_take_back(self):
        """Look at what was left out after all."""
        self._ensure_open()
        self.dropped = False

    def action_import(self):
        """Bring products that Odoo lacks in; each is read again and imported by its own job."""
        self.check_access("write")
        missing = self.filtered(lambda line: line.state == "missing_odoo" and line.external_id)
        if not missing:
            raise UserError(self.env._("Choose products that are not in Odoo yet."))
        events = self.env["channel.event"].sudo()
        for backend, lines in missing.grouped("backend_id").items():
            backend._ensure_working()
            ids = {line.parent_external_id or line.external_id for line in lines}
            events._follow_up(backend, "product", sorted(ids), "manual")
        return missing.backend_id._notify(self.env._("The products are being imported."))

    def _ensure_open(self):
        """Whether lines may be corrected now.

        :raises UserError: the job reads or binds
        """
        self.check_access("write")
        self.matching_id._ensure_ready()
        if any(line.state in ("bound", "missing_shop") for line in self):
            raise UserError(
                self.env._("What is bound is changed under Bindings, not in a matching.")
            )

    # === READING === #

    @api.model
    def _known(self, matching, external_ids):
        """Those of ``external_ids`` that have a line already."""
        lines = self.search_fetch(
            [("matching_id", "=", matching.id), ("external_id", "in", external_ids)],
            ["external_id"],
        )
        return set(lines.mapped("external_id"))

    def _settle_parent(self, children):
        """Propose the template that the variations' products belong to."""
        if self.found == "bound" or self.matched_by == "person":
            return
        found = children.filtered(lambda line: line.state in ("matched", "bound"))
        templates = found.product_id.product_tmpl_id
        values = {"found": "none", "product_tmpl_id": False, "explanation": False}
        if len(templates) == 1:
            values = {**values, "found": "one", "product_tmpl_id": templates.id}
            values["matched_by"] = "variations"
        elif templates:
            values["found"] = "many"
            values["explanation"] = self.env._(
                "Its variations are variants of %s products in Odoo: they are bound one by one, "
                "which is enough for orders, stock and prices",
                len(templates),
            )
        elif children:
            values["explanation"] = self.env._("None of its variations is in Odoo")
        self.write(values)

    def _bindings_of_products(self):
        """``{product: external ids that it is bound to}`` on the backends of these lines."""
        groups = self.env["channel.binding.product"]._read_group(
            [
                ("backend_id", "in", self.backend_id.ids),
                ("odoo_id", "in", self.product_id.ids),
            ],
            ["odoo_id"],
            ["external_id:array_agg"],
        )
        return {product: set(external_ids) for product, external_ids in groups}

    def _mark_double(self, others):
        if not others:
            return
        text = self.env._(
            "Product %s of the shop is the same one in Odoo. A translation: confirm it. "
            "Otherwise choose another product, or leave it out",
            ", ".join(sorted(others)),
        )
        self.write({"found": "double", "explanation": text})

    # === APPLYING === #

    def _bind_products(self):
        """Bind these lines; returns how many were. Those that can't be say why."""
        bound = self._bound_now()
        ready = self.filtered(lambda line: not line._refuse(bound.get(line._bound_key())))
        fresh = ready.filtered(lambda line: line._bound_key() not in bound)
        fresh._bind_variants()
        fresh._bind_templates()
        ready.write({"found": "bound", "explanation": self.env._("Bound by this matching")})
        return len(ready)

    def _bound_key(self):
        return self.kind == "variable", self.external_id

    def _bound_now(self):
        """``{key of a line: what it is bound to}`` as far as these lines are bound by now."""
        domain = [
            ("backend_id", "in", self.backend_id.ids),
            ("external_id", "in", self.mapped("external_id")),
        ]
        bound = {}
        for large, model in (
            (False, "channel.binding.product"),
            (True, "channel.binding.template"),
        ):
            for binding in self.env[model].search_fetch(domain, ["external_id", "odoo_id"]):
                bound[large, binding.external_id] = binding.odoo_id
        return bound

    def _refuse(self, bound):
        """Whether something has come between; the line then explains it."""
        reason = self._reason_against(bound)
        if reason:
            self.write({"found": "refused", "explanation": reason})
        return reason

    def _reason_against(self, bound):
        product = self.product_tmpl_id if self.kind == "variable" else self.product_id
        if product.company_id and product.company_id != self.company_id:
            return self.env._("%s belongs to another company", product.display_name)
        if bound and bound != product:
            return self.env._(
                "It was bound to %s in the meantime. Change that under Bindings if it is wrong",
                bound.display_name,
            )
        return ""

    def _bind_variants(self):
        """Bind what can be sold, as an order's line would have."""
        sold = self.filtered(lambda line: line.kind in SOLD)
        taken = set(sold._bindings_of_products())
        made = self.env["channel.product.resolver"]._bind(
            self.backend_id, {line._ref(): line.product_id for line in sold}
        )
        _keep_one_primary(made, taken)

    def _bind_templates(self):
        """Bind products; one that Odoo has as a variant of a larger product has none of its own."""
        values = [
            {
                "backend_id": line.backend_id.id,
                "external_id": line.external_id,
                "odoo_id": template.id,
                "synced_at": fields.Datetime.now(),
            }
            for line in self.filtered(lambda line: line.kind in ("simple", "variable"))
            for template in (line.product_tmpl_id or line.product_id.product_tmpl_id)
            if line.kind == "variable" or template.product_variant_count == 1
        ]
        bindings = self.env["channel.binding.template"]
        domain = [
            ("backend_id", "in", self.backend_id.ids),
            ("odoo_id", "in", [row["odoo_id"] for row in values]),
        ]
        taken = set(bindings.search(domain).odoo_id)
        known = set(self._bound_templates(values))
        fresh = [row for row in values if row["external_id"] not in known]
        _keep_one_primary(bindings.create(fresh), taken)

    def _bound_templates(self, values):
        bindings = self.env["channel.binding.template"].search(
            [
                ("backend_id", "in", self.backend_id.ids),
                ("external_id", "in", [row["external_id"] for row in values]),
            ]
        )
        return bindings.mapped("external_id")

    def _ref(self):
        """This line as an order's line would name it."""
        parent = self.parent_external_id
        return ProductRef(
            external_id=parent or self.external_id,
            variant_external_id=self.external_id if parent else "",
            sku=self.sku or "",
            barcode=self.barcode or "",
        )


def _keep_one_primary(bindings, taken):
    """The first binding of a product is written to; later ones are its translations."""
    for binding in bindings:
        if binding.odoo_id in taken:
            binding.is_primary = False
        taken.add(binding.odoo_id)
