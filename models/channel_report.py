"""What reports share: percentiles that are right whatever the rows are grouped by."""

from odoo import api, models
from odoo.tools import SQL


class ChannelReport(models.AbstractModel):
    """``_percentiles`` maps a field to ``(column, fraction)``.

    Such a field shows the row's own value, and of a group the percentile of all its rows: a mean
    of the percentiles of hours would be wrong for a day.
    """

    _name = "channel.report.mixin"
    _description = "Report with percentiles"

    _percentiles = {}

    def _read_group_select(self, aggregate_spec, query):
        column, fraction = self._percentiles.get(aggregate_spec.partition(":")[0], (None, None))
        if not column:
            return super()._read_group_select(aggregate_spec, query)
        return SQL(
            "percentile_cont(%s) WITHIN GROUP (ORDER BY %s)",
            fraction,
            self._field_to_sql(self._table, column, query),
        )

    @api.model
    def _hour(self, column):
        """The hour of a moment in the user's time zone, as text that sorts.

        Odoo's own groups by hour count to twelve and show noon and midnight as one.
        """
        return SQL(
            "to_char(%s AT TIME ZONE 'UTC' AT TIME ZONE %s, 'YYYY-MM-DD HH24:00')",
            SQL.identifier(column),
            self.env.tz.zone,
        )
