"""Who an order is from, who pays it and where it goes: found again, or created once.

A customer is found by binding, then by e-mail address, never by name; nobody is found by an
empty e-mail address. Contacts that exist are never overwritten: another name or address becomes
a contact of its own below them, found again by its content. A purchase in a company's name is
invoiced to that company.
"""

from odoo import models
from odoo.fields import Domain

from .address_book import READ_FIELDS, AddressBook, Groups, identities, root_of
from .address_values import PLACE_FIELDS, Places, address_key
from .partner_values import email_of, folded


class ChannelPartnerMatcher(models.AbstractModel):
    _name = "channel.partner.matcher"
    _description = "Channel contact matcher"

    def _match(self, batch, drafts):
        """Set ``parties`` of every draft, with a constant number of queries for all of them."""
        if not drafts:
            return
        book = self._open_book(batch.backend, drafts)
        self._set_customers(book, drafts)
        payers = self._find_payers(book, drafts)
        self._read_children(book, [*payers, *(draft.parties.customer for draft in drafts)])
        self._set_addresses(book, drafts, payers)

    # === WHAT IS KNOWN === #

    def _open_book(self, backend, drafts):
        orders = [draft.order for draft in drafts]
        places = self.env["channel.address.values"]._read_places(
            address for order in orders for address in (order.billing, order.shipping)
        )
        book = AddressBook(backend, places)
        prepare = self.env["channel.partner.values"]._prepare_sides
        book.sides = {id(draft): prepare(draft, places) for draft in drafts}
        self._read_bindings(book, orders)
        self._read_partners(book, orders)
        return book

    def _read_bindings(self, book, orders):
        ids = {order.customer_external_id for order in orders} - {""}
        if ids:
            bindings = self.env["channel.binding.partner"].search_fetch(
                [("backend_id", "=", book.backend.id), ("external_id", "in", list(ids))],
                ["external_id", "odoo_id"],
            )
            book.by_account = {binding.external_id: binding.odoo_id for binding in bindings}

    def _read_partners(self, book, orders):
        """Contacts with an e-mail address, companies with a VAT number of these orders."""
        emails = {email_of(order) for order in orders} - {""}
        vats = {sides.vat for sides in book.sides.values()} - {False}
        wanted = Domain("email_normalized", "in", list(emails)) if emails else Domain.FALSE
        if vats:
            wanted |= Domain("vat", "in", list(vats)) & Domain("is_company", "=", True)
        if wanted.is_false():
            return
        Partner = self.env["res.partner"]
        domain = wanted & Domain(Partner._check_company_domain(book.backend.company_id))
        for partner in Partner.search_fetch(domain, READ_FIELDS, order="id"):
            self._note(book, partner, emails, vats)

    def _note(self, book, partner, emails, vats):
        if partner.email_normalized in emails:
            book.by_email.setdefault(partner.email_normalized, []).append(partner)
        if partner.is_company and partner.vat in vats:
            book.by_vat.setdefault(partner.vat, partner)

    def _read_children(self, book, partners):
        """Addresses below these contacts and below the companies they belong to.

        What was created by now has none.
        """
        roots = {root.id for partner in partners for root in (partner, root_of(partner))}
        roots -= book.created
        if not roots:
            return
        children = self.env["res.partner"].search_fetch(
            [("parent_id", "in", list(roots)), ("type", "!=", "contact")], READ_FIELDS, order="id"
        )
        for child in children:
            book.children.setdefault(child.parent_id.id, []).append(child)

    # === THE CUSTOMER === #

    def _set_customers(self, book, drafts):
        groups = Groups()
        for draft in drafts:
            draft.parties.customer = self._find_customer(book, draft)
            if not draft.parties.customer:
                groups.add(draft, identities(draft.order))
        created = self._create_contacts(book, [group[0] for group in groups])
        for group, partner in zip(groups, created, strict=True):
            for draft in group:
                draft.parties.customer = partner
        self._bind_accounts(book, drafts, created)

    def _find_customer(self, book, draft):
        """An existing contact, or an empty recordset. A quotation keeps its customer."""
        if found := book.by_account.get(draft.order.customer_external_id):
            return found
        return self._choose(book, draft) or draft.sale.partner_id

    def _choose(self, book, draft):
        """Of the contacts with the order's e-mail address a person on their own first, then the
        one in the order's company; of an address the contact it belongs to."""
        partners = book.by_email.get(email_of(draft.order))
        if not partners:
            return self.env["res.partner"]

        def rank(partner):
            below = bool(partner.parent_id)
            stranger = below and not self._buys_for_company(book, draft, partner)
            return stranger, below, partner.id

        best = min(partners, key=rank)
        return best.parent_id if best.parent_id and best.type != "contact" else best

    def _buys_for_company(self, book, draft, partner):
        """Whether a contact belongs to the company in whose name the order was placed."""
        company, vat = draft.order.billing.company, book.sides[id(draft)].vat
        commercial = partner.commercial_partner_id
        return (
            bool(company)
            and commercial.is_company
            and (folded(commercial.name) == folded(company) or bool(vat and commercial.vat == vat))
        )

    def _bind_accounts(self, book, drafts, created):
        """Bind the shop accounts that are new; a fingerprint marks contacts that came from the
        shop, which alone are kept up to date from it."""
        accounts = {draft.order.customer_external_id: draft.parties.customer for draft in drafts}
        fingerprint_of = self.env["channel.customer.importer"]._fingerprint_of
        self.env["channel.binding.partner"].create(
            [
                {
                    "backend_id": book.backend.id,
                    "external_id": account,
                    "odoo_id": partner.id,
                    "fingerprint": fingerprint_of(partner) if partner in created else False,
                }
                for account, partner in accounts.items()
                if account and account not in book.by_account
            ]
        )

    def _bind_late(self, backend, drafts):
        """Bind accounts that got hold of an order only later to the contact that it has.

        Shops give a guest's old orders to the account that is opened afterwards.
        """
        drafts = [draft for draft in drafts if draft.order.customer_external_id]
        if not drafts:
            return
        book = AddressBook(backend, Places())
        self._read_bindings(book, [draft.order for draft in drafts])
        for draft in drafts:
            draft.parties.customer = draft.sale.partner_id
        self._bind_accounts(book, drafts, self.env["res.partner"])

    # === WHO PAYS === #

    def _find_payers(self, book, drafts):
        """The contact that each order is invoiced to: the customer, or one of its company's.

        An existing person who now buys for a company is not moved below it: that would rewrite
        older documents.
        """
        payers, groups = {}, Groups()
        for draft in drafts:
            customer = draft.parties.customer
            known = [customer, *book.by_email.get(email_of(draft.order), ())]
            buyers = [one for one in known if self._buys_for_company(book, draft, one)]
            if buyers or not draft.order.billing.company:
                payers[id(draft)] = buyers[0] if buyers else customer
            else:
                company = folded(draft.order.billing.company)
                groups.add(draft, [(*key, company) for key in identities(draft.order)])
        created = self._create_contacts(book, [group[0] for group in groups])
        for group, partner in zip(groups, created, strict=True):
            payers.update((id(draft), partner) for draft in group)
        return [payers[id(draft)] for draft in drafts]

    # === CREATING === #

    def _create_contacts(self, book, drafts):
        """Create the customers of these orders; those of companies below their company."""
        if not drafts:
            return self.env["res.partner"]
        prepare = self.env["channel.partner.values"]._prepare_customer
        companies = self._ensure_companies(book, drafts)
        partners = self.env["res.partner"].create(
            [
                prepare(book.backend, draft, book.sides[id(draft)], companies.get(id(draft)))
                for draft in drafts
            ]
        )
        book.created.update(partners.ids)
        for partner in partners.filtered("email_normalized"):
            book.by_email.setdefault(partner.email_normalized, []).append(partner)
        return partners

    def _ensure_companies(self, book, drafts):
        """``{id(draft): company}`` of orders in a company's name: known by VAT, or created."""
        drafts = [draft for draft in drafts if draft.order.billing.company]
        vat_of = {id(draft): book.sides[id(draft)].vat for draft in drafts}
        new = {
            vat_of[id(draft)] or id(draft): draft
            for draft in reversed(drafts)
            if vat_of[id(draft)] not in book.by_vat
        }
        prepare = self.env["channel.partner.values"]._prepare_company
        created = self.env["res.partner"].create(
            [prepare(book.backend, draft, book.sides[id(draft)]) for draft in new.values()]
        )
        book.created.update(created.ids)
        found = {**book.by_vat, **dict(zip(new, created, strict=True))}
        book.by_vat.update({company.vat: company for company in created if company.vat})
        return {id(draft): found[vat_of[id(draft)] or id(draft)] for draft in drafts}

    # === ADDRESSES === #

    def _set_addresses(self, book, drafts, payers):
        """Invoice and delivery contacts: the customer's own, a known one, or a new one."""
        groups = Groups()
        for draft, payer in zip(drafts, payers, strict=True):
            sides = book.sides[id(draft)]
            self._fill_empty_address(payer, sides)
            for side, owner in (("invoice", payer), ("delivery", draft.parties.customer)):
                values = getattr(sides, side)
                found = self._find_address(book, owner, values)
                setattr(draft.parties, side, found)
                if not found:
                    root = root_of(owner)
                    key = (root.id, address_key(values))
                    groups.add((draft, side, root, values), [key])
        self._create_addresses(groups)

    def _create_addresses(self, groups):
        prepare = self.env["channel.partner.values"]._prepare_child
        rows = []
        for group in groups:
            root = group[0][2]
            # the invoice side knows more: the e-mail address
            merged = {name: value for use in reversed(group) for name, value in use[3].items()}
            rows.append(prepare(root, merged, {side for _d, side, _r, _v in group}))
        created = self.env["res.partner"].create(rows)
        for group, partner in zip(groups, created, strict=True):
            for draft, side, _root_partner, _values in group:
                setattr(draft.parties, side, partner)

    def _find_address(self, book, owner, values):
        if not values:
            return owner
        key_of = self.env["channel.address.values"]._key_of
        wanted, root = address_key(values), root_of(owner)
        known = [owner, *book.children.get(owner.id, ())]
        known += book.children.get(root.id, ()) if root != owner else ()
        return next((partner for partner in known if key_of(partner) == wanted), None)

    def _fill_empty_address(self, partner, sides):
        """A contact known only by name and e-mail, without any address, gets its first one."""
        if not sides.invoice or partner.parent_id or any(partner[name] for name in PLACE_FIELDS):
            return
        first = {name: value for name, value in sides.invoice.items() if value}
        if folded(partner.name) == folded(first["name"]):
            partner.write({name: first[name] for name in first if not partner[name]})
