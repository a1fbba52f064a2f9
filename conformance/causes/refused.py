"""What a target does not offer, as it says itself: the unsupported results, one line for each refusal."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from conformance.log.records import ExchangeLine, Result, Run
from conformance.wire.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Refused:
    """One refusal: what is refused and how, where it shows, how many checks say so, and what needs it."""

    target: str
    what: str
    label: str
    checks: int
    needed_for: tuple[str, ...]


def refused(run: Run, target: str) -> tuple[Refused, ...]:
    """Return what one target of a run refuses without owing it, what most checks are about first."""
    lines = {line.label: line for line in run.exchanges if line.target == target}
    found: dict[str, list[tuple[str, Result]]] = {}
    for result in run.results:
        if result.target == target and result.verdict is Verdict.UNSUPPORTED:
            line = next(_refusing(lines[name] for name in result.exchanges if name in lines), None)
            found.setdefault(_words(line) if line else result.reason, []).append((line.label if line else "", result))
    made = [
        Refused(target, what, own[0][0], len(own), tuple(dict.fromkeys(result.title for _, result in own)))
        for what, own in found.items()
    ]
    return tuple(sorted(made, key=lambda one: (-one.checks, one.what)))


def _refusing(lines: Iterable[ExchangeLine]) -> Iterator[ExchangeLine]:
    return (line for line in lines if line.facts and (line.status or 0) >= 400)


def _words(line: ExchangeLine) -> str:
    facts = line.facts
    assert facts is not None
    said = f": {facts.said!r}" if facts.said else ""
    return f"{facts.method} {facts.operation} is refused with {line.status}{said}"
