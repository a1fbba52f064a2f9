"""The options of a run that is merged of shards: theirs, from their logs. Nothing is sent, so no key is needed."""

import shlex
from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from conformance.call import call
from conformance.log import records
from conformance.log.records import Run
from conformance.merge.shards import in_order
from conformance.run import folder as runs
from conformance.run.command_line import CommandLine
from conformance.run.resume import files_to_give_again
from conformance.wire.text import printable
from conformance.wire.verdict import UsageError

_NEVER = frozenset(
    {"header", "ca_file", "client_cert", "client_key", "known", "max_minutes", "max_cost", "max_disk", "shard"}
)
"""What is about sending, and what holds for one shard."""


def shards(names: Sequence[str], root: Path, output: Path) -> tuple[Run, ...]:
    """Return the named shards in the order of their numbers. Raises `UsageError` unless they are all of one plan."""
    folders = dict.fromkeys(runs.find(name, root, output) for name in names)
    return in_order([records.read(folder) for folder in folders])


def of_shards(given: CommandLine, found: Sequence[Run]) -> CommandLine:
    """
    Return the options of the shards with what was given for the merge: files, checks, `--mode record`, `--keep`.

    Raises `UsageError` for what must be given again, because a log may be a stranger's: files and code.
    """
    stored = found[0].header.options
    assert stored is not None
    if missing := [*files_to_give_again(given, stored)]:
        raise UsageError(f"merge takes no file and no code from a log: give again {printable(' '.join(missing))}")
    if stored.mode == "record" and given.mode != "record":
        raise UsageError("the shards were sent with --mode record: give it to merge too")
    names = {field.name for field in fields(given)} - _NEVER
    taken: dict[str, Any] = {n: value for n, value in stored.model_dump().items() if n in names}
    here = {Path(name).stem: name for name in given.target}
    taken |= {
        "target": tuple(here.get(Path(name).stem, name) for name in stored.target),
        "packages": given.packages,
        "keep": given.keep,
        "mode": None,
    }
    return replace(given, **taken)


def command(found: Sequence[Run]) -> str:
    """Return the command that merges these shards again."""
    return call("merge", shlex.join(run.folder.name for run in found))
