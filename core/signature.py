"""Signatures over raw bytes, compared in constant time."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable


def hmac_sha256_base64(secret: str, body: bytes) -> str:
    """``base64(HMAC-SHA256(body))``, the form of WooCommerce and Shopify."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def matches_any(signature: str, body: bytes, secrets: Iterable[str]) -> bool:
    """Whether one of the secrets made this signature.

    Every secret is tried, so that the time taken tells nothing about which one matched; empty
    secrets never match (an HMAC with an empty key is one that anybody can make).
    """
    given = signature.encode("utf-8", "replace")
    found = False
    for secret in secrets:
        if secret:
            found |= hmac.compare_digest(hmac_sha256_base64(secret, body).encode(), given)
    return found
