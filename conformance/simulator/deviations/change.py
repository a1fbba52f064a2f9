"""
The words that deviations are written with: small changes of a call or of a faithful answer.

Each takes the answer (or the call) and returns another; what does not concern it comes back as it is.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from conformance.simulator.http.answer import JSON, Answer, Event, Events, Text, dump
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

Object = dict[str, Any]

_FAILED = 400
_SHORT = 96


def posted(call: Call, path: str) -> bool:
    """Tell whether a call is a POST to a path below `/v1`."""
    return call.method == "POST" and call.path == path


def is_chat(call: Call) -> bool:
    """Tell whether a call asks for a chat completion."""
    return posted(call, "/chat/completions")


def is_shortest_chat(call: Call) -> bool:
    """Tell whether a chat is the shortest there is, so that the answers to all others are looked at too."""
    return is_chat(call) and len(call.content) < _SHORT


def moved(call: Call, path: str) -> Call:
    """Return the call to another path below `/v1`."""
    return replace(call, path=path)


def asked(call: Call) -> Object:
    """Return the JSON object of a call, or an empty one."""
    try:
        value = json.loads(call.content)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def rewrite(call: Call, change: Callable[[Object], Object | None]) -> Call:
    """Return the call with its JSON object changed, so that the endpoint never sees what was sent."""
    value = asked(call)
    if not value:
        return call
    changed = change(value)
    return replace(call, content=dump(value if changed is None else changed))


def without(call: Call, *names: str) -> Call:
    """Return the call without some fields: the endpoint ignores them silently."""
    return rewrite(call, lambda value: {k: v for k, v in value.items() if k not in names})


def without_query(call: Call, name: str) -> Call:
    """Return the call without a name of its query."""
    return replace(call, query={key: value for key, value in call.query.items() if key != name})


def body(answer: Answer, change: Callable[[Object], Any], *, failed: bool = False) -> Answer:
    """Change the JSON object of a good answer, or with `failed` of an error; None keeps the changed object."""
    if not isinstance(answer.body, dict) or (answer.status >= 400) is not failed:
        return answer
    copy = json.loads(json.dumps(answer.body))
    changed = change(copy)
    return replace(answer, body=copy if changed is None else changed)


def error(answer: Answer, change: Callable[[Object], Any]) -> Answer:
    """Change the JSON object of an error."""
    return body(answer, change, failed=True)


def chunks(answer: Answer, change: Callable[[list[Object]], list[Object] | None]) -> Answer:
    """Change the list of a stream's JSON chunks; `[DONE]` stays at the end when it was there."""
    if not isinstance(answer.body, Events):
        return answer
    told = [json.loads(json.dumps(event.data)) for event in answer.body.events if isinstance(event.data, dict)]
    names = [event.name for event in answer.body.events if isinstance(event.data, dict)]
    ends = [event for event in answer.body.events if isinstance(event.data, Text)]
    changed = change(told)
    kept = told if changed is None else changed
    named = names if len(names) == len(kept) else [chunk.get("type") if any(names) else None for chunk in kept]
    events = [Event(chunk, name) for chunk, name in zip(kept, named, strict=True)]
    return replace(answer, body=replace(answer.body, events=(*events, *ends)))


def chat_chunks(call: Call, handler: Handler, change: Callable[[list[Object]], list[Object]]) -> Answer:
    """Answer a call, and change the list of chunks when it is a streamed chat."""
    return chunks(handler(call), change) if is_chat(call) else handler(call)


def each_chunk(answer: Answer, change: Callable[[Object], Any]) -> Answer:
    """Change every chunk of a stream in place."""

    def apply(told: list[Object]) -> None:
        for chunk in told:
            change(chunk)

    return chunks(answer, apply)


def events(answer: Answer, change: Callable[[Sequence[Event]], Sequence[Event]]) -> Answer:
    """Change the events of a stream, `[DONE]` among them."""
    if not isinstance(answer.body, Events):
        return answer
    return replace(answer, body=replace(answer.body, events=tuple(change(answer.body.events))))


def event_bytes(event: Event) -> bytes:
    """Return the data of an event as it stands on its line."""
    return event.data.text.encode() if isinstance(event.data, Text) else dump(event.data)


def framed(answer: Answer, encode: Callable[[Event], bytes]) -> Answer:
    """Change how each event of a stream becomes bytes."""
    return replace(answer, body=replace(answer.body, encode=encode)) if isinstance(answer.body, Events) else answer


def deltas(told: list[Object]) -> list[Object]:
    """Return the deltas of all choices of all chunks, in order."""
    return [choice["delta"] for chunk in told for choice in chunk.get("choices", ()) if "delta" in choice]


def reasons(call: Call, handler: Handler, words: Mapping[str, str]) -> Answer:
    """Answer a call, and say some finish reasons of a chat in other words."""

    def say(choice: Object) -> None:
        choice["finish_reason"] = words.get(choice["finish_reason"], choice["finish_reason"])

    return each_choice(handler(call), say) if is_chat(call) else handler(call)


def each_part(answer: Answer, change: Callable[[Object], Any]) -> Answer:
    """Change every choice of every chunk of a stream in place."""

    def apply(chunk: Object) -> None:
        for choice in chunk.get("choices") or ():
            change(choice)

    return each_chunk(answer, apply)


def without_end(answer: Answer) -> Answer:
    """Leave out the `[DONE]` of a stream."""
    return events(answer, lambda told: [event for event in told if not isinstance(event.data, Text)])


def held(answer: Answer, seconds: float) -> Answer:
    """Let the body of a stream stay open after its last event."""
    return replace(answer, body=replace(answer.body, hold_s=seconds)) if isinstance(answer.body, Events) else answer


def fragments(told: list[Object]) -> list[Object]:
    """Return the fragments of tool calls in all deltas, in order."""
    return [fragment for delta in deltas(told) for fragment in delta.get("tool_calls") or ()]


def messages(value: Object) -> list[Object]:
    """Return the messages of all choices of a chat completion."""
    return [choice["message"] for choice in value.get("choices", ()) if "message" in choice]


def is_stream(answer: Answer) -> bool:
    """Tell whether the answer is a stream of events."""
    return isinstance(answer.body, Events)


def status(answer: Answer, number: int) -> Answer:
    """Return the answer with another status."""
    return replace(answer, status=number)


def without_header(answer: Answer, name: str) -> Answer:
    """Return the answer without a header."""
    return replace(answer, headers=tuple(h for h in answer.headers if h[0].lower() != name.lower()))


def instead(answer: Answer, body: JSON | bytes, number: int = 200, media: str | None = None) -> Answer:
    """Return another body and status with the headers of the answer; bytes need a media type."""
    other = replace(answer, body=body, status=number)
    return other if media is None else other.with_header("content-type", media)


def each_choice(answer: Answer, change: Callable[[Object], Any]) -> Answer:
    """Change every choice in place: those of a plain answer, or of all chunks of a stream."""

    def apply(value: Object) -> None:
        for choice in value.get("choices") or ():
            change(choice)

    return each_part(body(answer, apply), change)


def each_whole(answer: Answer, change: Callable[[Object], Any]) -> Answer:
    """Change every JSON object of a good answer in place: the plain body, or all chunks of a stream."""

    def apply(value: Object) -> None:
        change(value)

    return each_chunk(body(answer, apply), apply)


def fragments_by_call(told: list[Object]) -> list[list[Object]]:
    """Return the fragments of each tool call of a stream of one choice, calls and fragments in order."""
    found: dict[int, list[Object]] = {}
    for fragment in fragments(told):
        found.setdefault(fragment["index"], []).append(fragment)
    return list(found.values())


def each_fragment(answer: Answer, change: Callable[[Object], Any]) -> Answer:
    """Change every fragment of a tool call in place."""
    return each_call(answer, lambda call: [change(fragment) for fragment in call])


def each_call(answer: Answer, change: Callable[[list[Object]], Any]) -> Answer:
    """Change the fragments of every streamed call in place."""

    def apply(told: list[Object]) -> None:
        for call in fragments_by_call(told):
            change(call)

    return chunks(answer, apply)


def conversation(call: Call) -> list[Object]:
    """Return the messages of a chat request."""
    found = asked(call).get("messages")
    return [message for message in found if isinstance(message, dict)] if isinstance(found, list) else []


def each_message(answer: Answer, change: Callable[[Object], Any]) -> Answer:
    """Change every message of a plain chat completion in place."""

    def apply(value: Object) -> None:
        for message in messages(value):
            change(message)

    return body(answer, apply)


def each_plain_call(answer: Answer, change: Callable[[Object], Any]) -> Answer:
    """Change every tool call of a plain chat completion in place."""
    return each_message(answer, lambda message: [change(found) for found in message.get("tool_calls") or ()])


def calls(value: Object) -> list[Object]:
    """Return the tool calls of all messages of a chat completion."""
    return [found for message in messages(value) for found in message.get("tool_calls") or ()]


def parsed(text: str) -> Any:
    """Return the JSON value that a text is, or the text itself when it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def refused(  # noqa: PLR0913  these are the parts of an error
    answer: Answer,
    number: int,
    message: str,
    *,
    kind: str = "invalid_request_error",
    param: Any = None,
    code: Any = None,
) -> Answer:
    """Return an error in the documented shape, with the headers of the answer."""
    envelope = {"message": message, "type": kind, "param": param, "code": code}
    return instead(answer, {"error": envelope}, number, "application/json")


def _is_attachment(part: Any) -> bool:
    """Tell whether a part of a message is one, and no text."""
    return isinstance(part, dict) and part.get("type") != "text"


def each_attachment(call: Call, change: Callable[[Object], Object | None]) -> Call:
    """Change the parts of a chat's messages that are no text: into another part, or with None into nothing."""

    def apply(value: Object) -> None:
        given = value.get("messages")
        for message in given if isinstance(given, list) else ():
            if isinstance(message, dict) and isinstance(message.get("content"), list):
                parts = [change(part) if _is_attachment(part) else part for part in message["content"]]
                message["content"] = [part for part in parts if part is not None]

    return rewrite(call, apply) if is_chat(call) else call


def has_attachment(call: Call, wanted: Callable[[Object], bool]) -> bool:
    """Tell whether a chat has a part that is wanted, among those that are no text."""
    found: list[bool] = []
    each_attachment(call, lambda part: found.append(wanted(part)))
    return any(found)


def without_files(call: Call, name: str) -> Call:
    """Return the call without the parts of its form that have a name."""
    boundary = b"--" + call.headers.get("content-type", "").partition("boundary=")[2].strip('"').encode()
    head = f'name="{name}"'.encode()
    pieces = [piece for piece in call.content.split(boundary) if head not in piece.partition(b"\r\n\r\n")[0]]
    return replace(call, content=boundary.join(pieces))


def text(value: Any) -> str:
    """Return a value as JSON text."""
    return dump(value).decode()


def told(answer: Answer) -> Object:
    """Return the error object of a refusal, or an empty one."""
    found = answer.body.get("error") if isinstance(answer.body, dict) and answer.status >= _FAILED else None
    return found if isinstance(found, dict) else {}


def envelope(answer: Answer, change: Callable[[Object], Any]) -> Answer:
    """Change the error object of a refusal in place."""

    def apply(value: Object) -> None:
        if isinstance(value.get("error"), dict):
            change(value["error"])

    return error(answer, apply)


def rebuilt(answer: Answer, build: Callable[[Object], JSON]) -> Answer:
    """Return a refusal whose whole body is made anew from its error object."""
    return replace(answer, body=build(dict(told(answer)))) if told(answer) else answer


def buffered(answer: Answer, seconds: float) -> Answer:
    """Hold all events of a stream back for a while, and let them come in one write."""
    if not isinstance(answer.body, Events) or not answer.body.events:
        return answer
    sent = b"".join(answer.body.encode(event) for event in answer.body.events)
    last, gap = answer.body.events[-1], seconds / len(answer.body.events)
    return replace(answer, body=replace(answer.body, gap_s=gap, encode=lambda event: sent if event is last else b""))
