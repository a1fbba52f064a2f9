"""Recordings of this suite: cassettes of a run or of a target, as bytes, times and dates were."""

from pathlib import Path

from conformance.foreign.recorded import Recorded, Unreadable
from conformance.record import cassette
from conformance.record.recording import CassetteError, Kept
from conformance.wire.response import Ending


def is_ours(value: object) -> bool:
    """Tell whether a file's content is a cassette of this suite: it has a provenance."""
    metadata = value.get("metadata") if isinstance(value, dict) else None
    return isinstance(metadata, dict) and isinstance(metadata.get("provenance"), dict)


def exchange(path: Path, below: Path) -> Recorded | Unreadable:
    """Return the exchange in a cassette of this suite, or why it cannot be read."""
    try:
        found = cassette.read(path, below)
    except CassetteError as error:
        return Unreadable(str(error))
    provenance, response = found.provenance, found.response
    if provenance.kept is Kept.SHAPES:
        return Unreadable("it holds shapes only (--keep shapes)")
    if provenance.ending is not Ending.COMPLETE:
        return Unreadable("the response in it did not come to its end")
    return Recorded(
        method=found.sent.method,
        url=found.sent.url,
        request_headers=found.sent.headers,
        request_body=found.sent.body,
        status=response.status,
        headers=response.headers,
        body=response.body,
        when=provenance.recorded,
        group=provenance.target,
        first_hand=True,
    )
