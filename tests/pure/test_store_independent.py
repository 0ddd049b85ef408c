"""The fake store is an independent witness: it knows nothing of what it is a witness of."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ...dev import woostore

ALLOWED = {"cryptography", "requests", "werkzeug"}
FILES = sorted(Path(woostore.__file__).parent.glob("*.py"))


def imported(path: Path) -> Iterator[str]:
    """First part of every import of a file; relative ones with their dots."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level or str(node.module).partition(".")[0]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_imports_only_itself_and_the_standard_library(path: Path) -> None:
    foreign = {name for name in imported(path) if name not in sys.stdlib_module_names}
    assert foreign <= ALLOWED | {"."}


def test_the_recorded_data_stay_small() -> None:
    data = Path(woostore.__file__).parent / "data"
    assert sum(path.stat().st_size for path in data.iterdir()) < 1_500_000
