"""How a reconciliation's findings become rows: one per difference, however often it is found."""

from odoo import api, fields, models


class ChannelVariance(models.Model):
    _inherit = "channel.variance"

    data = fields.Json(readonly=True, help="What the repair needs to know.")

    @api.model
    def _settle(self, run, tally):
        """Write down what a page of ``run`` has found, and end what it has found equal.

        May run twice: a row that is there already is refreshed.

        :param tally: :class:`services.reconcile_tally.Tally`
        """
        open_rows = self._open_in(run.backend_id, tally)
        ignored = self._ignored(run.backend_id, tally)
        now, fresh, found = fields.Datetime.now(), [], set()
        for values in tally.rows:
            key = values["key"]
            if (key, values["external_value"], values["odoo_value"]) in ignored or key in found:
                continue
            found.add(key)
            values = {**values, "run_id": run.id, "seen_at": now}
            if key in open_rows:
                open_rows[key].write(values)
            else:
                fresh.append({**values, "backend_id": run.backend_id.id, "found_at": now})
        self.create(fresh)
        equal = self.union(*(row for key, row in open_rows.items() if key not in found))
        equal.write({"state": "fixed", "fixed_at": now})
        return equal

    def _open_in(self, backend, tally):
        """``{key: row}`` of what was open of all that was compared."""
        found = {}
        for kinds, external_ids in tally.scopes:
            rows = self.search(
                [
                    ("backend_id", "=", backend.id),
                    ("state", "=", "open"),
                    ("kind", "in", kinds),
                    ("external_id", "in", external_ids),
                ]
            )
            found.update({row.key: row for row in rows})
        return found

    def _ignored(self, backend, tally):
        """``{(key, shop's value, Odoo's value)}`` that a person does not want to see again."""
        if not tally.rows:
            return set()
        rows = self.search(
            [
                ("backend_id", "=", backend.id),
                ("state", "=", "ignored"),
                ("key", "in", [values["key"] for values in tally.rows]),
            ]
        )
        return {(row.key, row.external_value, row.odoo_value) for row in rows}
