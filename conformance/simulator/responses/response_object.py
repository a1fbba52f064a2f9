"""The Response object: what the scripted model answered, and all parameters as they were understood."""

import base64
import time
from typing import Any

from conformance.simulator.model.calling import ToolCall
from conformance.simulator.model.generation import Choice, generate
from conformance.simulator.model.logprobs import token_logprobs
from conformance.simulator.model.script import last_user_text
from conformance.simulator.responses import hosted
from conformance.simulator.responses.items import new_id
from conformance.simulator.responses.more_fields import compaction_of, moderation_of
from conformance.simulator.responses.request import ENCRYPTED, LOGPROBS, ResponseRequest
from conformance.simulator.responses.tools import echoed, namespace_of

_ORDER = (
    "id",
    "object",
    "created_at",
    "status",
    "background",
    "billing",
    "completed_at",
    "error",
    "frequency_penalty",
    "incomplete_details",
    "instructions",
    "max_output_tokens",
    "max_tool_calls",
    "model",
    "moderation",
    "output",
    "parallel_tool_calls",
    "presence_penalty",
    "previous_response_id",
    "prompt_cache_key",
    "prompt_cache_options",
    "prompt_cache_retention",
    "reasoning",
    "safety_identifier",
    "service_tier",
    "store",
    "temperature",
    "text",
    "tool_choice",
    "tool_usage",
    "tools",
    "top_logprobs",
    "top_p",
    "truncation",
    "usage",
    "user",
    "metadata",
)
"""The fields of every recorded Response since July 2026, in their order."""

_NO_TOKENS = {
    "input_tokens": 0,
    "input_tokens_details": {"image_tokens": 0, "text_tokens": 0},
    "output_tokens": 0,
    "output_tokens_details": {"image_tokens": 0, "text_tokens": 0},
    "total_tokens": 0,
}
_CONSTANT = {
    "billing": {"payer": "developer"},
    "error": None,
    "frequency_penalty": 0.0,
    "presence_penalty": 0.0,
    "tool_usage": {"image_gen": _NO_TOKENS, "web_search": {"num_requests": 0}},
}
_SUMMARY = "**Reading the request**\n\nI look for what is asked, then I answer that and nothing else."
_ASKS_TO_REFUSE = "Refuse this request."
"""OpenAI's models refuse what harms, which nobody should send only to see it; this one refuses when it is asked to."""
_REFUSAL = "I'm sorry, but I cannot help with that."


_CUT = {"length": "max_output_tokens", "content_filter": "content_filter"}
"""Why a choice ended early, and what a Response calls that."""


def build(request: ResponseRequest) -> dict[str, Any]:
    """Let the scripted model answer, and return the finished Response."""
    choice = generate(request.chat).choices[0]
    cut = choice.finish_reason in _CUT
    created = int(time.time())
    told = {
        "id": new_id("resp"),
        "object": "response",
        "created_at": created,
        "status": "incomplete" if cut else "completed",
        "completed_at": None if cut else created,
        "incomplete_details": {"reason": _CUT[choice.finish_reason]} if cut else None,
        "moderation": moderation_of(request.body, last_user_text(request.chat.messages), "".join(choice.tokens)),
        "output": [*_output(request, choice), *compaction_of(request.body, request.chat.prompt_tokens + choice.spent)],
        "usage": usage(request.chat.prompt_tokens, choice.spent, choice.reasoning),
        **_CONSTANT,
        **_echo(request),
    }
    return {name: told[name] for name in _ORDER if name in told}


def usage(read: int, written: int, reasoning: int = 0) -> dict[str, Any]:
    """Return the token counts in the form of the Responses API."""
    return {
        "input_tokens": read,
        "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
        "output_tokens": written,
        "output_tokens_details": {"reasoning_tokens": reasoning},
        "total_tokens": read + written,
    }


def _echo(request: ResponseRequest) -> dict[str, Any]:
    body, text = request.body, request.option("text", {})
    tier = request.option("service_tier", "auto")
    return {
        "background": request.option("background", default=False),
        "instructions": body.get("instructions"),
        "max_output_tokens": body.get("max_output_tokens"),
        "max_tool_calls": body.get("max_tool_calls"),
        "metadata": request.option("metadata", {}),
        "model": request.chat.model.id,
        "parallel_tool_calls": request.option("parallel_tool_calls", default=True),
        "previous_response_id": body.get("previous_response_id"),
        "prompt_cache_key": body.get("prompt_cache_key"),
        **({"prompt_cache_options": body["prompt_cache_options"]} if body.get("prompt_cache_options") else {}),
        "prompt_cache_retention": request.option("prompt_cache_retention", "in_memory"),
        "reasoning": _reasoning_echo(request),
        "safety_identifier": body.get("safety_identifier"),
        "service_tier": {"auto": "default", "fast": "priority"}.get(tier, tier),
        "store": request.option("store", default=True),
        "temperature": request.option("temperature", 1.0),
        "text": {"format": _format_echo(text.get("format")), "verbosity": text.get("verbosity") or "medium"},
        "tool_choice": request.option("tool_choice", "auto"),
        "tools": [echoed(tool) for tool in request.option("tools", [])],
        "top_logprobs": request.option("top_logprobs", 0),
        "top_p": request.option("top_p", 1.0),
        "truncation": request.option("truncation", "disabled"),
        "user": body.get("user"),
    }


def _reasoning_echo(request: ResponseRequest) -> dict[str, Any]:
    wanted = request.option("reasoning", {})
    effort = wanted.get("effort") or ("medium" if request.chat.model.thinks else None)
    summary = _summary_wanted(request)
    if not request.chat.model.thinks:
        return {"context": None, "effort": effort, "summary": summary}
    context, mode = wanted.get("context") or "auto", wanted.get("mode") or "standard"
    return {
        "context": "current_turn" if context == "auto" else context,
        "effort": effort,
        "mode": mode,
        "summary": summary,
    }


def _summary_wanted(request: ResponseRequest) -> str | None:
    wanted = request.option("reasoning", {})
    chosen: str | None = wanted.get("summary") or wanted.get("generate_summary")
    return "detailed" if chosen == "auto" else chosen


def _format_echo(wanted: dict[str, Any] | None) -> dict[str, Any]:
    if wanted is None:
        return {"type": "text"}
    if wanted["type"] != "json_schema":
        return wanted
    return {"description": None, **wanted, "strict": bool(wanted.get("strict"))}


def _output(request: ResponseRequest, choice: Choice) -> list[dict[str, Any]]:
    items = [_reasoning(request)] if choice.reasoning else []
    if (kind := hosted.forced(request.body)) is not None:
        items += hosted.calls_of(kind, last_user_text(request.chat.messages), request.body, request.found)
        if hosted.ends_the_turn(items):
            return items
    cut = choice.finish_reason in _CUT
    if choice.calls:
        last = len(choice.calls) - 1
        return [*items, *(_call(request, call, cut=cut and index == last) for index, call in enumerate(choice.calls))]
    if cut and not choice.tokens:
        return items  # all that was allowed went into thinking
    return [*items, _message(request, choice)]


def _reasoning(request: ResponseRequest) -> dict[str, Any]:
    name = new_id("rs")
    summary = [{"type": "summary_text", "text": _SUMMARY}] if _summary_wanted(request) else []
    item: dict[str, Any] = {"id": name, "type": "reasoning", "content": []}
    if ENCRYPTED in request.option("include", []):
        item["encrypted_content"] = base64.b64encode(f"reasoning {name}".encode()).decode()
    return {**item, "summary": summary}


def _message(request: ResponseRequest, choice: Choice) -> dict[str, Any]:
    part = _text(request, choice)
    if last_user_text(request.chat.messages) == _ASKS_TO_REFUSE:
        part = {"type": "refusal", "refusal": _REFUSAL}
    status = "incomplete" if choice.finish_reason in _CUT else "completed"
    phase = {"phase": "final_answer"} if request.chat.model.reasons else {}
    return {"id": new_id("msg"), "type": "message", "status": status, "content": [part], **phase, "role": "assistant"}


def _text(request: ResponseRequest, choice: Choice) -> dict[str, Any]:
    wanted = LOGPROBS in request.option("include", [])
    alternatives = request.option("top_logprobs", 0)
    logprobs = [token_logprobs(token, alternatives) for token in choice.tokens] if wanted else []
    text = "".join(choice.tokens)
    searched = hosted.forced(request.body) == "file_search"
    cited = [{"type": "file_citation", "index": len(text), **_named(one)} for one in request.found if searched][:1]
    return {"type": "output_text", "annotations": cited, "logprobs": logprobs, "text": text}


def _named(found: dict[str, Any]) -> dict[str, Any]:
    return {name: found[name] for name in ("file_id", "filename")}


def _call(request: ResponseRequest, call: ToolCall, *, cut: bool) -> dict[str, Any]:
    status = "incomplete" if cut else "completed"
    if call.kind == "custom":
        item = {"id": new_id("ctc"), "type": "custom_tool_call", "status": status}
        return {**item, "call_id": call.id, "input": call.arguments, "name": call.name}
    item = {"id": new_id("fc"), "type": "function_call", "status": status}
    space = namespace_of(call.name, request.option("tools", []))
    told = {**item, "arguments": call.arguments, "call_id": call.id, "name": call.name}
    return told if space is None else {**told, "namespace": space}
