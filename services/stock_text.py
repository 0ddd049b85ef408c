"""How a published figure came about, in words."""
# pylint: disable=prefer-env-translation; `_` is the given environment's `env._`

from odoo.tools.misc import formatLang

from ..core.stock_formula import Code


def explanation_text(env, explanation, quantity):
    """One line per step and the result, in the environment's language; '' without steps.

    :param explanation: ``{"steps": [[code, amount], …]}`` as a drain has stored it
    """
    lines = _steps(env, explanation)
    if not lines:
        return ""
    lines.append(env._("Published: %s", _amount(env, quantity, signed=False)))
    if quantity < 0:
        lines.append(
            env._("More was sold than there is: what the shop puts back covers that first.")
        )
    return "\n".join(lines)


def explanation_line(env, explanation):
    """The steps in one line, for a list."""
    return " · ".join(_steps(env, explanation))


def _steps(env, explanation):
    """A text for each step."""
    labels = _labels(env)
    return [
        f"{labels.get(code, code)}: {_amount(env, amount, signed=position > 0)}"
        for position, (code, amount) in enumerate((explanation or {}).get("steps") or ())
    ]


def _amount(env, amount, *, signed):
    digits = 0 if float(amount).is_integer() else 2
    sign = "\N{MINUS SIGN}" if amount < 0 else "+" if signed else ""
    return sign + formatLang(env, abs(amount), digits=digits)


def _labels(env):
    _ = env._
    return {
        Code.ON_HAND.value: _("On hand"),
        Code.RESERVED.value: _("Reserved"),
        Code.EXPIRED.value: _("Expired"),
        Code.INCOMING.value: _("Planned to come in"),
        Code.OUTGOING.value: _("Planned to go out"),
        Code.PARTS.value: _("What the components allow"),
        Code.OWN_DEMAND.value: _("Ordered in this shop, not reserved yet"),
        Code.OTHER_DEMAND.value: _("Ordered elsewhere, not reserved yet"),
        Code.BUFFER.value: _("Kept back"),
        Code.BUFFER_PERCENT.value: _("Kept back (percent)"),
        Code.SHARE.value: _("Share of other shops"),
        Code.CAP.value: _("Above the most that is published"),
        Code.FRACTION.value: _("Part of a piece"),
        Code.BELOW_ZERO.value: _("A shop shows no less than nothing"),
        Code.FIXED.value: _("Fixed quantity"),
    }
