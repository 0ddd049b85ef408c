"""Signatures: valid, missing, wrong; several secrets."""

from __future__ import annotations

import pytest

from ...core.signature import hmac_sha256_base64, matches_any

BODY = '{"name":"Café"}'.encode()


def test_known_value():
    """RFC 4231, test case 2."""
    assert (
        hmac_sha256_base64("Jefe", b"what do ya want for nothing?")
        == "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM="
    )


@pytest.mark.parametrize("secrets", [["one"], ["old", "one"], ["one", "new"], ["", "one"]])
def test_valid(secrets):
    assert matches_any(hmac_sha256_base64("one", BODY), BODY, secrets)


@pytest.mark.parametrize(
    ("signature", "secrets"),
    [
        ("", ["one"]),
        ("x", ["one"]),
        ("ünïcode", ["one"]),
        ("\ud800", ["one"]),
        (hmac_sha256_base64("one", BODY), []),
        (hmac_sha256_base64("one", BODY), ["two"]),
        (hmac_sha256_base64("one", BODY) + "x", ["one"]),
        (hmac_sha256_base64("one", BODY + b" "), ["one"]),
        # an HMAC with an empty key is one that anybody can make
        (hmac_sha256_base64("", BODY), [""]),
        (hmac_sha256_base64("", BODY), ["", "one"]),
    ],
)
def test_invalid(signature, secrets):
    assert matches_any(signature, BODY, secrets) is False
