"""Rules that every import asks for, and that most backends have none of."""

from odoo import api, models
from odoo.tools import ormcache

from ..services.cached import forget


class ChannelRulesMixin(models.AbstractModel):
    """Rows of a backend that are read as a whole."""

    _name = "channel.rules.mixin"
    _description = "Channel rules"

    @api.model
    def _rules_of(self, backend):
        """A backend's rules in their order; one that has none costs no query."""
        if backend.id not in self._backend_ids_with_rules():
            return self.browse()
        return self.search([("backend_id", "=", backend.id)])

    @api.model
    @ormcache()
    def _backend_ids_with_rules(self):
        """From the cache: a first rule counts as soon as other processes know of it."""
        rules = self.sudo().with_context(active_test=False)
        return frozenset(backend.id for (backend,) in rules._read_group([], ["backend_id"]))

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        forget(self.env)
        return rules

    def write(self, vals):
        result = super().write(vals)
        if "backend_id" in vals:
            forget(self.env)
        return result
