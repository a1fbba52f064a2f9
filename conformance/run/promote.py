"""The recordings of a `record` run become the cassettes of its targets, at once or not at all."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from conformance.log.records import Result
from conformance.record.spool import EXCHANGES
from conformance.run.folder import CASSETTES
from conformance.run.options import RunOptions
from conformance.wire.verdict import Verdict


def promote(options: RunOptions, folder: Path, results: Sequence[Result], *, whole: bool, partial: bool) -> list[str]:
    """
    Turn the recordings of a run's folder into cassettes where the mode asks for it; return what was done, in words.

    Nothing is kept of a run that was cut or had an error: half a recording is none. `partial`: only a part of the
    suite was run, so the cassettes of the rest stay.
    """
    said = []
    for name in (chosen.target.name for chosen in options.targets if chosen.mode == "record"):
        errors = [found for found in results if found.target == name and found.verdict is Verdict.ERROR]
        if not whole or errors:
            why = f"{len(errors)} errors, the first: {errors[0].reason}" if errors else "the run was cut"
            said.append(f"{name}: nothing recorded, because the run was not whole ({why})")
        else:
            goal = options.root / CASSETTES / name
            count = _copy(folder / EXCHANGES / name, goal, replace=not options.filtered and not partial)
            said.append(f"{name}: {count} cassettes recorded in {CASSETTES / name}")
    return said


def _copy(source: Path, goal: Path, *, replace: bool) -> int:
    """Copy recordings, in the place of all that were there or beside them; return how many."""
    fresh = sorted(source.rglob("*.json"))
    if replace:
        shutil.rmtree(goal, ignore_errors=True)
    for path in fresh:
        copy = goal / path.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    return len(fresh)
