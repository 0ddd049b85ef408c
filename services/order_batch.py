"""What an import holds in memory: orders on their way in, and what they share.

Plain values without behaviour of their own. A chunk looks everything up once for all its
orders, so that the number of queries does not grow with orders or lines.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ..core.canonical import ZERO, Order, OrderStatus
from ..core.money import Totals
from .job_run import Outcome, Work


@dataclass
class Parties:
    """Contacts of an order (``res.partner``): who ordered, who pays, where it goes."""

    customer: Any = None
    invoice: Any = None
    delivery: Any = None


@dataclass
class Draft:
    """One record on its way to becoming (or changing) a sales order.

    ``order`` is None when it is gone in the shop. ``binding`` and ``sale`` are recordsets, empty
    for what is new. ``outcome`` is set as soon as the end is known; ``error`` blocks the order
    although it was written (its total does not add up), ``others`` do so with it. ``hold``: why it
    stays a quotation; ``delivery_hold``: why its goods may not leave.

    ``parts``: fingerprints of its parts; ``known_parts`` those of what was taken over before,
    ``changed`` the names of those that differ. ``content``: its lines have to be written;
    ``stopped``: nothing of its content is, because of ``error`` (``stop_reason``). ``choice``:
    what a person decided about this very content, ``accept`` or ``keep``. ``restored``: it was
    over in the shop.

    ``sold``: what of the order its lines are made of; ``fixed``: external ids of lines that stay
    as they are. ``products``: by the external id of a line, where the shop can't name it any
    more. ``was_wrong``: the last try did not come out right. ``taken``: the binding has the
    shop's state now; ``confirmed``: by this import. ``notes``: plain texts for the chatter;
    ``told``: what was changed, for the chatter too. ``issue``: what its issue shows.
    """

    work: Work
    order: Order | None
    binding: Any
    sale: Any
    status: OrderStatus = OrderStatus.UNKNOWN
    fingerprint: str = ""
    parts: dict[str, str] = field(default_factory=dict)
    known_parts: dict[str, str] = field(default_factory=dict)
    content: bool = True
    stopped: bool = False
    stop_reason: str = ""
    choice: str = ""
    restored: bool = False
    sold: Order | None = None
    fixed: frozenset[str] = frozenset()
    products: dict[str, Any] = field(default_factory=dict)
    was_wrong: bool = False
    taken: bool = False
    confirmed: bool = False
    totals: Totals | None = None
    gift_cards: Decimal = ZERO
    parties: Parties = field(default_factory=Parties)
    hold: str = ""
    delivery_hold: str = ""
    notes: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    issue: dict[str, Any] = field(default_factory=dict)
    error: Any = None
    others: list[Any] = field(default_factory=list)
    outcome: Outcome | None = None

    @property
    def recorder(self):
        return self.work.recorder

    @property
    def changed(self) -> set[str]:
        return {part for part in self.parts if self.parts[part] != self.known_parts.get(part)}

    @property
    def asked_by_person(self) -> bool:
        return "manual" in self.work.events.mapped("source")

    @property
    def moved(self) -> set[str]:
        """The addresses that have to be found again."""
        if self.stopped or self.choice == "keep":
            return set()
        return self.changed & {"billing", "shipping"}

    def stop(self, error, reason="", others=(), **issue):
        """Leave the content of a known order as it is; its status and payment still count."""
        self.error, self.content, self.stopped = error, False, True
        self.stop_reason, self.issue = reason, issue
        self.others = [*others]

    def add_error(self, error):
        """One more thing that stands in its way; the last one found comes first."""
        if self.error:
            self.others.append(self.error)
        self.error = error

    def block(self, error, others=()):
        """End with errors a person has to look at; what was written so far stays."""
        order = self.order
        self.outcome = Outcome(
            "blocked",
            error=error,
            record=self.sale or None,
            value=float(order.total) if order else None,
            currency=order.currency if order else "",
            issue=self.issue,
            others=[*others],
        )


@dataclass
class Batch:
    """What the orders of one transaction share; every mapping was filled by one query.

    ``taxes``: rate key → ``account.tax``; ``products``: product reference → product or the error
    that stands in its way; ``carriers`` and ``payments``: code → mapping row; ``statuses``: code
    → :class:`core.canonical.OrderStatus`; ``currencies``: code → currency; ``pricelists``:
    code → price list; ``rates``: (currency code, day) → rate from the company's currency;
    ``utm``: (model, name) → record.
    """

    backend: Any
    drafts: list[Draft] = field(default_factory=list)
    statuses: dict[str, OrderStatus] = field(default_factory=dict)
    payments: dict[str, Any] = field(default_factory=dict)
    carriers: dict[str, Any] = field(default_factory=dict)
    taxes: dict[str, Any] = field(default_factory=dict)
    products: dict[Any, Any] = field(default_factory=dict)
    currencies: dict[str, Any] = field(default_factory=dict)
    pricelists: dict[str, Any] = field(default_factory=dict)
    rates: dict[tuple, float] = field(default_factory=dict)
    utm: dict[tuple[str, str], Any] = field(default_factory=dict)
    warehouse_rules: Any = None
    risk_rules: Any = None
    meta_fields: Any = None

    @property
    def open(self) -> list[Draft]:
        """The orders whose end is not decided yet."""
        return [draft for draft in self.drafts if draft.outcome is None]
