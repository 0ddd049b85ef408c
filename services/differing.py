"""Which values a record does not have yet: what is equal is not written again."""

import math


def differing(record, values):
    """Those of ``values`` (as for ``write``) that differ from the record's.

    Floats of the database differ from computed ones by their last digits; they count as equal.
    """
    return {name: value for name, value in values.items() if _differs(record, name, value)}


def _differs(record, name, value):
    field = record._fields[name]
    old = record[name]
    if field.type == "json":
        return (old or None) != (value or None)
    new = field.convert_to_record(field.convert_to_cache(value, record), record)
    if field.type in ("float", "monetary"):
        return not math.isclose(old or 0.0, new or 0.0, rel_tol=1e-9, abs_tol=1e-9)
    if field.type == "many2many":
        return set(old.ids) != set(new.ids)
    return (old or False) != (new or False)
