"""What a kind of change needs so that a channel can be told of it."""

from dataclasses import dataclass
from typing import Any

from odoo import models
from odoo.fields import Datetime

from .order_facts import fingerprint_of, parts_of
from .order_values import naive


@dataclass
class Told:
    """How telling ended: ``done`` or ``ignored`` with a reason for people."""

    state: str
    reason: str


@dataclass
class Message:
    """What will be sent: plain values, made before any HTTP.

    ``content`` is what the exporter's ``_send`` understands (a canonical value); ``look_first``:
    an earlier try may have reached the channel.
    """

    content: Any
    marker: str
    look_first: bool = False


@dataclass
class Echo:
    """The shop's order as it was right after our write: raw and translated."""

    record: Any
    order: Any


class ChannelExporter(models.AbstractModel):
    """Base of the services that tell a channel; one record at a time, under a lock (its order's).

    The three steps run apart, so that no transaction waits for HTTP: ``_prepare`` reads Odoo,
    ``_send`` talks to the channel, ``_store`` writes down what came of it. Every one may happen
    again: a killed job starts from the beginning with ``look_first``.
    """

    _name = "channel.exporter"
    _description = "Channel exporter"

    def _binding(self, backend, order_id):
        """What of the channel a note is about; empty: that is gone, and there is nothing to tell.

        ``channel.binding.order`` of its sales order, unless an exporter knows it otherwise.
        """
        return self.env["channel.binding.order"].search(
            [("backend_id", "=", backend.id), ("odoo_id", "=", order_id)], limit=1
        )

    def _claimed(self, binding, record):
        """What no other job may work on meanwhile: a kind, and a name that the log shows."""
        return "order", binding.external_id

    def _prepare(self, binding, record, marker):
        """What has to be sent: the ``content`` of a message, or a :class:`Told` where nothing is.

        :raises errors.NeedsHuman: it can't be sent; the notes are blocked with an issue
        """
        raise NotImplementedError

    def _send(self, adapter, message):
        """Tell the channel; no database. Returns what ``_store`` needs.

        :raises errors.UnknownOutcome: tried again later, with ``look_first``
        """
        raise NotImplementedError

    def _store(self, binding, record, message, answer):
        """Write down what was sent; returns a :class:`Told`. May run more than once."""
        raise NotImplementedError

    # === ECHO === #

    def _read_back(self, adapter, external_id, record=None):
        """The shop's order after our write, as an :class:`Echo`; for ``_send``.

        :param record: what the write itself answered, where that is the order
        """
        record = record or adapter.fetch_order(external_id)
        return Echo(record, adapter.parse_order(record.payload))

    def _remember_echo(self, binding, echo, ours):
        """Remember the shop's order as it is after our write, so that its webhook is an echo.

        Only if nothing but ``ours`` differs from what was taken over before: otherwise somebody
        changed it in between, and the webhook has to bring that in. What the webhook would have
        led to is noted here: a write of ours may be what makes the shop call an order paid.

        :param ours: names of the parts (:func:`.order_facts.parts_of`) that our write, and nobody
            else, has changed
        """
        order, record = echo.order, echo.record
        keys = binding.backend_id.meta_field_ids.mapped("external_code")
        parts, known = parts_of(order, keys), binding.parts or {}
        binding.sent_at = Datetime.now()
        if not binding.fingerprint or any(
            parts[name] != known.get(name) for name in parts if name not in ours
        ):
            return
        payment = self._payment_values(order)
        is_money_news = any(value and binding[name] != value for name, value in payment.items())
        whole = fingerprint_of(order, keys)
        binding.write(
            {
                "fingerprint": whole,
                "sent_fingerprint": whole,
                "parts": parts,
                "status_code": order.status_code,
                "external_modified_at": naive(record.modified_at),
                "fetched_at": naive(record.fetched_at),
                **payment,
            }
        )
        if is_money_news:
            binding.odoo_id._channel_follow_up("payment")

    def _expect_echo(self, binding):
        """The webhook of a write that changes nothing we take over is an echo.

        Whatever else comes with it has another fingerprint, and is taken over.
        """
        binding.write({"sent_fingerprint": binding.fingerprint, "sent_at": Datetime.now()})

    def _payment_values(self, order):
        """What the binding knows of the payment; see ``channel.order.writer``."""
        return self.env["channel.order.writer"]._prepare_payment(order)
