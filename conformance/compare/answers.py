"""What a comparison takes from the recordings of a side. There are many, and large ones: each is read once."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from conformance.compare.latency import Time, time_of
from conformance.compare.shapes import Seen, seen_in
from conformance.compare.side import Side, recording_of
from conformance.report.evidence.source import Proof
from conformance.report.tables.atlas import Refusal, refusal
from conformance.wire.response import NotJson, read_json


@dataclass(frozen=True, slots=True)
class Answers:
    """
    The shapes and the times of a side's answers, and what became of invalid requests, by the label of the exchange.

    `largest` are the largest sizes of requests that were answered well, by their name in `app.toml`.
    """

    seen: dict[str, Seen] = field(default_factory=dict)
    times: dict[str, Time] = field(default_factory=dict)
    refusals: dict[str, Refusal] = field(default_factory=dict)
    largest: dict[str, int] = field(default_factory=dict)


def answers(side: Side) -> Answers:
    """Return what the recordings of a side tell; what cannot be read is passed over."""
    found = Answers()
    for label, line in side.exchanges.items():
        recording = recording_of(side, line)
        if line.invalid:
            found.refusals[label] = refusal(Proof(side.facts.name, label, line, recording, line.reason))
        if recording is None:
            continue
        if seen := seen_in(line, recording):
            found.seen[label] = seen
        if time := time_of(line, recording):
            found.times[label] = time
        if not line.invalid and 200 <= (line.status or 0) < 300:
            for name, number in _sizes_of(recording.sent.body):
                found.largest[name] = max(number, found.largest.get(name, 0))
    return found


def _sizes_of(content: bytes) -> Iterator[tuple[str, int]]:
    yield "request_bytes", len(content)
    try:
        body: Any = read_json(content)
    except NotJson:
        return
    if isinstance(body, dict):
        for name, key in (("messages", "messages"), ("tools", "tools"), ("embedding_inputs", "input")):
            value = body.get(key)
            if isinstance(value, list) and (key != "input" or all(isinstance(text, str) for text in value)):
                yield name, len(value)
