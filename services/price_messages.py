"""What can stop prices, in plain words: code → (title, what to do)."""
# pylint: disable=prefer-env-translation; `_` is the given environment's `env._`


def price_texts(env):
    """Issues of prices, in either direction."""
    _ = env._
    return {
        "bad_price": (
            _("%(product)s: %(price)s can't be a price in the shop"),
            _("Correct the price of the product, or of its price list's rule, then retry."),
        ),
        "price_on_parent": (
            _("%(product)s has variations in the shop, but none in Odoo"),
            _(
                "A shop keeps prices with the variations. Bind the product's variants one by one "
                "(matching wizard), or import the product again, then retry."
            ),
        ),
        "price_conflict": (
            _("The price of %(product)s was changed in Odoo and in the shop"),
            _(
                "The shop asks %(shop)s, Odoo's price lists say %(odoo)s. Nothing was sent. Make "
                "both equal, or decide on the backend who owns the prices, then retry."
            ),
        ),
        "price_differs": (
            _("%(product)s costs %(shown)s in the shop after it was told %(sent)s"),
            _("A plug-in of the shop seems to set prices by its own rules. Adjust it, then retry."),
        ),
        "sale_not_below": (
            _("Sale price list “%(pricelist)s”: “%(rule)s” is not below the regular price"),
            _(
                "%(product)s would cost %(sale)s instead of %(regular)s. A shop drops such a sale "
                "without a word, so only the regular price was published. Correct the rule, or "
                "delete it where no sale is meant."
            ),
        ),
        "prices_need_pricelist": (
            _("Variants of one product have prices of their own in the shop"),
            _(
                "Odoo keeps them in a price list: choose one on the backend, or press “Create "
                "Price Lists” there, then import the products again. Until then products such as "
                "%(product)s keep the price they have in Odoo."
            ),
        ),
        "sales_need_pricelist": (
            _("The shop has sale prices"),
            _(
                "Odoo keeps them in a price list of their own: choose a sale price list on the "
                "backend, or press “Create Price Lists” there, then import the products again. "
                "Until then only regular prices (of products such as %(product)s) come in."
            ),
        ),
        "price_not_held": (
            _("%(product)s costs %(shop)s in the shop, but %(odoo)s by the price lists"),
            _(
                "A rule made by hand (“%(rule)s” of “%(pricelist)s”) counts before what the "
                "import may write. Change or delete it, then import the product again; or let "
                "Odoo own the prices."
            ),
        ),
    }
