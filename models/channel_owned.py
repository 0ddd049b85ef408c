"""What belongs to one shop stays there: nobody hands a record over to a shop they do not see."""

from odoo import models


class ChannelOwnedMixin(models.AbstractModel):
    """Odoo asks the record rules for a record before it is written, not for where it goes."""

    _name = "channel.owned.mixin"
    _description = "Part of a channel"

    def write(self, vals):
        if not self.env.su:
            for name, value in vals.items():
                field = self._fields.get(name)
                if value and field and field.type == "many2one" and _is_ours(field.comodel_name):
                    self.env[field.comodel_name].browse(value).check_access("read")
        return super().write(vals)


def _is_ours(model):
    return model.startswith("channel.")


class ChannelAuditedMixin(models.AbstractModel):
    _name = "channel.audited.mixin"
    _inherit = ["channel.audited.mixin", "channel.owned.mixin"]


class ChannelBindingMixin(models.AbstractModel):
    _name = "channel.binding.mixin"
    _inherit = ["channel.binding.mixin", "channel.owned.mixin"]


class ChannelRunMixin(models.AbstractModel):
    _name = "channel.run.mixin"
    _inherit = ["channel.run.mixin", "channel.owned.mixin"]


class ChannelMatchingLine(models.Model):
    _name = "channel.matching.line"
    _inherit = ["channel.matching.line", "channel.owned.mixin"]


class ChannelPreviewLine(models.Model):
    _name = "channel.preview.line"
    _inherit = ["channel.preview.line", "channel.owned.mixin"]


class ChannelEvent(models.Model):
    _name = "channel.event"
    _inherit = ["channel.event", "channel.owned.mixin"]


class ChannelIssue(models.Model):
    _name = "channel.issue"
    _inherit = ["channel.issue", "channel.owned.mixin"]
