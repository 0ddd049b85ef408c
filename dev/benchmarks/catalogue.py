"""``dev/bench catalogue``: a whole catalogue, as the first poll of a shop's products brings it."""

from __future__ import annotations

from typing import Any

from odoo.addons.channel_connector.services.order_importer import QUIET

from . import twin_products
from .figures import Results
from .growth import Import
from .odoo_process import connect, environment, prepare_company, registry
from .shop import Shop
from .sizes import Sizes
from .walk import Walk


def run(results: Results, size: Sizes) -> None:
    with registry() as database, Shop({}, catalogue=size.products) as shop:
        with environment(database) as env:
            prepare_company(env)
            backend = connect(env, shop)

        def twins(templates: Any) -> list[twin_products.Twin]:
            return [twin_products.read(template) for template in templates]

        def bare(found: list[twin_products.Twin]) -> None:
            with environment(database) as env:
                of_backend = env["channel.backend"].browse(backend)._env()
                twin_products.make(of_backend.with_context(**QUIET).env, found)

        walk = Walk(database, backend, "product")
        whole = Import(walk, shop.products, twins, bare)
        whole.run()
        whole.report(results, f"products ({size.products:,} with variants)")
