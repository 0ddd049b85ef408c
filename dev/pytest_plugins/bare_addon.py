"""Makes `channel_connector.core`, `.providers`, `.dev` … importable without Odoo.

The repository's root is the addon, so importing anything below it would run its `__init__.py` and
import the models, which Odoo refuses under another name than `odoo.addons.…`. Importing this
module, as a pytest plugin or from a command below dev/, puts empty packages in the places of the
two `__init__.py` that import Odoo.
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

NAME = "channel_connector"
ROOT = Path(__file__).resolve().parents[2]


def seed(name: str, folder: Path) -> ModuleType:
    """Register an empty package, unless it is there already; return it."""
    if name not in sys.modules:
        package = ModuleType(name)
        package.__path__ = [str(folder)]
        sys.modules[name] = package
    return sys.modules[name]


seed(NAME, ROOT).tests = seed(f"{NAME}.tests", ROOT / "tests")
