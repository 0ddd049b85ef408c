"""The toy warehouse's dialect: no Odoo in here."""
