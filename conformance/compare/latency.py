"""
How long the same requests took at each side, from the times in the recordings.

These are times of a test run and no benchmark: one request each, short texts, from one machine, and beside others of
the suite. A stream's tokens in a second are the tokens of text that it reports, by the time between its first and its
last chunk.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from conformance.log.records import ExchangeLine
from conformance.record.recording import Recording
from conformance.shapes.answer import Form, operation_of, title_of
from conformance.wire import sse
from conformance.wire.response import NotJson, read_json

ABOUT = (
    "Times of a test run, not of a benchmark: each request was sent once, from one machine, beside others of the "
    "suite. Medians over the requests that all sides answered; first byte is the first of the body."
)

_FEWEST_TOKENS, _SHORTEST_MS = 8, 20.0


@dataclass(frozen=True, slots=True)
class Time:
    """The times of one answer in milliseconds, and of a stream its tokens in a second where it reports them."""

    title: str
    first_ms: float
    total_ms: float
    per_second: float | None
    beside: int


@dataclass(frozen=True, slots=True)
class Cell:
    """What one side took: medians, and how many other requests of ours were in flight at most."""

    first_ms: float
    total_ms: float
    per_second: float | None
    beside: int

    @property
    def words(self) -> str:
        """Return `first byte 12 ms, whole 340 ms, 48 tokens/s`."""
        rate = f", {self.per_second:,.0f} tokens/s" if self.per_second else ""
        return f"first byte {self.first_ms:,.0f} ms, whole {self.total_ms:,.0f} ms{rate}"


@dataclass(frozen=True, slots=True)
class Row:
    """One operation; `cells` in the order of the sides. `requests` is how many were answered by all of them."""

    title: str
    requests: int
    cells: tuple[Cell, ...]


def time_of(line: ExchangeLine, recording: Recording) -> Time | None:
    """Return the times of one answer, or None where it is not good and whole."""
    if line.status != 200 or not line.ending.whole:
        return None
    response = recording.response
    streamed = response.is_stream(requested=recording.sent.streamed)
    first = response.at_ms[0] if response.at_ms else response.headers_ms
    span = response.total_ms - first
    tokens = _tokens(recording) if streamed and span >= _SHORTEST_MS else None
    rate = tokens / span * 1000 if tokens is not None and tokens >= _FEWEST_TOKENS else None
    title = title_of(operation_of(recording), Form.STREAM if streamed else Form.BODY)
    return Time(title, first, response.total_ms, rate, line.beside)


def latencies(by_side: Sequence[Mapping[str, Time]]) -> tuple[Row, ...]:
    """Return the medians of the requests that all sides answered, by operation."""
    common = sorted(set.intersection(*(set(found) for found in by_side))) if by_side else []
    by_title: dict[str, list[str]] = {}
    for label in common:
        if len({found[label].title for found in by_side}) == 1:
            by_title.setdefault(by_side[0][label].title, []).append(label)
    return tuple(
        Row(title, len(labels), tuple(_cell([found[label] for label in labels]) for found in by_side))
        for title, labels in sorted(by_title.items())
    )


def _cell(found: Sequence[Time]) -> Cell:
    rates = [time.per_second for time in found if time.per_second is not None]
    return Cell(
        round(median(time.first_ms for time in found), 1),
        round(median(time.total_ms for time in found), 1),
        round(median(rates), 1) if rates else None,
        max(time.beside for time in found),
    )


def _tokens(recording: Recording) -> int | None:
    """Return how many tokens of text the last usage of a stream reports, or None."""
    for event in reversed(sse.parse(recording.response.decoded).events):
        if '"usage"' not in event.data:
            continue
        try:
            value = read_json(event.data)
        except NotJson:
            return None
        holder = value.get("response", value) if isinstance(value, dict) else None
        usage = holder.get("usage") if isinstance(holder, dict) else None
        if isinstance(usage, dict):
            found = usage.get("completion_tokens", usage.get("output_tokens"))
            return found if type(found) is int else None
    return None
