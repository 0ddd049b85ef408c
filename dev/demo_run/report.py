"""What the demo prints and writes."""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from woostore import Store

from .chapter import Chapter
from .compare import DIFFERING, EQUAL, IGNORED, WITH_ISSUE, Comparison
from .scenarios import EXPECTED_ISSUE

LISTED = 5
STATES = {"draft": "quotation", "sent": "quotation", "sale": "sales order", "cancel": "cancelled"}


def say(message: str) -> None:
    print(f"==> {message}", file=sys.stderr, flush=True)


def line(found: Comparison) -> str:
    """``shop #158    2100.91 EUR   Odoo 2100.91   tax 364.62 = 364.62   equal``"""
    head = f"{found.shop:<4} #{found.number:<6} {found.total:>9} {found.currency}"
    if found.odoo_total is None or found.odoo_tax is None:
        body = "not in Odoo"
    else:
        sign = "=" if found.tax == found.odoo_tax else "≠"
        total, tax = (_like(found.total, odd) for odd in (found.odoo_total, found.odoo_tax))
        body = f"Odoo {total:>9}   tax {found.tax} {sign} {tax}"
    return f"{head}   {body:<40} {'   '.join(_tail(found))}"


def _tail(found: Comparison) -> Iterator[str]:
    verdict = found.verdict.replace("_", " ")
    yield f"{verdict}: {found.reason}" if found.reason else verdict
    if found.odoo_state:
        yield STATES.get(found.odoo_state, found.odoo_state)
    if found.refunded:
        yield "less its refunds"
    if found.rounding_lines:
        yield f"{found.rounding_lines} rounding line"
    if found.kind:
        yield f"({found.kind})"
    if found.issue and found.issue != found.reason:
        yield f"issue: {found.issue}"


def _like(pattern: Decimal, amount: Decimal) -> Decimal:
    """The amount with as many digits as the pattern, but never rounded."""
    padded = amount.quantize(pattern)
    return padded if padded == amount else amount


def show(comparisons: Iterable[Comparison]) -> None:
    for found in comparisons:
        print(line(found), flush=True)


def totals(comparisons: list[Comparison]) -> dict[str, int]:
    """The counts of the report."""
    verdicts = Counter(found.verdict for found in comparisons)
    return {
        "orders": len(comparisons),
        **{verdict: verdicts[verdict] for verdict in (EQUAL, WITH_ISSUE, IGNORED, DIFFERING)},
        "rounding_lines": sum(found.rounding_lines for found in comparisons),
        "webhook_orders": sum(found.source == "webhook" for found in comparisons),
        "unexpected_issues": sum(
            found.verdict == WITH_ISSUE and found.kind != EXPECTED_ISSUE for found in comparisons
        ),
    }


def summary(comparisons: list[Comparison], stores: Mapping[str, Store], seconds: float) -> None:
    """Print the counts, the reasons behind them, and the calls that were made."""
    if comparisons:
        _print_orders(comparisons)
    print("HTTP calls made to the shops:")
    for name, store in stores.items():
        calls = http_calls(store)
        listed = ", ".join(f"{number} {call}" for call, number in list(calls.items())[:LISTED])
        if len(calls) > LISTED:
            listed += f", and {len(calls) - LISTED} other kinds"
        print(f"  {name}: {sum(calls.values())} ({listed})")
    print(f"{seconds:.0f} s", flush=True)


def stories(chapters: Sequence[Chapter], unexpected: Sequence[str]) -> None:
    """Print how many stories add up, and the open issues that nobody has expected."""
    good = sum(chapter.adds_up for chapter in chapters)
    print(f"\n{len(chapters)} stories: {good} add up, {len(chapters) - good} do not")
    for title in unexpected:
        print(f"  not expected: {title}")


def _print_orders(comparisons: list[Comparison]) -> None:
    count = totals(comparisons)
    print(
        f"{count['orders']} orders: {count[EQUAL]} equal, {count[WITH_ISSUE]} with an issue "
        f"({count['unexpected_issues']} of them unexpected), {count[IGNORED]} ignored, "
        f"{count[DIFFERING]} differing"
    )
    for verdict in (WITH_ISSUE, IGNORED, DIFFERING):
        reasons = Counter(found.reason for found in comparisons if found.verdict == verdict)
        for reason, number in reasons.most_common():
            print(f"  {number:>4} {verdict.replace('_', ' ')}: {reason}")
    _print_more(comparisons, count)


def _print_more(comparisons: list[Comparison], count: Mapping[str, int]) -> None:
    imported = sum(found.odoo_total is not None for found in comparisons)
    rounded = sum(bool(found.rounding_lines) for found in comparisons)
    share = 100 * rounded / imported if imported else 0
    print(f"  {rounded} of {imported} orders in Odoo needed a rounding line ({share:.1f} %)")
    print(f"  {count['webhook_orders']} orders came by webhook")
    held = [found for found in comparisons if found.issue and found.verdict == EQUAL]
    if held:
        print(f"  {len(held)} of the equal orders have an open issue about something else")


def http_calls(store: Store) -> dict[str, int]:
    """Calls that a shop has answered, by method and route, most frequent first."""
    calls: Counter[str] = Counter()
    for request in list(store.requests):
        route = re.sub(r"^/wp-json(/wc/v3)?", "", request.path)
        calls[f"{request.method} {re.sub(r'/[0-9]+', '/N', route) or '/'}"] += 1
    return dict(calls.most_common())


def write(
    path: Path,
    comparisons: list[Comparison],
    stores: Mapping[str, Store],
    seconds: float,
    more: Mapping[str, Any],
) -> None:
    """``more``: what else the report has, by name."""
    report = {
        **totals(comparisons),
        "seconds": round(seconds, 1),
        **more,
        "http_calls": {name: http_calls(store) for name, store in stores.items()},
        "per_order": [found.as_json() for found in comparisons],
    }
    path.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n")
    say(f"the report is in {path}")
