"""Real Odoo servers as child processes, for the integration tests, the demo and the benchmarks."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

START_TIMEOUT = 120
STOP_TIMEOUT = 30


def free_port() -> int:
    """Return a TCP port of the loopback interface that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """One Odoo server with queue_job's runner on one database; `workers=0` is the threaded mode.

    Keep `workers` above the capacity of the root channel: jobs run in the HTTP workers.
    """

    def __init__(
        self,
        database: str,
        name: str = "server",
        *,
        workers: int = 4,
        channels: str = "root:2",
        port: int | None = None,
        options: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.database = database
        self.port = port or free_port()
        self.gevent_port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = Path(os.environ["RUN"]) / "logs" / f"{name}.log"
        self.process: subprocess.Popen[bytes] | None = None
        self._environment = {"ODOO_QUEUE_JOB_CHANNELS": channels, **(environment or {})}
        self._command = [
            "odoo",
            f"--database={database}",
            f"--http-port={self.port}",
            f"--gevent-port={self.gevent_port}",
            f"--workers={workers}",
            "--load=base,web,queue_job",
            "--max-cron-threads=0",
            *options,
        ]

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self, *options: str) -> None:
        """Start the server and wait until it answers; ``options`` hold for this time only.

        Raises RuntimeError with the end of the log if it does not, and for one that runs already:
        nobody would end the first.
        """
        if self.is_running:
            raise RuntimeError(f"the server on port {self.port} runs already")
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab" if self.process else "wb") as log:
            self.process = subprocess.Popen(
                [*self._command, *options],
                env={**os.environ, **self._environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_TIMEOUT
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(f"the server does not start, {self.log} ends:\n{self.tail()}")
            time.sleep(0.1)

    def stop(self) -> None:
        """End the server in good order; whatever is left then, or after 30 seconds, is killed."""
        if self.process and self.is_running:
            self.process.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(STOP_TIMEOUT)
        # a worker outlives a main process that died
        self.kill()

    def kill(self) -> None:
        """End the server and its workers at once, as a power cut does."""
        if self.process:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def restart(self) -> None:
        self.stop()
        self.start()

    def workers(self) -> list[int]:
        """Return the process ids of the server's children (HTTP and gevent workers, job runner)."""
        if not self.process or not self.is_running:
            return []
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in children.read_text().split()]

    def tail(self, lines: int = 60) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/web/health", timeout=5) as response:
                return response.status == 200
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False
