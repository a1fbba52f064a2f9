"""The atlas of errors: what a target made of each request that is invalid on purpose, by the log and the recordings."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from conformance.log.records import Run
from conformance.report.evidence.source import Proof
from conformance.wire.client_behavior import raised, retries
from conformance.wire.json_value import ABSENT, Document
from conformance.wire.leaks import HOSTS, TRACES, key_in
from conformance.wire.response import NotJson, Response
from conformance.wire.text import brief, cut

NOTHING = "-"
LONGEST = 60
_LARGEST_SEARCHED = 1024 * 1024  # of a response, in bytes; no honest refusal is longer


@dataclass(frozen=True, slots=True)
class Refusal:
    """What came of one wrong request; every text is short. Without a recording only the status is known."""

    request: str
    about: str
    status: int | None
    envelope: str
    type: str
    code: str
    param: str
    again: bool | None
    leak: str
    raises: str


@dataclass(frozen=True, slots=True)
class Atlas:
    """The wrong requests of one target, in the order of their names."""

    target: str
    column: str
    refusals: tuple[Refusal, ...]


def atlases(run: Run, proved: Sequence[Proof]) -> tuple[Atlas, ...]:
    """Return the atlas of every target that was asked something wrong."""
    by_name = {(proof.target, proof.label): proof for proof in proved}
    found = []
    for facts in run.header.targets:
        own = sorted({line.label for line in run.exchanges if line.target == facts.name and line.invalid})
        refusals = tuple(refusal(by_name[facts.name, name]) for name in own if (facts.name, name) in by_name)
        if refusals:
            found.append(Atlas(facts.name, facts.column, refusals))
    return tuple(found)


def refusal(proof: Proof) -> Refusal:
    """Return what came of one wrong request."""
    line, recording = proof.line, proof.recording
    answer = recording.response if recording else None
    status = answer.status if answer else line.status if line else None
    error = _error(answer)
    return Refusal(
        proof.label,
        line.about if line else "",
        status,
        envelope=_envelope(answer) if answer else proof.ended,
        type=_value(error, "type"),
        code=_value(error, "code"),
        param=_value(error, "param"),
        again=None if status is None else retries(status, answer.header("x-should-retry") if answer else None),
        leak=_leak(answer, recording.provenance.leaked) if answer and recording else NOTHING,
        raises=_raises(status),
    )


def _raises(status: int | None) -> str:
    if status is None:
        return NOTHING
    return "no exception" if status < 300 else raised(status)


def _json(answer: Response | None) -> Any:
    try:
        return answer.json if answer else ABSENT
    except NotJson:
        return ABSENT


def _error(answer: Response | None) -> Document:
    inner = Document(_json(answer)).get("error") if isinstance(_json(answer), dict) else ABSENT
    return Document(inner if isinstance(inner, dict) else {})


def _envelope(answer: Response) -> str:
    """Return `ok`, or what is wrong with the shape of an error."""
    value = _json(answer)
    told = isinstance(value, dict) and value.get("error")
    if answer.status < 300:
        return "an error, with status 200" if told else "answered"
    if value is ABSENT:
        return f"no JSON: {answer.media_type or 'no media type'}"[:LONGEST]
    if isinstance(value, list):
        return "an array"
    error = value.get("error", ABSENT) if isinstance(value, dict) else ABSENT
    if not isinstance(error, dict):
        return "no error" if error is ABSENT else f"error is {brief(error, 30)}"
    absent = [name for name in ("message", "type", "param", "code") if name not in error]
    wrong = [name for name in ("message", "type") if name in error and not isinstance(error[name], str)]
    wrong += [name for name in ("param", "code") if not isinstance(error.get(name), str | None)]
    parts = [f"no {', '.join(absent)}"] if absent else []
    parts += [f"no string: {', '.join(wrong)}"] if wrong else []
    return "; ".join(parts) or "ok"


def _value(error: Document, name: str) -> str:
    value = error.get(name)
    if value is ABSENT:
        return NOTHING
    text = value if isinstance(value, str) and value else json.dumps(value)
    return cut(text, LONGEST)


def _leak(answer: Response, leaked: int) -> str:
    text = answer.decoded[:_LARGEST_SEARCHED].decode("utf-8", "replace").replace('\\"', '"')
    found = {
        "our key": leaked > 0,
        "a key": key_in(text),
        "stack trace": TRACES.search(text),
        "host": HOSTS.search(text),
    }
    return ", ".join(name for name, seen in found.items() if seen) or "none"
