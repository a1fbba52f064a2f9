"""
The folders of runs: where they lie, how one is found again, and what is left in it for others.

`latest`, a text file beside them, names the last run that asked an endpoint and so has recordings of its own.
"""

import json
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from conformance.files import FOLDER_MODE, RefusedFile, private_folder, read_regular, refuse_links, replace_file
from conformance.log import records
from conformance.record.spool import EXCHANGES
from conformance.wire.text import escaped
from conformance.wire.verdict import UsageError

RUNS = Path("reports") / "runs"
CASSETTES = Path("cassettes")
LATEST = "latest"
LARGEST_POINTER = 64 * 1024

_COST = ".cost"
_ROOM = 64 * 1024
"""A run needs more; but a disk that has not even this is full."""


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
    private_folder(runs)
    folder.mkdir(FOLDER_MODE)
    return folder


def refuse_unwritable(runs: Path) -> None:
    """Raise `UsageError` when nothing can be written where runs are to be written. Leaves nothing there."""
    nearest = next(folder for folder in (runs, *runs.parents) if folder.exists())
    try:
        with tempfile.TemporaryFile(dir=nearest) as file:
            file.write(b"\0" * _ROOM)
    except OSError as error:
        raise UsageError(unwritable(runs, error)) from None


def unwritable(runs: Path, error: OSError) -> str:
    """Return in one sentence why runs cannot be written into a folder, and what to do."""
    return f"runs cannot be written into {runs}: {error.strerror or error}; mend that, or give another --output DIR"


def words(error: OSError) -> str:
    """Return the system's words for what went wrong, and where."""
    return ": ".join(str(part) for part in (error.strerror or error, error.filename) if part)


def find(name: str, root: Path, runs: Path = RUNS) -> Path:
    """
    Return the folder of a run by its path, its name, or `latest`. Raises `UsageError` that lists the last ones.

    `runs` is where runs are written, below `root` or absolute.
    """
    named = _latest(root / runs / LATEST) if name == LATEST else name
    for folder in (root / named, root / runs / named):
        if (folder / records.LOG).is_file():
            return folder
    found = sorted((path.name for path in (root / runs).glob("*") if (path / records.LOG).is_file()), reverse=True)
    raise UsageError(f"no run `{name}` below {runs}; the last ones: {', '.join(found[:5]) or 'there are none yet'}")


def recordings(folder: Path, target: str) -> Path:
    """Return where the recordings of a target lie in a run's folder. Raises `UsageError` when a link leads there."""
    found = folder / EXCHANGES / target
    try:
        refuse_links(found, folder)
    except RefusedFile as error:
        raise UsageError(f"{folder}: the recordings of {target} are not read: {error}") from None
    return found


def _latest(pointer: Path) -> str:
    """Return the name of the last run. Raises `UsageError` when the pointer holds anything but the name of a folder."""
    try:
        named = read_regular(pointer, LARGEST_POINTER).decode().strip()
    except FileNotFoundError:
        return LATEST
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{pointer} cannot be read: {error}") from None
    if not named.isprintable() or named in {"", ".."} or named != Path(named).name or "\\" in named:
        raise UsageError(f"{pointer} holds `{escaped(named, 80)}`, which is not the name of a folder beside it")
    return named


def find_to_resume(name: str, root: Path, runs: Path = RUNS) -> Path:
    """
    Return the folder of a run that may be written to, as `find` does.

    Raises `UsageError` also when there is a link in it: a run makes none, and what is written must stay in its folder.
    """
    folder = find(name, root, runs)
    for path in folder.rglob("*"):
        if path.is_symlink():
            raise UsageError(f"{folder}: {path.relative_to(folder)} is a link; no run makes one, so take it away")
    return folder


def point(folder: Path, pointer: str | None, *, latest: bool) -> None:
    """Tell whoever started us where the run's folder is, and if it is the `latest`, whoever comes after us."""
    if pointer:
        replace_file(Path(pointer), f"{folder}\n".encode())
    if latest:
        replace_file(folder.parent / LATEST, f"{folder.name}\n".encode())


def announce(folder: Path, lines: Sequence[str]) -> None:
    """Leave what a run costs where the process that has the terminal finds it (under xdist only workers plan)."""
    replace_file(folder / _COST, json.dumps(list(lines)).encode())


def announced(folder: Path) -> list[str]:
    """Return what a run costs, as a worker left it."""
    try:
        found: list[str] = json.loads(read_regular(folder / _COST, LARGEST_POINTER))
    except FileNotFoundError:
        return []
    return found
