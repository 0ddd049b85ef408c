"""Whole lives of orders, step by step on both sides, printed as stories."""

from __future__ import annotations

from odoo_client import OdooError

from . import chapters, payout_chapters
from .chapter import Chapter
from .scene import Scene


def tell(scene: Scene, *, watched: bool) -> list[Chapter]:
    """Play all chapters; returns them with what both sides say in the end.

    A chapter that can't go on is marked, and the next one begins. The last one leaves something
    to do: it is played where somebody watches.
    """
    scene.books.open_gateways()
    last = (chapters.left_to_decide,) if watched else ()
    for play in (*chapters.ALL, *payout_chapters.ALL, *last):
        try:
            play(scene)
        except (LookupError, OdooError, ValueError) as error:
            scene.chapter.fails(f"the story can't go on: {_last_line(error)}")
    return scene.chapters


def _last_line(error: Exception) -> str:
    """Odoo's refusals bring the way to them along; the end is what a person is told."""
    return str(error).strip().split("\n")[-1]
