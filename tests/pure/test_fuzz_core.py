"""Fuzz: texts, files, headers and addresses from outside; and those that are made to be slow.

The bombs are so large that reading one in more than a straight line would take hours.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ...core import errors, payload_paths, plain
from ...core.html_form import normal_form
from ...core.http import preview, redact_body, redact_url
from ...core.settlement_csv import read
from ...providers.woocommerce import fields, hooks
from ...providers.woocommerce.answer import Answer, parse_body, retry_after
from .hostile import TEXTS, VALUES, damaged, mutated, nested, paths
from .test_settlement_csv import FIRST, HEADER, SECOND, profile
from .woo import load, names

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
ORDERS = [load(name) for name in names("order")]
BODIES = [json.dumps(order).encode() for order in ORDERS[:4]]
LINES = "\n".join([HEADER, FIRST, SECOND]).encode()
FILES = [LINES, *(path.read_bytes() for path in sorted((FIXTURES / "settlements").glob("*.csv")))]
HEADERS = st.dictionaries(
    st.sampled_from(
        ["X-WC-Webhook-Topic", "x-wc-webhook-signature", "X-WC-Webhook-Source", "Content-Type"]
    ),
    st.text(max_size=30) | st.sampled_from(["order.updated", "product.deleted", *TEXTS]),
)


# === JSON === #


@given(damaged(BODIES))
def test_fuzz_json(body):
    try:
        value = plain.loads(body.decode("utf-8", "surrogateescape"))
    except ValueError:
        return
    stored = json.dumps(value, allow_nan=False)
    assert "\\u0000" not in stored.replace("\\\\", "")
    assert all(len(path) <= plain.MAX_DEPTH for path in paths(value))


@pytest.mark.parametrize("depth", [plain.MAX_DEPTH - 2, plain.MAX_DEPTH + 2, 300, 600, 900])
@pytest.mark.parametrize("inner", ['"x"', '"\\u0000"', "1e999"])
def test_deep_json_is_flat_enough_for_whatever_walks_through_it(depth, inner):
    text = '{"a":[' * (depth // 2) + inner + "]}" * (depth // 2)
    value = plain.loads(text)
    preview(value)
    payload_paths.replaced(value, [])
    assert len(list(payload_paths.leaves(value))) == (depth < plain.MAX_DEPTH)
    json.dumps(value, allow_nan=False)


def test_a_depth_below_the_bound_stays_whole():
    value = {"a": nested(plain.MAX_DEPTH - 2)}
    assert plain.loads(json.dumps(value)) == value


@pytest.mark.parametrize("number", ["1e999", "-1E+400", "1" + "0" * 400 + ".0", "1e-999"])
def test_numbers_beyond_all_bounds(number):
    (value,) = plain.loads(f"[{number}]")
    json.dumps(value, allow_nan=False)
    assert fields.amount(value, None) in (None, 0)


# === DELIVERIES === #


@given(HEADERS, damaged(BODIES), st.dictionaries(st.text(max_size=12), st.text(max_size=12)))
def test_fuzz_delivery(headers, body, form):
    assert not hooks.verify(headers, body, ["secret", ""])
    if hooks.is_ping(headers, body, form):
        assert not hooks.header(headers, "X-WC-Webhook-Topic")
    try:
        notice = hooks.parse(headers, body)
    except errors.Rejected as error:
        assert error.code == "not_a_delivery"
        return
    assert notice.external_id == "" or 0 < int(notice.external_id) < 10**18
    assert notice.kind in ("order", "product", "customer", "coupon")


@given(mutated([{"id": 5, "type": "variation", "parent_id": 7, "code": "x"}]))
def test_fuzz_signed_delivery(payload):
    body = json.dumps(payload).encode()
    hooks.lost_rights(payload if isinstance(payload, dict) else {})
    for topic in ("order.updated", "product.deleted"):
        notice = hooks.parse({"X-WC-Webhook-Topic": topic}, body)
        assert bool(notice.external_id) != bool(notice.error_code)


# === ANSWERS === #


@given(
    st.sampled_from(["X-WP-TotalPages", "X-WP-Total", "Retry-After", "Date"]),
    st.text(max_size=40)
    | st.sampled_from(
        [
            *TEXTS,
            "Mon, 01 Jan 0001 00:00:00 +1400",
            "Fri, 31 Dec 9999 23:59:59 -1400",
            "Sat, 21 Nov 2026 08:58:15 GMT",
        ]
    ),
)
def test_fuzz_headers_of_answers(name, value):
    now = fields.moment("2026-11-21T08:58:15")
    answer = Answer([], 200, {name: value}, now)
    assert 0 <= answer.total_pages < 10**9
    assert answer.total is None or answer.total >= 0
    assert answer.server_time.year in plain.YEARS
    assert (retry_after({name: value}, now) or 0) <= 86400


@given(
    damaged([*BODIES, b"<br />\n<b>Warning</b>: x in y on line 5<br />\n" + BODIES[0]]),
    st.booleans(),
)
def test_fuzz_body_of_an_answer(body, reading):
    text = body.decode("utf-8-sig", "replace")
    json.dumps(parse_body(text, "application/json", reading), allow_nan=False)
    assert len(redact_body(text)) <= 4000


# === MASKING === #


@given(VALUES)
def test_fuzz_preview(value):
    assert len(preview(value)) <= 4000


@given(st.text() | st.sampled_from(TEXTS))
def test_fuzz_addresses(url):
    redact_url(url)
    redact_url(f"https://shop.example/{url}?consumer_secret={url}")


@given(st.sampled_from([".", "-", "+", "_"]).flatmap(lambda mark: st.text("ab@." + mark)))
def test_a_mask_leaves_no_address(text):
    shown = preview({"value": f"{text} jane.doe@example.com {text}"})
    assert "jane.doe@example" not in shown


# === FILES === #


@given(damaged(FILES), st.booleans(), st.integers(0, 3), st.sampled_from(["utf-8", "utf-16"]))
def test_fuzz_payout_file(data, minor_units, header_row, encoding):
    using = profile(
        minor_units=minor_units, header_row=header_row, encoding=encoding, time_zone="America/Adak"
    )
    try:
        statements = read(data, using, "EUR", "statement")
    except errors.Rejected as error:
        assert error.params["line"] >= 1
        return
    for settlement in statements.settlements:
        assert settlement.amount.is_finite()


# === TEXTS FOR PEOPLE === #


@given(st.text() | st.lists(st.sampled_from([*TEXTS, "<", ">", "a", " ", "</", "<!"])).map("".join))
def test_fuzz_html(text):
    normal_form(text)
    fields.plain(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a<!-- b -->c", "ac"),
        ("a<!-- b --><!---->c<!--->d", "ac<!--->d"),
        ("5 < 6 <!-- never ends", "5 < 6 <!-- never ends"),
        ("x&#99999999999;y", "x\ufffdy"),
    ],
)
def test_comments_and_references(text, expected):
    assert fields.plain(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a <!-- b --> c", "a c"),
        ("<!DOCTYPE html><p>a</p>", "a"),
        ("a <![CDATA[ b", "a &lt;![CDATA[ b"),
        ("a < b", "a &lt; b"),
        ("a <div", "a &lt;div"),
        ("1 <2 <b>c</b>", "1 &lt;2 <b>c</b>"),
    ],
)
def test_what_is_no_tag_is_text(text, expected):
    assert normal_form(text) == expected


# === BOMBS === #

PIECES = ["x", "x@", "@x.", "ck_", "a b@", "/channel/", "<", "<!--", "-->", "<a b='", "<br ", "</ "]
PIECES += [
    "<div ",
    "<div>",
    "<?",
    "<![",
    "<!x>",
    "&",
    "&#9",
    "<script>",
    "'",
    '"',
    " ",
    "\n",
    "https://a@",
]


@pytest.mark.parametrize("piece", PIECES)
def test_a_long_text_takes_no_longer_than_its_length(piece):
    text = piece * (1_000_000 // len(piece))
    for whole in (text, f"{text}>", f"{text}-->"):
        preview({"note": whole})
        fields.plain(whole)
        normal_form(whole)


def test_much_of_everything():
    order = ORDERS[0]
    many = {
        **order,
        "meta_data": [{"id": n, "key": f"k{n}", "value": "v"} for n in range(20_000)],
        "line_items": order["line_items"][:1] * 2_000,
        "customer_note": "<p>" * 100_000,
    }
    preview(many)
    plain.loads(json.dumps(many))
