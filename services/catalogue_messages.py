"""What a shop refuses of a catalogue, or shows that can't be taken, in plain words."""
# pylint: disable=prefer-env-translation; `_` is the given environment's `env._`


def catalogue_texts(env):
    return {**_product_texts(env), **_picture_texts(env)}


def _product_texts(env):
    _ = env._
    return {
        "no_brands": (
            _("The shop has no brands: “%(name)s” can't be created there"),
            _("Update WooCommerce to 9.6 or newer, or take the brands off the products."),
        ),
        "variations_unreadable": (
            _("The shop can't show the variations of its product %(product)s"),
            _(
                "It breaks when it is asked for them: look at its log (WooCommerce → Status → "
                "Logs), then retry."
            ),
        ),
        "bad_option": (
            _("A value of “%(attribute)s” has a | in it, and the shop would take it for several"),
            _(
                "Rename the value, or let the shop share the attribute between products, then "
                "retry “%(product)s”."
            ),
        ),
        "not_a_product": (
            _("The shop sent something that is no product"),
            _("Field “%(field)s” is missing or odd. Look at the log of the shop's plug-ins."),
        ),
    }


def _picture_texts(env):
    _ = env._
    return {
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
