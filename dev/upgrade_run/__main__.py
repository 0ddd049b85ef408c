"""``python -m upgrade_run``, for dev/upgrade, which explains the options."""

from __future__ import annotations

import sys

import databases

from . import kept
from .figures import differences, figures, rows

DATABASE = f"{databases.PREFIX}_upgrade"


def show() -> int:
    """Restore, upgrade, compare, print; the exit code says whether all is equal."""
    then = kept.figures_then()
    kept.restore(DATABASE)
    kept.upgrade(DATABASE)
    with kept.connected(DATABASE) as sql:
        now = figures(sql)
    databases.drop(DATABASE)
    found = differences(then, now)
    for title, counted in now.items():
        changed = [line for line in found if line.startswith(f"{title}, ")]
        print(f"{title:22} {len(counted):4} figures  {'equal' if not changed else 'DIFFERENT'}")
    print("\n".join(found))
    print(f"{rows(now)} figures, {len(found)} different")
    return 1 if found else 0


def main(argv: list[str]) -> int:
    if argv == ["keep"]:
        from .keep import keep

        keep()
        size = kept.DUMP.stat().st_size / 1e6
        print(f"{kept.DUMP}: {size:.1f} MB, {rows(kept.figures_then())} figures")
        return 0
    return show()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
