"""What no shop should send, given to jobs and addresses by hypothesis: it must end readably.

``FUZZ=20`` tries twenty times as many.
"""

import json
import logging
import os
from datetime import datetime, timezone

from hypothesis import HealthCheck, Phase, given, settings

from ..core import plain
from ..core.canonical import Record
from .pure.hostile import mutated

_logger = logging.getLogger(__name__)
EXAMPLES = 40 * int(os.environ.get("FUZZ") or 1)
#: each example is work for a database: those that fail are shown as they are, not made smaller
STEADY = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


class HostileMixin:
    """``try_out``: jobs over mutations of records, whose ends are counted in ``ended``."""

    def setUp(self):
        super().setUp()
        self.ended = {}

    def try_out(self, documents, try_one, expected=()):
        """Call ``try_one`` with each mutation; all ``expected`` states must be among the ends."""

        @STEADY
        @given(mutated(documents))
        def try_it(payload):
            try_one(payload)

        try_it()
        _logger.info("%s: %s", self._testMethodName, self.ended)
        self.assertLessEqual(set(expected), set(self.ended))

    def settle(self, kind, external_id, payload):
        """Give a job a record as a poll would; it must end as a person can read it."""
        # whatever a shop sends has come through this
        payload = plain.loads(json.dumps(payload))
        now = datetime.now(timezone.utc)
        record = Record(kind, str(external_id), payload, now, now)
        event = self.env["channel.event"]._receive_polled(self.backend, [record])
        if not event:
            # the same came before, was stopped, and waits again since its issue is over
            key = [("external_id", "=", str(external_id)), ("state", "=", "pending")]
            self.assertTrue(self.env["channel.event"].search(key))
            return event
        postponed = self.run_job(event)
        if postponed:
            self.assertTrue(postponed.seconds or not postponed.ignore_retry)
            self.ended["postponed"] = self.ended.get("postponed", 0) + 1
            event._settle("ignored", "for the test")
            self.env.flush_all()
            return event
        self.ended[event.state] = self.ended.get(event.state, 0) + 1
        self.assertIn(event.state, ("done", "ignored", "blocked"), event.reason)
        self.assertTrue(event.reason)
        if event.state == "blocked":
            self.assertTrue(event.issue_id.title)
            self.assertTrue(event.issue_id.suggestion)
        return event
