"""The store's addresses."""

from __future__ import annotations

import re
from urllib.parse import urlsplit, urlunsplit

from ...core import errors

_API_SUFFIX = re.compile(r"/(wp-json|wp-admin|index\.php)(/.*)?$")


def normalise_url(url: str) -> str:
    """The store's address as the API needs it: no slash, query or ``/wp-json`` at its end.

    :raises errors.BadCredentials: ``bad_url`` with ``reason`` scheme, host or credentials
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        raise errors.BadCredentials("bad_url", reason="invalid") from None
    if parts.scheme.lower() not in ("http", "https"):
        raise errors.BadCredentials("bad_url", reason="scheme")
    if not parts.hostname:
        raise errors.BadCredentials("bad_url", reason="host")
    if parts.username or parts.password:
        # Basic authentication of the site itself leaves no room for the key's
        raise errors.BadCredentials("bad_url", reason="credentials")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    netloc = f"{host}:{port}" if port else host
    path = _API_SUFFIX.sub("", parts.path).rstrip("/")
    return urlunsplit((parts.scheme.lower(), netloc, path, "", ""))


def admin_url(base_url: str, external_id: str) -> str:
    """Where people edit an order or a product; '' without an id or a store.

    The old address of orders: where they have tables of their own WooCommerce redirects it.
    """
    if not external_id or not base_url:
        return ""
    return f"{normalise_url(base_url)}/wp-admin/post.php?post={external_id}&action=edit"
