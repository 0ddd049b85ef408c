"""The toy warehouse keeps the contract of each role it plays, over real HTTP."""

import pytest

from odoo.addons.channel_connector.tests.contract.connectable import ConnectableContract
from odoo.addons.channel_connector.tests.contract.fulfilment_sink import FulfilmentSinkContract
from odoo.addons.channel_connector.tests.contract.fulfilment_source import (
    FulfilmentSourceContract,
)

from .warehouse import Warehouse
from .world import ToyWorld


@pytest.fixture
def world():
    with Warehouse() as warehouse:
        yield ToyWorld(warehouse)


class TestConnectable(ConnectableContract):
    pass


class TestFulfilmentSink(FulfilmentSinkContract):
    pass


class TestFulfilmentSource(FulfilmentSourceContract):
    pass
