"""Fixtures for tests with real processes: PostgreSQL, Odoo servers with jobrunner, HTTP.

Plain pytest without Odoo in the test's process (dev/test --integration): inside Odoo's test mode
nothing that a job writes is ever committed. `channel_connector.core`, `.dev` … can be imported;
the addon's models cannot.
"""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import psycopg2
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "setup"))

import databases
import servers
from odoo_client import OdooClient, prepare_books

T = TypeVar("T")
SERVERS = pytest.StashKey[list[servers.Server]]()


@pytest.fixture
def database() -> Iterator[str]:
    """Name of a fresh database with the addon installed, dropped after the test."""
    name = f"{databases.PREFIX}_int_{os.getpid()}"
    databases.copy(os.environ["INSTALLED_DB"], name)
    yield name
    databases.drop(name)


@pytest.fixture
def sql(database: str) -> Iterator[Callable[..., list[tuple]]]:
    """Function `sql(query, *parameters)` on the test's database: rows; each call is committed."""
    connection = psycopg2.connect(dbname=database)
    connection.autocommit = True

    def execute(query: str, *parameters: Any) -> list[tuple]:
        with connection.cursor() as cursor:
            cursor.execute(query, parameters or None)
            return cursor.fetchall() if cursor.description else []

    yield execute
    connection.close()


@pytest.fixture
def server(
    database: str, request: pytest.FixtureRequest
) -> Iterator[Callable[..., servers.Server]]:
    """Factory of running servers: `server(workers=4, channels="root:2", …)`, see `servers.Server`.

    Several may run on the same database. All are stopped after the test; the report of a failed
    one shows the ends of their logs.
    """
    started = request.node.stash[SERVERS] = []

    def start(**arguments: Any) -> servers.Server:
        name = re.sub(r"\W+", "_", f"{request.node.name}_{len(started)}")
        started.append(servers.Server(database, name, **arguments))
        started[-1].start()
        return started[-1]

    yield start
    for running in started:
        running.stop()


@pytest.fixture
def odoo(running: servers.Server) -> OdooClient:
    """An admin at the server of the module's fixture `running`, with books to sell by."""
    client = OdooClient(running.url, running.database)
    prepare_books(client, running.url)
    return client


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    report = yield
    if report.failed:
        for running in item.stash.get(SERVERS, ()):
            report.sections.append((f"end of {running.log}", running.tail()))
    return report


@pytest.fixture
def wait_until() -> Callable[..., Any]:
    """Function that waits until a condition is true and returns its value.

    The test fails if that takes more than `timeout` seconds.
    """

    def wait(condition: Callable[[], T], timeout: float = 60, every: float = 0.05) -> T:
        deadline = time.monotonic() + timeout
        while not (value := condition()):
            if time.monotonic() > deadline:
                pytest.fail(f"not true within {timeout} s")
            time.sleep(every)
        return value

    return wait
