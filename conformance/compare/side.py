"""One side of a comparison: a target in a run, found by a folder, a run's name, or the name of a target."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from conformance.call import call
from conformance.log.records import LOG, ExchangeLine, Result, Run, TargetFacts, read
from conformance.record import cassette
from conformance.record.recording import CassetteError, Recording
from conformance.rehearsal.guard import rehearsed
from conformance.run.folder import LATEST, RUNS, find
from conformance.targets.model import shown
from conformance.targets.suggestion import unknown
from conformance.wire.text import escaped
from conformance.wire.verdict import MEASURED, UsageError, Verdict

_NEWEST = 200
"""So many of the newest runs are searched for a target's name."""


@dataclass(frozen=True)
class Side:
    """A target as one run measured it; `name` is unlike that of every other side."""

    name: str
    run: Run
    facts: TargetFacts

    @cached_property
    def results(self) -> dict[str, Result]:
        """Return the results by the id of their check."""
        return {result.check: result for result in self.run.results if result.target == self.facts.name}

    @cached_property
    def exchanges(self) -> dict[str, ExchangeLine]:
        """Return the lines of the exchanges by their label, of several samples the first."""
        own = (line for line in self.run.exchanges if line.target == self.facts.name)
        return {line.label: line for line in own if line.sample == 1}

    @property
    def every_exchange(self) -> list[ExchangeLine]:
        """Return the lines of the exchanges, of several samples all."""
        return [line for line in self.run.every_exchange if line.target == self.facts.name]

    @property
    def rehearsed(self) -> bool:
        """Tell whether nothing was measured at the target: the simulator answered."""
        return bool(rehearsed([self.facts]))

    @property
    def measured(self) -> bool:
        """Tell whether anything was measured: in an outage, or with a wrong key, nothing is."""
        return any(result.verdict in MEASURED for result in self.results.values())

    @property
    def models(self) -> str:
        """Return the models that were asked, by their roles."""
        return ", ".join(f"{role} {name}" for role, name in shown(self.facts.models).items()) or "none"

    @property
    def about(self) -> str:
        """Return where and when it was measured, and how good the evidence is."""
        grade = f"{self.facts.grade}, {self.run.header.started:%Y-%m-%d %H:%M} UTC"
        cut = ", CUT RUN" if self.run.cut else ""
        return f"{self.facts.base_url}, {grade}, run {self.run.header.run}{cut}"


def was_asked(result: Result, side: Side, other: Side) -> bool:
    """
    Tell whether another side answered one of the requests on which a result of this one rests.

    A check of a kind judges whatever a run has sent: where it conforms without the request that deviates elsewhere, the
    two say nothing of each other.
    """
    shown = [label for label in result.places or result.exchanges if label in side.exchanges]
    lines = (other.exchanges.get(label) for label in shown)
    return not shown or any(line is not None and line.status is not None for line in lines)


def comparable(result: Result, side: Side, other: Result, at: Side) -> bool:
    """Tell whether the results of one check at two sides say something of each other."""
    conforms = Verdict.CONFORMS
    return (result.verdict is conforms or was_asked(result, side, at)) and (
        other.verdict is conforms or was_asked(other, at, side)
    )


def recording_of(side: Side, line: ExchangeLine) -> Recording | None:
    """Return the recording of an exchange, or None where there is none that can be read."""
    try:
        return cassette.read(side.run.folder / line.evidence, side.run.folder) if line.evidence else None
    except (CassetteError, OSError, UnicodeError):
        return None


def sides(names: Sequence[str], root: Path, runs: Path = RUNS) -> list[Side]:
    """
    Return the sides that were named, in order. Raises `UsageError`.

    A name is a run's folder, its log, the name of a run, `latest`, or a folder of runs for the latest of them, and with
    `#TARGET` behind it one of its targets; or the name of a target, for the newest run that tested it. A run without
    `#TARGET` gives all its targets.
    """
    found = [side for name in names for side in _named(name, root, runs)]
    return _told_apart(found)


def only_side(name: str, root: Path, runs: Path = RUNS) -> Side:
    """Return the one side that a name means. Raises `UsageError` where it means several targets of a run."""
    side, *others = sides([name], root, runs)
    if others:
        names = ", ".join(one.facts.name for one in (side, *others))
        raise UsageError(f"run {side.run.header.run} has several targets ({names}): name one, RUN#TARGET")
    return side


def part_of(run: Run) -> str:
    """Return which part of a plan a run has sent, `1/3`; nothing for a run that is judged."""
    return (run.header.options.shard if run.header.options else None) or ""


def sides_of(run: Run, target: str) -> list[Side]:
    """
    Return the side of one target of a run, or without its name of all.

    Raises `UsageError` for an unknown name, and for a shard: nothing of it is judged.
    """
    if part := part_of(run):
        raise UsageError(
            f"run {run.header.run} is shard {escaped(part, 20)}, and not judged: {call('merge', 'RUN RUN')}"
        )
    targets = run.header.targets
    names = [facts.name for facts in targets]
    # Where a run only rehearsed the target, that is what there is, under its own name.
    wanted = target if target in names else next((facts.name for facts in targets if facts.plain == target), "")
    if target and not wanted:
        raise UsageError(f"run {run.header.run}: {unknown('target', target, names)}")
    return [Side(facts.column, run, facts) for facts in targets if wanted in {"", facts.name}]


def _named(name: str, root: Path, runs: Path) -> list[Side]:
    where, _, target = name.partition("#")
    path = root / where
    folder = path.parent if path.name == LOG and path.is_file() else path
    if (folder / LATEST).is_file():
        folder = find(LATEST, root, folder)
    if (folder / LOG).is_file():
        return sides_of(read(folder), target)
    try:
        return sides_of(read(find(where, root, runs)), target)
    except UsageError as error:
        newest = None if target else _newest_of(where, root / runs)
        if newest is None:
            raise UsageError(f"{error}; and none of them tested a target `{escaped(where, 80)}`") from None
        return sides_of(newest, where)


def _newest_of(target: str, runs: Path) -> Run | None:
    """Return the newest run that tested a target; a log that cannot be read is passed over."""
    for folder in sorted((path for path in runs.glob("*") if (path / LOG).is_file()), reverse=True)[:_NEWEST]:
        if target in folder.name or "+" in folder.name:
            try:
                run = read(folder)
            except UsageError:
                continue
            if target in [facts.name for facts in run.header.targets] and not part_of(run):
                return run
    return None


def _told_apart(found: Sequence[Side]) -> list[Side]:
    """Return the sides with names of their own: two runs of one target are told apart by when they began."""
    several = Counter(side.name for side in found)
    dated = [
        replace(side, name=f"{side.name} {side.run.header.started:%Y-%m-%d %H:%M}") if several[side.name] > 1 else side
        for side in found
    ]
    again: Counter[str] = Counter()
    told = []
    for side in dated:
        again[side.name] += 1
        told.append(replace(side, name=f"{side.name} ({again[side.name]})") if again[side.name] > 1 else side)
    return told
