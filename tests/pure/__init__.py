"""Tests without Odoo and without a database."""

import os

from hypothesis import HealthCheck, settings

# nothing here fails for being slow; CI tries the same examples every time
settings.register_profile(
    "steady",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=bool(os.environ.get("CI")),
)
settings.load_profile("steady")
