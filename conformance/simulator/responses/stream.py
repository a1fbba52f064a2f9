"""
A Response told in events, from the finished object: the plain answer and the stream cannot differ.

`response.created`, `response.in_progress`, then for each item of the output `response.output_item.added`, what is in
it piece by piece, `response.output_item.done`; last `response.completed` or `response.incomplete`. The name of an
event is its `type`, `sequence_number` counts from 0, and no `[DONE]` follows. The life cycle is OpenAI's; the keys are
those of the official client's `ResponseStreamEvent`.
"""

from collections.abc import Iterator
from typing import Any

from conformance.simulator.http.answer import Event, Events
from conformance.simulator.http.padding import padding
from conformance.simulator.media.tokens import pieces
from conformance.simulator.responses import hosted
from conformance.simulator.responses.kept import unfinished


def stream(response: dict[str, Any], *, obfuscate: bool = True, after: int = -1) -> Events:
    """Return the events of a finished Response that come after a sequence number."""
    # Who pays is told in a plain Response only.
    response = {name: value for name, value in response.items() if name != "billing"}
    events = []
    for number, told in enumerate(_tell(response)):
        more = {"obfuscation": padding(told["delta"])} if obfuscate and "delta" in told else {}
        events.append(Event(_ordered({**told, "sequence_number": number, **more}), told["type"]))
    return Events(tuple(events[after + 1 :]))


def _ordered(event: dict[str, Any]) -> dict[str, Any]:
    """Return an event with its keys in the recorded order: `type`, then by the alphabet."""
    head = {"type": event["type"]}
    if "response" in event:
        head["response"] = event["response"]
    return {**head, **dict(sorted(event.items()))}


def _tell(response: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if response["background"]:
        yield {"type": "response.created", "response": unfinished(response, "queued")}
        yield {"type": "response.queued", "response": unfinished(response, "queued")}
    else:
        yield {"type": "response.created", "response": unfinished(response, "in_progress")}
    yield {"type": "response.in_progress", "response": unfinished(response, "in_progress")}
    partial = max((tool.get("partial_images") or 0 for tool in response["tools"]), default=0)
    for index, item in enumerate(response["output"]):
        place = {"item_id": item["id"], "output_index": index}
        yield {"type": "response.output_item.added", "output_index": index, "item": _opening(item)}
        yield from (
            _TELLERS[item["type"]](item, place) if item["type"] in _TELLERS else hosted.tell(item, place, partial)
        )
        yield {"type": "response.output_item.done", "output_index": index, "item": item}
    yield {"type": f"response.{response['status']}", "response": response}


def _opening(item: dict[str, Any]) -> dict[str, Any]:
    """Return an item as it is before anything is in it."""
    empty: dict[str, Any] = {"content": [], "summary": [], "arguments": "", "input": "", "status": "in_progress"}
    return {key: empty.get(key, value) for key, value in item.items()}


def _message(item: dict[str, Any], place: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for index, part in enumerate(item["content"]):
        here = {**place, "content_index": index}
        if part["type"] == "refusal":
            yield from _refusal(part, here)
            continue
        yield {
            "type": "response.content_part.added",
            **here,
            "part": {**part, "text": "", "annotations": [], "logprobs": []},
        }
        for number, token in enumerate(pieces(part["text"])):
            logprobs = part["logprobs"][number : number + 1]
            yield {"type": "response.output_text.delta", **here, "delta": token, "logprobs": logprobs}
        for number, annotation in enumerate(part["annotations"]):
            told = {"annotation": annotation, "annotation_index": number}
            yield {"type": "response.output_text.annotation.added", **here, **told}
        yield {"type": "response.output_text.done", **here, "text": part["text"], "logprobs": part["logprobs"]}
        yield {"type": "response.content_part.done", **here, "part": part}


def _refusal(part: dict[str, Any], here: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield {"type": "response.content_part.added", **here, "part": {**part, "refusal": ""}}
    for piece in pieces(part["refusal"]):
        yield {"type": "response.refusal.delta", **here, "delta": piece}
    yield {"type": "response.refusal.done", **here, "refusal": part["refusal"]}
    yield {"type": "response.content_part.done", **here, "part": part}


def _reasoning(item: dict[str, Any], place: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for index, part in enumerate(item["summary"]):
        here = {**place, "summary_index": index}
        yield {"type": "response.reasoning_summary_part.added", **here, "part": {**part, "text": ""}}
        for token in pieces(part["text"]):
            yield {"type": "response.reasoning_summary_text.delta", **here, "delta": token}
        yield {"type": "response.reasoning_summary_text.done", **here, "text": part["text"]}
        yield {"type": "response.reasoning_summary_part.done", **here, "part": part}


def _function_call(item: dict[str, Any], place: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for piece in pieces(item["arguments"]):
        yield {"type": "response.function_call_arguments.delta", **place, "delta": piece}
    # No recorded event has the `name` that OpenAI's document requires (32 events, 2025 to August 2026).
    yield {"type": "response.function_call_arguments.done", **place, "arguments": item["arguments"]}


def _custom_call(item: dict[str, Any], place: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for piece in pieces(item["input"]):
        yield {"type": "response.custom_tool_call_input.delta", **place, "delta": piece}
    yield {"type": "response.custom_tool_call_input.done", **place, "input": item["input"]}


_TELLERS = {
    "message": _message,
    "reasoning": _reasoning,
    "function_call": _function_call,
    "custom_tool_call": _custom_call,
}
