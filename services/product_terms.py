"""Categories, tags and brands of a shop → Odoo's; found by binding, then by name, else made."""

from contextlib import suppress

from odoo import models

from ..core import errors
from ..core.catalogue import TermKind

#: kind → (its binding, Odoo's model)
MODELS = {
    TermKind.CATEGORY: ("channel.binding.category", "product.category"),
    TermKind.TAG: ("channel.binding.tag", "product.tag"),
    TermKind.BRAND: ("channel.binding.brand", "channel.brand"),
}


class ChannelProductTerms(models.AbstractModel):
    _name = "channel.product.terms"
    _description = "Channel product terms"

    # === READING THE SHOP === #

    def _missing(self, backend, products):
        """Whether a product names a category or brand whose place in the tree is not known."""
        for kind in (TermKind.CATEGORY, TermKind.BRAND):
            terms = _terms_of(products, kind)
            if terms.keys() - self._bound(backend, kind, terms).keys():
                return True
        return False

    def _read(self, adapter):
        """The shop's categories and brands, parents before children; one call each at least.

        A product names only the term itself, not what is above it. A shop without brands has none.
        """
        terms = [*adapter.list_terms(TermKind.CATEGORY)]
        with suppress(errors.NotFound, errors.Rejected):
            terms += adapter.list_terms(TermKind.BRAND)
        return terms

    def _store(self, backend, terms):
        """Bring the shop's tree of categories and brands into Odoo.

        What is known gets the shop's name and place again, where the shop owns it.
        """
        for kind in (TermKind.CATEGORY, TermKind.BRAND):
            wanted = {term.external_id: term for term in terms if term.kind is kind}
            records = self._resolve(backend, kind, wanted)
            if self._is_owner(backend):
                self._update(backend, kind, wanted, records)

    def _is_owner(self, backend):
        """Whether the shop says what its terms are called."""
        rules = self.env["channel.ownership.judge"]._rules(backend)
        return rules["categories"].owner == "channel"

    def _update(self, backend, kind, terms, records):
        for external_id, record in records.items():
            term = terms[external_id]
            parent = records.get(term.parent_external_id) or self._root(backend, kind)
            _rename(record, term)
            if record.parent_id != parent and not _is_below(parent, record):
                record.parent_id = parent

    # === RESOLVING === #

    def _resolve_all(self, backend, products):
        """``{kind: {external id: record}}`` of all terms of ``products``, made where missing."""
        found = {}
        for kind in MODELS:
            terms = _terms_of(products, kind)
            found[kind] = self._resolve(backend, kind, terms)
            for external_id, record in found[kind].items() if self._is_owner(backend) else ():
                _rename(record, terms[external_id])
        return found

    def _resolve(self, backend, kind, terms):
        """Records of terms (``{external id: Term}``); a parent stands before its children."""
        found = self._bound(backend, kind, terms)
        left = [term for external_id, term in terms.items() if external_id not in found]
        if not left:
            return found
        binding, _model = MODELS[kind]
        rows = []
        for level in _levels(left, found):
            made = self._by_name(backend, kind, level, found)
            found.update(made)
            rows += [
                {"backend_id": backend.id, "external_id": external_id, "odoo_id": record.id}
                for external_id, record in made.items()
            ]
        self.env[binding].create(rows)
        return found

    def _bound(self, backend, kind, terms):
        binding, _model = MODELS[kind]
        rows = self.env[binding].search(
            [("backend_id", "=", backend.id), ("external_id", "in", list(terms))]
        )
        return {row.external_id: row.odoo_id for row in rows}

    def _by_name(self, backend, kind, terms, found):
        """Records of the same name and parent, or new ones; names are compared without case."""
        model = self.env[MODELS[kind][1]].with_context(active_test=False)
        root = self._root(backend, kind)
        parents = {term.external_id: found.get(term.parent_external_id) or root for term in terms}
        domain = [("name", "in", [term.name for term in terms])]
        tree = kind is not TermKind.TAG
        if tree:
            ids = {parent.id for parent in parents.values()}
            domain.append(("parent_id", "in", [*ids]))
        known = {}
        for record in model.search(domain, order="id DESC"):
            known[(record.name.casefold(), record.parent_id.id if tree else False)] = record
        keys = {
            term.external_id: (
                term.name.casefold(),
                parents[term.external_id].id if tree else False,
            )
            for term in terms
        }
        values = {
            keys[term.external_id]: self._prepare_term(kind, term, parents[term.external_id])
            for term in terms
            if keys[term.external_id] not in known
        }
        known.update(zip(values, model.create(list(values.values())), strict=True))
        return {external_id: known[key] for external_id, key in keys.items()}

    def _prepare_term(self, kind, term, parent):
        """Values of a new category, tag or brand; an override returns the dictionary, extended."""
        values = {"name": term.name}
        if kind is not TermKind.TAG:
            values["parent_id"] = parent.id
        return values

    def _root(self, backend, kind):
        """What the shop's first categories are below of; made when it is needed."""
        if kind is not TermKind.CATEGORY:
            return self.env["channel.brand"]
        if not backend.category_root_id:
            root = self.env["product.category"].create({"name": backend.name})
            backend.sudo().category_root_id = root
        return backend.category_root_id


def _terms_of(products, kind):
    names = {
        TermKind.CATEGORY: "categories",
        TermKind.TAG: "tags",
        TermKind.BRAND: "brands",
    }
    return {
        term.external_id: term
        for product in products
        for term in getattr(product, names[kind])
        if term.external_id and term.name
    }


def _rename(record, term):
    if record.name.casefold() != term.name.casefold():
        record.name = term.name


def _levels(terms, found):
    """``terms`` in groups, each of which has its parents in earlier ones or in ``found``.

    A parent that nobody knows counts as none; so does one of a circle.
    """
    left = {term.external_id: term for term in terms}
    while left:
        level = [term for term in left.values() if term.parent_external_id not in left]
        level = level or list(left.values())
        yield level
        for term in level:
            del left[term.external_id]


def _is_below(record, ancestor):
    """Whether ``record`` is ``ancestor`` or below it: it can't become its parent."""
    while record:
        if record == ancestor:
            return True
        record = record.parent_id
    return False
