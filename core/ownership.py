"""Who wins: what becomes of one group of fields when one side is about to write the other.

Two sides, Odoo and the channel, were in step once; since then either, both or none of them has
changed. A *direction* is a run of one flow: ``in`` would write the channel's value into Odoo,
``out`` Odoo's into the channel. Whose value travels is the *source* of the direction.

==========  ========  ================  =================================================
the source  policy    changed           verdict
==========  ========  ================  =================================================
owns it     any       nothing           LEAVE
owns it     any       only the source   WRITE
owns it     owner     the target (too)  WRITE: the target gets the owner's value back
owns it     newest    only the target   RETURN
owns it     newest    both              WRITE if the source is newer, else RETURN
owns it     issue     the target (too)  ASK
owns none   any       not the source    LEAVE: what the target did travels the other way
owns none   owner     the source        RETURN: the owner's value is sent back
owns none   newest    only the source   WRITE
owns none   newest    both              WRITE if the source is newer, else RETURN
owns none   issue     the source        ASK
==========  ========  ================  =================================================

Whoever knows nothing of an earlier state (both were just matched) writes the owner's value and
nothing else. Where neither is newer, the owner is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from .catalogue import GROUPS

#: Quantities come by an initial import or the stock flow, never with the rest of a product.
APART = "stock"


class Verdict(Enum):
    """What a run does with a group of fields."""

    LEAVE = "leave"  # nothing has to be done here
    WRITE = "write"  # the target gets the source's value
    RETURN = "return"  # the target's value counts: the other direction has to run
    ASK = "ask"  # nothing is written, a person decides


@dataclass(frozen=True)
class Rule:
    """``owner``: ``odoo`` or ``channel``; ``policy``: ``owner``, ``newest`` or ``issue``."""

    owner: str
    policy: str = "owner"


@dataclass(frozen=True)
class Standing:
    """What happened to a group since both sides were in step.

    ``odoo_changed`` and ``channel_changed``: None where no earlier state is known.
    ``channel_newer``: which change came last, None where nobody can tell.
    """

    odoo_changed: bool | None
    channel_changed: bool | None
    channel_newer: bool | None = None


SOURCES: Mapping[str, str] = {"in": "channel", "out": "odoo"}


def verdict(direction: str, rule: Rule, standing: Standing) -> Verdict:
    """What a run in ``direction`` does with a group whose two sides differ now."""
    owns = rule.owner == SOURCES[direction]
    changed = (standing.odoo_changed, standing.channel_changed)
    if None in changed:
        return Verdict.WRITE if owns else Verdict.LEAVE
    source, target = changed if direction == "out" else changed[::-1]
    if not (source or (owns and target)):
        return Verdict.LEAVE
    if owns and not target:
        return Verdict.WRITE
    if rule.policy == "issue":
        return Verdict.ASK
    if rule.policy == "owner":
        return Verdict.WRITE if owns else Verdict.RETURN
    return Verdict.WRITE if _is_newer(direction, rule, standing) else Verdict.RETURN


def _is_newer(direction: str, rule: Rule, standing: Standing) -> bool:
    """Whether the source's change is the last one."""
    if standing.odoo_changed and standing.channel_changed:
        newer = standing.channel_newer
        if newer is None:
            newer = rule.owner == "channel"
    else:
        newer = bool(standing.channel_changed)
    return newer == (direction == "in")


# === ALL GROUPS OF A PRODUCT === #


@dataclass(frozen=True)
class Side:
    """One side of a product as it is now: fingerprints by group, and when it was last changed."""

    parts: Mapping[str, str]
    modified_at: datetime | None = None


@dataclass(frozen=True)
class Known:
    """Fingerprints by group of both sides when they were last in step, as far as known."""

    odoo_parts: Mapping[str, str] = field(default_factory=dict)
    channel_parts: Mapping[str, str] = field(default_factory=dict)


def judge(
    rules: Mapping[str, Rule],
    direction: str,
    known: Known | None,
    odoo: Side,
    channel: Side | None = None,
) -> dict[str, Verdict]:
    """What a run in ``direction`` does with each group.

    :param known: None where the product is missing on the other side: it is made with everything
    :param channel: None where nobody has looked: it is taken to be as it was
    """
    if known is None:
        return {group: Verdict.LEAVE if group == APART else Verdict.WRITE for group in GROUPS}
    newer = _channel_newer(odoo, channel)
    verdicts = {}
    for group in GROUPS:
        before = known.odoo_parts.get(group), known.channel_parts.get(group)
        now = odoo.parts.get(group), (channel.parts.get(group) if channel else before[1])
        standing = Standing(_changed(before[0], now[0]), _changed(before[1], now[1]), newer)
        same = now[0] == now[1]
        verdicts[group] = Verdict.LEAVE if same else verdict(direction, rules[group], standing)
    return verdicts


def _changed(before: str | None, now: str | None) -> bool | None:
    return None if before is None else before != now


def _channel_newer(odoo: Side, channel: Side | None) -> bool | None:
    if not channel or not channel.modified_at or not odoo.modified_at:
        return None
    return channel.modified_at > odoo.modified_at
