"""WordPress's own door: application passwords. Keys of WooCommerce don't open it.

Source: wp_authenticate_application_password(), rest_application_password_check_errors().
"""

from __future__ import annotations

import base64
import binascii
import hmac
from typing import TYPE_CHECKING

from .errors import RestError

if TYPE_CHECKING:
    from .rest import Request
    from .store import Store

UNKNOWN = "<strong>Error:</strong> Unknown username. Check again or try your email address."
INVALID = "The provided password is an invalid application password."


def is_user(store: Store, request: Request) -> bool:
    """Whether the store's user asks; RestError 401 where somebody else says he is one.

    Without TLS nobody is asked for a password, unless ``app_passwords_need_tls`` is off (as in
    an environment of the type "local").
    """
    scheme, _, value = request.header("authorization").partition(" ")
    if scheme.lower() != "basic" or (store.app_passwords_need_tls and not request.secure):
        return False
    try:
        name, _, password = base64.b64decode(value).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return False
    if name.lower() != store.wp_user.lower():
        raise RestError("invalid_username", UNKNOWN, 401)
    wanted, got = (text.replace(" ", "").encode() for text in (store.wp_app_password, password))
    if not hmac.compare_digest(wanted, got):
        raise RestError("incorrect_password", INVALID, 401)
    return True
