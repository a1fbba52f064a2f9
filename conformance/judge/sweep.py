"""
Judging all checks of kinds at once: exchange by exchange, each of which is looked at once and let go.

A check of a kind reads every response of a run. Asked one after the other, hundreds of checks would each read all of
them again from the disk, as soon as the responses do not fit into memory.
"""

import time
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass

from conformance.definition.check import Check
from conformance.judge.judge import Judgement, Known, Tally, Within
from conformance.wire.exchange import Exchange


@dataclass(frozen=True, slots=True)
class Swept:
    """What a check came to, and how long that took, in milliseconds."""

    judgement: Judgement
    duration_ms: float


def sweep(
    checks: Sequence[tuple[Check, bool]], exchanges: Iterable[Exchange], *, within: Within = nullcontext
) -> list[Swept]:
    """
    Return the judgements of checks of kinds over the same exchanges, as `judge` would judge each of them.

    With each check goes whether its capability is claimed. `exchanges` may be read one after the other. `within` is
    entered around each call of a check: what it raises there judges that check on that exchange.
    """
    tallies = [Tally(check, claimed=claimed, within=within) for check, claimed in checks]
    took = [0.0] * len(tallies)
    clock = time.perf_counter
    for exchange in exchanges:
        known: Known = {}  # hundreds of checks share some twenty kinds
        for number, tally in enumerate(tallies):
            started = clock()
            tally.look(exchange, known)
            took[number] += clock() - started
    found = []
    for seconds, tally in zip(took, tallies, strict=True):
        started = clock()
        judgement = tally.judgement()
        found.append(Swept(judgement, (seconds + clock() - started) * 1000))
    return found
