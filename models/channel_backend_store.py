"""What a shop says of itself, kept so that nobody has to ask it again and again."""

from datetime import timedelta

from odoo import fields, models

from ..core.canonical import StoreInfo
from ..services.job_run import JobRun

#: A shop may change its units or decimals without telling anybody.
READ_AGAIN = timedelta(days=1)
STORE_SETTINGS = tuple(StoreInfo().settings())


class ChannelBackend(models.Model):
    _inherit = "channel.backend"

    store_read_at = fields.Datetime("Shop's Settings Read", readonly=True, copy=False)

    def _remember_store(self, store):
        """Keep what the shop's own settings say, for adapters and for :meth:`_store_setting`.

        :param store: :class:`core.canonical.StoreInfo`
        """
        self.ensure_one()
        backend = self.sudo()
        known = backend.provider_settings or {}
        kept = {name: value for name, value in known.items() if name not in STORE_SETTINGS}
        found = {name: v for name, v in store.settings().items() if v is not None and v != ""}
        settings = {**kept, **found}
        if settings != known:
            backend.provider_settings = settings
        backend.store_read_at = fields.Datetime.now()

    def _store_setting(self, name, default=None):
        """One of :meth:`core.canonical.StoreInfo.settings`, ``default`` where it is not known."""
        self.ensure_one()
        return (self.sudo().provider_settings or {}).get(name, default)

    def _tick(self):
        result = super()._tick()
        last = self.store_read_at
        if self.state == "connected" and last and last + READ_AGAIN <= fields.Datetime.now():
            self._enqueue_read_store()
        return result

    def _enqueue_read_store(self):
        self.with_delay(
            identity_key=f"channel-store-{self.id}",
            description="read the shop's settings",
            priority=20,
        )._job_read_store()

    def _job_read_store(self):
        """Ask the shop for its settings; nothing happens while it is not connected."""
        backend = self.exists()
        if not backend or backend.state != "connected":
            return "the backend is not connected"
        backend = backend._env()
        return JobRun(backend).run("settings", backend._read_store)

    def _read_store(self, adapter, recorder):
        before = dict(self.provider_settings or {})
        self._remember_store(adapter.describe())
        after = self.provider_settings or {}
        changed = sorted(n for n in STORE_SETTINGS if before.get(n) != after.get(n))
        return f"changed: {', '.join(changed)}" if changed else "nothing changed"
