"""Backends of earlier versions get what was added since; nothing starts by itself."""

from odoo import SUPERUSER_ID, api

#: What customers' flows were made with, before their poll became a nightly walk through all.
FORMER_INTERVAL, NIGHTLY = 10, 24 * 60


def migrate(cr, version):
    if not version:
        return
    cr.execute(
        """
        UPDATE channel_flow SET interval = %s
         WHERE kind = 'customer' AND direction = 'in' AND interval = %s
        """,
        [NIGHTLY, FORMER_INTERVAL],
    )
    env = api.Environment(cr, SUPERUSER_ID, {"active_test": False})
    env["channel.flow"].invalidate_model(["interval"])
    env["channel.backend"].search([])._catch_up()
