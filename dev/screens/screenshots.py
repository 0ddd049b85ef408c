"""Takes the README's pictures from a running dev/demo with a real browser.

Those of the set-up, which has to begin with nothing, are taken by dev/integration/test_setup.py:
``SETUP_SHOTS=static/description/screenshots dev/test --integration -k test_setup``.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, FloatRect, Page, sync_playwright

SIZE = {"width": 1360, "height": 860}
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@dataclass(frozen=True)
class Picture:
    """One picture.

    ``address`` gives the screen's address below /odoo; ``tab`` is the notebook page to open,
    ``click`` a selector to press, ``tall`` takes the whole page down to its chatter instead of what
    fits a screen.
    """

    name: str
    address: Callable[[Odoo], str]
    tab: str = ""
    tall: bool = False
    click: str = ""


class Odoo:
    """A logged-in browser page and what it may ask the server for."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url.rstrip("/")

    def log_in(self, login: str, password: str) -> None:
        self.page.goto(f"{self.url}/web/login")
        self.page.fill("input[name=login]", login)
        self.page.fill("input[name=password]", password)
        self.page.click("button[type=submit]")
        self.page.wait_for_selector(".o_web_client")

    def first(self, model: str, domain: list[Any], order: str = "id desc") -> int:
        """Return the id of the first record found. :raises LookupError: there is none."""
        answer = self.page.request.post(
            f"{self.url}/web/dataset/call_kw/{model}/search",
            data={
                "params": {
                    "model": model,
                    "method": "search",
                    "args": [domain],
                    "kwargs": {"limit": 1, "order": order},
                }
            },
        ).json()
        ids = answer.get("result")
        if not ids:
            raise LookupError(f"no {model} to picture: {answer.get('error', domain)}")
        return int(ids[0])

    def take(self, picture: Picture, folder: Path) -> Path:
        """Open the picture's screen and write it as ``<folder>/<name>.png``."""
        page = self.page
        page.goto(f"{self.url}/odoo/{picture.address(self)}")
        page.wait_for_selector(".o_form_view, .o_list_renderer, .o_kanban_renderer, .o_graph_view")
        settle(page)
        for tab in filter(None, picture.tab.split("/")):
            page.click(f".o_notebook_headers a.nav-link:has-text('{tab}')")
            settle(page)
        if picture.click:
            page.click(picture.click)
            page.wait_for_selector(".o_list_renderer")
            settle(page)
        page.mouse.move(0, 0)
        if picture.tall:
            _stretch(page)
            settle(page)
        target = folder / f"{picture.name}.png"
        page.screenshot(path=target, clip=_above_chatter(page) if picture.tall else None)
        page.set_viewport_size(SIZE)
        return target


def settle(page: Page) -> None:
    """Wait until nothing is loading or moving; the network is never idle with Odoo's bus."""
    page.wait_for_timeout(700)
    page.wait_for_function("() => !document.querySelector('.o_loading_indicator, .o_blockUI')")
    page.wait_for_function("() => [...document.images].every((image) => image.complete)")


def _stretch(page: Page) -> None:
    """Make the window as high as what it shows: Odoo scrolls inside its views."""
    height = page.evaluate(
        """() => Math.max(0, ...[...document.querySelectorAll('.o_content, .o_content *')]
            .filter((el) => ['auto', 'scroll'].includes(getComputedStyle(el).overflowY))
            .map((el) => el.scrollHeight - el.clientHeight))"""
    )
    page.set_viewport_size({**SIZE, "height": SIZE["height"] + min(int(height), 2400)})


def _above_chatter(page: Page) -> FloatRect | None:
    """What is shown above a record's messages, None where there are none."""
    chatter = page.query_selector(".o-mail-Form-chatter")
    box = chatter and chatter.bounding_box()
    return {"x": 0, "y": 0, "width": SIZE["width"], "height": box["y"]} if box else None


def _imported_order(odoo: Odoo) -> str:
    order = odoo.first("sale.order", [["channel_backend_id", "!=", False], ["state", "=", "sale"]])
    return f"action-sale.action_orders/{order}"


def _refunded_order(odoo: Odoo) -> str:
    """An order that was shipped in two parts and refunded in the shop: dev/demo's first story."""
    domain = [["channel_refund_ids.picking_ids", "!=", False], ["state", "=", "sale"]]
    return f"action-sale.action_orders/{odoo.first('sale.order', domain, 'id')}"


def _conflict(odoo: Odoo) -> str:
    domain = [["code", "=", "changed_after_delivery"], ["state", "=", "open"]]
    return f"channel-issues/{odoo.first('channel.issue', domain)}"


def _to_map(odoo: Odoo) -> str:
    """A value that nobody has mapped, chosen right on its issue: a tax if there is, else the
    demo's shipping method."""
    domain = [["code", "in", ["unmapped", "unmapped_carrier"]], ["state", "=", "open"]]
    return f"channel-issues/{odoo.first('channel.issue', domain, 'code')}"


def _payout(odoo: Odoo) -> str:
    domain = [["state", "=", "done"], ["amount_refunds", "!=", 0]]
    return f"channel-payouts/{odoo.first('channel.settlement', domain)}"


def _backend(odoo: Odoo) -> str:
    return f"channels/{odoo.first('channel.backend', [['state', '=', 'connected']], 'id')}"


def _demo_shop(odoo: Odoo) -> str:
    """The backend whose catalogue dev/demo has published."""
    return f"channels/{odoo.first('channel.backend', [['order_prefix', '=', 'SHOP-']])}"


def _matching(odoo: Odoo) -> str:
    return f"channel-matchings/{odoo.first('channel.matching', [], 'id')}"


def _dry_run(odoo: Odoo) -> str:
    domain = [["line_ids.action", "=", "change"]]
    return f"channel-dry-runs/{odoo.first('channel.preview', domain, 'id')}"


def _published_product(odoo: Odoo) -> str:
    domain = [["default_code", "=", "BOTTLE-1"]]
    return f"action-stock.product_template_action_product/{odoo.first('product.template', domain)}"


PICTURES = (
    Picture("dashboard", lambda odoo: "channel-dashboard", tall=True),
    Picture("backend", _backend),
    Picture("order", _imported_order),
    Picture("order_channel", _refunded_order, tab="Channel", tall=True),
    Picture("issue_edit", _conflict, tall=True),
    Picture("issue_fix", _to_map),
    Picture("payout", _payout),
    Picture("catalogue", _demo_shop, tab="Catalogue", tall=True),
    Picture("matching", _matching),
    Picture("dry_run", _dry_run, click="button[name=action_view_lines]:has-text('Change')"),
    Picture("product", _published_product, tab="Channels", tall=True),
    Picture("events", lambda odoo: "channel-events"),
    Picture("issues", lambda odoo: "channel-issues"),
)


@contextmanager
def browser() -> Iterator[Browser]:
    """A headless browser: the system's Chromium, else the one playwright has installed."""
    path = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu"]
        )
        try:
            yield chromium
        finally:
            chromium.close()


@contextmanager
def session(url: str, login: str, password: str) -> Iterator[Odoo]:
    """A browser page logged in at ``url``."""
    with browser() as chromium:
        odoo = Odoo(chromium.new_page(viewport=SIZE, device_scale_factor=1), url)
        odoo.log_in(login, password)
        yield odoo


def main() -> None:
    parser = argparse.ArgumentParser(prog="dev/screenshots", description=__doc__)
    parser.add_argument("url", help="e.g. http://127.0.0.1:8069")
    parser.add_argument("login")
    parser.add_argument("password")
    parser.add_argument("folder", nargs="?", default="static/description/screenshots", type=Path)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    with session(options.url, options.login, options.password) as odoo:
        for picture in PICTURES:
            print(odoo.take(picture, options.folder))


if __name__ == "__main__":
    main()
