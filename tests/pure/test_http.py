"""What of an exchange may be kept."""

from __future__ import annotations

import json
import logging

import pytest

from ...core.http import MASK, MaskSecrets, preview, redact, redact_body, redact_url
from .woo import load

ORDER = load("order__vat_and_add_on")
PERSONAL = ("Jänssens", "jan@", "straat", "0470", "BE0123456789", "Voor Oma")


class TestUrl:
    @pytest.mark.parametrize(
        ("url", "expected"),
        [
            (
                "https://user:pw@shop.example/x?page=1&consumer_key=ck_1&consumer_secret=cs_2",
                f"https://shop.example/x?page=1&consumer_key={MASK}&consumer_secret={MASK}",
            ),
            (
                "http://shop.example/?oauth_nonce=n&oauth_signature=s%3D&_fields=id,number",
                f"http://shop.example/?oauth_nonce={MASK}&oauth_signature={MASK}&_fields=id,number",
            ),
            (
                "https://shop.example/checkout/?key=wc_order_abc&code=xyz#frag",
                f"https://shop.example/checkout/?key={MASK}&code={MASK}",
            ),
            (
                "https://shop.example/wp-json/wc/v3/customers?email=jane%40doe.example",
                f"https://shop.example/wp-json/wc/v3/customers?email={MASK}",
            ),
            (
                "https://odoo.example/channel/s3cr3t-token/webhook",
                f"https://odoo.example/channel/{MASK}/webhook",
            ),
            ("http://[::1", MASK),
            ("", ""),
        ],
    )
    def test_masks_secrets_only(self, url, expected):
        assert redact_url(url) == expected


class TestBody:
    def test_order_shows_no_person_and_no_secret(self):
        text = redact_body(json.dumps(ORDER), limit=100000)
        assert not [word for word in PERSONAL if word in text]
        assert ORDER["order_key"].removeprefix("wc_order_") not in text
        assert f'"total": "{ORDER["total"]}"' in text
        assert '"Gravure"' in text

    def test_the_order_has_what_is_looked_for(self):
        """The test above can't fail for want of data."""
        text = json.dumps(ORDER, ensure_ascii=False)
        assert all(word in text for word in PERSONAL)
        assert ORDER["order_key"].startswith("wc_order_")

    def test_error_codes_stay_readable(self):
        body = (
            '{"code": "woocommerce_rest_cannot_view", "message": "Sorry", "data": {"status": 401}}'
        )
        assert json.loads(redact_body(body)) == json.loads(body)

    def test_webhook_body(self):
        body = {
            "topic": "order.created",
            "secret": "abc",
            "delivery_url": "https://odoo.example/channel/tok/webhook",
        }
        assert redact(body) == {
            "topic": "order.created",
            "secret": MASK,
            "delivery_url": f"https://odoo.example/channel/{MASK}/webhook",
        }

    def test_form_and_html(self):
        assert redact_body("key=ck_abcdef123&mail=jane@doe.example") == f"key={MASK}&mail={MASK}"
        assert redact_body("<html>ck_abcdef123</html>") == f"<html>{MASK}</html>"

    def test_hidden_meta_data(self):
        meta = [
            {"id": 1, "key": "_billing_address_index", "value": "Jane Doe Street 1"},
            {"id": 2, "key": "_stripe_token", "value": "tok_1"},
            {"id": 3, "key": "_reduced_stock", "value": "2"},
            {"id": 4, "key": "Engraving", "value": "For Jane", "display_value": "For Jane"},
        ]
        assert [item["value"] for item in redact(meta)] == [MASK, MASK, "2", MASK]

    def test_gift_cards_are_money(self):
        assert redact({"gift_cards": [{"code": "AAAA-BBBB"}]}) == {"gift_cards": MASK}

    @pytest.mark.parametrize("value", [None, True, 3, 1.5, "x", [], {}, [{"name": ""}]])
    def test_plain_values_stay(self, value):
        assert redact(value) == value

    def test_long_bodies_are_cut(self):
        assert len(redact_body(json.dumps([ORDER] * 100))) == 4000
        assert redact_body(json.dumps([ORDER] * 100)).endswith("…")

    def test_long_lists_are_masked_only_as_far_as_they_are_shown(self):
        class Tripwire(dict):
            def items(self):
                raise AssertionError("masked although it is not shown")

        assert len(preview([{"a": "x" * 50}] * 100 + [Tripwire(b=1)], limit=1000)) == 1000

    def test_garbage(self):
        assert redact_body("\x00\ud800{") == "\x00\ud800{"


def test_libraries_logs_are_masked():
    record = logging.LogRecord(
        "urllib3.connectionpool",
        logging.DEBUG,
        __file__,
        1,
        '%s "%s %s" %s',
        ("https://shop.example:443", "GET", "/wp-json/?consumer_secret=cs_abcdef", 200),
        None,
    )
    assert MaskSecrets().filter(record)
    assert record.getMessage() == (
        f'https://shop.example:443 "GET /wp-json/?consumer_secret={MASK}" 200'
    )
