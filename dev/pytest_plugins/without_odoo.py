"""Pytest plugin: an `import odoo` in a pure test or in what it imports fails."""

from __future__ import annotations

import sys

# Python's own way to forbid an import: None in the place of the module
sys.modules["odoo"] = None  # type: ignore[assignment]
