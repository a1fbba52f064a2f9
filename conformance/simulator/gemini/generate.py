"""
`generateContent` (https://ai.google.dev/api/generate-content): the request as a chat, its answer as candidates.

The simulator's own chat answers. A prompt that says `block me` is blocked, one that says `safety stop` is stopped.
"""

import json
import uuid
from dataclasses import replace
from typing import Any

from conformance.simulator.chat.endpoint import complete
from conformance.simulator.gemini.contents import messages_of
from conformance.simulator.gemini.fields import Fields
from conformance.simulator.gemini.models import GeminiModel
from conformance.simulator.gemini.options import config_of, parameters_of
from conformance.simulator.gemini.signatures import signature
from conformance.simulator.gemini.tools import tools_of
from conformance.simulator.http.call import Call
from conformance.simulator.model.chat_request import read_request
from conformance.simulator.model.generation import BLOCKED
from conformance.simulator.model.script import last_user_text

REQUEST = (
    *("model", "contents", "tools", "toolConfig", "safetySettings", "systemInstruction", "generationConfig"),
    *("cachedContent", "labels", "serviceTier", "store"),
)
BLOCK, STOP = "block me", "safety stop"
_ENDS = {"stop": "STOP", "length": "MAX_TOKENS", "content_filter": "SAFETY", "tool_calls": "STOP"}
_BLOCKED_TOKENS = 5


def chat_of(body: Any, model: GeminiModel) -> dict[str, Any]:
    """Return the chat that a request stands for. Raises `ApiError` for one that the API refuses."""
    request = Fields(body, "", REQUEST)
    messages = messages_of(request, signs=model.signs)
    chat = {
        "model": model.behind,
        "messages": messages,
        **parameters_of(config_of(request), model),
        **tools_of(request),
    }
    if chat.get("response_format", {}).get("type") == "json_object" and "json" not in json.dumps(messages).lower():
        # The simulator's chat wants the word, as OpenAI's does; this API does not.
        messages.insert(0, {"role": "system", "content": "Answer in JSON."})
    return chat


def generate(call: Call, body: Any, model: GeminiModel) -> dict[str, Any]:
    """Return the whole response to a request."""
    chat = chat_of(body, model)
    head = {"modelVersion": model.name, "responseId": uuid.uuid4().hex[:22]}
    asked = last_user_text(chat["messages"])
    counted = {"promptTokenCount": _BLOCKED_TOKENS, "totalTokenCount": _BLOCKED_TOKENS}
    if BLOCK in asked or BLOCKED in asked:
        return {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}, "usageMetadata": counted, **head}
    if STOP in asked:
        return {"candidates": [{"finishReason": "SAFETY", "index": 0}], "usageMetadata": counted, **head}
    answer = complete(_chat_call(call, chat)).body
    assert isinstance(answer, dict)
    candidates = [_candidate(choice) for choice in answer["choices"]]
    return {"candidates": candidates, "usageMetadata": _usage(answer["usage"]), **head}


def count(body: Any, model: GeminiModel) -> dict[str, Any]:
    """Return the response of `countTokens`, whose request holds contents or a whole request."""
    request = Fields(body, "", ("contents", "generateContentRequest", "model"))
    whole = request.get("generateContentRequest") or {"contents": request.get("contents", [])}
    tokens = read_request(chat_of(whole, model)).prompt_tokens
    return {"totalTokens": tokens, "promptTokensDetails": [{"modality": "TEXT", "tokenCount": tokens}]}


def _chat_call(call: Call, chat: dict[str, Any]) -> Call:
    content = json.dumps(chat).encode()
    headers = {"content-type": "application/json"}
    return replace(call, method="POST", path="/chat/completions", headers=headers, content=content)


def _candidate(choice: dict[str, Any]) -> dict[str, Any]:
    parts = _parts(choice["message"])
    content = {"parts": parts, "role": "model"} if parts else {"role": "model"}
    told = {"content": content, "finishReason": _ENDS[choice["finish_reason"]], "index": choice["index"]}
    logprobs = (choice.get("logprobs") or {}).get("content")
    return {**told, **_logprobs(logprobs)} if logprobs else told


def _parts(message: dict[str, Any]) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = []
    if message.get("reasoning_content"):
        parts.append({"text": message["reasoning_content"], "thought": True})
    if message.get("content"):
        parts += _said(message["content"])
    for number, called in enumerate(message.get("tool_calls", ())):
        function = called["function"]
        arguments = _arguments(function["arguments"])
        part: dict[str, Any] = {"functionCall": {"name": function["name"], "args": arguments}}
        signed = {} if number else {"thoughtSignature": signature(function["name"], arguments)}
        parts.append({**part, **signed})
    return parts


def _said(text: str) -> list[dict[str, Any]]:
    """Return the parts of a text; a picture in it, as Markdown with a data URL, is one of its own."""
    before, mark, after = text.partition("![A picture](data:")
    if not mark:
        return [{"text": text}]
    media_type, _, data = after.removesuffix(")").partition(";base64,")
    picture = {"inlineData": {"mimeType": media_type, "data": data}}
    return [*([{"text": before}] if before else []), picture]


def _arguments(written: str) -> Any:
    """Return the arguments of a call; those that a token limit has cut are none."""
    try:
        return json.loads(written or "{}")
    except ValueError:
        return {}


def _logprobs(tokens: list[dict[str, Any]]) -> dict[str, Any]:
    chosen = [_token(token) for token in tokens]
    top = [{"candidates": [_token(one) for one in token["top_logprobs"]]} for token in tokens]
    average = sum(token["logprob"] for token in tokens) / len(tokens)
    return {"avgLogprobs": average, "logprobsResult": {"topCandidates": top, "chosenCandidates": chosen}}


def _token(token: dict[str, Any]) -> dict[str, Any]:
    number = sum(token["token"].encode()) % 200_000
    return {"token": token["token"], "tokenId": number, "logProbability": token["logprob"]}


def _usage(usage: dict[str, Any]) -> dict[str, Any]:
    thoughts = usage["completion_tokens_details"]["reasoning_tokens"]
    cached = usage["prompt_tokens_details"]["cached_tokens"]
    return {
        "promptTokenCount": usage["prompt_tokens"],
        "candidatesTokenCount": usage["completion_tokens"] - thoughts,
        "totalTokenCount": usage["total_tokens"],
        **({"cachedContentTokenCount": cached} if cached else {}),
        "promptTokensDetails": [{"modality": "TEXT", "tokenCount": usage["prompt_tokens"]}],
        **({"thoughtsTokenCount": thoughts} if thoughts else {}),
    }
