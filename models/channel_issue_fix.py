"""Correcting a cause where it is read: choose, and the whole group is tried again."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..services.issue_fixer import FIXERS


class ChannelIssue(models.Model):
    _inherit = "channel.issue"
    _check_company_auto = True

    fix_tax_id = fields.Many2one(
        "account.tax",
        "Odoo's Tax",
        check_company=True,
        domain="[('type_tax_use', '=', 'sale')]",
        copy=False,
    )
    fix_status = fields.Selection(selection="_selection_fix_status", string="Means", copy=False)
    fix_carrier_id = fields.Many2one(
        "delivery.carrier", "Delivery Method", check_company=True, copy=False
    )
    fix_journal_id = fields.Many2one(
        "account.journal",
        "Journal",
        check_company=True,
        domain="[('type', 'in', ('bank', 'cash', 'credit'))]",
        copy=False,
    )
    fix_product_id = fields.Many2one(
        "product.product", "Odoo's Product", check_company=True, copy=False
    )
    fix_candidate_ids = fields.Many2many("product.product", compute="_compute_fix")
    fix_choice = fields.Char(compute="_compute_fix", help="The field that asks for the choice.")
    fix_question = fields.Char(compute="_compute_fix")
    can_fix = fields.Boolean(compute="_compute_fix")
    can_create = fields.Boolean(compute="_compute_fix")

    # === COMPUTE METHODS === #

    @api.model
    def _selection_fix_status(self):
        return self.env["channel.map.status"]._fields["status"]._description_selection(self.env)

    @api.depends("state", "code", "params")
    @api.depends_context("uid")
    def _compute_fix(self):
        for issue in self:
            fixer = issue._fixer()
            applies = issue.state == "open" and fixer._applies(issue)
            issue.fix_choice = fixer._choice if applies else ""
            issue.fix_question = fixer._question(issue) if applies else ""
            issue.can_fix = applies and fixer._may() and self.has_access("write")
            issue.can_create = issue.can_fix and fixer._creates
            candidates = getattr(fixer, "_candidates", None)
            issue.fix_candidate_ids = candidates(issue) if applies and candidates else False

    # === ACTION METHODS === #

    def action_fix(self):
        """Write what was chosen, and try everything again that waits for it."""
        return self._correct(lambda fixer, issue: fixer._fix(issue))

    def action_fix_by_creating(self):
        """Make what is missing, and try everything again that waits for it."""
        return self._correct(lambda fixer, issue: fixer._create(issue))

    def _correct(self, fix):
        self.check_access("write")
        retried = self
        for issue in self:
            fixer = issue._fixer()
            if issue.state != "open" or not fixer._applies(issue):
                raise UserError(self.env._("“%s” can't be corrected here.", issue.title))
            if not fixer._may():
                raise AccessError(self.env._("You may not change what “%s” needs.", issue.title))
            done = fix(fixer, issue)
            issue.message_post(body=self.env._("Corrected: %s", done))
            retried |= fixer._equals(issue)
        waiting = retried.filtered(lambda issue: issue.state == "open")
        if not waiting:  # nothing had to wait: the mapping itself has ended it
            return self._notification(self.env._("Corrected."), "success")
        return waiting.action_retry()

    # === BUSINESS METHODS === #

    @api.model
    def _fixers(self):
        """``{code, or code.kind: model name}``; an override returns the dictionary, extended."""
        return dict(FIXERS)

    def _fixer(self):
        """The service that corrects this cause; the base where nothing can."""
        self.ensure_one()
        kind = (self.params or {}).get("kind")
        fixers = self._fixers()
        name = fixers.get(f"{self.code}.{kind}") or fixers.get(self.code) or "channel.fixer"
        return self.env[name]
