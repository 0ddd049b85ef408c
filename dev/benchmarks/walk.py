"""A flow's poll and the jobs that it leaves, worked on here one by one as a worker does it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from odoo import sql_db
from odoo.modules.registry import Registry

from odoo.addons.channel_connector.core.http import Exchange
from odoo.addons.channel_connector.services.job_errors import Recorder
from odoo.addons.queue_job.controllers.main import RunJobController
from odoo.addons.queue_job.exception import RetryableJobError

from .figures import Sample
from .odoo_process import environment, measured


@dataclass(frozen=True)
class Answer:
    """An answer of the shop: what was asked, when it came, how long it took, queries until then."""

    call: str
    moment: float
    seconds: float
    queries: int


class Walk:
    """One flow of a connected backend. ``answers``: the shop's, of what was measured last."""

    def __init__(self, registry: Registry, backend: int, kind: str) -> None:
        self.registry, self.kind = registry, kind
        self.answers: list[Answer] = []
        with environment(registry) as env:
            flows = env["channel.backend"].browse(backend).with_context(active_test=False).flow_ids
            flow = flows.filtered(lambda one: (one.kind, one.direction) == (kind, "in"))
            flow.active = True
            self.flow = flow.id
        self._watch()

    def _watch(self) -> None:
        original = Recorder.on_exchange

        def on_exchange(recorder: Recorder, exchange: Exchange) -> None:
            call = f"{exchange.method} {urlsplit(exchange.url).path.split('/v3/')[-1]}"
            now = time.perf_counter()
            self.answers.append(Answer(call, now, exchange.seconds, sql_db.sql_counter))
            original(recorder, exchange)

        Recorder.on_exchange = on_exchange

    @property
    def http_ms(self) -> float:
        """What the shop took for the answers of what was measured last."""
        return sum(answer.seconds for answer in self.answers) * 1000

    def own_work(self) -> list[Sample]:
        """What was done between the shop's answers: of each page, without the answer itself."""
        pairs = zip(self.answers, self.answers[1:], strict=False)
        return [
            Sample(
                (later.moment - later.seconds - earlier.moment) * 1000,
                later.queries - earlier.queries,
            )
            for earlier, later in pairs
        ]

    # === READING === #

    def poll(self) -> tuple[Sample, bool]:
        """One run of the poll's job: what it took with the shop's answers, and if there is more."""
        self.answers = []
        more = []

        def run() -> None:
            with environment(self.registry) as env:
                try:
                    env["channel.flow"].browse(self.flow)._job_poll()
                except RetryableJobError:
                    more.append(True)

        return measured(run), bool(more)

    # === WORKING === #

    def jobs(self) -> list[str]:
        """Chunks that wait, in the order in which they were made."""
        with environment(self.registry) as env:
            jobs = env["queue.job"].search(
                [("method_name", "=", "_job_process_chunk"), ("state", "=", "pending")], order="id"
            )
            jobs.state = "enqueued"
            return jobs.mapped("uuid")

    def work(self, uuid: str) -> tuple[Sample, Any]:
        """Run a job as queue_job's worker does; what it took, and the ids of its events."""
        self.answers = []
        with environment(self.registry) as env:
            sample = measured(lambda: self._run(env, uuid))
            job = env["queue.job"].search([("uuid", "=", uuid)])
            if job.state != "done":
                raise SystemExit(f"error: a job ended {job.state}: {job.exc_info}")
            return sample, job.records.ids

    def _run(self, env: Any, uuid: str) -> None:
        RunJobController._try_perform_job(env, RunJobController._acquire_job(env, uuid))

    @contextmanager
    def made_of(self, events: list[int]) -> Iterator[Any]:
        """What events became.

        :raises SystemExit: one of them was not done
        """
        with environment(self.registry) as env:
            found = env["channel.event"].browse(events)
            reasons = [f"{event.state}: {event.reason}" for event in found if event.state != "done"]
            if reasons:
                raise SystemExit(f"error: {reasons[0]}")
            yield env[found[0].res_model].browse(found.mapped("res_id"))
