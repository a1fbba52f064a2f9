"""
Proving checks: each conforms on the faithful simulator, deviates on its counterexample, and is killed by the zoo.

Only what the checks need is sent: a proof takes seconds where the whole zoo takes minutes.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from conformance.definition.exchange_spec import ExchangeKey
from conformance.judge.judge import judge
from conformance.plan.expand import Selected
from conformance.plan.order import closure
from conformance.send.unkept import arguments, sent
from conformance.simulator.app.server import running
from conformance.simulator.deviations import entries, table
from conformance.simulator.deviations.entry import Entry
from conformance.targets.target import Target
from conformance.wire.exchange import Exchange
from conformance.wire.verdict import Verdict
from conformance.zoo.dressing import KEY, confined, gateway, is_meant
from conformance.zoo.looking import look
from conformance.zoo.unkilled import UNKILLED

TOGETHER = 8
PUBLISHED = Path(__file__).parents[2] / "reports" / "published" / "detection.json"
"""The score that was published last; it is part of a checkout, and not of a wheel."""

Killers = Mapping[str, Sequence[Entry]]


@dataclass(frozen=True, slots=True)
class Proof:
    """
    What became of one check. `problems` say what is not proven; it is proven when there is none.

    `killed_by` are the deviations that make it deviate, `missed` those that name it and do not.
    """

    check: str
    problems: tuple[str, ...]
    killed_by: tuple[str, ...] = ()
    missed: tuple[str, ...] = ()


def prove(items: Sequence[Selected], every: Sequence[Selected]) -> Iterator[Proof]:
    """Yield the proof of each check, and of each check that the exchanges it needs have anyhow; `every` is the plan."""
    items = [*items, *_of_exchanges(items, every)]
    killers = {item.id: killers_of(item, every) for item in items}
    with gateway() as base, running(KEY, table(), Path(base.upstream_record)) as base_url:
        wrong = _on_the_simulator(items, base, base_url)
        killed = _killed(items, killers, base, base_url)
    for item in items:
        hits = tuple(entry.id for entry in killers[item.id] if entry.id in killed[item.id])
        missed = tuple(e.id for e in killers[item.id] if item.id in e.caught_by and e.id not in hits)
        yield Proof(item.id, (*wrong[item.id], *_not_killed(item, killers[item.id], hits)), hits, missed)


def _of_exchanges(items: Sequence[Selected], every: Sequence[Selected]) -> list[Selected]:
    """Return the built-in checks of all exchanges that some checks need."""
    keys = set(closure(key for item in items for key in item.keys))
    asked = {item.id for item in items}
    return [item for item in every if item.check.builtin and set(item.keys) <= keys and item.id not in asked]


def _on_the_simulator(items: Sequence[Selected], base: Target, base_url: str) -> dict[str, tuple[str, ...]]:
    """Return what is wrong with each check's verdict on the simulator and on its counterexample, by its id."""
    faithful = confined([], base_url, base, items)
    keys = [key for item in faithful.items for key in item.keys]
    with sent({faithful.target.name: faithful.target}, keys, KEY) as engine:
        got = {key: engine.wait(key) for key in keys}
    return {item.id: tuple(_wrong(item, got)) for item in faithful.items}


def _wrong(item: Selected, got: Mapping[ExchangeKey, Exchange]) -> Iterator[str]:
    good = arguments(item, got)
    found = judge(item.check, good, claimed=True)
    if found.verdict is not Verdict.CONFORMS:
        yield f"does not conform on the simulator: {found.verdict}: {found.reason}"
    if item.check.counterexample is None:
        yield "has no counterexample"
        return
    found = judge(item.check, item.check.counterexample.apply(good), claimed=True)
    if found.verdict is not Verdict.DEVIATES:
        said = found.reason or "nothing is wrong with the counterexample"
        yield f"does not deviate on its counterexample: {found.verdict}: {said}"
    elif not found.reason or not found.findings:
        yield "deviates on its counterexample without a reason or a finding"


def killers_of(item: Selected, every: Sequence[Selected]) -> list[Entry]:
    """
    Return the deviations that are to kill a check: those that name it, else those that name another of its cases.

    Where none does, those that the published score saw kill it. A built-in check is one rule for every exchange.
    """
    served = [entry for entry in entries() if entry.function is not None]
    own = [entry for entry in served if is_meant(item.id, entry.caught_by)]
    if own or item.check.builtin:
        return own
    statement = _statement(item.id)
    cases = [one.id for one in every if _statement(one.id) == statement]
    named = [entry for entry in served if any(is_meant(case, entry.caught_by) for case in cases)]
    seen = _published().get(statement, ())
    return named or [entry for entry in served if entry.id in seen]


def _killed(items: Sequence[Selected], killers: Killers, base: Target, base_url: str) -> dict[str, set[str]]:
    """Return the deviations that make each check deviate, by its id; what missed one is looked at again, alone."""
    meets: dict[str, list[Selected]] = {}
    for item in items:
        for entry in killers[item.id]:
            meets.setdefault(entry.id, []).append(item)
    by_id = {entry.id: entry for found in killers.values() for entry in found}
    killed: dict[str, set[str]] = {item.id: set() for item in items}
    names = list(meets)
    batches = [names[start : start + TOGETHER] for start in range(0, len(names), TOGETHER)]
    for again in (False, True):
        for batch in [[name] for name in names if not _all_hit(name, meets, killed)] if again else batches:
            for seen in look([confined([by_id[name]], base_url, base, meets[name]) for name in batch]):
                for check in (*seen.meant, *seen.others):
                    killed[check].add(seen.ids[0])
    return killed


def _all_hit(name: str, meets: Mapping[str, Sequence[Selected]], killed: Mapping[str, set[str]]) -> bool:
    return all(killed[item.id] for item in meets[name])


def _not_killed(item: Selected, killers: Sequence[Entry], hits: Sequence[str]) -> Iterator[str]:
    if hits or item.check.builtin or _statement(item.id) in UNKILLED:
        return
    if killers:
        yield f"is not killed by {', '.join(entry.id for entry in killers[:3])}"
    else:
        yield "is not named by a deviation of the zoo: add one, or say in zoo/unkilled.py why there cannot be one"


def _published() -> dict[str, set[str]]:
    """Return the deviations that killed a check when the score was published, by statement; nothing without a score."""
    try:
        score = json.loads(PUBLISHED.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    found: dict[str, set[str]] = {}
    for one in score["each"]:
        for check in (*one["intended"], *one["others"]):
            found.setdefault(_statement(check), set()).add(one["id"])
    return found


def _statement(check: str) -> str:
    """Return the id of a check without its case."""
    return re.sub(r"\[[^\]]*\]", "", check)
