"""What can stop a product on its way to a shop, in plain words."""
# pylint: disable=prefer-env-translation; `_` is the given environment's `env._`


def product_out_texts(env):
    """``{code: (title, suggestion)}``."""
    return {**_sku_texts(env), **_content_texts(env)}


def _sku_texts(env):
    """Who is who: a product is found in the shop by its SKU."""
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
            _(
                "The shop's variation %(resource_id)s has it, so no product of its own can have it "
                "there. Change one of the two SKUs; or bind Odoo's product to the variation, if "
                "they are the same. Then retry."
            ),
        ),
        "sku_in_trash": (
            _("“%(product)s” (SKU %(sku)s) lies in the shop's trash"),
            _(
                "Restore the shop's product %(resource_id)s, which is then brought up to date, or "
                "delete it for good, and a new one is made. Then retry."
            ),
        ),
        "sku_twice": (
            _("The SKU %(sku)s of “%(product)s” is used twice"),
            _(
                "Another product or variant that goes to this shop has the same Internal "
                "Reference; the shop allows each once. Change one of the two, then retry."
            ),
        ),
        "barcode_taken": (
            _("The barcode of “%(product)s” is that of another product in the shop"),
            _(
                "The shop's product %(resource_id)s has the same GTIN, but another SKU. Correct "
                "the barcode of one of the two, then retry."
            ),
        ),
    }


def _content_texts(env):
    """What of a product a shop can't take."""
    _ = env._
    return {
        "kind_not_published": (
            _("“%(product)s” can't be created in the shop"),
            _(
                "Only simple products, and products with variants that can be told apart, are "
                "sent. Give it at least one variant that can be sold, or exclude it from this "
                "shop on its page “Channels”."
            ),
        ),
        "image_missing": (
            _("A picture of “%(product)s” has no address that the shop could read"),
            _(
                "Is the system parameter web.base.url Odoo's public address? Correct it, or let "
                "pictures be uploaded (WordPress user and application password on the backend), "
                "then retry."
            ),
        ),
        "term_missing": (
            _("“%(name)s” of “%(product)s” could not be made in the shop"),
            _(
                "It is a category, tag, brand or attribute that the shop does not know. Look at "
                "the log for the shop's answer, or create it there and import it, then retry."
            ),
        ),
        "picture_type": (
            _("The shop can't show a picture of “%(product)s”"),
            _("Shops show JPEG, PNG, GIF and WebP. Replace the picture, then retry."),
        ),
    }
