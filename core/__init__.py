"""The canonical vocabulary of commerce: pure Python, typed, no Odoo.

Nothing here imports ``odoo`` or a provider (a test scans for it), so that parsing, signatures
and the arithmetic of totals are tested in milliseconds and read without knowing Odoo.
"""

#: What channels see of us in the User-Agent; a test compares it with the manifest.
VERSION = "19.0.1.0.0"
