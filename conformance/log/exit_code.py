"""
The exit code of a run: what each means, and what decided it, in words.

What is wrong (1) wins over what was not measured (6). What the model cannot do, a condition that did not occur and a
role that no model was named for are shown, and never change the code.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from conformance.log.records import ExchangeLine, NotRun, Result
from conformance.wire.capability import Level, matches
from conformance.wire.rehearsal import SUFFIX
from conformance.wire.text import cut
from conformance.wire.verdict import MEASURED, Verdict

MEANINGS = {
    0: "nothing new is wrong",
    1: "a new gating deviation, or a known deviation that is stale",
    2: "interrupted: go on with --resume",
    3: "internal error of the suite",
    4: "wrong use, for example an unknown option or a missing key",
    5: "nothing was selected",
    6: "not measured: key, address, model, outage, our error, or no check of what is owed or named was conclusive",
}
"""What each exit code means, in the words of every report, of the help and of the README."""

NOT_MEASURED = 6

_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Outcome:
    """The exit code of a run, and what decided it."""

    code: int
    why: str

    @property
    def words(self) -> str:
        """Return `Exit code 1: <what decided it>`."""
        return f"Exit code {self.code}: {self.why or MEANINGS.get(self.code, 'unknown')}"


def outcome(  # noqa: PLR0913  one argument for each thing that decides
    results: Sequence[Result],
    not_run: Sequence[NotRun] = (),
    *,
    named: Sequence[str] = (),
    stale: Sequence[str] = (),
    causes: Sequence[str] = (),
    billed: Sequence[str] = (),
    absent: Sequence[str] = (),
    rehearsed: Sequence[str] = (),
    asked_to_rehearse: bool = False,
) -> Outcome:
    """
    Return what a run that came to its end comes to: 0, 1, 5 or 6.

    `named` are the patterns of capabilities that the user asked for, `stale` what is known and was not seen any more,
    `causes` the words for what is new and gating, one for each cause, `billed` in what an account contradicts what its
    vendor promises, `absent` why targets were left out. Of those that
    were `rehearsed` nothing was measured, which is 6 unless a rehearsal is what was asked for.
    """
    measured = [result for result in results if result.target not in rehearsed]
    acted = [result for result in results if result.target in rehearsed]
    results, not_run = measured, [line for line in not_run if line.target not in rehearsed]
    unasked = [] if asked_to_rehearse else list(map(_rehearsed, rehearsed))
    new = list(_new(results))
    if wrong := [*(causes if new and causes else new), *_stale(results), *stale, *billed]:
        return Outcome(1, _first(wrong))
    if missing := [*absent, *unasked, *_errors(results), *_errors(acted), *untold(results, not_run, named)]:
        return Outcome(NOT_MEASURED, f"not measured: {_first(missing)}")
    if not_run and not results:
        return Outcome(NOT_MEASURED, f"not measured: {not_run[0].why} (--cost all)")
    if results:
        return Outcome(0, MEANINGS[0])
    return Outcome(0, "rehearsed as asked for: nothing was measured") if acted else Outcome(5, MEANINGS[5])


def sent(exchanges: Sequence[ExchangeLine], absent: Sequence[str] = ()) -> Outcome:
    """
    Return what a shard comes to, which judges nothing: 0 or 6.

    What was not answered for our fault or the network's is not measured; what `absent` names was left out.
    """
    where = _places(line.target for line in exchanges)
    failed = [f"{line.label}{where[line.target]}: {line.reason}" for line in exchanges if line.ours]
    if missing := [*absent, *failed]:
        return Outcome(NOT_MEASURED, f"not measured: {_first(missing)}")
    return Outcome(0, "all of this shard was sent; nothing is judged before all shards are merged")


def _rehearsed(name: str) -> str:
    plain = name.removesuffix(SUFFIX)
    return f"{plain} was only rehearsed: the simulator answered in its place (--mode rehearse asks for just that)"


def fails(result: Result) -> bool:
    """Tell whether a result makes the exit code 1: it is a new gating deviation, or what explains it is stale."""
    if result.known is not None:
        return result.known.stale
    return result.verdict is Verdict.DEVIATES and result.gating


def unmeasured(result: Result) -> bool:
    """Tell whether every endpoint owes what a result is about, and it was not measured for want of a response."""
    return result.unmeasured and result.level is Level.MUST


def _first(reasons: Sequence[str]) -> str:
    """Return the first of some reasons, and how many others there are."""
    different = list(dict.fromkeys(reasons))
    more = f", and {len(different) - 1} more" if len(different) > 1 else ""
    return cut(different[0], _LONGEST) + more


def _new(results: Sequence[Result]) -> Iterator[str]:
    """Yield what is new and gating, by its finding, what is owed most first."""
    where = _places(result.target for result in results)
    said: set[tuple[str, str]] = set()
    for result in sorted(filter(fails, results), key=lambda result: result.level.rank):
        for finding in [] if result.known else (result.findings or [result.check]):
            if (result.target, finding) not in said:
                said.add((result.target, finding))
                yield f"{finding} deviates ({result.level.upper()}){where[result.target]}"


def _stale(results: Sequence[Result]) -> Iterator[str]:
    where = _places(result.target for result in results)
    for result in results:
        if result.known is not None and result.known.stale:
            yield f"the known deviation {result.check} is stale{where[result.target]}: it conforms by now"


def _errors(results: Sequence[Result]) -> Iterator[str]:
    """Yield why something could not be measured at all, in the words of the errors."""
    where = _places(result.target for result in results)
    for result in results:
        if result.verdict is Verdict.ERROR:
            reason = result.reason.removeprefix(f"preflight of {result.target}: ")
            yield (f"{result.target}: " if where[result.target] else "") + reason


def untold(results: Sequence[Result], not_run: Sequence[NotRun], named: Sequence[str] = ()) -> Iterator[str]:
    """Yield what is owed or was named by the user, and of which no check was conclusive."""
    where = _places([*(result.target for result in results), *(line.target for line in not_run)])
    for target in where:
        own = [result for result in results if result.target == target]
        left = [line for line in not_run if line.target == target]
        for pattern in named:
            about = [result for result in own if matches(result.capability, (pattern,))]
            dear = [line for line in left if any(matches(name, (pattern,)) for name in line.capabilities)]
            if (about or dear) and not _told(about):
                yield f"no check of {pattern} was conclusive{where[target]}: {_why(about, dear)}"
        for capability in _owed(own, left):
            about = [result for result in own if result.capability == capability]
            dear = [line for line in left if capability in line.owed]
            if not _told(about):
                yield f"no check of {capability} was conclusive{where[target]}: {_why(about, dear)}"


def _owed(results: Sequence[Result], not_run: Sequence[NotRun]) -> list[str]:
    """Return the capabilities of which something that every endpoint owes was not measured."""
    measured = [result.capability for result in results if unmeasured(result)]
    return sorted({*measured, *(name for line in not_run for name in line.owed)})


def _told(results: Iterable[Result]) -> bool:
    return any(result.verdict in MEASURED for result in results)


def _why(results: Sequence[Result], not_run: Sequence[NotRun]) -> str:
    first = next((result for result in results if result.unmeasured), results[0] if results else None)
    return first.reason or first.verdict.value if first else f"{not_run[0].why} (--cost all)"


def _places(targets: Iterable[str]) -> dict[str, str]:
    """Return for each target the words that say where something is: none where there is one target alone."""
    names = dict.fromkeys(targets)
    return {name: f" at {name}" if len(names) > 1 else "" for name in names}
