"""Error codes in plain words: a title that names the cause, and what a person can do.

What keeps us out of a shop stands in ``check_messages.py``, because a connection check says the
same. A code without words of its own still becomes readable through the class of its error.
"""
# pylint: disable=prefer-env-translation; `_` is the given environment's `env._`

from ..core import errors
from .alert_messages import alert_texts
from .catalogue_messages import catalogue_texts
from .check_messages import access_texts, check_texts
from .fulfilment_messages import fulfilment_texts
from .price_messages import price_texts
from .product_messages import product_texts
from .product_out_messages import product_out_texts
from .settlement_messages import settlement_texts
from .stock_messages import stock_texts
from .webhook_messages import webhook_texts


def issue_text(env, code, params):
    """``(title, suggestion)`` of an issue, in the environment's language.

    :param params: the error's parameters; ``class`` names the error's class
    """
    texts = {
        **_class_texts(env),
        **access_texts(env),
        **_work_texts(env),
        **_refund_out_texts(env),
        **_delivery_texts(env),
        **fulfilment_texts(env),
        **webhook_texts(env),
        **price_texts(env),
        **stock_texts(env),
        **settlement_texts(env),
        **product_out_texts(env),
        **catalogue_texts(env),
        **product_texts(env),
        **alert_texts(env),
        **env["channel.issue"]._more_texts(),
    }
    title, suggestion = texts.get(code) or texts[_class_code(params.get("class"))]
    kind = params.get("kind_of_record")
    params = {**params, "kind_of_record": _kinds(env).get(kind, kind)}
    return _fill(title, params), _fill(suggestion, params)


def finding_text(env, code, params):
    """``(title, suggestion)`` of a connection check's finding."""
    title, suggestion = check_texts(env).get(code) or (code.replace("_", " ").capitalize(), "")
    return _fill(title, params), _fill(suggestion, params)


def _kinds(env):
    """``{kind of record: its name for people}``, of what comes in and what goes out."""
    models = ("channel.outbox", "channel.event")
    return {
        kind: label
        for model in models
        for kind, label in env[model]._fields["kind"]._description_selection(env)
    }


def _class_code(name):
    """The default code of an error class, for codes without words of their own."""
    cls = getattr(errors, name or "", errors.NeedsHuman)
    return cls.default_code if cls.default_code in _WITH_WORDS else "needs_human"


#: classes whose default code stands in :func:`_class_texts`
_WITH_WORDS = {
    "unmapped",
    "totals_mismatch",
    "conflict",
    "bad_credentials",
    "rejected",
    "not_found",
    "unknown_outcome",
}


class _Blanks(dict):
    """Parameters for ``%``: one that is missing shows as nothing instead of failing."""

    def __missing__(self, key):
        return "?"


def _fill(text, params):
    return str(text) % _Blanks(params)


def _class_texts(env):
    _ = env._
    return {
        "needs_human": (
            _("%(kind_of_record)s %(external_id)s needs a decision"),
            _("Open the events of this issue, read the reason, correct it and retry."),
        ),
        "unmapped": (
            _("The shop's %(kind)s “%(label)s” is not mapped yet"),
            _(
                "Choose what it is in Odoo, here or in the backend's mapping table; everything "
                "that waits for it is tried again then."
            ),
        ),
        "totals_mismatch": (
            _("Order %(number)s: the shop says %(expected)s, the lines make %(computed)s"),
            _(
                "%(missing)s %(currency)s are missing or too much. Typical reasons: a gift card, "
                "store credit, or a total edited by hand in the shop. The order was kept as a "
                "quotation for comparison; correct it in the shop and retry, or confirm it by "
                "hand."
            ),
        ),
        "conflict": (
            _("%(kind_of_record)s %(external_id)s was changed on both sides"),
            _("Compare the two sides, decide which one counts, and retry."),
        ),
        "bad_credentials": (
            _("The shop refuses access (%(status)s %(channel_code)s)"),
            _("Press “Check Connection” on the backend: it names what is wrong."),
        ),
        "rejected": (
            _("%(kind_of_record)s %(external_id)s was refused (%(status)s %(channel_code)s)"),
            _("Open the log of this record to see the shop's answer, correct it and retry."),
        ),
        "not_found": (
            _("%(kind_of_record)s %(external_id)s does not exist in the shop"),
            _("Check the number; if the record was deleted there, ignore this issue."),
        ),
        "unknown_outcome": (
            _("The answer to a change in the shop was lost"),
            _("Look in the shop whether it happened before you retry."),
        ),
    }


def _work_texts(env):
    """What can stop single records."""
    _ = env._
    return {
        "stuck": (
            _("%(kind_of_record)s %(external_id)s waits although jobs were made for it"),
            _(
                "Check that Odoo's job runner works (--load=base,web,queue_job), and look at the "
                "jobs of the channel root.channel."
            ),
        ),
        "job_failed": (
            _("Jobs fail with %(exception)s"),
            _("The failed job has the details. Retry this issue when the cause is gone."),
        ),
        "odoo_refused": (
            _("Odoo refuses %(kind_of_record)s %(external_id)s: %(message)s"),
            _("Correct what the message names, then retry."),
        ),
        "rejected_deliveries": (
            _("Webhook deliveries with a wrong signature arrive"),
            _(
                "The secret in the shop differs from the one here. The next check makes the shop's "
                "webhooks anew, which ends this issue; “Check Webhooks” on the backend does it at "
                "once. If it comes back, somebody else is calling the address."
            ),
        ),
        "copied_database": (
            _("This database looks like a copy: nothing here calls the shop"),
            _(
                "Its identity, server or address differs from where the backend went live. If this "
                "is the live system now, press “Confirm Go-Live” on the backend; otherwise leave "
                "it as it is."
            ),
        ),
        "unknown_product": (
            _("Product “%(label)s” (SKU %(sku)s) is not known in Odoo"),
            _(
                "Choose it here, or give an Odoo product this SKU and retry. The backend's product "
                "policy can also create it or use a placeholder."
            ),
        ),
        "ambiguous_product": (
            _("%(products)s products in Odoo have the SKU or barcode %(sku)s"),
            _("Choose the right one here, or give the SKU to one of them only and retry."),
        ),
        "missing_product": (
            _("The backend has no product for: %(field)s"),
            _("Choose one here or on the backend; what waits for it is tried again then."),
        ),
        "currency_inactive": (
            _("The currency %(currency)s is not active in Odoo"),
            _("Activate it here, or under Accounting, Configuration, Currencies, and retry."),
        ),
        "cancelled_too_late": (
            _("Order %(number)s is over in the shop, but %(obstacles)s can't be undone"),
            _(
                "What was still open of %(order)s is cancelled: its waiting transfers, draft "
                "invoices and quantities. Take the delivered goods back by a return and the "
                "invoices by a credit note, then retry: the rest of the order is cancelled then."
            ),
        ),
        "currency_changed": (
            _("Order %(number)s is in %(currency)s now, but confirmed here in %(known)s"),
            _(
                "Odoo can't change the currency of a confirmed order. Cancel %(order)s, set it to "
                "quotation, and retry; or ignore this issue to keep it as it is."
            ),
        ),
        "changed_after_delivery": (
            _(
                "Order %(number)s changed in the shop after this was delivered or invoiced: "
                "%(lines)s"
            ),
            _(
                "Nothing of the change was taken over into %(order)s. Compare both sides below. "
                "“Accept Shop” takes all of it over: goods delivered too many are expected back, "
                "and what was invoiced is left to be credited or invoiced. “Keep Odoo” leaves "
                "the order as it is until the shop changes it again. Or correct it by hand, then "
                "retry."
            ),
        ),
        "payment_journal_missing": (
            _("Payments by “%(gateway)s” have no journal"),
            _("Choose the journal here, or in the payment method's row on the backend and retry."),
        ),
        "payment_difference": (
            _("Order %(number)s: %(missing)s more than was paid"),
            _(
                "The order grew to %(expected)s after its payment was registered, and the shop "
                "shows no second payment. If the money came, register it on the open invoice of "
                "%(order)s by hand, then retry."
            ),
        ),
        "invoice_totals_mismatch": (
            _("Order %(number)s: the shop says %(expected)s, its invoices make %(computed)s"),
            _(
                "The difference is %(missing)s %(currency)s, %(tax)s of it tax. The last invoice "
                "of %(order)s was left as a draft: correct and post it, or cancel it, then retry."
            ),
        ),
        "invoice_not_mailed": (
            _("%(invoice)s could not be mailed: %(why)s"),
            _("Correct what is named and retry, or send the invoice by hand."),
        ),
        "unknown_status": (
            _("The shop has no order status “%(status)s”"),
            _("Correct it in the backend's status mapping, then retry."),
        ),
        "order_in_trash": (
            _("The order of %(kind_of_record)s %(external_id)s is in the shop's trash"),
            _("Take it out there and retry, or ignore this issue."),
        ),
        "unmapped_carrier": (
            _("Shipping method “%(label)s” has no delivery method in Odoo"),
            _("Choose it here; meanwhile orders use the default shipping product."),
        ),
    }


def _refund_out_texts(env):
    """What can stop a credit note on its way to the shop."""
    _ = env._
    return {
        "refund_exceeds_rest": (
            _("The shop can't refund %(amount)s %(currency)s of order %(number)s, only %(rest)s"),
            _(
                "The shop's total is %(total)s %(currency)s; what gift cards paid (%(gift_cards)s) "
                "is not in it. Reset the credit note to draft, lower it to %(rest)s and post it "
                "again; give the rest back by other means (a gift card: on the card in the shop), "
                "with a credit note whose issue you ignore. A refund made by hand in the shop "
                "arrives here by itself: then cancel this credit note instead."
            ),
        ),
        "gateway_cannot_refund": (
            _("Payment method “%(gateway)s” can't pay out the refund of order %(number)s"),
            _(
                "Pay the customer by other means, switch off “Send the Money” in the backend's "
                "flow for refunds, and retry: the refund is then only written down in the shop."
            ),
        ),
        "refund_refused": (
            _("The shop refuses to refund %(amount)s %(currency)s of order %(number)s"),
            _("Open the log of this record to see the shop's answer, correct it and retry."),
        ),
        "refund_unclear": (
            _("Order %(number)s has several refunds of %(amount)s: %(refunds)s"),
            _(
                "The answer to the refund of this credit note was lost. If one of them is it, "
                "ignore this issue; if none is, make the refund by hand in the shop."
            ),
        ),
        "refund_taken": (
            _("Refund %(refund)s of order %(number)s became credit note %(other)s, too"),
            _(
                "The answer to the refund of this credit note was lost, and it came back as one of "
                "the shop. Cancel %(other)s, then retry."
            ),
        ),
        "refund_currency": (
            _("%(credit_note)s is in %(currency)s, order %(number)s in %(expected)s"),
            _(
                "A shop refunds only in the order's currency. Make the credit note in "
                "%(expected)s, or refund by hand in the shop and ignore this issue."
            ),
        ),
        "refund_not_told_apart": (
            _("%(credit_note)s is of several orders, and %(amount)s of it belong to none of them"),
            _(
                "Make one credit note per order (from its invoice), or refund by hand in the shop "
                "and ignore this issue."
            ),
        ),
        "refund_negative": (
            _("%(credit_note)s charges order %(number)s (%(amount)s) instead of refunding it"),
            _("Make one credit note per order and invoice what is charged, or ignore this issue."),
        ),
        "refund_changed": (
            _("A credit note of order %(number)s was changed after it became refund %(refund)s"),
            _(
                "A shop can't change a refund. Delete refund %(refund)s there and retry: a new one "
                "of %(amount)s will be made. Or set the credit note back to what it was."
            ),
        ),
        "refund_withdrawn": (
            _("%(credit_note)s was taken back, the shop keeps refund %(refund)s of %(number)s"),
            _(
                "A shop's refund is not taken back by itself: the money may be on its way. If the "
                "customer gets nothing, delete the refund in the shop; otherwise post the credit "
                "note again. Then close this issue with the reason."
            ),
        ),
        "refund_deleted": (
            _("Refund %(refund)s of order %(number)s (%(amount)s) was deleted in the shop"),
            _(
                "Odoo keeps what it became: %(became)s. A shop deletes a refund that never took "
                "place: if the customer did not get the money, reverse the credit note (or take "
                "its lines off the order) by hand. Then close this issue with the reason."
            ),
        ),
        "refund_not_booked": (
            _("Odoo refuses refund %(refund)s of order %(number)s: %(message)s"),
            _("Correct what the message names, then retry. Later refunds of the order wait."),
        ),
        "refund_mismatch": (
            _(
                "Refund %(refund)s of order %(number)s: the shop says %(expected)s, Odoo makes "
                "%(computed)s of it"
            ),
            _(
                "Nothing was written. Compare the taxes of %(number)s with its invoices, then "
                "retry, or make the credit note by hand and ignore this issue."
            ),
        ),
        "refund_too_much": (
            _("Refund %(refund)s of order %(number)s: %(amount)s is more than Odoo can give back"),
            _(
                "Of %(order)s, %(invoiced)s are invoiced and not credited, %(open)s are not "
                "invoiced. If a part of each was refunded, invoice the rest and retry. If a credit "
                "note was made by hand for it, ignore this issue."
            ),
        ),
        "refund_draft_invoice": (
            _("Refund %(refund)s of order %(number)s waits for %(invoice)s"),
            _(
                "The draft invoice does not know of the refund of %(amount)s. Post it (the refund "
                "becomes a credit note) or delete it (the refund is taken off the order), then "
                "retry."
            ),
        ),
        "refund_period_locked": (
            _("Credit note %(credit_note)s of %(day)s was booked on %(booked)s"),
            _(
                "Refund %(refund)s of order %(number)s was made in a period that is locked, so "
                "Odoo booked it on the first open day. If that is right, close this issue."
            ),
        ),
        "refund_goods_picked": (
            _("%(transfer)s: %(products)s were picked, but refunded in the shop since"),
            _(
                "Refund %(refund)s of order %(number)s lowered the quantity of the transfer. Put "
                "the goods back on the shelf, then close this issue."
            ),
        ),
        "refund_method_missing": (
            _("The journal %(journal)s of “%(gateway)s” has no method to send money"),
            _("Add an outgoing payment method to the journal, then retry."),
        ),
    }


def _delivery_texts(env):
    """What can stop the news of deliveries and cancellations, in either direction."""
    _ = env._
    return {
        "cancel_refused": (
            _("Order %(number)s can't be cancelled in the shop: it is “%(status)s” there"),
            _(
                "Refund it there (or set its status by hand), then retry or ignore this issue. If "
                "the goods shall be sold after all, set the sales order to quotation and confirm "
                "it again."
            ),
        ),
        "cancelled_after_shipment": (
            _("%(order)s was cancelled here after goods of order %(number)s had left"),
            _(
                "A shop would put all of it back on sale, so nothing was told. Refund there what "
                "was not delivered, then ignore this issue; or take the goods back and retry."
            ),
        ),
        "completed_without_goods": (
            _("The shop completed order %(number)s, but %(goods)s can't be delivered here"),
            _(
                "Validated so far: %(transfers)s. Receive what is missing and retry this issue, "
                "or deliver or cancel what is open of %(order)s by hand and ignore it."
            ),
        ),
        "transfer_not_validated": (
            _("Odoo asks a question before it validates %(transfers)s"),
            _("Validate the transfer by hand, then retry this issue."),
        ),
    }
