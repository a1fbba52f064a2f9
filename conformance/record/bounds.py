"""
How much of one response is taken: what is more is left out, and the exchange ended with `Ending.SIZE`.

A few bytes can become much in memory: gzip packs a thousand to one, `[],` is a list of 64 bytes, `data:` an event.
Each bound is far above what an honest response to a request of the suite can be.
"""

from dataclasses import replace

from conformance.record.recording import Recording
from conformance.wire.coding import coding_of, is_too_much
from conformance.wire.response import MAX_DECODED, Ending, Response

MAX_LINES = 100_000
"""Lines of text: about as many as 33,000 events with a name and data, or 50,000 with data alone."""

MAX_VALUES = 2_000_000
"""Values of JSON, counted by the marks that stand between them."""

KEPT = 64 * 1024
KEPT_ENCODED = 1024
"""Bytes kept of a body that is too large; of an encoded one so few that they cannot unpack to much."""


def bounded(recording: Recording, *, file: bool = False) -> Recording:
    """
    Return a recording whose body can be read without harm: itself, or one that is cut and says why.

    `file`: the body is neither text nor JSON, so nothing is made of it but its bytes.
    """
    response, provenance = recording.response, recording.provenance
    problem = "" if provenance.ending is Ending.SIZE else _problem(response, file=file)
    if problem:
        provenance = provenance.model_copy(update={"ending": Ending.SIZE, "reason": problem})
    if provenance.ending is not Ending.SIZE:
        return recording
    return replace(recording, response=_beginning(response), provenance=provenance)


def _problem(response: Response, *, file: bool) -> str:
    if too_much := is_too_much(response.body, coding_of(response.header("content-encoding")), MAX_DECODED):
        return too_much
    if file:
        return ""
    return too_many(response)


def too_many(response: Response) -> str:
    """Return of what a text has more than is taken, in words; empty for nothing."""
    if response.line_count > MAX_LINES:
        return f"more than {MAX_LINES:,} lines"
    return f"more than {MAX_VALUES:,} values" if response.value_count > MAX_VALUES else ""


def _beginning(response: Response) -> Response:
    kept = KEPT if response.header("content-encoding") is None else KEPT_ENCODED
    if len(response.body) <= kept:
        return response
    return replace(response, body=response.body[:kept], sizes=(kept,), at_ms=response.at_ms[:1])
