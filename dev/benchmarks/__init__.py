"""Benchmarks: what the connector costs beyond what Odoo costs anyway. Figures, never assertions."""
