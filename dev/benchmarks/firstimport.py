"""``dev/bench firstimport``: a shop's whole past of orders, as its first poll brings it."""

from __future__ import annotations

from typing import Any

from odoo.addons.channel_connector.services.order_importer import QUIET

from . import twin
from .figures import Results
from .growth import Import
from .odoo_process import connect, environment, prepare_company, registry
from .shop import Shop
from .sizes import Sizes
from .walk import Walk

LINES = 3


def run(results: Results, size: Sizes) -> None:
    with registry() as database, Shop({LINES: size.orders}) as shop:
        with environment(database) as env:
            prepare_company(env)
            backend = connect(env, shop)

        def twins(sales: Any) -> list[twin.Twin]:
            return [twin.read(sale) for sale in sales]

        def bare(found: list[twin.Twin]) -> None:
            with environment(database) as env:
                of_backend = env["channel.backend"].browse(backend)._env()
                twin.make(of_backend.with_context(**QUIET).env, found)

        whole = Import(Walk(database, backend, "order"), size.orders, twins, bare)
        whole.run()
        whole.report(results, "orders")
