"""`POST /responses`, and what can be asked about a conversation without an answer: its tokens, its compact form."""

import time
from typing import Any

from conformance.simulator.catalog.files import uploads_of
from conformance.simulator.catalog.models import MODELS
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call, json_body
from conformance.simulator.http.padding import wanted
from conformance.simulator.http.validation import anything, fields, one_of, string
from conformance.simulator.media.tokens import count
from conformance.simulator.responses.conversations import NAMED, continued
from conformance.simulator.responses.items import INPUT, new_id
from conformance.simulator.responses.kept import Kept
from conformance.simulator.responses.messages import messages_of, pack
from conformance.simulator.responses.request import (
    CONTEXT,
    ResponseRequest,
    assemble,
    conversation,
    model_for,
    read_request,
)
from conformance.simulator.responses.response_object import build, usage
from conformance.simulator.responses.stream import stream

_COUNTED = fields(
    {}, {**CONTEXT, "model": string(empty=False), "input": INPUT, "conversation": NAMED, "personality": string()}
)
_COMPACTED = fields(
    {"model": string(empty=False)},
    {
        "input": INPUT,
        "instructions": string(),
        "previous_response_id": string(),
        "image": anything,
        "prompt_cache_key": string(),
        "prompt_cache_options": anything,
        "prompt_cache_retention": one_of("in_memory", "24h"),
        "service_tier": one_of("auto", "default", "fast", "flex", "priority"),
    },
)


def create(call: Call) -> Answer:
    """Answer a Responses request: plain, streamed, or in the background."""
    request = read_request(json_body(call), call.state)
    response = continued(request.body, call.state, request.items, build(request))
    streamed = request.option("stream", default=False)
    kept = Kept(response, request.items, response["background"], streamed)
    if response["store"]:
        call.state.shelf(Kept).put(response["id"], kept, len(call.content))
    if not streamed:
        return Answer(kept.seen())
    obfuscate = wanted(request.option("stream_options", {}))
    return Answer(stream(response, obfuscate=obfuscate), headers=(("cache-control", "no-cache"),))


def input_tokens(call: Call) -> Answer:
    """Answer `POST /responses/input_tokens`: as many as `POST /responses` would count."""
    body = json_body(call)
    _COUNTED(body, "")
    request = _context(body, body.get("model") or MODELS[0].id, call)
    return Answer({"object": "response.input_tokens", "input_tokens": request.chat.prompt_tokens})


def compact(call: Call) -> Answer:
    """
    Answer `POST /responses/compact`.

    The user's messages, then one item that stands for all else. Official client: `CompactedResponse.output`.
    """
    body = json_body(call)
    _COMPACTED(body, "")
    request = _context(body, body["model"], call)
    users = [item for item in request.items if item["type"] == "message" and item["role"] == "user"]
    others = [item for item in request.items if item not in users]
    packed = pack(messages_of(others, uploads=uploads_of(call.state)))
    compaction = {"id": new_id("cmp"), "type": "compaction", "encrypted_content": packed}
    return Answer(
        {
            "id": new_id("resp"),
            "object": "response.compaction",
            "created_at": int(time.time()),
            "output": [*users, compaction],
            "usage": usage(request.chat.prompt_tokens, count(packed)),
        }
    )


def _context(body: dict[str, Any], model: str, call: Call) -> ResponseRequest:
    return assemble(body, model_for(model), conversation(body, call.state), call.state)
