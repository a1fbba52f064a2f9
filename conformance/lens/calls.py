"""
How users call the official client, and what they read from what it gives.

What is sent does not matter here, as the answer is there already: the arguments are as short as may be.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import openai
from pydantic import BaseModel, Field, create_model

from conformance.wire.request import Request

Got = dict[str, Any]
Call = Callable[[openai.OpenAI, Request], Got]


def calls_of(place: str, request: Request) -> Mapping[str, Call]:
    """Return the calls for a method and a path by name; none for a path that is not looked at."""
    found = next((calls for pattern, calls in CALLS.items() if re.fullmatch(pattern, place)), {})
    return {**found, **PARSED[place]} if place in PARSED and schema_of(request) is not None else found


def _chat(client: openai.OpenAI, _: Request) -> Got:
    completion = client.chat.completions.create(model="m", messages=[])
    return {"first": bool(completion.choices[0].message), **read_choices(completion)}


def read_choices(completion: Any) -> Got:
    """Return what stands in a completion, plain or joined by the helper."""
    messages = [choice.message for choice in completion.choices]
    calls = [_call(call) for message in messages for call in message.tool_calls or []]
    return {
        "text": [message.content for message in messages],
        "refusal": [message.refusal for message in messages if message.refusal],
        "audio": [bool(message.audio.data) for message in messages if message.audio],
        "reasoning": [text for message in messages if (text := getattr(message, "reasoning_content", None))],
        "tool calls": calls,
        "finish reason": _filled(choice.finish_reason for choice in completion.choices),
        "logprobs": [len(choice.logprobs.content or []) for choice in completion.choices if choice.logprobs],
        "usage": _usage(completion.usage),
    }


def _call(call: Any) -> tuple[Any, ...]:
    if call.type == "custom":
        return bool(call.id), call.custom.name, call.custom.input
    return bool(call.id), call.function.name, call.function.arguments


def _filled(values: Iterable[Any]) -> list[Any]:
    found = list(values)
    return found if any(found) else []


def _usage(usage: Any) -> list[Any]:
    names = ("prompt_tokens", "input_tokens", "completion_tokens", "output_tokens", "total_tokens")
    return [getattr(usage, name) for name in names if hasattr(usage, name)] if usage is not None else []


def _chat_loop(client: openai.OpenAI, request: Request) -> Got:
    return joined(client.chat.completions.create(model="m", messages=[], stream=True), request)


def joined(stream: Iterable[Any], request: Request) -> Got:
    """Join the deltas as the documentation does: the first choice, and tool calls by their index."""
    text, chunks, finish, usage = "", 0, None, None
    reasoning = ""
    calls: dict[int, list[Any]] = {}
    asked = bool((request.json.get("stream_options") or {}).get("include_usage"))
    for chunk in stream:
        chunks += 1
        usage = chunk.usage or usage
        if asked and not chunk.choices:
            continue
        for choice in (chunk.choices[0], *chunk.choices[1:]):
            text += choice.delta.content or ""
            reasoning += getattr(choice.delta, "reasoning_content", None) or ""
            finish = choice.finish_reason or finish
            for call in choice.delta.tool_calls or []:
                if call.index not in calls:
                    calls[call.index] = [bool(call.id), call.function and call.function.name, ""]
                if call.function:
                    calls[call.index][2] += call.function.arguments or ""
    found = {"text": text, "reasoning": reasoning, "tool calls": list(calls.values()), "finish reason": finish}
    return {**found, "usage": _usage(usage), "chunks": bool(chunks)}


def _chat_helper(client: openai.OpenAI, _: Request) -> Got:
    with client.chat.completions.stream(model="m", messages=[]) as stream:
        return read_choices(stream.get_final_completion())


def _response(client: openai.OpenAI, _: Request) -> Got:
    return read_response(client.responses.create(model="m", input=""))


def read_response(response: Any) -> Got:
    """Return what stands in a response of the Responses API, plain or joined by the helper."""
    calls = [
        (bool(item.call_id), item.name, item.arguments) for item in response.output if item.type == "function_call"
    ]
    kinds = [item.type for item in response.output]
    usage = _usage(response.usage)
    return {
        "text": response.output_text,
        "tool calls": calls,
        "items": kinds,
        "status": response.status,
        "usage": usage,
    }


def _retrieved(client: openai.OpenAI, _: Request) -> Got:
    return read_response(client.responses.retrieve("r"))


def _response_loop(client: openai.OpenAI, _: Request) -> Got:
    return told(client.responses.create(model="m", input="", stream=True))


def _retrieved_loop(client: openai.OpenAI, _: Request) -> Got:
    return told(client.responses.retrieve("r", stream=True))


def told(stream: Iterable[Any]) -> Got:
    """Return what the documented loop over a response's events reads."""
    text, kinds, last = "", [], None
    for event in stream:
        kinds.append(event.type)
        if event.type == "response.output_text.delta":
            text += event.delta
        elif event.type in {"response.completed", "response.incomplete", "response.failed"}:
            last = event.response
    ended = {f"final {name}": value for name, value in read_response(last).items()} if last is not None else {}
    return {"text": text, "chunks": kinds, **ended}


def _response_helper(client: openai.OpenAI, _: Request) -> Got:
    with client.responses.stream(model="m", input="") as stream:
        return read_response(stream.get_final_response())


def _embeddings(client: openai.OpenAI, request: Request) -> Got:
    asked = request.json.get("encoding_format") if isinstance(request.json, dict) else None
    found = client.embeddings.create(model="m", input="", **({"encoding_format": asked} if asked else {}))
    vectors = [(one.index, len(one.embedding), one.embedding[:4]) for one in found.data]
    return {"vectors": vectors, "usage": _usage(found.usage)}


def _models(client: openai.OpenAI, _: Request) -> Got:
    return {"models": [model.id for model in client.models.list()]}


def _model(client: openai.OpenAI, _: Request) -> Got:
    model = client.models.retrieve("m")
    return {"id": model.id, "created": isinstance(model.created, int), "owner": model.owned_by}


def _completion(client: openai.OpenAI, _: Request) -> Got:
    found = client.completions.create(model="m", prompt="")
    reasons = _filled(choice.finish_reason for choice in found.choices)
    return {"text": [one.text for one in found.choices], "finish reason": reasons, "usage": _usage(found.usage)}


def _completion_loop(client: openai.OpenAI, _: Request) -> Got:
    chunks = list(client.completions.create(model="m", prompt="", stream=True))
    choices = [choice for chunk in chunks for choice in chunk.choices]
    reasons = _filled(choice.finish_reason for choice in choices if choice.finish_reason)
    return {"text": "".join(one.text for one in choices), "finish reason": reasons, "chunks": bool(chunks)}


def _moderation(client: openai.OpenAI, _: Request) -> Got:
    found = client.moderations.create(input="").results
    return {"verdicts": [one.flagged for one in found], "scores": [one.category_scores is not None for one in found]}


def _pictures(client: openai.OpenAI, _: Request) -> Got:
    found = client.images.generate(prompt="").data or []
    return {"pictures": [(bool(one.b64_json), bool(one.url)) for one in found]}


def _conversation(client: openai.OpenAI, _: Request) -> Got:
    found = client.conversations.retrieve("c")
    return {"id": bool(found.id), "labels": found.metadata}


def _conversation_items(client: openai.OpenAI, _: Request) -> Got:
    found = client.conversations.items.list("c")
    return {"items": [(bool(item.id), item.type) for item in found.data], "more": found.has_more}


def schema_of(request: Request) -> dict[str, Any] | None:
    """Return the JSON Schema that a request asked a response to follow, or None."""
    body = request.json if isinstance(request.json, dict) else {}
    text = body.get("text")
    form = body.get("response_format") or (text.get("format") if isinstance(text, dict) else None)
    if not isinstance(form, dict) or form.get("type") != "json_schema":
        return None
    inner = form.get("json_schema", form)
    schema = inner.get("schema") if isinstance(inner, dict) else None
    return schema if isinstance(schema, dict) else None


def model_of(request: Request) -> type[BaseModel]:
    """Return the model that a user would have written for the requested schema: its keys, of the type of each."""
    schema = schema_of(request) or {}
    named, owed = schema.get("properties"), schema.get("required") or ()
    properties = named if isinstance(named, dict) else {}
    types: dict[str, Any] = {
        "string": str,
        "integer": int,
        "number": float,
        "boolean": bool,
        "array": list[Any],
        "object": dict[str, Any],
    }
    fields: dict[str, Any] = {}
    for number, (name, about) in enumerate(properties.items()):
        kind = about.get("type") if isinstance(about, dict) else None
        plain = types.get(kind, Any) if isinstance(kind, str) else Any
        fields[f"field_{number}"] = (plain, Field(alias=name) if name in owed else Field(None, alias=name))
    return create_model("Answer", **fields)


def _parse(client: openai.OpenAI, request: Request) -> Got:
    completion = client.chat.completions.parse(model="m", messages=[], response_format=model_of(request))
    return {**read_choices(completion), "parsed": [_dumped(one.message.parsed) for one in completion.choices]}


def _parse_response(client: openai.OpenAI, request: Request) -> Got:
    found = client.responses.parse(model="m", input="", text_format=model_of(request))
    return {**read_response(found), "parsed": [_dumped(found.output_parsed)]}


def _dumped(parsed: Any) -> Any:
    return parsed.model_dump(mode="json", by_alias=True) if isinstance(parsed, BaseModel) else parsed


PARSED: Mapping[str, Mapping[str, Call]] = {
    "POST chat/completions": {"parse": _parse},
    "POST responses": {"parse": _parse_response},
}
"""What a user calls besides, where the request has a schema that the response must follow."""

CALLS: Mapping[str, Mapping[str, Call]] = {
    r"POST chat/completions": {"create": _chat},
    r"POST chat/completions streamed": {"loop": _chat_loop, "stream helper": _chat_helper},
    r"POST responses": {"create": _response},
    r"POST responses streamed": {"loop": _response_loop, "stream helper": _response_helper},
    r"GET responses/[^/]+ streamed": {"loop": _retrieved_loop},
    r"POST conversations": {"create": _conversation},
    r"GET conversations/[^/]+": {"retrieve": _conversation},
    r"GET conversations/[^/]+/items": {"list": _conversation_items},
    r"GET responses/[^/]+": {"retrieve": _retrieved},
    r"POST completions": {"create": _completion},
    r"POST completions streamed": {"loop": _completion_loop},
    r"POST embeddings": {"create": _embeddings},
    r"POST moderations": {"create": _moderation},
    r"POST images/generations": {"generate": _pictures},
    r"GET models": {"list": _models},
    r"GET models/.+": {"retrieve": _model},
}
"""The calls by method and path; the first pattern that fits counts, and other paths are not looked at."""
