"""``test_contract`` is pytest's alone: Odoo's own runner knows no fixtures."""

from . import test_dispatch
from . import test_screens
