"""Which price lists a shop's prices come from, and how the shop states them."""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..core.canonical import Finding, Level
from ..services.price_values import PriceTerms

LISTS = ("pricelist_id", "sale_pricelist_id")


class ChannelBackend(models.Model):
    _inherit = "channel.backend"

    pricelist_id = fields.Many2one(
        "product.pricelist",
        "Price List",
        check_company=True,
        ondelete="restrict",
        help="Regular prices in the shop, for one piece. Empty: the products' sales prices.",
    )
    sale_pricelist_id = fields.Many2one(
        "product.pricelist",
        "Sale Price List",
        check_company=True,
        ondelete="restrict",
        help="What a rule of this list makes of a product is its sale price, from the rule's start "
        "to its end. Products without a rule have none.",
    )
    price_currency_id = fields.Many2one(
        "res.currency",
        "Shop Currency",
        compute="_compute_price_currency_id",
        compute_sudo=True,
        help="As the last connection check found it.",
    )

    # === COMPUTE METHODS === #

    @api.depends("provider_settings", "company_id.currency_id")
    def _compute_price_currency_id(self):
        for backend in self:
            found = backend._store_currency(backend._store_setting("currency"))
            backend.price_currency_id = found or backend.company_id.currency_id

    # === CONSTRAINT METHODS === #

    @api.constrains(*LISTS)
    def _check_price_currency(self):
        for backend in self:
            for pricelist in backend._foreign_lists():
                raise ValidationError(
                    self.env._(
                        "The price list “%(list)s” is in %(currency)s, but “%(shop)s” sells in "
                        "%(expected)s. Choose a price list in %(expected)s; a rule of it may be "
                        "based on the other list.",
                        list=pricelist.name,
                        currency=pricelist.currency_id.name,
                        shop=backend.name,
                        expected=backend.price_currency_id.name,
                    )
                )

    # === CRUD METHODS === #

    def write(self, vals):
        before = {backend.id: backend._price_settings() for backend in self}
        result = super().write(vals)
        changed = self.filtered(lambda backend: backend._price_settings() != before[backend.id])
        if changed:
            self.env["channel.outbox"]._note_many("price.backend", changed.ids)
        for name, code in zip(
            LISTS, ("prices_need_pricelist", "sales_need_pricelist"), strict=True
        ):
            if vals.get(name):
                self._resolve_issues(code)
        return result

    # === ACTION METHODS === #

    def action_publish_prices(self):
        """Compare all prices with what the shop was told, and publish those that differ."""
        self.check_access("write")
        self._ensure_working()
        for backend in self:
            if not self.env["channel.flow"]._of(backend, "price", "out"):
                raise UserError(
                    self.env._("Switch on the flow for prices of “%s” first.", backend.name)
                )
        self.env["channel.outbox"]._note_many("price.backend", self.ids)
        return self._notify(self.env._("All prices are being compared."))

    def action_create_pricelists(self):
        """Price lists of the shop's own, where it has none: an import fills them."""
        for backend in self:
            names = (self.env._("%s: prices", backend.name), self.env._("%s: sale", backend.name))
            for field, name in zip(LISTS, names, strict=True):
                if not backend[field]:
                    backend[field] = self.env["product.pricelist"].create(
                        backend._prepare_pricelist(name)
                    )
        return self._reload()

    def _prepare_pricelist(self, name):
        """Values of a price list; an override returns the dictionary, extended."""
        return {
            "name": name,
            "currency_id": self.price_currency_id.id,
            "company_id": self.company_id.id,
        }

    # === BUSINESS METHODS === #

    def _price_terms(self):
        """How the store states prices, as far as it is known: :class:`PriceTerms`."""
        self.ensure_one()
        currency = self.price_currency_id
        return PriceTerms(
            currency,
            self._store_setting("price_decimals", currency.decimal_places),
            self._store_setting("prices_include_tax"),
        )

    def _price_settings(self):
        """What of a backend's own values makes another price of the same product."""
        terms = self._price_terms()
        return [self[name].id for name in LISTS] + [
            self.state != "draft",
            terms.currency.id,
            terms.decimals,
            terms.includes_tax,
        ]

    def _foreign_lists(self):
        """Price lists that are not in the shop's currency, as far as that is known."""
        if not self._store_setting("currency"):
            return self.env["product.pricelist"]
        lists = self.pricelist_id | self.sale_pricelist_id
        return lists.filtered(lambda one: one.currency_id != self.price_currency_id)

    def _store_currency(self, code):
        currencies = self.env["res.currency"].with_context(active_test=False)
        return currencies.search([("name", "=", code)], limit=1) if code else currencies

    def _price_currencies(self):
        """Currencies that prices of this backend are made of: several ones need rates."""
        lists = self.pricelist_id | self.sale_pricelist_id
        found = lists
        while lists:
            lists = lists.item_ids.filtered(lambda rule: rule.base == "pricelist").base_pricelist_id
            lists -= found
            found |= lists
        main = self.env["res.company"]._get_main_company()  # of products without a company
        companies = self.company_id | main
        return found.currency_id | self.price_currency_id | companies.currency_id

    def _compare_with_odoo(self, store):
        """A shop whose currency was changed makes its price lists useless."""
        findings = super()._compare_with_odoo(store)
        currency = self._store_currency(store.currency)
        lists = self.pricelist_id | self.sale_pricelist_id
        for pricelist in lists if currency else lists.browse():
            if pricelist.currency_id != currency:
                params = {"pricelist": pricelist.name, "currency": currency.name}
                findings.append(Finding(Level.ERROR, "pricelist_currency", params))
        return findings

    def _tick(self):  # pylint: disable=missing-return
        super()._tick()
        if self.state == "connected":
            self.env["channel.outbox"]._note_due_prices(self, fields.Datetime.now())
