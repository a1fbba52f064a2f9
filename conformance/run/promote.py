"""The recordings of a `record` run become the cassettes of its targets, at once or not at all."""

from collections.abc import Sequence, Sized
from dataclasses import dataclass
from pathlib import Path

from conformance.log.records import ExchangeLine, Result
from conformance.record import cassette
from conformance.record.recording import CassetteError
from conformance.record.spool import EXCHANGES, file_of
from conformance.run import shelf
from conformance.run.folder import CASSETTES
from conformance.run.options import RunOptions
from conformance.wire.response import Ending
from conformance.wire.text import cut
from conformance.wire.verdict import Verdict

SHOWN_ABSENT = 5
LONGEST = 160


@dataclass(frozen=True, slots=True)
class Promoted:
    """
    What became of the recordings, in words.

    `failed`: some could not be written to where they belong. `whole` names the targets of which the whole suite was
    recorded.
    """

    said: tuple[str, ...] = ()
    failed: bool = False
    whole: tuple[str, ...] = ()


def promote(  # noqa: PLR0913  what decides whether a run was whole
    options: RunOptions,
    folder: Path,
    results: Sequence[Result],
    exchanges: Sequence[ExchangeLine],
    *,
    whole: bool,
    partial: bool,
) -> Promoted:
    """
    Turn the recordings of a run's folder into cassettes where the mode asks for it.

    Nothing is kept of a run that was cut, had a bug of the suite or found no endpoint to ask. An exchange
    without a response is absent. `partial`: only a part of the suite was run, so the cassettes of the rest stay.
    A shard keeps its recordings: it has judged nothing.
    """
    if options.shard is not None:
        return Promoted()
    said, failed, complete = [], False, []
    keep = options.filtered or partial
    for name in (chosen.target.name for chosen in options.targets if chosen.mode == "record"):
        own = [line for line in exchanges if line.target == name]
        fresh, absent = _recordings(folder / EXCHANGES / name, own)
        why = "it was cut" if not whole else _useless([found for found in results if found.target == name])
        if why or not fresh:
            said.append(f"{name}: nothing recorded, because the run was not whole ({why or 'nothing was received'})")
            continue
        try:
            shelf.exchange(options.root / CASSETTES / name, fresh, keep=keep, gone=absent)
        except OSError as error:
            failed = True
            said.append(f"{name}: nothing recorded, the earlier cassettes are as they were: {error.strerror or error}")
        else:
            said.append(f"{name}: {_count(fresh, 'cassette')} recorded in {CASSETTES / name}{_told(own, absent)}")
            complete += [] if keep else [name]
    return Promoted(tuple(said), failed, tuple(complete))


def _useless(results: Sequence[Result]) -> str:
    """Return why no recording of a target may be kept, or an empty text."""
    reasons = [found.reason for found in results if found.verdict is Verdict.ERROR]
    fatal = [reason for reason in reasons if "bug in the suite" in reason or reason.startswith("preflight of")]
    return f"{len(reasons)} errors, the first: {fatal[0]}" if fatal else ""


def _recordings(folder: Path, exchanges: Sequence[ExchangeLine]) -> tuple[dict[Path, Path], dict[Path, str]]:
    """Return the recordings that can be used, by their path in the folder, and why those of other exchanges cannot."""
    fresh, absent = {}, {_file_of(line): line.reason for line in exchanges if not line.evidence}
    for path in sorted(folder.rglob("*.json")):
        place = path.relative_to(folder)
        try:
            cassette.read(path, folder)
        except (CassetteError, FileNotFoundError) as error:
            absent[place] = str(error)
        else:
            fresh[place] = path
            absent.pop(place, None)
    return fresh, absent


def _file_of(line: ExchangeLine) -> Path:
    return file_of(line.id, line.case, line.sample)


def _told(exchanges: Sequence[ExchangeLine], absent: dict[Path, str]) -> str:
    """Return which exchanges were asked for and have no cassette, and why. What was not sent has a reason elsewhere."""
    asked = [line for line in exchanges if line.ending is not Ending.UNSENT and _file_of(line) in absent]
    if not asked:
        return ""
    shown = [f"{line.label}: {_why(line)}" for line in asked[:SHOWN_ABSENT]]
    shown += [f"and {len(asked) - SHOWN_ABSENT} more"] if len(asked) > SHOWN_ABSENT else []
    return f", {_count(asked, 'exchange')} absent: {'; '.join(shown)}"


def _count(things: Sized, name: str) -> str:
    return f"{len(things)} {name}{'' if len(things) == 1 else 's'}"


def _why(line: ExchangeLine) -> str:
    if line.status is not None:
        return "the response held our key"
    return f"no response: {cut(line.reason, LONGEST)}"
