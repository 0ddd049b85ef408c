"""What can stand between a transfer and the warehouse that sends it, in plain words."""
# pylint: disable=prefer-env-translation; `_` is the given environment's `env._`


def fulfilment_texts(env):
    """What can stop goods that somebody else sends."""
    _ = env._
    return {
        "goods_without_sku": (
            _("%(transfer)s can't be asked for: %(goods)s have no SKU"),
            _(
                "A warehouse knows goods by their SKU. Enter it as the product's Internal "
                "Reference, then retry."
            ),
        ),
        "goods_unknown": (
            _("The warehouse does not know the goods of %(external_id)s: %(skus)s"),
            _(
                "Nothing was sent. Announce the product at the warehouse, or correct its Internal "
                "Reference here, then retry."
            ),
        ),
        "address_missing": (
            _("%(transfer)s has no complete delivery address: %(fields)s"),
            _("Complete the transfer's contact, then retry."),
        ),
        "address_refused": (
            _("The warehouse can't deliver %(external_id)s to its address (%(fields)s)"),
            _("Nothing was sent. Correct the transfer's contact, then retry."),
        ),
        "fulfilment_under_way": (
            _("%(external_id)s was changed or cancelled after the warehouse had packed it"),
            _(
                "Call the warehouse: it may still stop the parcel. If it can't, take the goods "
                "back by a return. Then ignore this issue."
            ),
        ),
        "fulfilment_refused": (
            _("The warehouse refuses to send %(transfer)s (%(reason)s)"),
            _(
                "Still open: %(goods)s. Correct what the warehouse names, then retry: it is asked "
                "anew. If nothing shall be sent, cancel the transfer and retry."
            ),
        ),
        "fulfilment_withdrawn": (
            _("The warehouse has cancelled %(transfer)s"),
            _(
                "Still open: %(goods)s. Retry to ask it anew. If nothing shall be sent, cancel the "
                "transfer and retry."
            ),
        ),
        "fulfilment_short": (
            _("The warehouse has sent less than it was asked for: %(goods)s are missing"),
            _(
                "They wait in %(transfer)s. Compare the stock of both sides, then retry: the rest "
                "is asked for anew. If nothing more shall be sent, cancel the transfer and retry."
            ),
        ),
        "fulfilment_differs": (
            _("The warehouse has sent what %(transfer)s does not hold: %(goods)s"),
            _(
                "Nothing of this parcel was taken over. Validate the transfer by hand with what "
                "has really left, then retry: the tracking number follows."
            ),
        ),
        "fulfilment_of_cancelled": (
            _("The warehouse has sent %(transfer)s, which was cancelled here"),
            _(
                "The parcel has the number %(number)s. Have the warehouse stop it, or deliver the "
                "goods by a new transfer; then ignore this issue."
            ),
        ),
    }
