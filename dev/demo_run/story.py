"""Whole lives of orders, and of a catalogue, step by step on both sides, printed as stories."""

from __future__ import annotations

from collections.abc import Callable

from odoo_client import OdooError

from . import chapters, goods_chapters, payout_chapters
from .chapter import Chapter
from .scene import Scene


def tell(scene: Scene) -> list[Chapter]:
    """Play all chapters; returns them with what both sides say in the end."""
    scene.books.open_gateways()
    for play in (*chapters.ALL, *payout_chapters.ALL, *goods_chapters.ALL):
        _play(scene, play)
    return list(scene.chapters)


def leave_open(scene: Scene) -> None:
    """Play the chapter that leaves something to do."""
    _play(scene, chapters.left_to_decide)


def _play(scene: Scene, play: Callable[[Scene], None]) -> None:
    """A chapter that can't go on is marked, and the next one begins."""
    try:
        play(scene)
    except (LookupError, OdooError, ValueError) as error:
        scene.chapter.fails(f"the story can't go on: {_last_line(error)}")


def _last_line(error: Exception) -> str:
    """Odoo's refusals bring the way to them along; the end is what a person is told."""
    return str(error).strip().split("\n")[-1]
