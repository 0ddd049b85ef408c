"""WordPress's check of parameters against a schema, with its messages.

A schema maps a parameter to ``{"type": …}`` plus ``enum``, ``minimum``, ``maximum``, ``format``,
``items``, ``properties``, ``email_in`` (key of an object that holds an e-mail address),
``default``, ``required``. Items of a batch are never checked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .errors import RestError

Schema = Mapping[str, Mapping[str, Any]]
# The numbers 1 and 0 are equal to these, so they count as well.
TRUE = {True, "1", "true", "TRUE", "True"}
FALSE = {False, "0", "false", "FALSE", "False", ""}
DATE_TIME = re.compile(
    r"^\d{4}-\d{2}-\d{2}[Tt\s]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}(?::?\d{2})?)?$"
)
EMAIL = re.compile(r"^[^@\s]+@[^@\s.]+(\.[^@\s.]+)+$")
MIXED = "mixed"


class Invalid(Exception):
    """One parameter is wrong. ``data`` is what WordPress puts beside the message."""

    def __init__(self, code: str, message: str, data: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.data = data


def checked(params: Mapping[str, Any], schema: Schema) -> dict[str, Any]:
    """Parameters of the schema, converted, with defaults; others are kept as they came.

    Raises RestError 400 rest_missing_callback_param or rest_invalid_param.
    """
    missing = [k for k, rule in schema.items() if rule.get("required") and params.get(k) is None]
    if missing:
        names = ", ".join(missing)
        text = f"Missing parameter(s): {names}"
        raise RestError("rest_missing_callback_param", text, 400, {"params": missing})
    out, errors = dict(params), {}
    for name, rule in schema.items():
        value = params.get(name)
        if value is None:
            if "default" in rule and name not in params:
                out[name] = rule["default"]
            continue
        try:
            out[name] = convert(value, rule, name)
        except Invalid as error:
            errors[name] = error
    if errors:
        raise _refusal(errors)
    return out


def _refusal(errors: dict[str, Invalid]) -> RestError:
    return RestError(
        "rest_invalid_param",
        "Invalid parameter(s): " + ", ".join(errors),
        400,
        {
            "params": {name: error.message for name, error in errors.items()},
            "details": {
                name: {"code": error.code, "message": error.message, "data": error.data}
                for name, error in errors.items()
            },
        },
    )


def convert(value: Any, rule: Mapping[str, Any], name: str) -> Any:
    """The value in its type, or Invalid."""
    kind = rule.get("type", MIXED)
    if kind == MIXED:
        return value
    converted = _CONVERT[kind](value, rule, name)
    if "enum" in rule and converted not in rule["enum"]:
        raise Invalid("rest_not_in_enum", f"{name} is not one of {_sentence(rule['enum'])}.")
    _check_format(converted, rule)
    return converted


def _type_error(name: str, kind: str) -> Invalid:
    return Invalid("rest_invalid_type", f"{name} is not of type {kind}.", {"param": name})


def _sentence(words: list[str]) -> str:
    return ", ".join(words[:-1]) + f", and {words[-1]}" if len(words) > 1 else str(words[0])


def _check_format(value: Any, rule: Mapping[str, Any]) -> None:
    form = rule.get("format")
    if form == "date-time" and not DATE_TIME.match(str(value)):
        raise Invalid("rest_invalid_date", "Invalid date.")
    if form == "email" and not EMAIL.match(str(value)):
        raise Invalid("rest_invalid_email", "Invalid email address.")


def _integer(value: Any, rule: Mapping[str, Any], name: str) -> int:
    try:
        number = float(value) if not isinstance(value, (list, dict)) else None
    except (TypeError, ValueError):
        number = None
    if number is None or isinstance(value, bool) or not number.is_integer():
        raise _type_error(name, "integer")
    _check_bounds(int(number), rule, name)
    return int(number)


def _check_bounds(value: float, rule: Mapping[str, Any], name: str) -> None:
    low, high = rule.get("minimum"), rule.get("maximum")
    if low is not None and high is not None:
        if not low <= value <= high:
            text = f"{name} must be between {low} (inclusive) and {high} (inclusive)"
            raise Invalid("rest_out_of_bounds", text)
    elif low is not None and value < low:
        raise Invalid("rest_out_of_bounds", f"{name} must be greater than or equal to {low}")


def _number(value: Any, rule: Mapping[str, Any], name: str) -> Any:
    try:
        float(value)
    except (TypeError, ValueError):
        raise _type_error(name, "number") from None
    return value


def _string(value: Any, rule: Mapping[str, Any], name: str) -> str:
    if not isinstance(value, str):
        raise _type_error(name, "string")
    return value


def _boolean(value: Any, rule: Mapping[str, Any], name: str) -> bool:
    if isinstance(value, (list, dict)) or (value not in TRUE and value not in FALSE):
        raise _type_error(name, "boolean")
    return value in TRUE


def _array(value: Any, rule: Mapping[str, Any], name: str) -> list[Any]:
    if isinstance(value, (str, int, float)) and not isinstance(value, bool):
        value = [part for part in re.split(r"[\s,]+", str(value)) if part != ""]
    if not isinstance(value, list):
        raise _type_error(name, "array")
    items = rule.get("items", {})
    return [convert(child, items, f"{name}[{index}]") for index, child in enumerate(value)]


def _object(value: Any, rule: Mapping[str, Any], name: str) -> dict[str, Any]:
    if value in ("", []):
        value = {}
    if not isinstance(value, dict):
        raise _type_error(name, "object")
    out = dict(value)
    for key, child in rule.get("properties", {}).items():
        if out.get(key) is not None:
            out[key] = convert(out[key], child, f"{name}[{key}]")
    address = out.get(rule.get("email_in", ""))
    if address and not EMAIL.match(str(address)):
        raise Invalid("rest_invalid_email", "Invalid email address.")
    return out


_CONVERT = {
    "integer": _integer,
    "number": _number,
    "string": _string,
    "boolean": _boolean,
    "array": _array,
    "object": _object,
}
