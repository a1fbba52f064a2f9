"""
Accepts a deviation: writes it into the target's file as known, with the places that it covers, and nothing else there.

For an endpoint without a target file it goes into a file of its own, which --known names, here and with every run.
WHAT is the id of a check, or of a cause as a run lists it, or `all` for each check that fails the run. Its entries do
not fail the run any more, stay red in the matrix, fail it as stale when they are no longer true, and from the day after
--until on they count no more. What the run does not show is refused. Exit codes: 0; 4 wrong use, or nothing in the run
that it matches.
"""

import argparse
import json
import stat
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from conformance.call import is_clone
from conformance.causes.cause import Cause, Weight
from conformance.causes.gather import causes
from conformance.causes.naming import canonical
from conformance.compare.side import Side, only_side, sides
from conformance.drift.pair import in_all_samples, places_of
from conformance.files import RefusedFile, read_regular, replace_file
from conformance.log.known import names_place
from conformance.log.records import Result
from conformance.rehearsal.guard import refuse_to_publish
from conformance.run.folder import LATEST, RUNS
from conformance.targets.known_file import parse_known
from conformance.targets.load import TARGETS as OWN
from conformance.targets.load import is_path, names, parse
from conformance.targets.suggestion import near
from conformance.targets.target import KnownDeviation
from conformance.wire.text import printable, visible
from conformance.wire.verdict import UsageError, Verdict

ALL = "all"
USAGE = 4
LARGEST = 1024 * 1024
NEW_FILE = 0o644
"""A new file of known deviations is to be committed: others may read it."""

Reader = Callable[[str], tuple[KnownDeviation, ...]]
_NEW = frozenset({Weight.GATING, Weight.FLAKY, Weight.OTHER})


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry to write: a check, or one finding of several, and the exchanges that show it."""

    key: str
    value: str
    places: tuple[str, ...]


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the entries into the target's file and say which; return the exit code."""
    options = parser().parse_args(arguments)
    try:
        path, read, side = _of_known(options) if options.known else _of_target(options)
        found = entries(options.what, side)
        written = written_into(path, read, found, options)
    except UsageError as error:
        sys.stderr.write(f"{printable(str(error))}\n")
        return USAGE
    for entry in found:
        sys.stdout.write(f"{visible(f'accepted  {entry.key} {entry.value}, in {len(entry.places)} exchanges')}\n")
    sys.stdout.write(f"{'Known ' if options.known else 'Target'}  {written}\n")
    return 0


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command's options."""
    text, _, more = (__doc__ or "").strip().partition("\n\n")
    made = argparse.ArgumentParser(prog="conformance accept", description=text, epilog=more)
    add = made.add_argument
    add("what", metavar="WHAT", help="the id of a check or of a cause, or `all`")
    where = made.add_mutually_exclusive_group(required=True)
    where.add_argument("--target", metavar="FILE", help="the target's file, or the name of one of the suite's own")
    where.add_argument("--known", metavar="FILE", help="a file of known deviations alone; made if there is none")
    add("--reason", required=True, help="why it is accepted for now; it is shown wherever the deviation is")
    add("--until", type=_day, metavar="DATE", help="the last day on which it is accepted: 2027-01-31")
    add("--sometimes", action="store_true", help="it does not show in every run: it is never stale; needs --until")
    add("--link", metavar="URL", help="where it was reported")
    add(
        "--run", metavar="RUN", help="the run that shows it (default: the newest of the target; with --known, the last)"
    )
    add("--runs", type=Path, default=RUNS, metavar="DIR", help=f"where runs are (default: {RUNS})")
    return made


def entries(what: str, side: Side) -> list[Entry]:
    """Return the entries for a check, a cause or all of a run. Raises `UsageError` for what the run does not show."""
    shown = {check: result for check, result in side.results.items() if result.verdict is Verdict.DEVIATES}
    if what == ALL:
        return _everything(shown.values(), side.run.header.run)
    found = causes(side.run, side.facts.name)
    if what in shown:
        if known := shown[what].known:
            raise UsageError(f"{what} is accepted already, since {known.since}")
        return [Entry("check", what, tuple(sorted(places_of(shown[what]))))]
    by_id = {cause.id: cause for cause in found if cause.weight in _NEW}
    if what in by_id:
        return _together(_of_cause(by_id[what], found))
    if what in side.results:
        raise UsageError(f"{what} does not deviate in run {side.run.header.run}: {side.results[what].verdict}")
    hint = near(what, sorted({*shown, *by_id}))
    raise UsageError(f"run {side.run.header.run} shows no check and no new cause `{what}`{hint}")


def _everything(shown: Iterable[Result], run: str) -> list[Entry]:
    """Return an entry for each check that fails a run. Raises `UsageError` when none does."""
    failing = [result for result in shown if result.known is None and result.gating]
    if not failing:
        raise UsageError(f"run {run} shows nothing new that fails it")
    return [Entry("check", result.check, tuple(sorted(places_of(result)))) for result in failing]


def _of_cause(cause: Cause, every: Sequence[Cause]) -> Iterator[Entry]:
    """Yield an entry for each check of a cause; of a check with several causes for this cause's finding alone."""
    for result in cause.results:
        several = sum(any(one.check == result.check for one in other.results) for other in every) > 1
        own = [finding for finding in result.findings if canonical(finding) == cause.id or finding == cause.id]
        if not several:
            yield Entry("check", result.check, places_of(result))
        elif own:
            yield from (Entry("finding", finding, in_all_samples(result.places_of(finding))) for finding in own)
        else:
            raise UsageError(
                f"{result.check} deviates for other causes too, and none of its findings is named {cause.id}: accept "
                "the check by its id if all of it is to be accepted"
            )


def _together(found: Iterator[Entry]) -> list[Entry]:
    places: dict[tuple[str, str], dict[str, None]] = {}
    for entry in found:
        places.setdefault((entry.key, entry.value), {}).update(dict.fromkeys(entry.places))
    return [Entry(key, value, tuple(sorted(own))) for (key, value), own in places.items()]


def written_into(path: Path, read: Reader, found: Sequence[Entry], options: argparse.Namespace) -> Path:
    """
    Add the entries to the end of a file; what stands there stays as it is.

    `read` returns the entries that a text of such a file holds. Raises `UsageError`.
    """
    today = datetime.now(UTC).date()
    if options.until and options.until < today:
        raise UsageError(f"--until {options.until} is over")
    if options.sometimes and options.until is None:
        raise UsageError("--sometimes: what shows only sometimes is never stale: say --until when it is over")
    try:
        there = path.exists() or not options.known  # only a file of known deviations is made
        before = read_regular(path, LARGEST).decode() if there else ""
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from None
    known = read(before)
    for entry in found:
        if again := next((one for one in known if _covers(one, entry, today)), None):
            until = f", until {again.expires}" if again.expires else ""
            raise UsageError(
                f"{path} accepts {entry.key} {entry.value} already, since {again.since}{until}: change that entry"
            )
    added = "".join(_toml(entry, today, options) for entry in found)
    after = f"{before.rstrip()}\n{added}".lstrip()
    if len(read(after)) != len(known) + len(found):
        raise UsageError(f"{path}: `known_deviations` is not written as [[known_deviations]]: add the entry by hand")
    try:
        # It was the user's file before: others may go on reading it.
        replace_file(path.resolve(), after.encode(), mode=stat.S_IMODE(path.stat().st_mode) if there else NEW_FILE)
    except (OSError, RefusedFile) as error:
        raise UsageError(f"{path} cannot be written: {error}") from None
    return path


def _covers(known: KnownDeviation, entry: Entry, today: date) -> bool:
    """Tell whether an entry that counts today accepts all that a new one would accept."""
    named = entry.value in {known.check, known.finding}
    places = bool(entry.places) and all(names_place(known, place) for place in entry.places)
    return named and not known.over(today) and (not known.places or places)


def _toml(entry: Entry, today: date, options: argparse.Namespace) -> str:
    lines = ["", "[[known_deviations]]", f"{entry.key} = {_text(entry.value)}", f"reason = {_text(options.reason)}"]
    lines += [f"since = {today}"]
    lines += [f"expires = {options.until}"] if options.until else []
    lines += ["sometimes = true"] if options.sometimes else []
    lines += [f"link = {_text(options.link)}"] if options.link else []
    if len(entry.places) == 1:
        lines.append(f"places = [{_text(entry.places[0])}]")
    elif entry.places:
        lines += ["places = [", *(f"    {_text(place)}," for place in entry.places), "]"]
    return "\n".join(lines) + "\n"


def _text(value: str) -> str:
    """Return a text as TOML writes it: the escapes of JSON are among TOML's."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"`{text}` is not a day: use 2027-01-31") from None


def _of_target(options: argparse.Namespace) -> tuple[Path, Reader, Side]:
    """Return a target's file, what reads it, and the run of the target."""
    path = _file(options.target)
    side = _side(options.run or path.stem, path.stem, options.runs)
    return path, lambda text: parse(text, path.stem, str(path)).known_deviations, side


def _of_known(options: argparse.Namespace) -> tuple[Path, Reader, Side]:
    """Return a file of known deviations, what reads it, and the run, which has one target or names one."""
    path = Path(options.known)
    side = only_side(options.run or LATEST, Path.cwd(), options.runs)
    refuse_to_publish(side.run.header.run, [side.facts])
    return path, lambda text: parse_known(text, str(path)), side


def _file(given: str) -> Path:
    path = Path(given) if is_path(given) else OWN / f"{given}.toml"
    if not path.is_file():
        raise UsageError(f"--target {given}: there is no such file; known: {', '.join(names())}, or the path of a file")
    if not is_path(given) and not is_clone():
        raise UsageError(
            f"--target {given}: its file belongs to the installed suite; use --known FILE, with each run too"
        )
    return path


def _side(run: str, target: str, runs: Path) -> Side:
    named = run if run == target or "#" in run else f"{run}#{target}"
    found = sides([named], Path.cwd(), runs)[0]
    refuse_to_publish(found.run.header.run, [found.facts])
    return found
