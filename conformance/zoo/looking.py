"""Looking at deviations: what is sent, what the checks say of it, and what the official client makes of it."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.judge.judge import judge
from conformance.lens import lens
from conformance.lens.view import Lens
from conformance.send.engine import Engine
from conformance.send.unkept import arguments, sent
from conformance.wire.verdict import Verdict
from conformance.zoo.dressing import KEY, Dressed, is_meant
from conformance.zoo.score import Sighting

if TYPE_CHECKING:
    from conformance.wire.exchange import Exchange


def look(dressed: Sequence[Dressed], good: Mapping[str, "Exchange"] | None = None) -> list[Sighting]:
    """
    Send and judge some deviations at the same time, and return what was seen of each.

    With `good`, the faithful exchanges by label, it is looked at through the official client too.
    """
    started = time.perf_counter()
    targets = {one.target.name: one.target for one in dressed}
    with sent(targets, [key for one in dressed for item in one.items for key in item.keys], KEY) as engine:
        sightings = [_judged(one, engine) for one in dressed]
        clients = [_client(one, seen.meant, engine, good or {}) for one, seen in zip(dressed, sightings, strict=True)]
    each = round((time.perf_counter() - started) / len(dressed), 2)
    return [
        replace(seen, seconds=each, client=client.outcome, raised=client.raised, why=client.reason)
        for seen, client in zip(sightings, clients, strict=True)
    ]


def faithful(undressed: Dressed) -> dict[str, "Exchange"]:
    """Return what the simulator answers as it should, by label."""
    keys = [key for item in undressed.items for key in item.keys]
    with sent({undressed.target.name: undressed.target}, keys, KEY) as engine:
        return {key.label: engine.wait(key) for key in keys}


def _client(one: Dressed, meant: Sequence[str], engine: Engine, good: Mapping[str, "Exchange"]) -> Lens:
    """Return what a user of the official client gets, of the exchanges of the intended checks that deviate."""
    keys = dict.fromkeys(key for item in one.items if item.id in meant for key in item.keys)
    return lens.worst([(engine.wait(key), good[key.label]) for key in keys if key.label in good])


def _judged(one: Dressed, engine: Engine) -> Sighting:
    """Return which of the checks deviate under a deviation, and errors of ours."""
    meant: list[str] = []
    others: list[str] = []
    errors: list[str] = []
    elsewhere: list[str] = []
    # The simulator keeps nobody waiting, so what was in flight beside an exchange is no excuse for it.
    got = {key: replace(engine.wait(key), beside=0) for item in one.items for key in item.keys}
    for item in one.items:
        judgement = judge(item.check, arguments(item, got), claimed=True)
        if judgement.verdict is Verdict.DEVIATES:
            (meant if is_meant(item.id, one.caught_by) else others).append(item.id)
            if set(judgement.places) - {key.label for key in item.keys}:
                elsewhere.append(item.id)
        elif judgement.verdict is Verdict.ERROR:
            errors.append(f"{item.id}: {judgement.reason}")
    return Sighting(one.ids, tuple(meant), tuple(others), tuple(errors), elsewhere=tuple(elsewhere))
