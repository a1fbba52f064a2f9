"""
What OpenAI answered, in small: no check of a kind accuses it.

Each answer is written by hand in the shape that was observed, with the day; long texts and ids are shortened. A rule
that would accuse one of them would accuse OpenAI.
"""

from datetime import UTC, datetime
from typing import Any

import pytest

from conformance.definition.check import Check
from conformance.judge.judge import judge
from conformance.plan.loader import load
from conformance.wire.exchange import Exchange, Facet
from conformance.wire.request import Request, post, user
from conformance.wire.verdict import Verdict
from tests.fakes import answer, observed

CHECKS = tuple(check for check in load().checks if check.kind is not None)

USAGE = {"prompt_tokens": 8, "completion_tokens": 9, "total_tokens": 17}


def asked(model: str, **more: Any) -> Request:
    return post("/chat/completions", {"model": model, "messages": [user("Hi")], **more})


def chat(model: str, message: dict[str, Any] | None = None, **choice: Any) -> dict[str, Any]:
    """Return a chat completion; `choice` are further keys of its choice."""
    said = {"role": "assistant", "content": "Hello.", "refusal": None, "annotations": [], **(message or {})}
    body = {
        "id": "chatcmpl-E0AeOuA1b2C3d4E5f6G7",
        "object": "chat.completion",
        "created": 1_783_700_000,
        "model": model,
    }
    return {
        **body,
        "choices": [{"index": 0, "message": said, "finish_reason": "stop", **choice}],
        "usage": USAGE,
        "service_tier": "default",
        "system_fingerprint": None,
    }


def response(details: dict[str, int]) -> dict[str, Any]:
    """Return a response of the Responses API with these counts of the input."""
    text = {"type": "output_text", "text": "Hello.", "annotations": [], "logprobs": []}
    message = {
        "id": "msg_1a2b3c4d5e6f",
        "type": "message",
        "status": "completed",
        "role": "assistant",
        "content": [text],
    }
    counts = {"input_tokens": 8, "input_tokens_details": details, "output_tokens": 9, "total_tokens": 17}
    unset = dict.fromkeys(["error", "incomplete_details", "instructions", "max_output_tokens", "previous_response_id"])
    return {
        "id": "resp_1a2b3c4d5e6f7a8b9c0d",
        "object": "response",
        "created_at": 1_783_700_000,
        "status": "completed",
        "model": "gpt-5-mini-2025-08-07",
        "output": [message],
        **unset,
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "temperature": 1.0,
        "top_p": 1.0,
        "metadata": {},
        "usage": {**counts, "output_tokens_details": {"reasoning_tokens": 0}},
    }


def legacy(model: str) -> dict[str, Any]:
    """Return a legacy completion that a limit cut."""
    choice = {"text": " and", "index": 0, "logprobs": None, "finish_reason": "length"}
    body = {"id": "cmpl-77HaOi08g0u94sH0MNxN", "object": "text_completion", "created": 1_755_000_000, "model": model}
    return {**body, "choices": [choice], "usage": USAGE}


def refusal(message: str, param: str | None, code: str | None, kind: str = "invalid_request_error") -> dict[str, Any]:
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


RESPONSES = post("/responses", {"model": "gpt-5-mini", "input": "Hi"})
OLD = {"cached_tokens": 0}
NEW = {"cached_tokens": 0, "cache_write_tokens": 0}

CONVERSATION = {"id": "conv_01a2b3c4d5e6", "object": "conversation", "created_at": 1_777_601_158, "metadata": {}}

ANSWERS: dict[str, tuple[str, Request, int, dict[str, Any]]] = {
    "reasoning": ("2026-07-10", asked("gpt-5.6-sol"), 200, chat("gpt-5.6-sol")),
    "not reasoning": ("2026-08-19", asked("gpt-4.1-mini"), 200, chat("gpt-4.1-mini-2025-04-14", logprobs=None)),
    "search": ("2026-05-12", asked("gpt-4o-search-preview"), 200, chat("gpt-4o-search-preview-2025-03-11")),
    "audio": (
        "2025-11-04",
        asked("gpt-audio", modalities=["text", "audio"], audio={"voice": "alloy", "format": "wav"}),
        200,
        chat(
            "gpt-audio-2025-08-28",
            {
                "content": None,
                "audio": {"id": "audio_1a2b", "data": "QUJD", "transcript": "Hi.", "expires_at": 1_783_703_600},
            },
        ),
    ),
    "another tier": ("2026-08-19", asked("gpt-5"), 200, {**chat("gpt-5-2025-08-07"), "service_tier": "fast"}),
    "response before the new counter": ("2026-06-20", RESPONSES, 200, response(OLD)),
    "response": ("2026-08-19", RESPONSES, 200, response(NEW)),
    "response in a conversation": (
        "2026-05-01",
        post("/responses", {"model": "gpt-5-mini", "input": "Hi", "conversation": CONVERSATION["id"]}),
        200,
        {**response(NEW), "conversation": {"id": CONVERSATION["id"]}},
    ),
    "conversation": ("2026-05-01", post("/conversations", {}), 200, CONVERSATION),
    "count of tokens": (
        "2026-07-27",
        post("/responses/input_tokens", {"model": "gpt-5.4", "input": "Hi"}),
        200,
        {"object": "response.input_tokens", "input_tokens": 11},
    ),
    "legacy": (
        "2025-08-13",
        post("/completions", {"model": "gpt-3.5-turbo-instruct", "prompt": "Hi", "max_tokens": 24}),
        200,
        legacy("gpt-3.5-turbo-instruct:20230824-v2"),
    ),
    "unsupported_parameter": (
        "2026-07-14",
        asked("gpt-5", max_tokens=8),
        400,
        refusal(
            "Unsupported parameter: 'max_tokens' is not supported with this model.",
            "max_tokens",
            "unsupported_parameter",
        ),
    ),
    "unsupported_value": (
        "2026-07-14",
        asked("gpt-5", temperature=0.1),
        400,
        refusal(
            "Unsupported value: 'temperature' does not support 0.1 with this model.", "temperature", "unsupported_value"
        ),
    ),
    "invalid_api_key": (
        "2026-04-02",
        asked("gpt-4o"),
        401,
        refusal("Incorrect API key provided.", None, "invalid_api_key"),
    ),
    "unknown model of a chat": (
        "2026-05-01",
        asked("gpt-none"),
        404,
        refusal("The model `gpt-none` does not exist or you do not have access to it.", None, "model_not_found"),
    ),
    "unknown model of a response": (
        "2026-05-01",
        post("/responses", {"model": "gpt-none", "input": "Hi"}),
        400,
        refusal("The requested model 'gpt-none' does not exist.", "model", "model_not_found"),
    ),
    "context_length_exceeded": (
        "2026-03-01",
        RESPONSES,
        400,
        refusal("Your input exceeds the context window of this model.", "input", "context_length_exceeded"),
    ),
    "rate limit": (
        "2025-10-05",
        asked("gpt-4o"),
        429,
        refusal("Rate limit reached for gpt-4o.", None, "rate_limit_exceeded", "tokens"),
    ),
}


def exchange(name: str) -> Exchange:
    day, request, status, body = ANSWERS[name]
    return observed(
        request=request,
        response=answer(body, status, headers={"x-request-id": "req_1a2b3c"}),
        expects=frozenset({status}),
        invalid=400 <= status < 500 and status != 429,
        lacks=frozenset({Facet.TIMES}),
        recorded=datetime.fromisoformat(day).replace(tzinfo=UTC),
    )


def verdicts(taken: Exchange) -> dict[str, tuple[Verdict, str]]:
    """Return what every check of a kind says of one answer."""
    return {check.id(): (found.verdict, found.reason) for check in CHECKS for found in [_judged(check, taken)]}


def _judged(check: Check, taken: Exchange) -> Any:
    return judge(check, {"taken": (taken,)}, claimed=False)


@pytest.mark.parametrize("name", ANSWERS)
def test_no_check_of_a_kind_accuses_what_openai_answered(name: str) -> None:
    found = verdicts(exchange(name))
    assert {one: said for one, said in found.items() if said[0] in {Verdict.DEVIATES, Verdict.ERROR}} == {}
    assert sum(verdict is Verdict.CONFORMS for verdict, _ in found.values()) >= 5


def test_a_new_response_without_the_new_counter_is_asked_for_it_at_should_only() -> None:
    """It is a finding of its own: whoever wrote a server before July 2026 has not seen the key."""
    earlier = exchange("response before the new counter")
    late = observed(
        request=earlier.sent,
        response=earlier.received,
        recorded=datetime(2026, 11, 1, tzinfo=UTC),
    )
    found = verdicts(late)
    accused = sorted(one for one, (verdict, _) in found.items() if verdict is Verdict.DEVIATES)
    assert "responses.basic/response/body_has_the_documented_shape" not in accused
    assert "responses.basic/response/body_has_every_documented_key" in accused
