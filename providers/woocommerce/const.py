"""Tables of WooCommerce's words. One comment and one reference per table; each is tested."""

from __future__ import annotations

from dataclasses import dataclass

from ...core import errors
from ...core.canonical import OrderStatus, SettlementKind

#: Namespace of the REST API, and of the oldest WooCommerce whose answers were recorded with it.
API_VERSION = "wc/v3"
MIN_VERSION = (8, 0)  # HPOS is official and `orders` knows `include_meta` since then
MAX_TESTED_VERSION = (10, 0)

CONNECT_TIMEOUT = 10.0
READ_TIMEOUT = 60.0
#: `dp` of order reads: tax amounts per line are cut to it since 10.0 (raw before); WooCommerce
#: itself stores six digits, or two more than the currency's.
DECIMAL_PLACES = 8
MAX_PER_PAGE = 100
#: What a shop is asked for that can't carry as much.
SMALL_PAGE = 10
#: Items of a batch, all together. WooCommerce: filter woocommerce_rest_batch_items_limit.
MAX_BATCH = 100
#: Many servers refuse request lines longer than 8 kB; a list of ids goes into a body long before.
MAX_IDS_IN_URL = 100

#: Slug (without `wc-`) → status. WooCommerce: includes/wc-order-functions.php,
#: wc_get_order_statuses(); `trash`, `auto-draft` are WordPress's.
ORDER_STATUS = {
    "auto-draft": OrderStatus.DRAFT,
    "checkout-draft": OrderStatus.DRAFT,
    "pending": OrderStatus.PENDING,
    "on-hold": OrderStatus.ON_HOLD,
    "processing": OrderStatus.PROCESSING,
    "completed": OrderStatus.COMPLETED,
    "cancelled": OrderStatus.CANCELLED,
    "failed": OrderStatus.FAILED,
    "refunded": OrderStatus.REFUNDED,
    "trash": OrderStatus.TRASHED,
}

#: What a webhook's topic is about → kind; variations come as products. WooCommerce:
#: wc-webhook-functions.php, wc_get_webhook_topics() and class-wc-webhook.php.
HOOK_KINDS = ("order", "product", "customer", "coupon")
HOOK_EVENTS = ("created", "updated", "deleted", "restored")

# === META DATA === #

#: Where plug-ins keep the VAT number, most specific first; also with an underscore before it and
#: as fields of `billing`. EU VAT Number (WooCommerce): `_billing_vat_number`, before 2.4
#: `_vat_number`; EU VAT Assistant (Aelia): `vat_number`; Germanized: `_billing_vat_id`; Booster:
#: `_billing_eu_vat_number`; YITH EU VAT: `yweu_vat_number`, `yweu_billing_vat`.
VAT_KEYS = (
    "billing_vat_number",
    "billing_eu_vat_number",
    "billing_vat_id",
    "billing_vat",
    "vat_number",
    "vat_id",
    "vat",
    "yweu_billing_vat",
    "yweu_vat_number",
)
#: Additional checkout fields (WooCommerce 8.9+) are meta `_wc_billing/<namespace>/<field>`.
ADDITIONAL_FIELDS = ("_wc_billing/", "_wc_shipping/", "_wc_other/")

#: Order attribution (WooCommerce 8.5+), includes/class-wc-order-attribution:
#: OrderAttributionMeta::$default_fields with the prefix `_wc_order_attribution_`.
UTM = {
    "source": "_wc_order_attribution_utm_source",
    "medium": "_wc_order_attribution_utm_medium",
    "campaign": "_wc_order_attribution_utm_campaign",
}

#: Meta data with which WooPayments judges an order (of several the first that is there), and the
#: verdicts that are no warning. includes/class-wc-payments-order-service.php,
#: includes/constants/class-fraud-meta-box-type.php; risk levels are Stripe's `outcome.risk_level`.
RISK = (
    (
        ("_wcpay_fraud_meta_box_type", "_wcpay_fraud_outcome_status"),
        ("allow", "review_allowed", "not_card", "not_wcpay", "payment_started", "terminal_payment"),
    ),
    (("_charge_risk_level",), ("normal", "not_assessed", "unknown")),
)

#: Payments whose money is not taken yet: (beginning of the payment method's id, key of meta data,
#: its value until then); "{method}" is that id. Stripe: abstract-wc-stripe-payment-gateway.php,
#: process_response(); WooPayments: class-wc-payments-order-service.php, INTENTION_STATUS_META_KEY;
#: PayPal Payments: AuthorizedPaymentsProcessor::CAPTURED_META_KEY; Square, Braintree, Authorize.net
#: and others: SkyVerge's framework, SV_WC_Payment_Gateway::update_order_meta().
UNCAPTURED = (
    ("stripe", "_stripe_charge_captured", "no"),
    ("woocommerce_payments", "_intention_status", "requires_capture"),
    ("ppcp-", "_ppcp_paypal_captured", "false"),
    ("", "_wc_{method}_charge_captured", "no"),
)
#: The same of Klarna, which names what was authorised and later what was captured (method id →
#: their keys); `date_paid` is set between. klarna-order-management: capture_klarna_order().
CAPTURED_LATER = {
    "klarna_payments": ("_wc_klarna_order_id", "_wc_klarna_capture_id"),
    "kco": ("_wc_klarna_order_id", "_wc_klarna_capture_id"),
}

#: Gift cards as {code: amount}, and the meta data that says they are fee lines instead:
#: YITH Gift Cards. (Gift Cards by WooCommerce has a field of its own, `gift_cards`.)
YITH_GIFT_CARDS, YITH_AS_FEE = "_ywgc_applied_gift_cards", "ywgc_gift_card_updated_as_fee"

#: Lines of plug-ins that sell several products as one: field of the child that names the parent's
#: line, field of the parent that lists children's lines. Product Bundles and Composite Products
#: (WooCommerce): their REST API documentation, section "order line item properties".
BUNDLE_FIELDS = (("bundled_by", "bundled_items"), ("composite_parent", "composite_children"))
#: WPC Product Bundles instead writes the parent's *product* to the child's meta data.
WPC_CHILD = "_woosb_parent_id"

#: Meta data of shipping lines that says where a parcel is picked up (Blocks: Local Pickup).
PICKUP_KEYS = ("pickup_location", "pickup_address", "pickup_details")
#: Meta data of products' lines that is visible but the shop's own book-keeping.
NO_NOTES = ("Backordered",)

# === REFUNDS === #

#: What is read of an order beside its refunds.
#: What of an order a reconciliation compares; none of it needs the lines to be computed.
HEAD_FIELDS = (
    "id,number,parent_id,status,currency,total,total_tax,payment_method,date_created_gmt,"
    "date_modified_gmt,date_paid_gmt,refunds"
)

REFUNDED_ORDER_FIELDS = "id,date_modified_gmt,refunds,line_items"

#: Meta data of a refund that Odoo made; it is looked for before making one again.
REFUND_MARKER = "_odoo_refund_uuid"
#: Codes of refusals of a refund, which come as HTTP 500 and don't tell why:
#: class-wc-rest-order-refunds-v2-controller.php, prepare_object_for_database().
REFUND_REFUSALS = (
    "woocommerce_rest_cannot_create_order_refund",
    "woocommerce_rest_invalid_order_refund",
)
#: Meta data of a refund's line: the line of the order it gives back. WooCommerce:
#: includes/wc-order-functions.php, wc_create_refund().
REFUNDED_LINE = "_refunded_item_id"
#: Meta data of an order's line: pieces that are taken from the stock, and pieces that refunds have
#: put back, all together. WooCommerce: wc_restock_refunded_items() in the same file.
REDUCED_STOCK, RESTOCKED = "_reduced_stock", "_restock_refunded_items"

# === SHIPMENTS === #

#: What `Sent.via` says: which feature of a shop took a shipment.
VIA_FULFILLMENT, VIA_TRACKING, VIA_NOTE = "fulfillment", "tracking", "note"

#: Features of a shop that take shipments, as `StoreInfo.features` names them, and what shows them:
#: WooCommerce's own (10.1+, off by default; src/Internal/Fulfillments/), and the namespaces of the
#: plug-ins Shipment Tracking and Advanced Shipment Tracking, which also answers in the former's.
FULFILLMENTS, TRACKING = "fulfillments", "shipment_tracking"
ADVANCED_TRACKING = "advanced_shipment_tracking"
FULFILLMENTS_ROUTE = r"/wc/v3/orders/(?P<order_id>[\d]+)/fulfillments"
TRACKING_SPACE, ADVANCED_TRACKING_SPACE = "wc-shipment-tracking/v3", "wc-ast/v3"

#: Meta data of a fulfilment. The carrier has one key in the mails (templates/emails/
#: email-fulfillment-details.php) and another in the documentation and since 10.7
#: (Fulfillment::get_shipping_provider()). The last is ours.
FULFILLMENT_ITEMS, FULFILLMENT_NUMBER = "_items", "_tracking_number"
FULFILLMENT_CARRIER = ("_shipment_provider", "_shipping_provider")
FULFILLMENT_URL, FULFILLMENT_MARKER = "_tracking_url", "_odoo_shipment"
FULFILLMENT_KEYS = (
    FULFILLMENT_ITEMS,
    FULFILLMENT_NUMBER,
    *FULFILLMENT_CARRIER,
    FULFILLMENT_URL,
    FULFILLMENT_MARKER,
)

#: Meta data of an order that shows its newest shipment, where the shop has no place for shipments.
SHIPMENT_META = {
    "reference": "odoo_shipment",
    "shipped_at": "odoo_shipped_at",
    "number": "odoo_tracking_number",
    "carrier": "odoo_tracking_carrier",
    "url": "odoo_tracking_url",
}

# === PAYOUTS === #

#: Error of a shop that has the plug-in and no account. woocommerce-payments:
#: class-wc-payments-http.php, remote_request().
NO_ACCOUNT = "wcpay_wpcom_not_connected"
#: The payment method of orders whose money WooPayments pays out.
WOOPAYMENTS = "woocommerce_payments"
#: Types of WooPayments' transactions → kinds. woocommerce-payments: client/transactions/strings.ts;
#: the others are Stripe's own: https://docs.stripe.com/reports/balance-transaction-types.
SETTLEMENT_KINDS = {
    "charge": SettlementKind.CHARGE,
    "payment": SettlementKind.CHARGE,
    "refund": SettlementKind.REFUND,
    "payment_refund": SettlementKind.REFUND,
    "card_reader_fee": SettlementKind.FEE,
    "stripe_fee": SettlementKind.FEE,
    "network_cost": SettlementKind.FEE,
    "tax_fee": SettlementKind.FEE,
    "payment_failure_refund": SettlementKind.ADJUSTMENT,
    "refund_failure": SettlementKind.ADJUSTMENT,
    "dispute": SettlementKind.ADJUSTMENT,
    "dispute_reversal": SettlementKind.ADJUSTMENT,
    "adjustment": SettlementKind.ADJUSTMENT,
    "reserve_transaction": SettlementKind.ADJUSTMENT,
    "reserved_funds": SettlementKind.ADJUSTMENT,
    "financing_payout": SettlementKind.ADJUSTMENT,
    "financing_paydown": SettlementKind.ADJUSTMENT,
    "payout": SettlementKind.PAYOUT,
}
#: Decimals of currencies that don't have two, in amounts of their smallest unit:
#: woocommerce-payments, WC_Payments_Utils::zero_decimal_currencies();
#: https://docs.stripe.com/currencies#three-decimal.
_NO_DECIMALS = "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF"
_THREE_DECIMALS = "BHD JOD KWD OMR TND"
MINOR_DIGITS = {
    **dict.fromkeys(_NO_DECIMALS.split(), 0),
    **dict.fromkeys(_THREE_DECIMALS.split(), 3),
}

# === ERRORS === #


@dataclass(frozen=True)
class Meaning:
    """What an answer becomes; ``write`` instead where a change was sent."""

    error: type[errors.ChannelError]
    code: str
    write: type[errors.ChannelError] | None = None


#: Code of an answer that isn't JSON, and of JSON answers not listed by their own code.
HTML, ANY = "(html)", "*"

_UNREACHABLE_HTML = Meaning(errors.Unreachable, "server_unavailable", errors.UnknownOutcome)
_UNREACHABLE = Meaning(errors.Unreachable, "server_unavailable")
_KEY_UNKNOWN = Meaning(errors.BadCredentials, "key_not_recognised")
_KEY_REFUSED = Meaning(errors.BadCredentials, "key_refused")
_RESTRICTED = Meaning(errors.BadCredentials, "rest_api_restricted")
_FIREWALL = Meaning(errors.BadCredentials, "blocked_by_firewall")
_NO_RIGHTS = Meaning(errors.BadCredentials, "user_lacks_rights")
_REJECTED = Meaning(errors.Rejected, "request_refused")
_GONE = Meaning(errors.NotFound, "not_found")

#: (HTTP status, error code) → meaning; status 0 stands for every status. Looked up as
#: (status, code), (0, code), (status, "*"); what isn't JSON as (status, "(html)") only.
#: Texts are translated and escaped by the shop, so nothing looks at them.
#: WooCommerce: includes/class-wc-rest-authentication.php, the controllers' WP_Error codes;
#: WordPress: wp-includes/rest-api/, _json_wp_die_handler(), WP_Fatal_Error_Handler.
MEANINGS: dict[tuple[int, str], Meaning] = {
    # 401: a key that is unknown, or that never arrived, is simply an anonymous visitor
    (401, ANY): _KEY_UNKNOWN,
    # the key is known; its secret, permission, signature or nonce is refused
    (401, "woocommerce_rest_authentication_error"): _KEY_REFUSED,
    # plug-ins and settings that close the REST API to strangers
    (401, "rest_forbidden"): _RESTRICTED,
    (401, "rest_cannot_access"): _RESTRICTED,
    (401, "rest_login_required"): _RESTRICTED,
    (401, "rest_not_logged_in"): _RESTRICTED,
    (403, "rest_cannot_access"): _RESTRICTED,
    (403, "rest_login_required"): _RESTRICTED,
    (403, "rest_disabled"): _RESTRICTED,
    (401, HTML): Meaning(errors.BadCredentials, "site_password"),
    (403, ANY): _NO_RIGHTS,
    (403, HTML): _FIREWALL,
    (406, ANY): _FIREWALL,
    (406, HTML): _FIREWALL,
    # 404: the address, the route (a missing feature), or the record
    (404, "rest_no_route"): Meaning(errors.Rejected, "no_route"),
    (404, HTML): Meaning(errors.BadCredentials, "no_rest_api"),
    (404, ANY): _GONE,
    (410, ANY): _GONE,
    (400, "woocommerce_rest_shop_order_invalid_id"): _GONE,
    (400, "woocommerce_rest_product_invalid_id"): _GONE,
    (500, "woocommerce_rest_invalid_order_refund_id"): _GONE,
    (400, ANY): _REJECTED,
    (405, ANY): _REJECTED,
    (409, ANY): _REJECTED,
    (413, ANY): _REJECTED,
    (422, ANY): _REJECTED,
    (501, ANY): _REJECTED,
    (405, HTML): _FIREWALL,
    (413, HTML): Meaning(errors.Rejected, "too_large"),
    (429, ANY): Meaning(errors.RateLimited, "rate_limited"),
    (429, HTML): Meaning(errors.RateLimited, "rate_limited"),
    # 500 with a code of its own is a plain refusal (a refund over the rest, a gateway that
    # can't refund): the same call fails again
    (500, ANY): _REJECTED,
    # a PHP fatal: after a write the record may well be there
    (0, "internal_server_error"): Meaning(errors.ServerError, "fatal_error", errors.UnknownOutcome),
    # WordPress gave up before the API began: database down, maintenance
    (0, "wp_die"): _UNREACHABLE,
    (500, HTML): Meaning(errors.ServerError, "server_error", errors.UnknownOutcome),
    (408, HTML): _UNREACHABLE_HTML,
    (502, HTML): _UNREACHABLE_HTML,
    (503, HTML): _UNREACHABLE_HTML,
    (504, HTML): _UNREACHABLE_HTML,
    (508, HTML): _UNREACHABLE_HTML,
    (502, ANY): _UNREACHABLE_HTML,
    (503, ANY): _UNREACHABLE,
    (504, ANY): _UNREACHABLE_HTML,
    # Cloudflare's own: https://developers.cloudflare.com/support/troubleshooting/http-status-codes/
    **{(status, kind): _UNREACHABLE_HTML for status in range(520, 531) for kind in (HTML, ANY)},
}
#: What the table doesn't name.
OTHER_CLIENT_ERROR = _REJECTED
OTHER_SERVER_ERROR = Meaning(errors.ServerError, "server_error", errors.UnknownOutcome)
