"""Tests without Odoo and without a database."""

import os

from hypothesis import HealthCheck, settings

# nothing here fails for being slow; CI tries the same examples every time, and FUZZ as many more
# as it says
settings.register_profile(
    "steady",
    deadline=None,
    max_examples=int(os.environ.get("FUZZ") or 100),
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=bool(os.environ.get("CI")),
)
settings.load_profile("steady")
