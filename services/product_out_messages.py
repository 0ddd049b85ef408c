"""What can stop a product on its way to a shop, in plain words."""
# pylint: disable=prefer-env-translation; `_` is the given environment's `env._`


def product_out_texts(env):
    """``{code: (title, suggestion)}``."""
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
        "sku_bound": (
            _("The SKU %(sku)s of “%(product)s” is that of another product in the shop"),
            _(
                "The shop's product with this SKU is bound to another product of Odoo. Give one "
                "of the two another Internal Reference, or bind the right one by hand, then retry."
            ),
        ),
        "sku_taken": (
            _("The shop has the SKU %(sku)s of “%(product)s” already (ID %(resource_id)s)"),
            _(
                "It is that of something which can't become this product, such as one with "
                "variants. Change one of the two SKUs, then retry."
            ),
        ),
        "picture_type": (
            _("The shop can't show a picture of “%(product)s”"),
            _("Shops show JPEG, PNG, GIF and WebP. Replace the picture, then retry."),
        ),
    }
