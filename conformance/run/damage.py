"""
Who breaks: what the official client makes of each exchange in which a check deviates, and what the zoo knows alike.

It is looked at once, at the end of a run, from the recordings in its folder, so that reports need neither client nor
zoo. A run without a deviation pays nothing. Nothing here raises, whatever was recorded.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

from conformance.definition.exchange_spec import ExchangeKey, ExchangeSpec
from conformance.judge.budget import in_time
from conformance.log.harm import Client, Similar, SimilarDeviation
from conformance.log.records import ExchangeLine, Result
from conformance.record import cassette
from conformance.record.recording import Recording
from conformance.record.spool import observed
from conformance.targets.url import split_query
from conformance.wire.exchange import Exchange
from conformance.wire.request import Request
from conformance.wire.response import NotJson, read_json
from conformance.wire.verdict import Verdict

MOST = 200
"""So many exchanges of a run are looked at."""

SECONDS, EACH_S = 30.0, 5.0
"""How long all of them may take, and one of them, in seconds."""

ALIKE = 5
"""So many deviations are named for a check: the graver ones, and those that were seen."""


def damage(
    folder: Path, results: Sequence[Result], lines: Sequence[ExchangeLine], specs: Sequence[ExchangeSpec]
) -> list[Client | Similar]:
    """Return the log's lines about who breaks, for the results of a run that deviate."""
    deviating = [result for result in results if result.verdict is Verdict.DEVIATES]
    if not deviating:
        return []
    chosen = places_of(deviating, lines)[:MOST]
    return [*_clients(folder, chosen, {spec.id: spec for spec in specs}), *_similar(deviating)]


def places_of(deviating: Sequence[Result], lines: Sequence[ExchangeLine]) -> list[ExchangeLine]:
    """Return the recorded exchanges in which a check deviates, in the order of the results."""
    places = dict.fromkeys((r.target, name) for r in deviating for name in (r.places or r.exchanges))
    by_label = {(line.target, line.label): line for line in lines if line.evidence}
    return [by_label[place] for place in places if place in by_label]


def _clients(folder: Path, lines: Sequence[ExchangeLine], specs: Mapping[str, ExchangeSpec]) -> Iterator[Client]:
    from conformance.lens.lens import lens  # noqa: PLC0415  a run without deviations needs no client
    from conformance.lens.survey import BY_DESIGN  # noqa: PLC0415  see above
    from conformance.lens.view import Outcome  # noqa: PLC0415  see above

    words: dict[Outcome, Literal["survives", "raises", "loses"]]
    words = {Outcome.SURVIVES: "survives", Outcome.RAISES: "raises", Outcome.LOSES: "loses"}
    end = time.monotonic() + SECONDS
    for line in lines:
        if time.monotonic() > end:
            return
        try:
            with in_time(EACH_S):
                found = lens(recorded(folder, line, specs[line.id]))
        except Exception:  # noqa: BLE001, S112  what cannot be read or is too slow is not told
            continue
        if found.raised in BY_DESIGN:
            found = replace(found, outcome=Outcome.SURVIVES, raised="", reason="")
        if found.outcome in words and not _is_a_right_refusal(line, specs[line.id]):
            yield Client(
                target=line.target,
                exchange=line.label,
                outcome=words[found.outcome],
                raised=found.raised,
                reason=found.reason,
            )


def _is_a_right_refusal(line: ExchangeLine, spec: ExchangeSpec) -> bool:
    """Tell whether the client raises as it should: a status that was asked for."""
    statuses = spec.expects.union(*(spec.expected(case) for case in spec.cases))
    return line.status is not None and line.status >= 400 and line.status in statuses


def recorded(folder: Path, line: ExchangeLine, spec: ExchangeSpec) -> Exchange:
    """Return an exchange of a run from its recording. Raises what reading a recording raises."""
    recording = cassette.read(folder / line.evidence, folder)
    provenance = recording.provenance
    key = ExchangeKey(line.target, spec, provenance.case, provenance.variant, provenance.sample)
    return observed(key, _request(recording), recording, line.evidence)


def _request(recording: Recording) -> Request:
    """Return the request that was sent, below the base URL."""
    base = split_query(recording.provenance.base_url)[0].rstrip("/")
    try:
        body = read_json(recording.sent.body)
    except NotJson:
        body = None
    return Request(recording.sent.method, recording.sent.url.removeprefix(base), json=body)


def _similar(deviating: Sequence[Result]) -> Iterator[Similar]:
    from conformance.simulator.deviations import entries  # noqa: PLC0415  see above
    from conformance.zoo.dressing import is_meant  # noqa: PLC0415

    served = [entry for entry in entries() if entry.function is not None]
    red: dict[str, set[str]] = {}
    for result in deviating:
        red.setdefault(result.target, set()).add(result.check)
    served.sort(key=lambda entry: (list(type(entry.severity)).index(entry.severity), not entry.seen))
    for result in {(one.target, one.check): one for one in deviating}.values():
        # One check alone deviates for many reasons: alike is what all its checks are red for.
        seen = red[result.target]
        alike = [
            entry
            for entry in served
            if is_meant(result.check, entry.caught_by)
            and all(any(is_meant(check, (pattern,)) for check in seen) for pattern in entry.caught_by)
        ][:ALIKE]
        if alike:
            told = [SimilarDeviation(id=one.id, breaks=one.breaks, links=list(one.links)) for one in alike]
            yield Similar(target=result.target, check=result.check, deviations=told)
