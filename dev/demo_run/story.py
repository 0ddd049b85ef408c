"""Whole lives of orders, step by step on both sides, printed as stories."""

from __future__ import annotations

from collections.abc import Callable

from odoo_client import OdooClient
from woostore import Store

from . import chapters, payout_chapters
from .books import Books
from .chapter import Chapter
from .scene import Scene


def tell(
    odoo: OdooClient, store: Store, backend: int, settle: Callable[[], None]
) -> list[Chapter]:
    """Play all chapters in one shop; returns them with what both sides say in the end."""
    scene = Scene(odoo, store, backend, settle)
    books = Books(odoo, backend)
    books.open_gateways()
    chapters.shipped_in_two_parcels(scene)
    chapters.paid_later(scene)
    chapters.edited_before_delivery(scene)
    chapters.edited_after_delivery_odoo_kept(scene)
    chapters.edited_after_delivery_shop_accepted(scene)
    chapters.cancelled_in_odoo(scene)
    chapters.cancelled_in_shop(scene)
    chapters.refunded_before_delivery(scene)
    chapters.refunded_in_odoo(scene, books)
    chapters.cash_on_delivery(scene)
    chapters.completed_in_shop(scene, books)
    payout_chapters.paid_out_by_woopayments(scene, books)
    payout_chapters.payment_of_an_unknown_order(scene, books)
    return scene.chapters
