"""Whole lives of orders, step by step on both sides, printed as stories."""

from __future__ import annotations

from collections.abc import Callable

from odoo_client import OdooClient, OdooError
from woostore import Store

from . import chapters, payout_chapters
from .chapter import Chapter
from .scene import Scene


def tell(
    odoo: OdooClient, store: Store, backend: int, settle: Callable[[], None]
) -> list[Chapter]:
    """Play all chapters in one shop; returns them with what both sides say in the end.

    A chapter that can't go on is marked, and the next one begins.
    """
    scene = Scene(odoo, store, backend, settle)
    scene.books.open_gateways()
    for play in (*chapters.ALL, *payout_chapters.ALL):
        try:
            play(scene)
        except (LookupError, OdooError, ValueError) as error:
            scene.chapter.fails(f"the story can't go on: {_last_line(error)}")
    return scene.chapters


def _last_line(error: Exception) -> str:
    """Odoo's refusals bring the way to them along; the end is what a person is told."""
    return str(error).strip().split("\n")[-1]
