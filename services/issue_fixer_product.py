"""A product of the shop that Odoo does not know, or knows several times: bind it, or make it."""

from odoo import models
from odoo.tools.sql import escape_psql

from ..core.canonical import ZERO, Line, LineKind, ProductRef


class ChannelFixerProduct(models.AbstractModel):
    _name = "channel.fixer.product"
    _inherit = "channel.fixer"
    _description = "Channel product fixer"

    _choice, _writes, _creates = "fix_product_id", "channel.binding.product", True
    _screen = "channel_connector.action_channel_binding_product"

    def _applies(self, issue):
        # one that was deleted in the shop has no id left that could be bound
        return bool((issue.params or {}).get("key"))

    def _question(self, issue):
        params = issue.params
        return self.env._(
            "Which product of Odoo is “%(label)s” (SKU %(sku)s)?",
            label=params.get("label") or params.get("sku"),
            sku=params.get("sku") or "-",
        )

    def _candidates(self, issue):
        """Products that carry the SKU or barcode several times."""
        if issue.code != "ambiguous_product":
            return self.env["product.product"]
        sku = (issue.params or {}).get("sku") or ""
        products = self.env["product.product"]
        company = products._check_company_domain(issue.company_id)
        return products.search(
            [*company, "|", ("default_code", "=ilike", escape_psql(sku)), ("barcode", "=", sku)]
        )

    def _fix(self, issue):
        chosen, params = self._chosen(issue), issue.params
        self.env["channel.binding.product"]._bind(
            issue.backend_id,
            params["key"],
            chosen,
            sku=self._sku(params),
            parent_external_id=params.get("parent") or "",
        )
        return self.env._(
            "%(value)s → %(target)s",
            value=params.get("label") or params.get("sku"),
            target=chosen.display_name,
        )

    def _create(self, issue):
        params, backend = issue.params, issue.backend_id
        resolver = self.env["channel.product.resolver"]
        (product,) = resolver._create_missing(backend, [self._line(params)]).values()
        return self.env._("Product %s created", product.display_name)

    def _line(self, params):
        """The line of an order that sells it, as far as its issue remembers."""
        key, parent = params["key"], params.get("parent") or ""
        return Line(
            external_id="",
            kind=LineKind.PRODUCT,
            name=params.get("label") or "",
            quantity=ZERO,
            total=ZERO,
            total_tax=ZERO,
            product=ProductRef(parent or key, key if parent else "", self._sku(params)),
            is_container=bool(params.get("is_container")),
        )

    def _sku(self, params):
        sku = params.get("sku") or ""
        return "" if sku == "-" else sku

    def _screen_domain(self, issue):
        return [*super()._screen_domain(issue), ("external_id", "=", issue.params.get("key"))]
