"""A flow that is paused: what comes in and what changes waits, and nothing is lost."""

from odoo import api, fields, models

#: Seconds within which a change shall have arrived on the other side, where 900 would not do.
#: Goods and money that a customer waits for come before the catalogue; a payout has no hurry.
LATENCY_TARGETS = {
    "order": 60,
    "stock": 60,
    "order_status": 120,
    "price": 300,
    "payment": 300,
    "refund": 300,
    "shipment": 300,
    "customer": 300,
    "settlement": 0,
    "reconcile": 0,
}
DEFAULT_LATENCY_TARGET = 900


class ChannelFlow(models.Model):
    _inherit = "channel.flow"

    paused = fields.Boolean(
        readonly=True,
        copy=False,
        help="Everything of this flow waits: deliveries of the shop and changes made here are "
        "kept, and worked on when the flow is resumed.",
    )
    latency_target = fields.Integer(
        "Target (s)",
        compute="_compute_latency_target",
        store=True,
        readonly=False,
        precompute=True,
        help="Within how many seconds a change shall have arrived on the other side; 0: no target.",
    )

    _latency_target_positive = models.Constraint(
        "CHECK(latency_target >= 0)", "The target can't be negative; 0 means that there is none."
    )

    # === COMPUTE METHODS === #

    @api.depends("kind")
    def _compute_latency_target(self):
        for flow in self:
            flow.latency_target = LATENCY_TARGETS.get(flow.kind, DEFAULT_LATENCY_TARGET)

    # === ACTION METHODS === #

    def action_pause(self):
        """Let everything of these flows wait until they are resumed."""
        self.filtered(lambda flow: not flow.paused).write({"paused": True})

    def action_resume(self):
        """Work on everything that has waited."""
        self.filtered("paused").write({"paused": False})

    # === BUSINESS METHODS === #

    def _runs(self):
        """Whether this flow works now: switched on, not paused, its backend connected."""
        self.ensure_one()
        return self.active and not self.paused and self.backend_id.state == "connected"
