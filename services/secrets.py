"""Credentials at rest: encrypted when Odoo's configuration holds a key, plain otherwise.

The key is ``secret_key`` in section ``[channel_connector]`` of Odoo's configuration file, or
the environment variable ``CHANNEL_CONNECTOR_SECRET_KEY``. Several keys separated by commas
allow rotation: the first encrypts, all decrypt. A database dump alone then opens no shop.
"""

import base64
import hashlib
import os
from configparser import ConfigParser
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from odoo.exceptions import UserError
from odoo.tools import config

PREFIX = "enc:"


@lru_cache(maxsize=8)
def _fernet(keys):
    return MultiFernet(
        [
            Fernet(base64.urlsafe_b64encode(hashlib.sha256(key.strip().encode()).digest()))
            for key in keys.split(",")
        ]
    )


@lru_cache(maxsize=1)
def _key_in_file(path):
    parser = ConfigParser(interpolation=None)
    parser.read([path])
    return parser.get("channel_connector", "secret_key", fallback="")


def _keys():
    environment = os.environ.get("CHANNEL_CONNECTOR_SECRET_KEY")
    return environment or (_key_in_file(config["config"]) if config["config"] else "")


def encrypt(value):
    """What to store for a secret; '' stays ''."""
    keys = _keys()
    if not value or not keys:
        return value or ""
    return PREFIX + _fernet(keys).encrypt(value.encode()).decode()


def is_current(stored):
    """Whether a stored value is as :func:`encrypt` would store it now.

    It is not where it is plain although a key is configured, or was encrypted with a key that is
    no longer the first.
    """
    keys = _keys()
    if not stored or not keys:
        return True
    if not stored.startswith(PREFIX):
        return False
    try:
        _fernet(keys.split(",")[0]).decrypt(stored[len(PREFIX) :].encode())
    except InvalidToken:
        return False
    return True


def decrypt(env, stored):
    """The secret behind a stored value.

    :raises UserError: it was encrypted with a key this configuration does not have
    """
    if not (stored or "").startswith(PREFIX):
        return stored or ""
    keys = _keys()
    try:
        if not keys:
            raise InvalidToken
        return _fernet(keys).decrypt(stored[len(PREFIX) :].encode()).decode()
    except InvalidToken:
        raise UserError(
            env._(
                "The credentials were encrypted with another key. Put the right secret_key into "
                "the section [channel_connector] of Odoo's configuration, or enter them again."
            )
        ) from None
