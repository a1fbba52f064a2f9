"""`POST /chat/completions`: the plain answer."""

import hashlib
import json
from dataclasses import replace
from typing import Any

from conformance.simulator.catalog.files import uploads_of
from conformance.simulator.chat import stored as stored_chats
from conformance.simulator.chat.stream import stream
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call, json_body
from conformance.simulator.model.calling import ToolCall
from conformance.simulator.model.chat_request import ChatRequest, read_request
from conformance.simulator.model.citations import citations
from conformance.simulator.model.generation import Choice, Generation, generate
from conformance.simulator.model.logprobs import tells_logprobs, token_logprobs
from conformance.simulator.model.signatures import extension

_CACHED_FROM, _CACHE_STEP = 1024, 128


def complete(call: Call) -> Answer:
    """Answer a chat request, plain or streamed."""
    generation = generate(_remembered(call, read_request(json_body(call), uploads_of(call.state))))
    if generation.request.option("store", default=False):
        generation = replace(generation, created=stored_chats.moment(call))
        stored_chats.keep(call, generation.request, _plain(generation))
    if generation.request.option("stream", default=False):
        return Answer(stream(generation), headers=(("cache-control", "no-cache"),))
    return Answer(_plain(generation))


def _remembered(call: Call, request: ChatRequest) -> ChatRequest:
    """Return the request with the number of its prompt's tokens that were seen before, in steps as OpenAI counts."""
    if request.prompt_tokens < _CACHED_FROM:
        return request
    told = [request.model.id, request.messages, request.body.get("tools"), request.body.get("response_format")]
    name = hashlib.sha256(json.dumps(told).encode()).hexdigest()
    cached = call.state.prompts.get(name) or 0
    call.state.prompts.put(name, request.prompt_tokens // _CACHE_STEP * _CACHE_STEP)
    return replace(request, cached=cached)


def _plain(generation: Generation) -> dict[str, Any]:
    body = generation.head("chat.completion")
    choices = [_choice(choice, index, generation.request) for index, choice in enumerate(generation.choices)]
    return {**body, "choices": choices, "usage": generation.usage(), **generation.served()}


def _choice(choice: Choice, index: int, request: ChatRequest) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": choice.content}
    if choice.calls:
        message["tool_calls"] = [_call(call) for call in choice.calls]
        message["tool_calls"][0].update(extension(choice.calls[0], request.model))
    message |= {"refusal": None, "annotations": citations(choice, request)}
    if choice.thoughts is not None:
        message["reasoning_content"] = choice.thoughts
    if choice.audio:
        message["audio"] = choice.audio.describe()
    told = {"index": index, "message": message}
    if tells_logprobs(request):
        told["logprobs"] = _logprobs(choice, request)
    return {**told, "finish_reason": choice.finish_reason}


def _logprobs(choice: Choice, request: ChatRequest) -> dict[str, Any] | None:
    if not request.option("logprobs", default=False):
        return None
    alternatives = request.option("top_logprobs", 0)
    listed = None if choice.calls else [token_logprobs(token, alternatives) for token in choice.tokens]
    return {"content": listed, "refusal": None}


def _call(call: ToolCall) -> dict[str, Any]:
    if call.kind == "custom":
        return {"id": call.id, "type": "custom", "custom": {"name": call.name, "input": call.arguments}}
    return {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
