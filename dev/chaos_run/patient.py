"""Callers of an Odoo and a PostgreSQL that die and come back while one talks to them."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import psycopg2
import requests
from odoo_client import OdooClient, OdooError

from .waiting import PATIENCE, PAUSE, until

#: Calls that change nothing, and so can be made again whatever became of the answer.
LOOKS = {"search", "search_read", "search_count", "read", "read_group", "name_search", "login"}
#: What Odoo tells of a database that went away; a transaction it names may have been committed.
GONE = (
    "psycopg2.DatabaseError",
    "psycopg2.OperationalError",
    "psycopg2.InterfaceError",
    "psycopg2.errors.AdminShutdown",
)
#: The same here; without a class of its own a lost connection is a plain DatabaseError, too.
LOST = (psycopg2.OperationalError, psycopg2.InterfaceError)


class LostAnswer(OdooError):
    """Odoo or its database died while it worked: look whether it was done before doing it again."""


class PatientOdoo(OdooClient):
    """Waits while Odoo is down.

    What only looks, and what surely did not arrive, is called again for :data:`PATIENCE` seconds.
    ``revive`` is called whenever nobody listens there.

    :raises LostAnswer: nobody knows whether it was done
    """

    def __init__(self, url: str, database: str, revive: Callable[[], object]) -> None:
        self.lost = 0
        self._revive = revive
        super().__init__(url, database)
        # an idle connection that a restart has closed looks like a lost answer
        self._session.headers["Connection"] = "close"

    def _service(self, service: str, method: str, *args: Any) -> Any:
        looks = (args[4] if method == "execute_kw" else method) in LOOKS
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return super()._service(service, method, *args)
            except (requests.RequestException, OdooError) as error:
                if isinstance(error, OdooError) and not any(name in str(error) for name in GONE):
                    raise
                if _refused(error):
                    self._revive()
                elif not looks:
                    self.lost += 1
                    raise LostAnswer(str(error)) from error
                if time.monotonic() > deadline:
                    raise
            time.sleep(PAUSE)


def _refused(error: Exception) -> bool:
    """Whether the call did not even reach a server."""
    return isinstance(error, requests.ConnectionError) and "Connection refused" in str(error)


class PatientSql:
    """Runs queries in one database, each committed at once; a lost connection is made anew.

    A statement may run twice then: give it only such as say where things have to be.
    """

    def __init__(self, database: str) -> None:
        self._database = database
        self._connection: Any = None

    def __call__(self, query: str, *parameters: Any) -> list[tuple[Any, ...]]:
        return until(lambda: self._run(query, parameters), psycopg2.OperationalError)

    def _run(self, query: str, parameters: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        try:
            if self._connection is None:
                self._connection = psycopg2.connect(dbname=self._database)
                self._connection.autocommit = True
            with self._connection.cursor() as cursor:
                cursor.execute(query, parameters or None)
                return cursor.fetchall() if cursor.description else []
        except psycopg2.Error as error:
            if not isinstance(error, LOST) and type(error) is not psycopg2.DatabaseError:
                raise
            self.close()
            raise psycopg2.OperationalError(str(error)) from error

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
