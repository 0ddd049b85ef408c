"""One folder per outside system, the same file names in each; see ADDING_A_PROVIDER.md.

Nothing here imports ``odoo`` and no provider imports another (a test scans for both).
"""
