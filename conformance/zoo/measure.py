"""Measuring the detection score: one process, one simulator, all deviations."""

import re
import sys
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase

from conformance.definition.exchange_spec import ExchangeKey
from conformance.simulator.app.server import running
from conformance.simulator.deviations import entries, table
from conformance.targets.load import load
from conformance.zoo.dressing import KEY, Part, companions, dress, parts, undressed
from conformance.zoo.looking import faithful, look
from conformance.zoo.score import Score, Sighting
from conformance.zoo.unkilled import UNKILLED

TOGETHER = 8
"""So many deviations are looked at at the same time."""

ALL = "*"


def measure(only: str = ALL) -> Score:
    """Look at every deviation whose id a pattern names; prints progress. Which checks can fail takes all of them."""
    chosen = [entry for entry in entries() if fnmatchcase(entry.id, only)]
    served = [entry for entry in chosen if entry.function is not None]
    base = load("simulator", {})
    plan = parts(base)
    sightings: list[Sighting] = []
    with running(KEY, table()) as base_url:
        good = faithful(undressed(served, base_url, base, plan))
        company = companions(plan, good)
        for start in range(0, len(served), TOGETHER):
            batch = served[start : start + TOGETHER]
            sightings += look([dress([entry], base_url, base, plan, company=company) for entry in batch], good)
            missed = sum(1 for sighting in sightings if not sighting.meant)
            _say(f"\r{len(sightings)} of {len(served)} deviations, {missed} not found ")
        # Looked at again, alone and by the whole plan: what turns on time may have drowned beside seven others, and
        # what shows in few responses was not among those that were sent.
        for number, entry in enumerate(served):
            if not sightings[number].meant or sightings[number].errors:
                sightings[number] = look([dress([entry], base_url, base, plan, whole=True)], good)[0]
    _say("\n")
    if only != ALL:
        return Score(tuple(chosen), tuple(sightings))
    return Score(tuple(chosen), tuple(sightings), _unkilled(plan, sightings), *_confined(company, sightings))


def _unkilled(plan: Sequence[Part], sightings: Sequence[Sighting]) -> tuple[str, ...]:
    """Return the checks, without their cases, that no deviation makes deviate, but those that say why."""
    red = {_statement(check) for sighting in sightings for check in (*sighting.meant, *sighting.others)}
    every = {_statement(part.item.id) for part in plan if not part.item.check.builtin}
    return tuple(sorted(every - red - set(UNKILLED)))


def _confined(
    company: Mapping[str, Sequence[ExchangeKey]], sightings: Sequence[Sighting]
) -> tuple[int, tuple[str, ...]]:
    """
    Return how many checks of a kind judge more than what is sent for them, and those that never deviate elsewhere.

    Where the whole plan has one response of a kind alone, there is nowhere else to look.
    """
    kinds = {check for check, others in company.items() if others}
    elsewhere = {check for sighting in sightings for check in sighting.elsewhere}
    return len(kinds), tuple(sorted(kinds - elsewhere))


def _statement(check: str) -> str:
    return re.sub(r"\[[^\]]*\]", "", check)


def _say(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()
