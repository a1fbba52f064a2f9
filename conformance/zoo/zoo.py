"""
The detection score: whether every deviation of the zoo is found by a check that is meant to find it.

One process, one simulator, all deviations. For each one the exchanges of the intended checks are sent, with a sample of
the others, which must stay green. `python -m conformance.zoo [--only GLOB] [--output FOLDER]` prints the score and
ends with 1 when something is not found.
"""

import argparse
import os
import re
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zlib import crc32

from conformance.definition.exchange_spec import Key
from conformance.judge.judge import judge
from conformance.lens import lens
from conformance.plan import loader
from conformance.plan.plan import Selected, closure, expand, names_check, ordered, taken
from conformance.record.cassette import Recording
from conformance.record.spool import Failure, Spool
from conformance.send.engine import Engine, Source
from conformance.send.live import Budget, Live
from conformance.send.rate import Gate
from conformance.send.transport import Transport
from conformance.simulator.app.server import running
from conformance.simulator.deviations import entries, table
from conformance.simulator.deviations.entry import Entry
from conformance.targets.target import Limits, Target, load
from conformance.wire.verdict import Verdict
from conformance.zoo.score import Score, Sighting, write_score
from conformance.zoo.unkilled import UNKILLED

if TYPE_CHECKING:
    from conformance.wire.exchange import Exchange, Exchanges

KEY_ENV = "CONFORMANCE_ZOO_KEY"
KEY = "sk-zoo-0123456789abcdef"
TOGETHER = 8
SAMPLE = 6
DEADLINE_S = 6.0
FAITHFUL = "faithful"


class _Lock:
    def release(self) -> None:
        """There is nothing to release."""


class _Nowhere(Spool):
    """A spool that keeps nothing: a deviation is looked at once, in this process."""

    def load(self, _key: Key) -> None:
        """Know nothing."""

    def store(self, _key: Key, _recording: Recording, _keys: tuple[str, ...]) -> str:
        """Write nothing."""
        return ""

    def store_failure(self, _key: Key, _failure: Failure) -> None:
        """Write nothing."""

    def claim(self, _key: Key) -> Any:
        """Let everybody send."""
        return _Lock()


@dataclass(frozen=True, slots=True)
class Dressed:
    """One deviation (or several at once) as a target, and the checks that are looked at."""

    ids: tuple[str, ...]
    caught_by: tuple[str, ...]
    target: Target
    items: tuple[Selected, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One check of the plan, and all exchanges that it needs."""

    item: Selected
    needed: frozenset[Key]


def parts(base: Target) -> tuple[Part, ...]:
    """Return the whole plan for the faithful simulator; it is made once, and dressed for each deviation."""
    loaded = loader.load()
    items = [item for check in loaded.checks for item in expand(check, base, loaded.specs)]
    return tuple(Part(item, frozenset(closure(item.keys))) for item in items)


def dress(found: Sequence[Entry], base_url: str, base: Target, plan: Sequence[Part]) -> Dressed:
    """Return entries that are served together, as a target with the checks that are looked at."""
    ids = tuple(entry.id for entry in found)
    patterns = tuple(pattern for entry in found for pattern in entry.caught_by)
    target = _target(ids, base_url, base)
    return Dressed(ids, patterns, target, tuple(_retarget(part.item, target) for part in _chosen(plan, patterns, ids)))


def _target(ids: tuple[str, ...], base_url: str, base: Target) -> Target:
    changes = {
        "name": "-and-".join(ids) or FAITHFUL,
        "base_url": base_url.replace("/v1", f"/~{','.join(ids)}/v1") if ids else base_url,
        "hosts": ("127.0.0.1",),
        "key_env": KEY_ENV,
        "server": None,
        "limits": Limits(in_flight=32, per_minute=0, deadline_s=DEADLINE_S),
    }
    return base.model_copy(update=changes)


def faithful(found: Sequence[Entry], base_url: str, base: Target, plan: Sequence[Part]) -> dict[str, "Exchange"]:
    """Return what the simulator answers as it should, by label: all that checks are meant to look at."""
    patterns = tuple(pattern for entry in found for pattern in entry.caught_by)
    target = _target((), base_url, base)
    items = [_retarget(part.item, target) for part in plan if _meant(part.item.id, patterns)]
    with _sent({target.name: target}, items) as engine:
        return {key.label: engine.wait(key) for item in items for key in item.keys}


def _chosen(plan: Sequence[Part], patterns: tuple[str, ...], ids: tuple[str, ...]) -> Iterator[Part]:
    """Yield the intended checks, a sample of the other exchanges, and every check that needs nothing more."""
    sent = {key for part in plan if _meant(part.item.id, patterns) for key in part.needed}
    every = {key for part in plan for key in part.needed if not _slow(key)}
    drawn = sorted(every, key=lambda key: crc32(f"{ids} {key.label}".encode()))[:SAMPLE]
    sent.update(below for key in drawn for below in closure([key]))
    return (part for part in plan if part.needed <= sent)


def _slow(key: Key) -> bool:
    return any(one.spec.until is not None or one.spec.alone or one.spec.last for one in closure([key]))


def _retarget(item: Selected, target: Target) -> Selected:
    def moved(keys: Key | tuple[Key, ...]) -> Key | tuple[Key, ...]:
        if isinstance(keys, tuple):
            return tuple(replace(key, target=target.name) for key in keys)
        return replace(keys, target=target.name)

    return replace(item, target=target, arguments={name: moved(keys) for name, keys in item.arguments.items()})


def _meant(check: str, patterns: tuple[str, ...]) -> bool:
    return any(names_check(pattern, check) for pattern in patterns)


def look(dressed: Sequence[Dressed], good: Mapping[str, "Exchange"] | None = None) -> list[Sighting]:
    """Send and judge some deviations at the same time; with the faithful exchanges, through the official client too."""
    started = time.perf_counter()
    with _sent(
        {one.target.name: one.target for one in dressed}, [item for one in dressed for item in one.items]
    ) as engine:
        found = [(_judged(one, engine), one) for one in dressed]
        seen = [_client(one, meant, engine, good or {}) for (meant, _, _), one in found]
    each = round((time.perf_counter() - started) / len(dressed), 2)
    return [
        Sighting(one.ids, meant, others, errors, each, client.outcome.value, client.raised, client.reason)
        for ((meant, others, errors), one), client in zip(found, seen, strict=True)
    ]


def _client(one: Dressed, meant: Sequence[str], engine: Engine, good: Mapping[str, "Exchange"]) -> lens.Lens:
    """Return what a user of the official client gets, of the exchanges of the intended checks that deviate."""
    keys = dict.fromkeys(key for item in one.items if item.id in meant for key in item.keys)
    return lens.worst([(engine.wait(key), good[key.label]) for key in keys if key.label in good])


@contextmanager
def _sent(targets: Mapping[str, Target], items: Sequence[Selected]) -> Iterator[Engine]:
    engine = Engine(targets, ordered(key for item in items for key in item.keys), preflight={})

    async def sources() -> Mapping[str, Source]:
        return {name: _live(target) for name, target in targets.items()}

    engine.start(sources)
    try:
        yield engine
    finally:
        engine.stop()


def _live(target: Target) -> Live:
    return Live(
        transport=Transport(target, os.environ),
        spool=_Nowhere(Path()),
        gate=Gate(target.limits),
        budget=Budget(),
        suite=version("conformance"),
        client=version("openai"),
        retries=False,
    )


def _judged(one: Dressed, engine: Engine) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    meant: list[str] = []
    others: list[str] = []
    errors: list[str] = []
    sent = [key for item in one.items for key in item.keys]
    for item in one.items:
        arguments: dict[str, Exchange | Exchanges] = {
            name: tuple(engine.wait(key) for key in keys) if isinstance(keys, tuple) else engine.wait(keys)
            for name, keys in taken(item, sent).items()
        }
        judgement = judge(item.check, arguments, claimed=True)
        if judgement.verdict is Verdict.DEVIATES:
            (meant if _meant(item.id, one.caught_by) else others).append(item.id)
        elif judgement.verdict is Verdict.ERROR:
            errors.append(f"{item.id}: {judgement.reason}")
    return tuple(meant), tuple(others), tuple(errors)


def score(only: str = "*") -> Score:
    """Look at every deviation that a pattern names; prints progress."""
    os.environ[KEY_ENV] = KEY
    chosen = [entry for entry in entries() if fnmatchcase(entry.id, only)]
    served = [entry for entry in chosen if entry.function is not None]
    base = load("simulator", {})
    plan = parts(base)
    sightings: list[Sighting] = []
    with running(KEY, table()) as base_url:
        good = faithful(served, base_url, base, plan)
        for start in range(0, len(served), TOGETHER):
            batch = served[start : start + TOGETHER]
            sightings += look([dress([entry], base_url, base, plan) for entry in batch], good)
            missed = sum(1 for sighting in sightings if not sighting.meant)
            _say(f"\r{len(sightings)} of {len(served)} deviations, {missed} not found ")
        # What turns on time is looked at again, alone: beside seven others a pause may have drowned.
        for number, entry in enumerate(served):
            if not sightings[number].meant or sightings[number].errors:
                sightings[number] = look([dress([entry], base_url, base, plan)], good)[0]
    _say("\n")
    return Score(tuple(chosen), tuple(sightings), _unkilled(plan, sightings) if only == "*" else ())


def _unkilled(plan: Sequence[Part], sightings: Sequence[Sighting]) -> tuple[str, ...]:
    """Return the checks, without their cases, that no deviation makes deviate, but those that say why."""
    red = {_statement(check) for sighting in sightings for check in (*sighting.meant, *sighting.others)}
    every = {_statement(part.item.id) for part in plan if not part.item.check.builtin}
    return tuple(sorted(every - red - set(UNKILLED)))


def _statement(check: str) -> str:
    return re.sub(r"\[[^\]]*\]", "", check)


def _say(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the score; with `--output` write it too."""
    parser = argparse.ArgumentParser(prog="conformance.zoo", description=(__doc__ or "").split("\n\n", 1)[0])
    parser.add_argument("--only", default="*", metavar="GLOB", help="only these deviations")
    parser.add_argument("--output", type=Path, metavar="FOLDER", help="write detection.json and detection.md here")
    options = parser.parse_args(arguments)
    reached = score(options.only)
    folder = options.output or Path(tempfile.mkdtemp())
    write_score(reached, folder)
    sys.stdout.write((folder / "detection.md").read_text(encoding="utf-8").partition("<details>")[0])
    return 0 if reached.complete else 1
