"""The language and the dialects know neither Odoo nor each other."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from ... import core, providers

CORE = Path(core.__file__).parent
PROVIDERS = Path(providers.__file__).parent
ROOT = CORE.parent
#: names of the providers, and how people call them
NAMES = {path.parent.name for path in PROVIDERS.glob("*/__init__.py")} | {"woo"}
FILES = sorted(CORE.rglob("*.py")) + sorted(PROVIDERS.rglob("*.py"))


def imports(path: Path, source: str | None = None) -> set[str]:
    """Absolute dotted names of everything a file of the addon imports."""
    package = ("addon", *path.relative_to(ROOT).parent.parts)
    found: set[str] = set()
    for node in ast.walk(ast.parse(source or path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*base, *([node.module] if node.module else [])])
            found |= {module} | {f"{module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "import_module":
            found |= {str(arg.value) for arg in node.args[:1] if isinstance(arg, ast.Constant)}
    return found


def foreign(path: Path, source: str | None = None) -> set[str]:
    """What a file of core/ or providers/ imports and must not."""
    own = path.relative_to(ROOT).parts
    allowed = ["addon.core"] + ([f"addon.providers.{own[1]}"] if own[0] == "providers" else [])
    if path.name == "__init__.py" and len(own) == 2:
        allowed = ["addon.core"]
    return {
        name
        for name in imports(path, source)
        if name.split(".")[0] == "odoo"
        or (name.split(".")[0] == "addon" and not _below(name, allowed))
    }


def _below(name: str, allowed: list[str]) -> bool:
    # `from ...core import x` names addon.core.x; the bare parents come along with it
    return any(f"{name}.".startswith(f"{root}.") for root in allowed)


def test_version_is_the_manifests():
    """The core can't read the manifest, which is Odoo's."""
    manifest = ast.literal_eval((ROOT / "__manifest__.py").read_text(encoding="utf-8"))
    assert manifest["version"] == core.VERSION


def test_there_is_something_to_scan():
    assert {path.name for path in FILES} >= {"canonical.py", "adapter.py", "parse.py", "client.py"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_nothing_foreign(path: Path):
    assert not foreign(path)


@pytest.mark.parametrize(
    "line",
    [
        "import odoo",
        "from odoo import models",
        "from odoo.tools import float_round",
        "from ..shopify import parse",
        "from .. import shopify",
        "from ..shopify.parse import parse_order",
        "from ...models import channel_backend",
        "from ... import services",
        "import importlib; importlib.import_module('odoo.tools')",
        "def late():\n    from odoo import fields",
    ],
)
def test_the_scan_sees(line: str):
    assert foreign(PROVIDERS / "woocommerce" / "parse.py", line)


@pytest.mark.parametrize("line", ["from ..providers import woocommerce", "from .. import models"])
def test_the_scan_sees_in_core(line: str):
    assert foreign(CORE / "money.py", line)


CONTRACTS = sorted((ROOT / "tests" / "contract").glob("*.py"))


@pytest.mark.parametrize("path", CONTRACTS, ids=lambda path: path.name)
def test_contracts_know_no_provider(path: Path):
    """A second provider only subclasses them."""
    others = {name for name in imports(path) if name.split(".")[0] in ("odoo", "addon")}
    assert {name for name in others if not _below(name, ["addon.core", "addon.tests"])} == set()
    text = path.read_text(encoding="utf-8").lower()
    assert not [name for name in sorted(NAMES) if name in text]


@pytest.mark.parametrize(
    "line",
    ["from ...core import errors", "from .const import X", "from . import const", "import json"],
)
def test_the_scan_lets_pass(line: str):
    assert not foreign(PROVIDERS / "woocommerce" / "parse.py", line)
