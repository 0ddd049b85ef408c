"""What a kind needs so that many of its records can be told to a channel in few calls."""

from dataclasses import dataclass, field
from typing import Any

from odoo import models


@dataclass
class Planned:
    """What a drain is going to do: plain values, made before any HTTP.

    ``items``: ``{record id: [items of core.catalogue]}``; ``settled``: ``{record id: reason}`` of
    records that need no call (nothing changed, excluded, not in the shop); ``errors``:
    ``{record id: NeedsHuman}`` of those that can't be sent; ``notes``: what :meth:`_store` needs.
    """

    items: dict[int, list[Any]] = field(default_factory=dict)
    settled: dict[int, str] = field(default_factory=dict)
    errors: dict[int, Exception] = field(default_factory=dict)
    notes: dict[str, Any] = field(default_factory=dict)


class ChannelDrain(models.AbstractModel):
    """Base of the services that publish what changed: stock, prices, products.

    One drain per backend and kind works at a time, see :meth:`services.job_run.JobRun.drain`.
    Steps run apart, so that no transaction waits for HTTP, and every one may happen again.
    """

    _name = "channel.drain"
    _description = "Channel drain"

    #: model of the records that notes of this kind are about, and of what binds them to a shop
    _record_model = "product.product"
    _binding_model = "channel.binding.product"

    def _before(self, backend, adapter, recorder):
        """What has to be known first; may call the channel and commit. Once per drain."""

    def _plan(self, backend, records):
        """Decide what is sent for ``records``: a :class:`Planned`. Reads Odoo, no HTTP."""
        raise NotImplementedError

    def _push(self, adapter, planned):
        """Tell the channel; no database. Yields lists of :class:`core.catalogue.ItemResult`."""
        raise NotImplementedError

    def _store(self, backend, planned, results):
        """Write down what one call did. May run more than once.

        :return: ``{record id: None}`` for what is done, ``{record id: ChannelError}`` for what
            the channel refused; records of which more is to come are missing
        """
        raise NotImplementedError
