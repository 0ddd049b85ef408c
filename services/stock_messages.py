"""What can keep a shop from showing Odoo's stock, in plain words."""
# pylint: disable=prefer-env-translation; `_` is the given environment's `env._`


def stock_texts(env):
    """What can keep a shop from showing Odoo's stock."""
    _ = env._
    return {
        "stock_kept_by_nobody": (
            _("The shop does not count the stock of some products"),
            _(
                "It ignores every quantity it is told. Switch on “Manage stock” for them in the "
                "shop (and for the shop as a whole), or switch on “Switch Counting On” in the "
                "backend's flow for stock; then retry. What shall not be counted can get a stock "
                "rule that leaves it alone."
            ),
        ),
        "stock_kept_by_parent": (
            _("The shop counts the stock of some variants together"),
            _(
                "It ignores the quantity of a single variant. Switch on “Manage stock” for each "
                "variant in the shop, or switch on “Switch Counting On” in the backend's flow for "
                "stock; then retry."
            ),
        ),
        "stock_disabled": (
            _("The shop counts no stock at all"),
            _(
                "It ignores every quantity it is told. Switch on “Enable stock management” in the "
                "shop's settings for products, then retry."
            ),
        ),
        "stock_differs": (
            _("The shop shows %(shown)s pieces of %(label)s instead of %(sent)s"),
            _(
                "Something in the shop changed the quantity while it took it, mostly a plug-in for "
                "stock. Find out which and switch it off for these products, then retry."
            ),
        ),
        "stock_not_found": (
            _("%(label)s does not exist in the shop any more"),
            _("Its stock is left alone from now on. Match the product again if it came back."),
        ),
    }
