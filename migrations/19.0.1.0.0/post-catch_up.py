"""Backends of earlier versions get what was added since; nothing starts by itself."""

from odoo import SUPERUSER_ID, api

#: What customers' flows were made with, before their poll became a nightly walk through all.
FORMER_INTERVAL, NIGHTLY = 10, 24 * 60
#: Meanings of a shop's status in which it wants an order shipped.
RELEASED = ("processing", "completed")
#: Names of notes that were made without one, and how those began; there was no translation yet.
NOTES = {"coupons": "Coupons (already deducted): ", "gift_cards": "Paid with gift cards: "}


def migrate(cr, version):
    if not version:
        return
    _walk_customers_at_night(cr)
    _remember_released(cr)
    _name_notes(cr)
    _end_set_up(cr)
    env = api.Environment(cr, SUPERUSER_ID, {"active_test": False})
    env.invalidate_all()
    env["channel.backend"].search([])._catch_up()


def _walk_customers_at_night(cr):
    cr.execute(
        """
        UPDATE channel_flow SET interval = %s
         WHERE kind = 'customer' AND direction = 'in' AND interval = %s
        """,
        [NIGHTLY, FORMER_INTERVAL],
    )


def _remember_released(cr):
    """Without it an order that the shop calls back would look as if it had never been wanted."""
    cr.execute(
        """
        UPDATE channel_binding_order binding SET released = true
          FROM sale_order sale, channel_map_status status
         WHERE sale.id = binding.odoo_id AND sale.state = 'sale'
           AND status.backend_id = binding.backend_id
           AND status.external_code = binding.status_code AND status.status IN %s
           AND binding.released IS NULL
        """,
        [RELEASED],
    )


def _name_notes(cr):
    """Notes below an order's lines had no name by which the next import finds them."""
    for name, beginning in NOTES.items():
        cr.execute(
            """
            UPDATE sale_order_line line SET channel_external_id = %s
              FROM channel_binding_order binding
             WHERE line.order_id = binding.odoo_id AND line.display_type = 'line_note'
               AND COALESCE(line.channel_external_id, '') = '' AND line.name LIKE %s
            """,
            [name, f"{beginning}%"],
        )


def _end_set_up(cr):
    """Who was live before there was a guided set-up has nothing left to do in it."""
    cr.execute("UPDATE channel_backend SET setup_step = 'live' WHERE state != 'draft'")
