"""What can stop products on their way into Odoo, in plain words; see ``messages.py``."""
# pylint: disable=prefer-env-translation; `_` is the given environment's `env._`


def product_texts(env):
    """``{code: (title, suggestion)}``."""
    return {**_match_texts(env), **_content_texts(env), **_stock_texts(env)}


def _match_texts(env):
    """Who is who."""
    _ = env._
    return {
        "product_type_changed": (
            _("Product %(product)s (SKU %(sku)s) got or lost its variants in the shop"),
            _(
                "Odoo can't turn one product into the other without losing its history. Archive "
                "Odoo's product, delete its bindings to this shop, and retry: it is matched again "
                "by SKU, or created."
            ),
        ),
        "product_twice": (
            _("Products %(product)s and %(other)s of the shop are the same product (%(sku)s)"),
            _(
                "One product of Odoo can't be two of a shop. Give one of them another SKU or "
                "barcode there, or bind it by hand, then retry."
            ),
        ),
        "product_split": (
            _("The variants of product %(product)s are %(products)s different products in Odoo"),
            _(
                "Only some of the shop's variants are known, so it is not clear where the others "
                "belong. Give all of them their SKU in Odoo, or bind them by hand, then retry."
            ),
        ),
        "product_conflict": (
            _("Product %(product)s (SKU %(sku)s) was changed in Odoo and in the shop: %(groups)s"),
            _(
                "Nothing was written. Both values:\n%(values)s\nMake both sides equal, or change "
                "who owns these fields on the backend, then retry."
            ),
        ),
        "product_gone": (
            _("Product %(product)s (%(name)s) was deleted in the shop"),
            _(
                "Odoo's product stays, and nothing is sent for it any more. If it shall be sold "
                "there again, restore it in the shop, or delete its binding and publish it again. "
                "Otherwise ignore this issue."
            ),
        ),
    }


def _content_texts(env):
    """What of a product can't be taken over."""
    _ = env._
    return {
        "unmapped_tax_class": (
            _("The tax class “%(value)s” has no taxes in Odoo"),
            _(
                "Map it on the backend. Meanwhile its products have the company's default taxes; "
                "import them again afterwards."
            ),
        ),
        "same_options": (
            _("Variants of product %(product)s have the same options: %(variants)s"),
            _(
                "Odoo has one variant for each choice of options. Give one of them other options "
                "in the shop, or remove it there; if the shop has only one of them, archive the "
                "other one in Odoo. Then retry."
            ),
        ),
        "language_missing": (
            _("Products come in the language “%(language)s”, which is not active in Odoo"),
            _(
                "Activate the language under Settings, Translations, then import the products "
                "again; or ignore this issue: their texts in it are left in the shop."
            ),
        ),
        "bad_image": (
            _("A picture of product %(product)s can't be taken over (%(why)s)"),
            _(
                "Picture %(image)s is no image, too large, or gone; the product and its other "
                "pictures are in Odoo. Replace it in the shop, then retry."
            ),
        ),
    }


def _stock_texts(env):
    """What the initial stock can't take over."""
    _ = env._
    return {
        "stock_by_parent": (
            _("The shop counts the variants of product %(product)s (%(name)s) together"),
            _(
                "How many pieces of each variant there are is not known: count them in Odoo "
                "(Inventory, Physical Inventory), or let the shop count each variant, and take "
                "the stock over again."
            ),
        ),
        "stock_tracked": (
            _("%(name)s is tracked by lots or serial numbers, which the shop does not know"),
            _("Count it in Odoo: Inventory, Physical Inventory. Then ignore this issue."),
        ),
    }
