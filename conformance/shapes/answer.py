"""What is compared: the values of one recorded answer, the operation that it belongs to, and how it stands."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from conformance.log.records import ExchangeLine
from conformance.record.recording import Kept, Recording, Sent
from conformance.shapes.change import DONE
from conformance.targets.url import path_below
from conformance.wire import sse
from conformance.wire.json_value import JSON
from conformance.wire.operation import template
from conformance.wire.response import NotJson, Response, read_json

LARGEST = 8 * 1024 * 1024
"""Bytes. A larger body is not compared: honest ones are far smaller, and each value of it is looked at."""

_LONGEST = 120
_DELTA = ("role", "content", "refusal", "tool_calls", "function_call")


REJECTED = "rejected requests"


class Form(StrEnum):
    """How an answer stands: one JSON body, a stream of events, or a rejection."""

    BODY = "body"
    STREAM = "stream"
    REJECTION = "rejection"


@dataclass(frozen=True, slots=True)
class Answer:
    """
    The JSON values of one answer: its body, or the data of each event of a stream.

    `events` names each event of a stream in order, `whole` is false for a recording without the texts of its bodies.
    `sent` is the JSON object of the request, empty where it is none; `at_ms` is when each event came.
    """

    operation: str
    form: Form
    values: tuple[JSON, ...]
    events: tuple[str, ...]
    day: date
    sent: dict[str, Any]
    whole: bool = True

    @property
    def title(self) -> str:
        """Return the operation and the form, as a reader knows them."""
        return title_of(self.operation, self.form)

    @property
    def joined(self) -> JSON:
        """Return all its values as one: the events of a stream by their type where they have one."""
        if self.form is not Form.STREAM:
            return self.values[0]
        named = [value.get("type") if isinstance(value, dict) else None for value in self.values]
        if not all(isinstance(name, str) for name in named):
            return list(self.values)
        by_type: dict[str, list[JSON]] = {}
        for name, value in zip(named, self.values, strict=True):
            by_type.setdefault(str(name), []).append(value)
        return {**by_type}


def title_of(operation: str, form: Form) -> str:
    """Return an operation and a form, as a reader knows them: `POST chat/completions, streamed`."""
    if form is Form.REJECTION:
        return REJECTED  # all operations have one shape of it
    return f"{operation}, streamed" if form is Form.STREAM else operation


def compared(line: ExchangeLine | None, recording: Recording) -> Answer | None:
    """
    Return what is compared of an exchange of a run; None where it says nothing about the shape of a good answer.

    That is a rejection that the request does not ask for (often a proxy's), and an invalid request that was served.
    """
    status = recording.response.status
    if line is not None and status >= 400 and not (line.facts and status in line.facts.expects):
        return None
    if line is not None and status < 300 and line.invalid:
        return None
    return answer_of(recording)


def answer_of(recording: Recording) -> Answer | None:
    """Return what is compared of a recording; None where there is no JSON in it, or more than is looked at."""
    response, sent = recording.response, recording.sent
    if is_too_large(recording):
        return None
    made = _values(response, streamed=sent.streamed)
    if made is None:
        return None
    form, values, events = made
    return Answer(
        operation_of(recording),
        form,
        values,
        events,
        recording.provenance.recorded.date(),
        _object(sent),
        whole=recording.provenance.kept is Kept.BODIES,
    )


def is_too_large(recording: Recording) -> bool:
    """Tell whether a body is larger than is looked at."""
    return len(recording.response.decoded) > LARGEST


def operation_of(recording: Recording) -> str:
    """Return the operation that was asked: `POST chat/completions`, `GET models/{model}`."""
    path = path_below(recording.sent.url, recording.provenance.base_url)
    return f"{recording.sent.method} {template(path)[:_LONGEST]}"


def _object(sent: Sent) -> dict[str, Any]:
    try:
        value = read_json(sent.body)
    except NotJson:
        return {}
    return value if isinstance(value, dict) else {}


def _values(response: Response, *, streamed: bool) -> tuple[Form, tuple[JSON, ...], tuple[str, ...]] | None:
    if response.status < 300 and response.is_stream(requested=streamed):
        return _stream(response)
    try:
        value = read_json(response.decoded)  # not kept: a report looks at one answer after the other
    except NotJson:
        return None
    return (Form.BODY if response.status < 300 else Form.REJECTION), (value,), ()


def _stream(response: Response) -> tuple[Form, tuple[JSON, ...], tuple[str, ...]] | None:
    values, events = [], []
    for event in sse.parse(response.decoded).events:
        if event.data.strip() == DONE:
            events.append(DONE)
            continue
        try:
            value = read_json(event.data)
        except NotJson:
            return None
        if isinstance(value, dict) and value.get("error"):
            return None
        values.append(value)
        events.append(_name(value))
    return (Form.STREAM, tuple(values), tuple(events)) if values else None


def _name(event: JSON) -> str:
    """Return what an event of a stream is: its type, or of a chunk of a chat the first thing that it brings."""
    if not isinstance(event, dict):
        return "event"
    if isinstance(event.get("type"), str):
        return str(event["type"])[:_LONGEST]
    choices = event.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices and isinstance(choices[0], dict) else {}
    delta = choice.get("delta")
    if choice.get("finish_reason"):
        return "finish_reason"
    brought = [name for name in _DELTA if isinstance(delta, dict) and delta.get(name)]
    return brought[0] if brought else "usage" if event.get("usage") else "chunk"
