"""What can stop a product on its way to a shop, in plain words."""
# pylint: disable=prefer-env-translation; `_` is the given environment's `env._`


def product_out_texts(env):
    """``{code: (title, suggestion)}``."""
    return {**_sku_texts(env), **_content_texts(env)}


def _sku_texts(env):
    """What a product is found again by."""
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
        "sku_taken_by_variation": (
            _("The SKU %(sku)s of “%(product)s” is that of a variation in the shop"),
            _("Change one of the two (ID %(resource_id)s in the shop), then retry."),
        ),
        "sku_in_trash": (
            _("The SKU %(sku)s of “%(product)s” is in the shop's trash"),
            _(
                "Restore the shop's product %(resource_id)s, or delete it for good, then retry: "
                "a product in the trash keeps its SKU."
            ),
        ),
        "sku_twice": (
            _("The SKU %(sku)s of “%(product)s” is used twice in Odoo"),
            _("A shop takes each SKU once: change one of them, then retry."),
        ),
        "barcode_taken": (
            _("The barcode of “%(product)s” belongs to another product in the shop"),
            _("Correct one of the two (ID %(resource_id)s in the shop), then retry."),
        ),
    }


def _content_texts(env):
    """What a shop can't take."""
    _ = env._
    return {
        "kind_not_published": (
            _("“%(product)s” is of a type that is not published (%(kind)s)"),
            _("Change its type, or exclude the shop on the product, then retry."),
        ),
        "image_missing": (
            _("A picture of “%(product)s” could not be handed over"),
            _("Replace the picture on the product, then retry."),
        ),
        "picture_type": (
            _("The shop can't show a picture of “%(product)s”"),
            _("Shops show JPEG, PNG, GIF and WebP. Replace the picture, then retry."),
        ),
        "term_missing": (
            _("“%(name)s” (%(kind)s) of “%(product)s” could not be made in the shop"),
            _("Open the log of this record to see the shop's answer, then retry."),
        ),
    }
