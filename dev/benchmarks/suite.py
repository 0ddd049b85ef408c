"""All benchmarks, one after the other: each in a process of its own, all in one table.

A process of its own, because a benchmark watches what it runs, and measures its own memory.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from .figures import Results
from .sizes import NAMES


def run(results: Results, path: Path, *, quick: bool) -> list[str]:
    """Run every benchmark with its usual sizes; collect their rows, saved in ``path`` after each.

    :return: the names of those that failed: the others take hours, so theirs are kept
    """
    failed = []
    with tempfile.TemporaryDirectory() as folder:
        for name in NAMES:
            print(f"{time.strftime('%H:%M:%S')} {name}", file=sys.stderr, flush=True)
            output = Path(folder) / f"{name}.json"
            command = [sys.executable, "-m", "benchmarks", name, "--output", str(output)]
            # what it prints is for those who run it alone
            done = subprocess.run(
                [*command, *(["--quick"] if quick else [])], stdout=subprocess.DEVNULL, check=False
            )
            if done.returncode:
                failed.append(name)
                continue
            part = Results.read(output)
            results.rows += part.rows
            results.more[name] = {**part.more, "load_before": part.machine["load_before"]}
            results.write(path)
    return failed
