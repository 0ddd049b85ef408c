"""A person at Odoo's screens who is patient: Odoo may be down, and an answer may be lost.

What is looked at is looked at again until there is an answer. What is done is done once, and
whoever did not hear how it ended looks before doing it again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import requests
from odoo_client import OdooClient, OdooError

T = TypeVar("T")
Record = dict[str, Any]
#: A server that is down, restarts, or has lost its database answers like this.
NO_ANSWER = (requests.RequestException, OdooError)
#: Seconds that Odoo may be away.
PATIENCE = 180
EVERY = 0.5
#: How often something is done that turns out not to have happened.
TRIES = 6


class Hands:
    """:param odoo: of a user who may do everything"""

    def __init__(self, odoo: OdooClient) -> None:
        self.odoo = odoo
        #: what was done, and how it failed
        self.troubles: list[str] = []

    # === LOOKING === #

    def look(self, model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        """Call a method that changes nothing. Raises what it raised last if Odoo stays away."""
        return patiently(lambda: self.odoo.call(model, method, *args, **kwargs))

    def find(
        self, model: str, domain: Sequence[Any], names: Sequence[str], **kwargs: Any
    ) -> list[Record]:
        return self.look(model, "search_read", list(domain), list(names), **kwargs)

    # === DOING === #

    def until(self, done: Callable[[], Any], act: Callable[[], object]) -> bool:
        """Do something until a look says that it is done; False: Odoo does not let us."""
        for number in range(TRIES):
            if done():
                return True
            try:
                act()
            except NO_ANSWER as error:
                self.troubles.append(_last_line(error))
                time.sleep(EVERY * number)
        return bool(done())


def patiently(call: Callable[[], T]) -> T:
    """Call until there is an answer, for up to :data:`PATIENCE` seconds."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return call()
        except NO_ANSWER:
            if time.monotonic() > deadline:
                raise
            time.sleep(EVERY)


def _last_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[-1] if lines else ''}"[:200]
