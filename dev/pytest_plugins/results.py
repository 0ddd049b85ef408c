"""Pytest plugin: writes the counts of a run as JSON to the file that TEST_RESULTS names."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

#: pytest's categories and what they count as; an error in a fixture is a failure
COUNTED = {
    "passed": ("passed", "xpassed"),
    "failed": ("failed", "error"),
    "skipped": ("skipped", "xfailed"),
}


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or hasattr(session.config, "workerinput"):
        return
    counts = {
        name: sum(len(reporter.stats.get(category, ())) for category in categories)
        for name, categories in COUNTED.items()
    }
    Path(os.environ["TEST_RESULTS"]).write_text(json.dumps(counts))
