"""A shop's address → values of Odoo: country, state, phone, VAT number.

What Odoo can't hold is never lost and never stops an import: it is kept as a note.
"""

import re
from dataclasses import dataclass, field

import phonenumbers

from odoo import models
from odoo.exceptions import ValidationError

#: What makes two addresses the same one; a phone number does not.
ADDRESS_FIELDS = ("street", "street2", "zip", "city", "state_id", "country_id")
PLACE_FIELDS = ("street", "street2", "zip", "city")
#: An unknown state longer than this is free text, which belongs to the address.
CODE_LENGTH = 6


@dataclass
class Places:
    """Countries by code and states by country id, read once for many addresses."""

    countries: dict = field(default_factory=dict)
    states: dict = field(default_factory=dict)


class ChannelAddressValues(models.AbstractModel):
    _name = "channel.address.values"
    _description = "Channel address values"

    # === COUNTRIES AND STATES === #

    def _read_places(self, addresses):
        """:class:`Places` with what ``addresses`` (canonical) name, by two queries."""
        codes = {address.country for address in addresses if address.country}
        if not codes:
            return Places()
        countries = self.env["res.country"].search_fetch(
            [("code", "in", list(codes))], ["code", "phone_code"]
        )
        states = self.env["res.country.state"].search_fetch(
            [("country_id", "in", countries.ids)], ["code", "name", "country_id"]
        )
        return Places(
            {country.code: country for country in countries},
            {country.id: group for country, group in states.grouped("country_id").items()},
        )

    def _find_state(self, text, country, places):
        """A state by code, by name, or by code in another spelling (``DE-BY``, ``JP13``)."""
        none = self.env["res.country.state"]
        states = places.states.get(country.id, none) if text else none
        folded, key = text.casefold(), _state_key(text, country.code)
        tests = (
            lambda state: folded in (state.code.casefold(), state.name.casefold()),
            lambda state: key == _state_key(state.code, country.code),
        )
        return next((found[0] for test in tests if (found := states.filtered(test))), none)

    # === VALUES === #

    def _prepare_address(self, address, places):
        """Values of the postal address; an override returns the dictionary, extended.

        :param address: :class:`core.canonical.Address`
        :return: values of ``res.partner`` and the notes (texts) on what did not fit into them
        """
        notes = []
        country = places.countries.get(address.country) or self.env["res.country"]
        if address.country and not country:
            notes.append(self.env._("Country in the shop: %s", address.country))
        state = self._find_state(address.state, country, places)
        street2 = [address.street2]
        if address.state and not state:
            if len(address.state) > CODE_LENGTH:
                street2.append(address.state)
            else:
                notes.append(self.env._("State in the shop: %s", address.state))
        values = {
            "street": address.street or False,
            "street2": ", ".join(filter(None, street2)) or False,
            "zip": address.zip or False,
            "city": address.city or False,
            "state_id": state.id,
            "country_id": country.id,
        }
        return values, notes

    def _prepare_phone(self, address):
        """The number in international form, read with the address's country; raw if unreadable."""
        try:
            number = phonenumbers.parse(address.phone, address.country or None)
        except phonenumbers.NumberParseException:
            return address.phone or False
        if not phonenumbers.is_valid_number(number):
            return address.phone
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)

    def _prepare_vat(self, address, places):
        """The VAT number, if Odoo (with ``base_vat``) accepts it.

        :return: the number (or False) and notes
        """
        vat = re.sub(r"[\W_]", "", address.vat).upper()
        country = places.countries.get(address.country)
        if not vat or not country:
            return vat or False, []
        try:
            check = self.env["res.partner"]._run_vat_checks
            vat = check(country, vat, validation="setnull")[0]
        except ValidationError:
            vat = ""
        if vat:
            return vat, []
        return False, [self.env._("VAT number as typed (not valid): %s", address.vat)]

    def _key_of(self, partner):
        """:func:`address_key` of a contact."""
        values = {name: partner[name] for name in ADDRESS_FIELDS}
        values.update(
            name=partner.name,
            state_id=partner.state_id.id,
            country_id=partner.country_id.id,
        )
        return address_key(values)


def has_place(address):
    """Whether a canonical address says where (a name alone is no address)."""
    return bool(address.street or address.street2 or address.city or address.zip)


def address_key(values):
    """Identity of the address in values of ``res.partner``: name and place, spelling aside."""
    return tuple(
        " ".join(value.casefold().split()) if isinstance(value, str) else value or ""
        for value in (values.get(name) for name in ("name", *ADDRESS_FIELDS))
    )


def _state_key(text, country_code):
    """``BY`` for ``BY``, ``DE-BY``, ``de by``; ``13`` for ``JP13`` and ``JP-13``."""
    plain = re.sub(r"[\W_]", "", text or "").upper()
    short = plain.removeprefix(country_code or "")
    return short or plain
