"""Weights of Odoo's products, in kilograms or pounds as the database is set."""

from decimal import Decimal

#: exactly, by definition of the pound
POUND = Decimal("0.45359237")
#: a milligram, so that a weight survives the way there and back
SMALLEST = Decimal("0.000001")


def kilograms(env, weight):
    """A ``weight`` of Odoo as a Decimal in kilograms; None where there is none."""
    if not weight:
        return None
    exact = Decimal(repr(weight))
    return (exact * POUND).quantize(SMALLEST).normalize() if _in_pounds(env) else exact


def from_kilograms(env, weight):
    """A Decimal in kilograms (or None) as a float in Odoo's unit."""
    if not weight:
        return 0.0
    return float((weight / POUND).quantize(SMALLEST) if _in_pounds(env) else weight)


def _in_pounds(env):
    """As Odoo's ``_get_weight_uom_id_from_ir_config_parameter``, which costs queries each time."""
    return env["ir.config_parameter"].sudo().get_param("product.weight_in_lbs") == "1"
