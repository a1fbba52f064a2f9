"""
The truth table of parameters: what became of each parameter at each target.

Derived from the results alone; a result says which parameter it decides, and whether its effect can be seen. Where it
can be seen, the deciding check tells what became of the parameter:

- conforms: honoured; unsupported, or a deviating status check with a status of 4xx: rejected;
- deviates: what its finding begins with: `ignored:`, `partly:`, `broken:`; any other finding: broken;
- inconclusive: accepted, effect not observable (the reason says why), or not measured.

Where it cannot, a check that conforms says that the parameter was accepted, effect not observable; or, where the status
of the exchange is 4xx, that it was rejected by name. Where several checks decide, the worst counts; what is honoured in
one form and not in another is honoured partly.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from conformance.log.records import ExchangeLine, Result, Run
from conformance.wire.verdict import Verdict


class Fate(StrEnum):
    """What became of a parameter, the worst first."""

    BROKEN = "broken"
    IGNORED = "ignored"
    PARTLY = "partly"
    REJECTED = "rejected"
    HONOURED = "honoured"
    UNSEEN = "not observable"
    UNMEASURED = "not measured"

    @property
    def rank(self) -> int:
        """Return the place in the order, from 0."""
        return list(Fate).index(self)


@dataclass(frozen=True, slots=True)
class Told:
    """What one target did with one parameter, why we say so, and the exchange that shows it."""

    fate: Fate
    reason: str = ""
    exchange: str = ""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of an endpoint; `told` in the order of the run's targets."""

    endpoint: str
    name: str
    told: tuple[Told, ...]


def parameters(run: Run) -> tuple[Parameter, ...]:
    """Return the parameters that were measured at one target at least, by endpoint and name."""
    lines = {(line.target, line.label): line for line in run.exchanges}
    decided: dict[tuple[str, str], dict[str, list[Result]]] = {}
    for result in run.results:
        for parameter in _decided(result):
            decided.setdefault(parameter, {}).setdefault(result.target, []).append(result)
    found = []
    for (endpoint, name), by_target in sorted(decided.items()):
        told = tuple(_told(by_target.get(facts.name, []), lines) for facts in run.header.targets)
        if any(one.fate is not Fate.UNMEASURED for one in told):
            found.append(Parameter(endpoint, name, told))
    return tuple(found)


def _decided(result: Result) -> list[tuple[str, str]]:
    """Return endpoint and name of each parameter that a result tells of."""
    endpoint, _, names = result.parameter.partition(": ")
    return [(endpoint, name) for name in names.split(", ") if name]


def _told(results: Sequence[Result], lines: Mapping[tuple[str, str], ExchangeLine]) -> Told:
    found = [_fate(result, lines) for result in results]
    if not found:
        return Told(Fate.UNMEASURED)
    worst = min(found, key=lambda told: told.fate.rank)
    if worst.fate in {Fate.IGNORED, Fate.REJECTED} and any(told.fate is Fate.HONOURED for told in found):
        return Told(Fate.PARTLY, worst.reason, worst.exchange)
    return worst


def _fate(result: Result, lines: Mapping[tuple[str, str], ExchangeLine]) -> Told:
    """
    Return what one deciding check says.

    The exchange that carries the parameter is its subject; of a check of a kind, the first that the result names.
    """
    about = result.check.split("/")[1].partition("[")[0] if "/" in result.check else ""
    named = (name for name in result.exchanges if name.partition("[")[0].endswith(f"/{about}"))
    shown = next(named, next(iter(result.exchanges), ""))
    line = lines.get((result.target, shown))
    status = (line.status if line else None) or 0
    return Told(_judged(result, status), result.reason, shown)


def _judged(result: Result, status: int) -> Fate:
    refused = Fate.REJECTED if 400 <= status < 500 else Fate.BROKEN if status >= 500 else None
    match result.verdict:
        case Verdict.CONFORMS:
            return Fate.HONOURED if result.effect_seen else refused or Fate.UNSEEN
        case Verdict.UNSUPPORTED:
            return Fate.REJECTED
        case Verdict.DEVIATES:
            return refused or _deviating(result)
        case Verdict.INCONCLUSIVE:
            return refused or (Fate.UNSEEN if status else Fate.UNMEASURED)
        case _:
            return Fate.UNMEASURED


def _deviating(result: Result) -> Fate:
    """Return what a finding says. One without a prefix says that the effect, which the check states, is not there."""
    prefixes = {name.partition(":")[0] if ":" in name else "" for name in result.findings}
    known = [fate for fate in (Fate.BROKEN, Fate.IGNORED, Fate.PARTLY) if fate.value in prefixes]
    return known[0] if known else Fate.IGNORED if result.effect_seen and "" in prefixes else Fate.BROKEN
