"""The chaos run, in short: every kind of fault once or more, and nothing is lost or doubled.

``CHAOS=events:seed`` runs a longer one, or another one; dev/chaos runs the whole of it.
"""

from __future__ import annotations

import os

from channel_connector.dev.chaos_run import table
from channel_connector.dev.chaos_run.run import run

EVENTS, SEED = (int(part) for part in os.environ.get("CHAOS", "80:2").split(":"))


def test_nothing_is_lost_or_doubled_in_a_storm(capsys):
    outcome = run(EVENTS, SEED)
    with capsys.disabled():
        print(table.show(outcome, f"dev/chaos --events {EVENTS} --seeds {SEED}"))
    assert outcome.events.total() == EVENTS
    assert outcome.faults, "the storm was none"
    assert outcome.settled, "jobs that do not end"
    found = outcome.verdict
    assert not [*found.lost, *found.doubled, *found.left, *found.differing]
