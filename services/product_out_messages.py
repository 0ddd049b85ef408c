"""What can stop a product on its way to a shop, in plain words."""
# pylint: disable=prefer-env-translation; `_` is the given environment's `env._`


def product_out_texts(env):
    _ = env._
    return {
        "sku_missing": (
            _("“%(product)s” has no SKU: it can't be created in the shop"),
            _(
                "Give the product (each of its variants) an Internal Reference, then retry. "
                "Without one nobody could tell after a lost answer whether the shop has it "
                "already, and it might be created twice."
            ),
        ),
        "sku_taken": (
            _("The SKU %(sku)s of “%(product)s” is that of another product in the shop"),
            _(
                "The shop's product is bound to another product of Odoo. Give one of the two "
                "another Internal Reference, or bind the right one by hand, then retry."
            ),
        ),
    }
