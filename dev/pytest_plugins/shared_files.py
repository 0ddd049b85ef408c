"""Pytest plugin: tests that run side by side leave each other's files alone.

xdist's workers have a database each, and one file store. Odoo's test cases clean it up after each
class by what their own database knows of: files that tests of another worker have just written
would be gone.
"""

from __future__ import annotations

import pytest


def pytest_collection_finish(session: pytest.Session) -> None:
    if not hasattr(session.config, "workerinput"):
        return
    # Odoo can be imported only now that it is set up
    from odoo.tests.common import TransactionCase

    TransactionCase._gc_filestore = classmethod(lambda cls: None)
