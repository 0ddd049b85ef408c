"""The demonstration: shops and an Odoo, connected, and a line for every order."""
