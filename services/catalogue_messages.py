"""What a shop refuses of a catalogue, or shows that can't be taken, in plain words."""
# pylint: disable=prefer-env-translation; `_` is the given environment's `env._`


def catalogue_texts(env):
    return {**_sku_texts(env), **_product_texts(env), **_picture_texts(env)}


def _sku_texts(env):
    _ = env._
    return {
        "sku_twice": (
            _("Several products have the SKU %(sku)s"),
            _(
                "A shop takes each SKU once, whatever its upper case. Give “%(product)s” or the "
                "other product another Internal Reference, then retry."
            ),
        ),
        "sku_taken_by_variation": (
            _("A variation in the shop has the SKU %(sku)s of “%(product)s”"),
            _(
                "In the shop it belongs to another product (number %(resource_id)s). Bind it with "
                "the matching wizard, or change one of the two SKUs, then retry."
            ),
        ),
        "sku_in_trash": (
            _("The SKU %(sku)s of “%(product)s” is in the shop's trash"),
            _(
                "Restore the shop's product number %(resource_id)s, or delete it for good, then "
                "retry: a product in the trash keeps its SKU."
            ),
        ),
        "barcode_taken": (
            _("The barcode of “%(product)s” is that of another product in the shop"),
            _(
                "The shop's product number %(resource_id)s has it (GTIN, UPC, EAN or ISBN). "
                "Correct one of the two, then retry."
            ),
        ),
    }


def _product_texts(env):
    _ = env._
    return {
        "kind_not_published": (
            _("Products such as “%(product)s” can't be published in the shop"),
            _("Only goods and services, with or without variants, can. Exclude it from the shop."),
        ),
        "term_missing": (
            _("The shop has no %(kind)s “%(name)s”"),
            _("It was deleted there while “%(product)s” was published. Retry."),
        ),
        "no_brands": (
            _("The shop has no brands: “%(name)s” can't be created there"),
            _("Update WooCommerce to 9.6 or newer, or take the brands off the products."),
        ),
        "not_a_product": (
            _("The shop sent something that is no product"),
            _("Field “%(field)s” is missing or odd. Look at the log of the shop's plug-ins."),
        ),
    }


def _picture_texts(env):
    _ = env._
    return {
        "image_missing": (
            _("The shop can't get a picture of “%(product)s”"),
            _("It has no public address. Check the backend's address of Odoo, then retry."),
        ),
        "image_not_fetched": (
            _("The shop could not fetch a picture of “%(product)s”"),
            _(
                "It asks Odoo for pictures by their public address: is that one reachable from "
                "outside by HTTP or HTTPS on the usual port? Else let pictures be uploaded "
                "(WordPress user and application password on the backend). Then retry."
            ),
        ),
        "image_gone": (
            _("A picture of “%(product)s” was deleted from the shop's media library"),
            _("Retry: it is sent once more."),
        ),
        "upload_impossible": (
            _("Pictures can't be uploaded to the shop (%(reason)s)"),
            _(
                "Uploading needs a WordPress user and an application password of theirs on the "
                "backend, over HTTPS, and a picture of type JPEG, PNG, GIF, WebP or AVIF."
            ),
        ),
    }
