"""What a recorded response itself says of what it took: what the vendor's log is held against."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from conformance.log.account import Spent
from conformance.log.fields import MOST
from conformance.log.records import ExchangeLine
from conformance.record import cassette
from conformance.record.headers import REQUEST_ID
from conformance.record.recording import CassetteError, Recording
from conformance.targets.operations import Operations
from conformance.wire.response import NotJson, read_json
from conformance.wire.text import printable
from conformance.wire.usage import usage_in

LONGEST = 120
"""So many characters of an id or of a model's name are kept."""


def all_spent(folder: Path, lines: Iterable[ExchangeLine], operations: Operations | None) -> list[Spent]:
    """
    Return what the responses of a run say that they took, of those that name a model, in the order of their ends.

    What cannot be read is left out: nothing here raises.
    """
    found = []
    for line in lines:
        try:
            recording = cassette.read(folder / line.evidence, folder) if line.evidence else None
        except (CassetteError, OSError, UnicodeError):
            continue
        if recording is not None and (one := spent(line, recording, operations or Operations())):
            found.append(one)
    return sorted(found, key=lambda one: (one.ended, one.exchange))


def spent(line: ExchangeLine, recording: Recording, operations: Operations) -> Spent | None:
    """Return what one response says that it took, or None where no model was requested."""
    asked = _model(recording.sent.body)
    if not asked:
        return None
    response = recording.response
    usage = usage_in(response.decoded) if response.status < 400 else None
    ended = recording.provenance.recorded.timestamp()
    known = usage is not None and max(usage.input, usage.output) <= MOST
    return Spent(
        exchange=line.label,
        request_id=_id(recording, operations.request_id),
        models=list(dict.fromkeys(name for name in (asked, _returned(response.decoded)) if name)),
        status=response.status,
        input=usage.input if usage and known else None,
        output=usage.output if usage and known else None,
        dollars=line.dollars,
        began=ended - response.total_ms / 1000,
        ended=ended,
    )


def _id(recording: Recording, header: str) -> str:
    """Return the id of a request by its usual headers, or by any that is called like them."""
    named = {name.lower(): value for name, value in recording.response.headers if name.lower().endswith(REQUEST_ID)}
    value = named.get(header.lower()) or named.get("x-request-id") or next(iter(named.values()), "")
    return printable(value)[:LONGEST]


def _model(body: bytes) -> str:
    """Return the model that a body names, or an empty text."""
    try:
        value: Any = read_json(body) if body else None
    except NotJson:
        return ""
    named = value.get("model") if isinstance(value, dict) else None
    return printable(named)[:LONGEST] if isinstance(named, str) else ""


def _returned(body: bytes) -> str:
    """Return the model that a response names, in JSON or in the first event of a stream that names one."""
    for line in [body, *body[:65536].splitlines()[:40]]:
        text = line.removeprefix(b"data:").strip()
        if text.startswith(b"{") and (found := _model(text)):
            return found
    return ""
