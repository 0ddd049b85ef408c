"""Publishes stock: the figures of what changed, in few calls, each compared with its echo."""

from odoo import fields, models

from ..core import errors
from ..core.adapter import StockSource, supports
from ..core.catalogue import StockItem, StockKeeper
from .drain import Planned
from .messages import issue_text

ITSELF = StockKeeper.ITSELF.value


class ChannelStockExporter(models.AbstractModel):
    _name = "channel.stock.exporter"
    _inherit = "channel.drain"
    _description = "Channel stock exporter"

    # === STEPS OF A DRAIN === #

    def _before(self, backend, adapter, recorder):
        """Know the shop's newest orders: what it has sold must not be put on sale again."""
        self.env["channel.demand"]._refresh(backend, adapter)

    def _plan(self, backend, records):
        """``notes``: ``targets`` and ``answers`` by external id, ``refused`` by record."""
        notes = {"targets": {}, "answers": {}, "refused": {}, "sent_at": fields.Datetime.now()}
        planned = Planned(notes=notes)
        bindings = self._bindings(backend, records)
        targets, skipped = self.env["channel.stock.targets"]._of(backend, bindings)
        known, manages = self._known(backend, targets), self._manages(backend)
        for target in targets:
            product_id, keeper = target.product_id, target.binding.stock_keeper
            if keeper not in (False, ITSELF) and not manages:
                notes["refused"].setdefault(product_id, not_managed(keeper))
            elif keeper not in (False, ITSELF) or target.binding.id not in known:
                item = self._prepare_item(target, manages)
                planned.items.setdefault(product_id, []).append(item)
                notes["targets"][item.external_id] = target
        for product_id in records.ids:
            if product_id in planned.items:
                continue
            if product_id in notes["refused"]:
                planned.errors[product_id] = notes["refused"][product_id]
            else:
                reason = skipped.get(product_id) or self.env._("The shop shows this already")
                planned.settled[product_id] = reason
        return planned

    def _prepare_item(self, target, manages):
        """What the shop is told; an override returns a :class:`core.catalogue.StockItem`."""
        return StockItem(
            external_id=target.binding.external_id,
            quantity=target.quantity,
            parent_external_id=target.binding.parent_external_id or "",
            manage=manages and target.binding.stock_keeper != ITSELF,
            backorders=target.backorders,
        )

    def _push(self, adapter, planned):
        """All items at once: the adapter groups them as its channel needs."""
        return adapter.push_stock([item for items in planned.items.values() for item in items])

    def _store(self, backend, planned, results):
        targets, answers = planned.notes["targets"], planned.notes["answers"]
        answered = [(targets[result.key], result) for result in results]
        bindings = self.env["channel.binding.product"]
        # of their own: reading one of these reads no more than this call's
        there = bindings.browse([target.binding.id for target, _result in answered]).exists()
        by_id = {binding.id: binding for binding in there}
        rows = []
        for target, result in answered:
            gone = isinstance(result.error, errors.NotFound)
            error = _error_of(target, result)
            answers[result.key] = None if gone else error
            if target.binding.id in by_id:
                rows.append(self._row(backend, planned, target, result, error))
                values = {"gone_at": fields.Datetime.now()} if gone else _keeper_of(error)
                _write_if_new(by_id[target.binding.id], values)
        self.env["channel.published.stock"]._remember(rows)
        return self._ended(planned, {target.product_id for target, _result in answered})

    def _ended(self, planned, product_ids):
        """``{product id: None or what is wrong}`` of those whose items were all answered."""
        answers, refused = planned.notes["answers"], planned.notes["refused"]
        ended = {}
        for product_id in product_ids:
            keys = [item.external_id for item in planned.items[product_id]]
            if all(key in answers for key in keys):
                found = (answers[key] for key in keys if answers[key])
                ended[product_id] = next(found, refused.get(product_id))
        return ended

    def _row(self, backend, planned, target, result, error):
        shown = "" if result.echo is None else f"{result.echo}"
        params = {"class": type(error).__name__, **error.params} if error else {}
        return {
            **_prepare_row(backend, target),
            "known": not error,
            "sent_at": planned.notes["sent_at"],
            "job_uuid": self.env.context.get("job_uuid"),
            "answer": shown or None,
            "error": issue_text(self.env, error.code, params)[0] if error else None,
        }

    # === WHAT IS KNOWN === #

    def _bindings(self, backend, records):
        """What of ``records`` is in the shop; one product may be several of its records."""
        return self.env["channel.binding.product"].search(
            [
                ("backend_id", "=", backend.id),
                ("odoo_id", "in", records.ids),
                ("gone_at", "=", False),
                ("is_primary", "=", True),
            ]
        )

    def _manages(self, backend):
        """Whether the shop may be made to count."""
        return self.env["channel.flow"]._of(backend, "stock", "out").manage_stock

    def _known(self, backend, targets):
        """Ids of the bindings of which the shop shows their target already."""
        by_binding = {target.binding.id: target for target in targets}
        rows = self.env["channel.published.stock"].search(
            [("binding_id", "in", list(by_binding)), ("known", "=", True)]
        )
        equal = rows.filtered(lambda row: _is_equal(row, by_binding[row.binding_id.id]))
        return set(equal.binding_id.ids)

    # === EVERYTHING === #

    def _reconcile(self, backend, adapter):
        """Compare all products with the shop, and note those that differ; returns a text."""
        if not supports(adapter, StockSource):
            self.env["channel.outbox"]._note_all("stock", backend)
            return self.env._("Everything is looked at")
        self._before(backend, adapter, None)
        compared = differing = 0
        for states in adapter.list_stock():
            found = self._compare(backend, {state.external_id: state.level for state in states})
            compared, differing = compared + found[0], differing + found[1]
            # the job owns its cursor; a page that was told must not be lost with a later one
            self.env.cr.commit()  # pylint: disable=invalid-commit
        return self.env._(
            "%(products)s products compared, %(found)s differ", products=compared, found=differing
        )

    def _compare(self, backend, levels):
        """Take over what the shop shows, and note what it should not; ``(compared, differing)``.

        :param levels: ``{external id: core.catalogue.StockLevel}``
        """
        for binding in self._shown_bindings(backend, levels):
            keeper = levels[binding.external_id].keeper.value
            _write_if_new(binding, {"stock_keeper": keeper})
        pairs = self._beside(backend, levels)
        rows = [_row_of_level(backend, target, level) for target, level in pairs]
        differing = [target.product_id for target, level in pairs if not _agrees(target, level)]
        self.env["channel.published.stock"]._remember(rows)
        self.env["channel.outbox"]._note_many("stock", differing)
        return len(pairs), len(differing)

    def _differing(self, backend, levels):
        """What the shop shows and should not, as pairs of :meth:`_beside`; writes nothing."""
        pairs = self._beside(backend, levels)
        return [(target, level) for target, level in pairs if not _agrees(target, level)]

    def _beside(self, backend, levels):
        """``[(what it should show, what the shop shows)]`` of all that Odoo publishes."""
        bindings = self._shown_bindings(backend, levels)
        targets, _skipped = self.env["channel.stock.targets"]._of(backend, bindings)
        return [(target, levels[target.binding.external_id]) for target in targets]

    def _shown_bindings(self, backend, levels):
        return self.env["channel.binding.product"].search(
            [
                ("backend_id", "=", backend.id),
                ("external_id", "in", list(levels)),
                ("gone_at", "=", False),
                ("is_primary", "=", True),
            ]
        )


# === ONE FIGURE === #


def not_managed(keeper):
    """The error of what the shop does not count: all of a kind share one issue."""
    return errors.NeedsHuman(f"stock_kept_by_{keeper}")


def _error_of(target, result):
    """What is wrong with an item's answer, None if nothing."""
    error = result.error
    if error and error.code == "stock_not_managed":
        return not_managed(error.params.get("keeper", StockKeeper.NOBODY.value))
    name = {"label": target.label}
    if isinstance(error, errors.NotFound):
        return errors.Rejected("stock_not_found", **name)
    if error and error.code == "stock_differs":
        return errors.Rejected(error.code, **{**error.params, **name})
    return error


def _keeper_of(error):
    """Who counts in the shop, as its answer tells: values of the binding."""
    if error is None:
        return {"stock_keeper": ITSELF}
    prefix, _sep, keeper = error.code.partition("stock_kept_by_")
    return {} if prefix else {"stock_keeper": keeper}


def _write_if_new(binding, values):
    """What the shop told of a binding is no reason to look at its stock again."""
    if any(binding[name] != value for name, value in values.items()):
        binding.with_context(channel_drain=True).write(values)


def _is_equal(row, target):
    """Whether the shop shows the target: it was told so, and has moved nothing itself since."""
    if target.moved or row.own_demand != target.own_demand:
        return False
    same = row.quantity == target.quantity
    return same and (not target.backorders or row.backorders == target.backorders.value)


def _agrees(target, level):
    same = level.keeper is StockKeeper.ITSELF and level.quantity == target.quantity
    return same and target.backorders in (None, level.backorders)


def _prepare_row(backend, target):
    """A row of ``channel.published.stock`` that says: the shop shows the target."""
    steps = [[step.code.value, float(step.amount)] for step in target.published.steps]
    return {
        "binding_id": target.binding.id,
        "backend_id": backend.id,
        "product_id": target.product_id,
        "quantity": target.quantity,
        "backorders": target.backorders.value if target.backorders else None,
        "explanation": {"steps": steps},
        "own_demand": target.own_demand,
    }


def _row_of_level(backend, target, level):
    """What the shop shows, whoever made it so; it is explained where it is as it should be."""
    row = {**_prepare_row(backend, target), "known": level.keeper is StockKeeper.ITSELF}
    if not _agrees(target, level):
        row["quantity"] = int(level.quantity or 0)
        row["backorders"] = level.backorders.value
        row["explanation"] = {}
    return row
