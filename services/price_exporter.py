"""Tells a shop what its products cost, many at a time."""

from dataclasses import replace

from odoo import fields, models

from ..core import errors
from ..core.catalogue import Price, PriceItem
from ..core.ownership import Rule, Verdict, verdict
from .drain import Planned
from .messages import issue_text
from .price_state import PriceChange, ShopPrice
from .price_values import aware, price_to_json


class ChannelPriceExporter(models.AbstractModel):
    """Publishes the prices of the price lists; what the shop asks already is left out."""

    _name = "channel.price.exporter"
    _inherit = "channel.drain"
    _description = "Channel price exporter"

    def _before(self, backend, adapter, recorder):
        """A price without the shop's tax mode would be another one."""
        if backend._store_setting("currency") is None:
            backend._remember_store(adapter.describe())

    # === PLAN === #

    def _plan(self, backend, records):
        planned = Planned(notes={"bindings": {}, "prices": {}, "answers": {}, "refused": {}})
        for change in self._plan_changes(backend, records):
            if change.is_sent:
                self._add_item(planned, change)
            elif change.error:
                planned.errors[change.product_id] = change.error
            else:
                planned.settled[change.product_id] = change.reason
            if change.error:
                planned.notes["refused"][change.product_id] = change.error
        for product_id in records.ids:
            if product_id in planned.items:
                planned.errors.pop(product_id, None)
            if product_id in planned.items or product_id in planned.errors:
                planned.settled.pop(product_id, None)
            else:
                planned.settled.setdefault(product_id, self.env._("Not in the shop"))
        return planned

    def _add_item(self, planned, change):
        binding, key = change.binding, change.binding.external_id
        item = PriceItem(key, change.after, binding.parent_external_id or "")
        planned.items.setdefault(change.product_id, []).append(item)
        planned.notes["bindings"][key] = (binding.id, change.product_id)
        planned.notes["prices"][key] = change.after

    def _plan_changes(self, backend, products, at=None):
        """What would be told to the shop now: a :class:`PriceChange` for every product in it.

        The drain does exactly this, so it is also the dry run. Reads Odoo only.

        :param products: ``product.product``
        :param at: naive UTC, now where none is given
        """
        backend = backend._env()
        at = at or fields.Datetime.now()
        bindings = self._bindings(backend, products)
        products = bindings.odoo_id
        quotes = backend.env["channel.price.reader"]._quote(backend, products, at)
        published = bindings.env["channel.published.price"].search(
            [("binding_id", "in", bindings.ids)]
        )
        told = {row.binding_id.id: row for row in published}
        rule = self._rule(backend)
        return [
            self._change(rule, binding, told.get(binding.id), quotes[binding.odoo_id.id])
            for binding in bindings
        ]

    def _bindings(self, backend, products):
        return backend.env["channel.binding.product"].search(
            [
                ("backend_id", "=", backend.id),
                ("odoo_id", "in", products.ids),
                ("gone_at", "=", False),
            ],
            order="id",
        )

    def _rule(self, backend):
        row = backend.ownership_ids.filtered(lambda row: row.group == "prices")
        return Rule(row.owner, row.conflict_policy)

    def _differing(self, backend, prices):
        """What would be told of prices that the shop shows otherwise; writes nothing.

        :param prices: ``{external id: core.catalogue.Price}`` as they were read now
        :return: list of :class:`.price_state.PriceChange`, ``before`` being what the shop shows
        """
        backend = backend._env()
        now = fields.Datetime.now()
        bindings = backend.env["channel.binding.product"].search(
            [
                ("backend_id", "=", backend.id),
                ("external_id", "in", list(prices)),
                ("gone_at", "=", False),
            ],
            order="id",
        )
        quotes = backend.env["channel.price.reader"]._quote(backend, bindings.odoo_id, now)
        published = self.env["channel.published.price"].search([("binding_id", "in", bindings.ids)])
        told = {row.binding_id.id: row for row in published}
        rule, terms = self._rule(backend), backend._price_terms()
        changes = []
        for binding in bindings:
            shown = terms.price(prices[binding.external_id]).at(aware(now))
            quote = quotes[binding.odoo_id.id]
            if shown != quote.price.at(aware(now)):
                changes.append(self._change(rule, binding, told.get(binding.id), quote, shown))
        return changes

    def _change(self, rule, binding, told, quote, shown=None):
        """``shown``: what the shop asks where it was read just now."""
        shop = ShopPrice(binding, told)
        shop.now = shown or shop.now
        product = binding.odoo_id
        error = self._refused_sale(product, quote) if quote.refused is not None else None
        change = PriceChange(product.id, binding, shop.now, quote.price, False, error=error)
        if shop.now == quote.price:
            return replace(change, reason=self.env._("The shop asks this price already"))
        found = verdict("out", rule, shop.standing(quote.price))
        if found is Verdict.WRITE:
            return replace(change, is_sent=True)
        if found is Verdict.ASK:
            return replace(change, error=self._conflict(binding, shop.now, quote.price))
        return replace(change, reason=self.env._("The shop owns its prices"), error=None)

    def _refused_sale(self, product, quote):
        """A shop drops such a sale without a word, so it is not sent; the regular price is."""
        rule = quote.sale_rule
        error = errors.NeedsHuman(
            "sale_not_below",
            product=product.display_name,
            sale=str(quote.refused),
            regular=str(quote.price.regular),
            pricelist=rule.pricelist_id.name,
            rule=rule.display_name,
            rule_id=rule.id,
        )
        error.cause = ("rule_id",)
        return error

    def _conflict(self, binding, shop, odoo):
        return errors.Conflict(
            "price_conflict",
            product=binding.odoo_id.display_name,
            shop=_text(shop),
            odoo=_text(odoo),
        )

    # === PUSH === #

    def _push(self, adapter, planned):
        return adapter.push_prices([item for items in planned.items.values() for item in items])

    # === STORE === #

    def _store(self, backend, planned, results):
        notes = planned.notes
        known = self._known(results, notes["bindings"])
        for result in results:
            binding_id, _product_id = notes["bindings"][result.key]
            price = notes["prices"][result.key]
            binding = self.env["channel.binding.product"].browse(binding_id).exists()
            if binding:
                if result.error:
                    result.error.params.setdefault("product", binding.odoo_id.display_name)
                self._remember(binding, known.get(binding_id), price, result)
            gone = isinstance(result.error, errors.NotFound)
            notes["answers"][result.key] = None if gone else result.error
        touched = {notes["bindings"][result.key][1] for result in results}
        return {
            product_id: self._ended(planned, product_id)
            for product_id in sorted(touched)
            if all(item.external_id in notes["answers"] for item in planned.items[product_id])
        }

    def _known(self, results, bindings):
        ids = [bindings[result.key][0] for result in results]
        rows = self.env["channel.published.price"].search([("binding_id", "in", ids)])
        return {row.binding_id.id: row for row in rows}

    def _remember(self, binding, row, price, result):
        """Write down what the shop said of one product."""
        if isinstance(result.error, errors.NotFound):
            binding.gone_at = fields.Datetime.now()
            return
        values = self._prepare_published(price, result)
        if row:
            row.write(values)
            return
        of_binding = {
            "backend_id": binding.backend_id.id,
            "binding_id": binding.id,
            "product_id": binding.odoo_id.id,
        }
        self.env["channel.published.price"].create({**of_binding, **values})

    def _prepare_published(self, price, result):
        """Values of the published price; an override returns the dictionary, extended.

        Where the shop refuses, it asks what its answer shows, else what it asked before.
        """
        values = {
            "job_uuid": self.env.context.get("job_uuid"),
            "answer": self._answer(result),
            "refused": bool(result.error),
        }
        if result.error:
            price = result.echo if isinstance(result.echo, Price) else None
        if price:
            values.update(price=price_to_json(price), sent_at=fields.Datetime.now())
        return values

    def _ended(self, planned, product_id):
        """The error of a product of which all items were answered, None if all is well."""
        answers = planned.notes["answers"]
        answered = (answers[item.external_id] for item in planned.items[product_id])
        return next(filter(None, answered), None) or planned.notes["refused"].get(product_id)

    def _answer(self, result):
        """What the shop said, in short."""
        if error := result.error:
            params = {"class": type(error).__name__, **error.params}
            return issue_text(self.env, error.code, params)[0]
        return _text(result.echo) if isinstance(result.echo, Price) else False


def _text(price):
    """A price as a short text: ``19.90``, ``19.90 → 14.90``."""
    if price is None or price.regular is None:
        return "-"
    return f"{price.regular} → {price.sale}" if price.sale is not None else str(price.regular)
