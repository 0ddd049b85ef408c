"""Only one database may work with a shop: a copy of it keeps quiet until a manager confirms it."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import ormcache

from odoo.addons.queue_job.exception import RetryableJobError

from ..core import errors
from ..services.messages import issue_text

#: A job of a copy that got as far as to call the shop looks again after so long.
COPY_SECONDS = 300


class ChannelBackend(models.Model):
    _inherit = "channel.backend"

    live_database = fields.Char("Database", readonly=True, copy=False)
    live_server = fields.Char(
        "Database Server",
        readonly=True,
        copy=False,
        help="The server's own number and the database's number on it: a database that was "
        "restored elsewhere, or under another name, has others.",
    )
    live_url = fields.Char("Address of Odoo", readonly=True, copy=False)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        backends = super().create(vals_list)
        # not the address: until it goes live a person may come by any
        database, server, _url = self._identity()
        backends.write({"live_database": database, "live_server": server})
        return backends

    # === ACTION METHODS === #

    def action_confirm_live(self):
        """This database is the live one (after it was moved or its address changed)."""
        self._remember_identity()
        self.filtered(lambda backend: backend.state == "paused").state = "connected"
        self._resolve_issues("copied_database")

    # === BUSINESS METHODS === #

    def _frame_fields(self):
        return [*super()._frame_fields(), "live_database", "live_server", "live_url"]

    def _identity(self):
        """What tells this database from a copy of it: its own number, its server, its address."""
        get_param = self.env["ir.config_parameter"].sudo().get_param
        return get_param("database.uuid"), self._server_identity(), get_param("web.base.url")

    @ormcache()
    def _server_identity(self):
        """``server/database`` as PostgreSQL numbers them, which no dump carries along.

        A server that keeps its own number to itself leaves the database's.
        """
        cr, server = self.env.cr, "?"
        cr.execute(
            "SELECT oid, has_function_privilege('pg_control_system()', 'EXECUTE')"
            " FROM pg_database WHERE datname = current_database()"
        )
        database, may_ask = cr.fetchone()
        if may_ask:
            cr.execute("SELECT system_identifier FROM pg_control_system()")
            (server,) = cr.fetchone()
        return f"{server}/{database}"

    def _remember_identity(self):
        self.live_database, self.live_server, self.live_url = self._identity()

    def _is_copy(self):
        """Whether this is another database than the one where a manager made the backend work.

        One that went live before servers were told apart counts as a copy until it is confirmed.
        """
        self.ensure_one()
        if not self.live_database:  # neutralised, or from before it was remembered
            return self.state == "connected"
        database, server, url = self._identity()
        known = (self.live_database, self.live_server, self.live_url or url)
        return known != (database, server, url)

    def _pause_if_copy(self):
        """A plain restore runs no neutralisation: a copy must not reach the shop by itself."""
        for backend in self:
            if backend._is_copy():
                backend.state = "paused"
                backend._open_issue("copied_database")

    def _waits(self, kind, direction="in"):
        """See ``channel_flow_pause``: in a copy jobs that wait may start before the scheduler."""
        if self._is_copy():
            return "this database is a copy: it waits"
        return super()._waits(kind, direction)

    def _call(self, work, role):
        """See ``channel_backend_actions``; a check would take the refusal for the shop's."""
        if self._is_copy():
            raise UserError("\n".join(issue_text(self.env, "copied_database", {})))
        return super()._call(work, role)

    def _before_request(self, gate=None):
        """What an adapter calls before each request; nothing reaches the shop past it.

        :param gate: rate budget to spend from; a job has one
        :raises RetryableJobError: a job of a copy gets no adapter, whatever that one would heed
        """
        if gate and self._is_copy():
            raise self._kept_from_shop(in_job=True)

        def before_request():
            self.fetch(self._frame_fields())  # each commit of a job forgets what it has read
            if self._is_copy():
                raise self._kept_from_shop(in_job=bool(gate))
            if gate:
                gate.spend()

        return before_request

    def _kept_from_shop(self, in_job):
        """The error that ends a call of a copy; a job comes again, when a manager has decided."""
        if not in_job:
            return errors.NeedsHuman("copied_database")
        message = "this database is a copy: it calls no shop"
        return RetryableJobError(message, seconds=COPY_SECONDS, ignore_retry=True)
