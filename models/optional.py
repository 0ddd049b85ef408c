"""What other modules add, where they are installed: asked for here, and only here."""

from functools import wraps

from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.sql import column_exists, create_column

from ..core.stock_formula import Demand, Figure

#: What of bills of materials decides how many kits there are.
KIT_FIELDS = (
    "bom_ids.active",
    "bom_ids.type",
    "bom_ids.product_id",
    "bom_ids.product_qty",
    "bom_ids.product_uom_id",
    "bom_ids.bom_line_ids.product_id",
    "bom_ids.bom_line_ids.product_qty",
    "bom_ids.bom_line_ids.product_uom_id",
)


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _channel_kits_in(self, moves):
        """Whole kits of this line, in its unit, that done moves of their parts make.

        Only the module ``mrp`` makes moves of another product than the line's.
        """
        boms = moves.bom_line_id.bom_id if "mrp.bom" in self.env else None
        if not boms:
            return 0.0
        product = self.product_id
        kit = boms.filtered(
            lambda bom: (
                bom.type == "phantom"
                and (bom.product_id or bom.product_tmpl_id.product_variant_ids) & product
            )
        )[:1]
        if not kit:  # a kit of kits: its parts name the inner ones
            kit = boms._bom_find(product, company_id=self.company_id.id, bom_type="phantom")[
                product
            ]
        wanted = self.product_uom_id._compute_quantity(self.product_uom_qty, kit.product_uom_id)
        counts = {"incoming_moves": lambda move: True, "outgoing_moves": lambda move: False}
        whole = moves._compute_kit_quantities(product, wanted, kit, counts)
        return kit.product_uom_id._compute_quantity(whole, self.product_uom_id)


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _channel_kit_parts(self, company):
        """``{kit's id: {component's id: pieces of it in one kit}}`` of those that are kits.

        Only the module ``mrp`` knows products that are delivered as others.
        """
        if not self or "mrp.bom" not in self.env:
            return {}
        boms = self.env["mrp.bom"].sudo()
        found = boms._bom_find(self, company_id=company.id, bom_type="phantom")
        return {kit.id: _parts(kit, bom) for kit, bom in found.items() if bom}


def _parts(kit, bom):
    """Pieces of each component in one kit, in the components' own units."""
    share = kit.uom_id._compute_quantity(1.0, bom.product_uom_id, round=False) / bom.product_qty
    _boms, lines = bom.explode(kit, 1.0)
    parts = {}
    for line, values in lines:
        part, quantity = line.product_id, values["qty"] * share
        if part.type == "consu" and quantity:
            quantity = line.product_uom_id._compute_quantity(quantity, part.uom_id, round=False)
            parts[part.id] = parts.get(part.id, 0.0) + quantity
    return parts


# === THE STOCK OF KITS === #


class KitStock(models.Model):
    _inherit = "product.product"

    def _channel_kit_figures(self, figures):
        """``{kit's id: figure}`` of these kits by Odoo's own arithmetic.

        :param figures: ``{product id: core.stock_formula.Figure}`` of their components
        """
        if not self:
            return {}
        known = {
            id_: {
                "qty_available": figure.on_hand,
                "free_qty": figure.free,
                "incoming_qty": figure.incoming,
                "outgoing_qty": figure.outgoing,
                "virtual_available": figure.forecast,
            }
            for id_, figure in figures.items()
        }
        kits = self.with_context(mrp_compute_quantities=known)
        return {
            id_: Figure(
                on_hand=row["qty_available"],
                free=row["free_qty"],
                incoming=row["incoming_qty"],
                outgoing=row["outgoing_qty"],
                forecast=row["virtual_available"],
            )
            for id_, row in kits._compute_quantities_dict(None, None, None).items()
            if id_ in self._ids
        }


def _without(figures, ordered):
    """The same figures less what is ordered of them."""
    return {
        id_: figure._replace(
            on_hand=figure.on_hand - ordered.get(id_, 0.0),
            free=figure.free - ordered.get(id_, 0.0),
            forecast=figure.forecast - ordered.get(id_, 0.0),
        )
        for id_, figure in figures.items()
    }


class ProductTemplate(models.Model):
    _inherit = "product.template"

    channel_kit_changed_at = fields.Datetime(
        compute="_compute_channel_kit_changed_at",
        store=True,
        help="When what it is made of changed; the shops are told of its stock then.",
    )

    def _auto_init(self):
        # nothing changed for the products that are there already
        if not column_exists(self.env.cr, self._table, "channel_kit_changed_at"):
            create_column(self.env.cr, self._table, "channel_kit_changed_at", "timestamp")
        return super()._auto_init()

    @api.depends(lambda self: KIT_FIELDS if "mrp.bom" in self.env else ())
    def _compute_channel_kit_changed_at(self):
        """No hook can be put on models of a module that may not be there; a dependency can."""
        self.channel_kit_changed_at = fields.Datetime.now()
        if "mrp.bom" in self.env:
            variants = self.with_context(active_test=False).sudo().product_variant_ids
            self.env["channel.flow"]._stock_changed(variants.ids)


class ChannelOutbox(models.Model):
    _inherit = "channel.outbox"

    @api.model
    def _touched_query(self, kind, record_ids):
        """The stock of a component is that of its kits, and of kits that these are in."""
        query = super()._touched_query(kind, record_ids)
        if kind != "stock" or "mrp.bom" not in self.env:
            return query
        return SQL(
            """
            WITH RECURSIVE touched(id) AS (
                %s
                UNION
                SELECT kit.id
                  FROM touched
                  JOIN mrp_bom_line line ON line.product_id = touched.id
                  JOIN mrp_bom bom ON bom.id = line.bom_id
                  JOIN product_product kit ON kit.product_tmpl_id = bom.product_tmpl_id
                 WHERE bom.active AND bom.type = 'phantom'
                   AND (bom.product_id IS NULL OR bom.product_id = kit.id)
            )
            SELECT id FROM touched
            """,
            query,
        )


class ChannelStockQuantities(models.AbstractModel):
    _inherit = "channel.stock.quantities"

    def _figures(self, products, forecast):
        """Kits by Odoo's own arithmetic, with the components' figures of the one read."""
        company = self.env["res.company"].browse(products.env.context["company_id"])
        parts = products._channel_kit_parts(company)
        if not parts:
            return super()._figures(products, forecast)
        kits = products.browse(parts)
        plain = (products - kits) | products.browse({id_ for row in parts.values() for id_ in row})
        figures = super()._figures(plain, forecast)
        return {**figures, **kits._channel_kit_figures(figures)}


class ChannelStockTargets(models.AbstractModel):
    _inherit = "channel.stock.targets"

    def _counted(self, backend, products):
        kits = products._channel_kit_parts(backend.company_id)
        return super()._counted(backend, products) | kits.keys()

    def _demand(self, backend, products, figures):
        """What is ordered of the components makes fewer kits, whoever ordered it.

        Demand for kits is known as demand for their components.
        """
        parts = products._channel_kit_parts(backend.company_id)
        kits = products.browse(parts)
        pieces = products.browse({id_ for row in parts.values() for id_ in row})
        demand = super()._demand(backend, products | pieces, figures)
        if not (kits and demand):
            return demand
        kits = kits.with_context(
            warehouse_id=backend._stock_warehouses().ids, company_id=backend.company_id.id
        )
        own = {id_: row.own_reduced for id_, row in demand.items()}
        every = {id_: row.own_reduced + row.others for id_, row in demand.items()}
        after_own = kits._channel_kit_figures(_without(figures, own))
        after_all = kits._channel_kit_figures(_without(figures, every))
        for id_ in parts:
            whole, less, least = (
                getattr(found[id_], backend.stock_basis)
                for found in (figures, after_own, after_all)
            )
            demand[id_] = Demand(whole - less, less - least, demand[id_].moved)
        return demand


# === ODOO'S PRIVACY LOOKUP === #

#: What tells what happened, or still has to: the lookup's "Delete" only takes the person out of it.
KEPT = ("channel.issue", "channel.outbox", "channel.binding.order", "channel.variance")


class ChannelPrivacy(models.AbstractModel):
    _inherit = "channel.privacy"

    def _register_hook(self):
        """Have the lookup of the module ``privacy_lookup`` find and delete what is kept here."""
        super()._register_hook()
        if "privacy.lookup.wizard" in self.env:
            registry = self.env.registry
            _extend(registry["privacy.lookup.wizard"], "_get_query", _lookup)
            _extend(registry["privacy.lookup.wizard.line"], "action_unlink", _delete)

    def _looked_up(self, email):
        """``(person, found)`` of an address, in the shops of all companies, as the lookup does."""
        backends = self.env["channel.backend"].sudo().with_context(active_test=False)
        backends = backends.search([])  # pylint: disable=no-search-all
        person = self._person(self.env["res.partner"], email)
        found = self._find(person, backends)
        bindings = self.env["channel.binding.partner"].sudo()
        if bindings := bindings.search([("odoo_id", "in", person.partners.ids)]):
            found["channel.binding.partner"] = bindings
        return person, found


def _extend(cls, name, extension):
    """Have ``extension(original, self)`` called in place of a method of a model's class.

    Odoo knows no way to inherit from a model that may not be there.
    """
    original = getattr(cls, name)
    if getattr(original, "extended_by", None) is extension:
        return

    @wraps(original)
    def extended(self):
        return extension(original, self)

    extended.extended_by = extension
    setattr(cls, name, extended)


def _lookup(original, wizard):
    """The lookup's query, with the records of this addon."""
    query = original(wizard)
    _person, found = wizard.env["channel.privacy"].sudo()._looked_up(wizard.email)
    for name, records in found.items():
        query = SQL(
            "%s UNION ALL SELECT %s AS res_model_id, id AS res_id, True AS is_active"
            " FROM %s WHERE id IN %s",
            query,
            wizard.env["ir.model"]._get_id(name),
            SQL.identifier(records._table),
            tuple(records.ids),
        )
    return query


def _delete(original, line):
    """Delete a record, or only take the person out of what has to stay."""
    if line.is_unlinked or not _stays(line):
        return original(line)
    privacy = line.env["channel.privacy"].sudo()
    record = line.env[line.res_model].sudo().browse(line.res_id)
    person, _found = privacy._looked_up(line.wizard_id.email)
    privacy._erase({line.res_model: record}, person.words)
    line.execution_details = line.env._(
        "Erased in %(model)s #%(id)s", model=line.res_model_id.name, id=line.res_id
    )
    line.is_unlinked = True
    return None


def _stays(line):
    if line.res_model != "channel.event":
        return line.res_model in KEPT
    event = line.env["channel.event"].sudo().browse(line.res_id)
    return event.state not in ("done", "ignored")
