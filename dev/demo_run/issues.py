"""Issues that are open when everything was played: which of them nobody has expected."""

from __future__ import annotations

from typing import Any

from odoo_client import OdooClient

#: Causes that belong to the demo: nobody maps the shops' carriers, and one order has to differ.
EXPECTED = ("unmapped_carrier", "totals_mismatch")


def unexpected(odoo: OdooClient) -> list[str]:
    """Titles of the open issues of all backends whose cause does not belong to the demo."""
    domain: list[Any] = [("state", "=", "open"), ("code", "not in", EXPECTED)]
    issues = odoo.search_read("channel.issue", domain, ["title", "backend_id"], order="id")
    return [f"{issue['backend_id'][1]}: {issue['title']}" for issue in issues]
