"""Uploads images to WordPress's media library, each content once.

WooCommerce's keys are not let in there, so it takes the name of a WordPress user and an
application password of theirs. Files are called by the hash of their content: that is how one is
found again.
"""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from requests.auth import HTTPBasicAuth

from ...core import errors
from ...core.catalogue import Image, Picture
from . import const_products, fields
from .client import WooClient

#: Ending of a file's name by its type; WordPress refuses a file whose name and content disagree.
_ENDINGS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/avif": "avif",
}


def can_upload(base_url: str, settings: Mapping[str, Any]) -> bool:
    """A password goes over an encrypted connection only, or stays on this machine."""
    parts = urlsplit(base_url.strip())
    safe = parts.scheme == "https" or _is_here(parts.hostname or "")
    return safe and all(_login(settings))


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _login(settings: Mapping[str, Any]) -> tuple[str, str]:
    user = fields.text(settings.get("wp_user"))
    return user, fields.text(settings.get("wp_app_password"))


def upload_picture(
    client: WooClient,
    base_url: str,
    settings: Mapping[str, Any],
    picture: Picture,
    look_first: bool,
) -> Image:
    """See :meth:`core.adapter.CatalogueSink.upload_picture`.

    :raises errors.Rejected: ``upload_impossible`` with ``reason`` login, type or refused
    """
    content_hash = hashlib.sha256(picture.content).hexdigest()
    ending = _ENDINGS.get(picture.mimetype)
    if not can_upload(base_url, settings):
        raise errors.Rejected("upload_impossible", reason="login")
    if not ending:
        raise errors.Rejected("upload_impossible", reason="type", type=picture.mimetype)
    # half of the hash: WordPress cuts long names
    name = f"{content_hash[:32]}.{ending}"
    found = _find(client, name) if look_first else None
    if found is None:
        found = _upload(client, settings, name, picture)
    return Image(
        external_id=fields.identifier(found.get("id")),
        url=fields.text(found.get("source_url")),
        name=picture.name,
        content_hash=content_hash,
    )


def _find(client: WooClient, name: str) -> Mapping[str, Any] | None:
    """By the slug, which WordPress makes of the file's name."""
    params = {"slug": name.partition(".")[0], "_fields": "id,slug,source_url"}
    return next(iter(client.get_public(const_products.MEDIA_PATH, params).sequence()), None)


def _upload(
    client: WooClient, settings: Mapping[str, Any], name: str, picture: Picture
) -> Mapping[str, Any]:
    user, password = _login(settings)
    headers = {
        "Content-Type": picture.mimetype,
        "Content-Disposition": f'attachment; filename="{name}"',
    }
    auth = HTTPBasicAuth(user.encode(), password.encode())
    try:
        return client.upload(const_products.MEDIA_PATH, picture.content, headers, auth).mapping()
    except (errors.BadCredentials, errors.Rejected) as error:
        # says nothing about WooCommerce's key
        details = {"channel_code": error.params.get("channel_code", error.code)}
    raise errors.Rejected("upload_impossible", reason="refused", **details)
