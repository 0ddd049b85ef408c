"""A backend with price lists, taxes and products whose prices are asked for."""

from datetime import datetime, timezone
from decimal import Decimal

from odoo.fields import Command

from ..core.catalogue import Price
from .common import ChannelCase

NOW = datetime(2026, 3, 10, 12, 0)


def price(regular=None, sale=None, begins=None, ends=None):
    """A price of texts and naive moments: ``price("19.90", "14.90", ends=datetime(…))``."""
    amounts = (None if text is None else Decimal(text) for text in (regular, sale))
    moments = (moment and moment.replace(tzinfo=timezone.utc) for moment in (begins, ends))
    return Price(*amounts, *moments)


class PriceCase(ChannelCase):
    """``includes_tax``, ``shop_currency`` and ``decimals`` are what the last check has found."""

    includes_tax = False
    shop_currency = "EUR"
    decimals = 2

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.settle(
            currency=cls.shop_currency,
            price_decimals=cls.decimals,
            prices_include_tax=cls.includes_tax,
        )
        cls.currency = cls._currency(cls.shop_currency)
        cls.reader = cls.backend.env["channel.price.reader"]
        cls.writer = cls.backend.env["channel.price.writer"]
        cls.at = NOW

    @classmethod
    def settle(cls, **settings):
        """What the store says of itself."""
        known = cls.backend.provider_settings or {}
        cls.backend.provider_settings = {**known, **settings}

    @classmethod
    def flow(cls, kind, direction):
        flows = cls.env["channel.flow"].with_context(active_test=False)
        of_backend = [("backend_id", "=", cls.backend.id), ("kind", "=", kind)]
        return flows.search([*of_backend, ("direction", "=", direction)])

    # === SET-UP === #

    @classmethod
    def tax(cls, percent, included=False, **values):
        return cls.env["account.tax"].create(
            {
                "name": f"{percent} {included}",
                "amount": percent,
                "type_tax_use": "sale",
                "company_id": cls.company.id,
                "country_id": cls.company.country_id.id,
                "price_include_override": "tax_included" if included else "tax_excluded",
                **values,
            }
        )

    @classmethod
    def product(cls, sku="P", list_price=10.0, taxes=None, **values):
        return cls._make_product(
            sku, list_price=list_price, taxes_id=[Command.set(taxes.ids if taxes else [])], **values
        ).with_env(cls.backend.env)

    @classmethod
    def variants(cls, name="SHIRT", list_price=10.0, taxes=None, extras=(0.0, 0.0), **values):
        """Variants of one product, as many as there are price extras."""
        attribute = cls.env["product.attribute"].create(
            {
                "name": f"Size {name}",
                "value_ids": [Command.create({"name": f"S{n}"}) for n in range(len(extras))],
            }
        )
        template = cls.env["product.template"].create(
            {
                "name": name,
                "list_price": list_price,
                "taxes_id": [Command.set(taxes.ids if taxes else [])],
                "attribute_line_ids": [
                    Command.create(
                        {
                            "attribute_id": attribute.id,
                            "value_ids": [Command.set(attribute.value_ids.ids)],
                        }
                    )
                ],
                **values,
            }
        )
        lines = template.attribute_line_ids.product_template_value_ids
        for value, extra in zip(lines, extras, strict=True):
            value.price_extra = extra
        for number, variant in enumerate(template.product_variant_ids):
            variant.default_code = f"{name}-{number}"
        return template.product_variant_ids.with_env(cls.backend.env)

    @classmethod
    def pricelist(cls, name="Regular", currency=None, **values):
        return cls.env["product.pricelist"].create(
            {
                "name": name,
                "currency_id": (currency or cls.currency).id,
                "company_id": cls.company.id,
                **values,
            }
        )

    @classmethod
    def rule(cls, pricelist, target=None, amount=None, **values):
        """A rule for a product, template, category or everything; fixed where an amount is."""
        scope = {
            "product.product": "product_id",
            "product.template": "product_tmpl_id",
            "product.category": "categ_id",
        }
        if target:
            values[scope[target._name]] = target.id
        if amount is not None:
            values.update(compute_price="fixed", fixed_price=amount)
        return cls.env["product.pricelist.item"].create({"pricelist_id": pricelist.id, **values})

    # === CHECKS === #

    def ask(self, product, at=None):
        return self.reader._read(self.backend, product, at or self.at)[product.id]
