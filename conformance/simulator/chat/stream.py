"""
`POST /chat/completions` with `stream: true`: the same generation, told in chunks.

Per choice: one chunk with the role, one for each token or fragment of a call, one with the finish reason and an empty
delta. Choices take turns. Then, if asked for, one chunk with the usage and no choice; then `[DONE]`.
"""

from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

from conformance.simulator.http.answer import DONE, Event, Events
from conformance.simulator.http.padding import padding, wanted
from conformance.simulator.media.tokens import pieces
from conformance.simulator.model.calling import ToolCall
from conformance.simulator.model.chat_audio import SpokenText
from conformance.simulator.model.citations import citations
from conformance.simulator.model.generation import Choice, Generation
from conformance.simulator.model.logprobs import tells_logprobs, token_logprobs
from conformance.simulator.model.signatures import extension

_SOUND = 32_768  # four letters of base64 are three bytes, so that every piece can be decoded
_STEP = 8  # thoughts come in larger pieces than words


def stream(generation: Generation) -> Events:
    """Return the events of a streamed answer."""
    request = generation.request
    options = request.option("stream_options", {})
    told = [_tell(choice, index, generation) for index, choice in enumerate(generation.choices)]
    head = {**generation.head("chat.completion.chunk"), **generation.served()}
    chunks = [{**head, "choices": [part]} for turn in zip_longest(*told) for part in turn if part is not None]
    if not tells_logprobs(request):
        chunks = [{**chunk, "choices": [_without_logprobs(part) for part in chunk["choices"]]} for chunk in chunks]
    if options.get("include_usage"):
        chunks = [{**chunk, "usage": None} for chunk in chunks]
        chunks.append({**head, "choices": [], "usage": generation.usage()})
    if wanted(options):
        chunks = [{**chunk, "obfuscation": padding(_said(chunk))} for chunk in chunks]
    return Events((*(Event(chunk) for chunk in chunks), DONE))


def _tell(choice: Choice, index: int, generation: Generation) -> Iterator[dict[str, Any]]:
    wanted = generation.request.option("logprobs", default=False)
    alternatives = generation.request.option("top_logprobs", 0)
    opening = {"role": "assistant", "content": None if choice.content is None else "", "refusal": None}
    yield _part(index, opening)
    for step in _steps(choice.thoughts or ""):
        yield _part(index, {"reasoning_content": step})
    for delta in _sound(choice.audio) if choice.audio else ():
        yield _part(index, {"audio": delta})
    for token in () if choice.audio else choice.tokens:
        logprobs = {"content": [token_logprobs(token, alternatives)], "refusal": None} if wanted else None
        yield _part(index, {"content": token}, logprobs)
    for slot, call in enumerate(choice.calls):
        added = extension(call, generation.request.model) if slot == 0 else {}
        for fragment in _fragments(call, slot, added):
            yield _part(index, {"tool_calls": [fragment]})
    if found := citations(choice, generation.request):
        yield _part(index, {"annotations": found})
    yield _part(index, {}, finish_reason=choice.finish_reason)


def _part(index: int, delta: dict[str, Any], logprobs: Any = None, finish_reason: str | None = None) -> dict[str, Any]:
    return {"index": index, "delta": delta, "logprobs": logprobs, "finish_reason": finish_reason}


def _without_logprobs(part: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in part.items() if name != "logprobs"}


def _steps(thoughts: str) -> Iterator[str]:
    tokens = pieces(thoughts)
    for start in range(0, len(tokens), _STEP):
        yield "".join(tokens[start : start + _STEP])


def _sound(audio: SpokenText) -> Iterator[dict[str, Any]]:
    for token in pieces(audio.transcript):
        yield {"id": audio.id, "transcript": token}
    for start in range(0, len(audio.data), _SOUND):
        yield {"id": audio.id, "data": audio.data[start : start + _SOUND]}
    yield {"id": audio.id, "expires_at": audio.expires_at}


def _fragments(call: ToolCall, slot: int, added: dict[str, Any]) -> Iterator[dict[str, Any]]:
    value = "input" if call.kind == "custom" else "arguments"
    yield {"index": slot, "id": call.id, "type": call.kind, call.kind: {"name": call.name, value: ""}, **added}
    for piece in pieces(call.arguments):
        yield {"index": slot, call.kind: {value: piece}}


def _said(chunk: dict[str, Any]) -> str:
    """Return what a chunk adds to a text or to a call's arguments."""
    delta = chunk["choices"][0]["delta"] if chunk["choices"] else {}
    calls = (call.get("function", {}).get("arguments", "") for call in delta.get("tool_calls", ()))
    return (delta.get("content") or "") + "".join(calls)
