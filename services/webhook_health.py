"""Whether a shop's webhooks do what they are there for; what does not is made anew.

What the shop shows of its webhooks is compared first: one that is switched off, deleted, doubled
or delivers to another address. Three ailments can't be seen there, so Odoo's own rows tell:

- **rejected**: deliveries came with a wrong signature (the open issue ``rejected_deliveries``).
  No shop shows a webhook's secret.
- **blind**: deliveries say that the webhook may not read what it tells of.
- **silent**: the poll has found several changes first that should have been delivered long ago.

The cure is always the same: delete and make anew. Switching a webhook on again keeps its count of
failures, so that the next failure would switch it off again. For an ailment that can't be seen
this is done once a day; if it does not help, a person is told.

Whatever was not delivered meanwhile, a poll fetches at once.
"""

from datetime import timedelta

from odoo import models
from odoo.fields import Datetime

from ..core import errors
from ..core.fingerprint import fingerprint
from .job_errors import Recorder, draft_of

#: Kinds of records whose webhooks are installed; some only matter to later flows, but a hook
#: that exists early costs one ignored event, while one that is missing loses changes.
HOOK_KINDS = ("order", "product", "customer")
#: Those of which a poll tells when they were changed.
DATED_KINDS = ("order", "product")
#: A quiet shop delivers when the next visitor starts its scheduled actions.
GRACE = timedelta(minutes=15)
#: Changes that the poll has to find first before a shop counts as silent: one may be lost, and
#: some (an order restored by the shop's API) are told by no webhook at all.
MISSED = 3
#: A record that was delivered so shortly before the poll found it is not counted.
DELIVERED_BEFORE = timedelta(days=1)
RENEW_EVERY = timedelta(days=1)
EVENT_STATES = ("pending", "done", "ignored", "blocked", "failed")


class ChannelWebhookHealth(models.AbstractModel):
    _name = "channel.webhook.health"
    _description = "Channel webhook health"

    def _check(self, backend, adapter):
        """Look, repair what is wrong, and look again; returns a text for a person.

        :raises errors.ChannelError: the shop could not be asked, or refuses the repair
        """
        report = self._look(backend, adapter)
        if not report.found and not backend.webhook_ids:
            backend._set_webhook_state("none")
            return self.env._("No webhooks are installed in the shop.")
        ailments = self._ailments(backend, adapter)
        anew = bool(ailments) and self._may_renew(backend)
        if not report.faulty and not anew:
            self.env["channel.webhook"]._keep(backend, report)
            self._conclude(backend, report)
            return self.env._("The shop's webhooks were checked: %s", self._word(backend))
        return self._repair(backend, adapter, report, ailments if anew else [])

    def _install(self, backend, adapter, secret, anew=False):
        """Make what is missing, and write down what is there then; returns what was made."""
        url, known = backend.webhook_url, backend._known_hooks()
        created = adapter.install_hooks(url, secret, HOOK_KINDS, known, anew)
        report = self._look(backend, adapter)
        self.env["channel.webhook"]._keep(backend, report, renewed=anew)
        self._conclude(backend, report)
        return created

    def _give_up(self, backend, error):
        """The shop refuses to let its webhooks be looked at or repaired: tell a person."""
        if backend.webhook_state == "none":
            return f"blocked: {error.code}"
        backend._set_webhook_state("broken")
        backend._open_issue("webhooks_broken", reason=error.code)
        backend.webhook_ids.checked_at = Datetime.now()
        return f"blocked: {error.code}"

    # === LOOKING === #

    def _look(self, backend, adapter):
        return adapter.check_hooks(backend.webhook_url, HOOK_KINDS, backend._known_hooks())

    def _ailments(self, backend, adapter):
        """What is wrong although the shop shows nothing, in words."""
        found = []
        if self._is_rejected(backend):
            found.append(self.env._("deliveries came with a wrong signature"))
        if self._is_blind(backend, adapter):
            found.append(self.env._("deliveries said that they may not read the record"))
        for kind in self._silent_kinds(backend):
            Recorder().write_issue(backend, self._silence_draft(kind))
            found.append(
                self.env._("changes of kind “%s” came by the schedule only", self._kind_word(kind))
            )
        return found

    def _is_rejected(self, backend):
        """Whether a delivery was refused since all were last made."""
        made = self._made_at(backend)
        issue = self.env["channel.issue"].search(
            [*self._open_issues(backend), ("code", "=", "rejected_deliveries")], limit=1
        )
        return bool(issue) and (not made or issue.create_date > made)

    def _open_issues(self, backend):
        return [("backend_id", "=", backend.id), ("state", "=", "open")]

    def _is_blind(self, backend, adapter):
        made = self._made_at(backend)
        events = self.env["channel.event"].search(
            [
                ("backend_id", "=", backend.id),
                ("kind", "in", HOOK_KINDS),
                ("external_id", "=", ""),
                ("source", "=", "webhook"),
                ("received_at", ">", made or Datetime.now() - RENEW_EVERY),
            ],
            order="id DESC",
            limit=20,
        )
        return any(adapter.lost_rights(event.sudo().payload or {}) for event in events)

    def _silent_kinds(self, backend):
        """Kinds of records whose webhooks say nothing.

        One that was silent is so until it delivers again, whatever was done about it.
        """
        silent = []
        for kind in DATED_KINDS:
            delivered = self._last_delivery(backend, kind)
            issue = self._silence(backend, kind)
            if issue and delivered and delivered > issue.create_date:
                issue._close("resolved")
                issue = issue.browse()
            if issue or self._missed(backend, kind, delivered) >= MISSED:
                silent.append(kind)
        return silent

    def _silence(self, backend, kind):
        """The open issue about the silence of a kind."""
        draft = self._silence_draft(kind)
        key = fingerprint([draft.code, draft.cause])
        return self.env["channel.issue"].search(
            [*self._open_issues(backend), ("fingerprint", "=", key)], limit=1
        )

    def _silence_draft(self, kind):
        error = errors.NeedsHuman("webhooks_silent", kind=self._kind_word(kind))
        draft = draft_of(error, "backend", "")
        draft.cause, draft.notice = {"kind": kind}, True
        return draft

    def _missed(self, backend, kind, delivered):
        """Records that the poll brought, and no webhook, since the last delivery of their kind."""
        moments = [moment for moment in (delivered, self._made_at(backend)) if moment]
        if not moments:
            return 0
        since = max(moments)
        self.env["channel.event"].flush_model()
        self.env.cr.execute(
            """
            SELECT count(DISTINCT event.external_id) FROM channel_event event
             WHERE event.backend_id = %(backend)s AND event.state IN %(states)s
               AND event.received_at > %(since)s AND event.received_at < %(until)s
               AND event.kind = %(kind)s AND event.source = 'poll'
               AND event.occurred_at > %(since)s
               AND NOT EXISTS (
                   SELECT 1 FROM channel_event told
                    WHERE told.backend_id = event.backend_id AND told.kind = event.kind
                      AND told.external_id = event.external_id AND told.source = 'webhook'
                      AND told.received_at > event.received_at - %(before)s)
            """,
            {
                "backend": backend.id,
                "kind": kind,
                "states": EVENT_STATES,  # for the index
                "since": since,
                "until": Datetime.now() - GRACE,
                "before": DELIVERED_BEFORE,
            },
        )
        return self.env.cr.fetchone()[0]

    def _last_delivery(self, backend, kind):
        return backend.webhook_ids._last_deliveries(backend).get(kind)

    def _made_at(self, backend):
        return max(filter(None, backend.webhook_ids.mapped("made_at")), default=None)

    def _may_renew(self, backend):
        renewed = max(filter(None, backend.webhook_ids.mapped("renewed_at")), default=None)
        return not renewed or renewed + RENEW_EVERY <= Datetime.now()

    # === REPAIRING === #

    def _repair(self, backend, adapter, report, ailments):
        """Make anew what is faulty (all, for an ailment), tell it, and fetch what was missed."""
        made = self._install(backend, adapter, backend._ensure_webhook_secret(), bool(ailments))
        if ailments:
            backend._resolve_issues("rejected_deliveries")
        text = self._told(report, ailments)
        backend.message_post(body=text)
        self._log(backend, text)
        for flow in backend.flow_ids:
            if flow.direction == "in" and flow.kind in HOOK_KINDS and flow._runs():
                flow._enqueue_poll()
        return self.env._("%(text)s (%(count)s made anew)", text=text, count=len(made))

    def _told(self, report, ailments):
        states = dict(self.env["channel.webhook"]._fields["state"]._description_selection(self.env))
        causes = [
            self.env._("%(topic)s: %(fault)s", topic=hook.topic, fault=states[fault.value])
            for hook, fault in report.faulty
        ]
        return self.env._("Webhooks repaired. %s", "; ".join([*causes, *ailments]))

    def _log(self, backend, text):
        """A line among the events, where people look for what happened."""
        events = self.env["channel.event"]
        key = events._dedup_key("webhooks", backend.id, text)
        row = {"kind": "other", "topic": "webhooks", "external_id": "webhooks"}
        event = events._insert(backend, [{**row, "source": "reconcile", "dedup_key": key}])
        event._settle("done", text)

    # === CONCLUDING === #

    def _conclude(self, backend, report):
        """Set the backend's state, and open or close what a person has to know."""
        if report.faulty:
            backend._open_issue("webhooks_broken", reason="still_faulty")
            backend._set_webhook_state("broken")
            return
        backend._resolve_issues("webhooks_broken")
        silent = any(self._silence(backend, kind) for kind in DATED_KINDS)
        backend._set_webhook_state("silent" if silent else "ok")

    def _word(self, backend):
        words = dict(backend._fields["webhook_state"]._description_selection(self.env))
        return words[backend.webhook_state]

    def _kind_word(self, kind):
        words = dict(self.env["channel.event"]._fields["kind"]._description_selection(self.env))
        return words[kind]
