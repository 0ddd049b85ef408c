"""What the orders of one transaction know about contacts."""

from dataclasses import dataclass, field
from typing import Any

from .address_values import PLACE_FIELDS, Places
from .partner_values import Sides, email_of

READ_FIELDS = [
    *PLACE_FIELDS,
    "commercial_partner_id",
    "company_id",
    "country_id",
    "email_normalized",
    "is_company",
    "lang",
    "name",
    "parent_id",
    "state_id",
    "type",
    "vat",
]


@dataclass
class AddressBook:
    """What the orders of one transaction know about contacts; grows with what they create.

    ``sides``: by ``id(draft)``; ``children``: addresses by the id of the contact above them;
    ``created``: ids of contacts that were not there before.
    """

    backend: Any
    places: Places
    sides: dict[int, Sides] = field(default_factory=dict)
    by_account: dict[str, Any] = field(default_factory=dict)
    by_email: dict[str, list] = field(default_factory=dict)
    by_vat: dict[str, Any] = field(default_factory=dict)
    children: dict[int, list] = field(default_factory=dict)
    created: set[int] = field(default_factory=set)


class Groups(list):
    """Things that share an identity, in lists: what needs one new contact."""

    def __init__(self):
        super().__init__()
        self._index = {}

    def add(self, item, keys):
        group = next((self._index[key] for key in keys if key in self._index), None)
        if group is None:
            group = []
            self.append(group)
        group.append(item)
        self._index.update(dict.fromkeys(keys, group))


def identities(order):
    """What makes two orders the same new customer's; nothing where e-mail and account lack."""
    keys = [("account", order.customer_external_id), ("email", email_of(order))]
    return [key for key in keys if key[1]]


def root_of(partner):
    """Where further addresses of a contact belong: below its company, else below itself."""
    return partner.commercial_partner_id if partner.parent_id else partner
