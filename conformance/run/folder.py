"""
The folders of runs: where they lie, how one is found again, and what is left in it for others.

`latest`, a text file beside them, names the last run that asked an endpoint and so has recordings of its own.
"""

import json
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from conformance.log import records
from conformance.record.files import replace_file
from conformance.record.spool import LOCKS, Spool
from conformance.wire.verdict import UsageError

RUNS = Path("reports") / "runs"
CASSETTES = Path("cassettes")
LATEST = "latest"

_COST = ".cost"


def new_name(targets: Sequence[str]) -> str:
    """Return the name of a new run: when it started, and what it is about."""
    more = f"+{len(targets) - 3}" if len(targets) > 3 else ""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{'+'.join(targets[:3])}{more}"


def make(runs: Path, name: str) -> Path:
    """Make the folder of a new run; two of one second get folders of their own."""
    folder, number = runs / name, 2
    while folder.exists():
        folder = runs / f"{name}-{number}"
        number += 1
    folder.mkdir(parents=True)
    return folder


def reopen(folder: Path) -> Path:
    """Let a run go on: what failed may be asked for again."""
    Spool(folder).forget_failures()
    shutil.rmtree(folder / LOCKS, ignore_errors=True)  # what was counted there belongs to the part that is over
    return folder


def find(name: str, root: Path, runs: Path = RUNS) -> Path:
    """
    Return the folder of a run by its path, its name, or `latest`. Raises `UsageError` that lists the last ones.

    `runs` is where runs are written, below `root` or absolute.
    """
    pointer = root / runs / LATEST
    named = pointer.read_text(encoding="utf-8").strip() if name == LATEST and pointer.is_file() else name
    for folder in (root / named, root / runs / named):
        if (folder / records.LOG).is_file():
            return folder
    found = sorted((path.name for path in (root / runs).glob("*") if (path / records.LOG).is_file()), reverse=True)
    raise UsageError(f"no run `{name}` below {runs}; the last ones: {', '.join(found[:5]) or 'there are none yet'}")


def point(folder: Path, pointer: str | None, *, latest: bool) -> None:
    """Tell whoever started us where the run's folder is, and if it is the `latest`, whoever comes after us."""
    if pointer:
        Path(pointer).write_text(f"{folder}\n", encoding="utf-8")
    if latest:
        replace_file(folder.parent / LATEST, f"{folder.name}\n".encode())


def announce(folder: Path, lines: Sequence[str]) -> None:
    """Leave what a run costs where the process that has the terminal finds it (under xdist only workers plan)."""
    replace_file(folder / _COST, json.dumps(list(lines)).encode())


def announced(folder: Path) -> list[str]:
    """Return what a run costs, as a worker left it."""
    path = folder / _COST
    found: list[str] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []
    return found
