"""
A prompt that the content filter blocks: the response says so.

Not checked: that a prompt is blocked. Where the model answers it, or refuses it in words, nothing was blocked.
"""

from typing import Any

from conformance import SDK, Exchange, Inconclusive, should
from conformance.assertions import finish_reasons
from conformance.checks.common.chat import REASON, REFUSAL, text_of
from conformance.checks.responses.reading import texts
from conformance.checks.triggers.exchanges import BLOCKED, prompt_blocked, prompt_blocked_streamed, response_blocked
from conformance.counterexamples import broken, rewritten

FILTERED = "content_filter"


def _answered(observed: Exchange, reason: str) -> None:
    """Raise `Inconclusive` where there is text, or a token limit ended it: then no filter is known to have done it."""
    if text_of(observed).strip() or reason == "length":
        raise Inconclusive(f"the response has text, or was truncated (`finish_reason` {reason!r}): nothing was blocked")


def ends_with_stop(chunks: list[Any]) -> list[Any]:
    """Let a stream end with `stop`."""
    for chunk in chunks:
        for choice in chunk["choices"]:
            choice["finish_reason"] = "stop" if choice["finish_reason"] else None
    return chunks


@should(
    BLOCKED, says=SDK("chat_completion.Choice.finish_reason"), counterexample=broken(prompt_blocked, REASON, "stop")
)
def test_blocked_prompt_is_told(prompt_blocked: Exchange) -> None:
    """The response to a blocked prompt is an error, has a `refusal`, or its `finish_reason` is `content_filter`."""
    if prompt_blocked.status >= 400 or prompt_blocked.at(REFUSAL, str | None, None):
        return
    reason = prompt_blocked.at(REASON, str)
    if reason != FILTERED:
        _answered(prompt_blocked, reason)
    assert reason == FILTERED, f"there is neither text nor `refusal`, and `finish_reason` is {reason!r}"


@should(
    BLOCKED,
    says=SDK("chat_completion_chunk.Choice.finish_reason"),
    counterexample=rewritten(prompt_blocked_streamed, ends_with_stop),
)
def test_blocked_prompt_is_told_in_a_stream(prompt_blocked_streamed: Exchange) -> None:
    """With `stream`, a blocked prompt gets an error, deltas of `refusal`, or a `finish_reason` `content_filter`."""
    if prompt_blocked_streamed.status >= 400:
        return
    if any(chunk.at("choices.0.delta.refusal", str | None, None) for chunk in prompt_blocked_streamed.chunks):
        return
    reasons = finish_reasons(prompt_blocked_streamed)
    if FILTERED not in reasons:
        _answered(prompt_blocked_streamed, reasons[-1] if reasons else "")
    assert FILTERED in reasons, f"the stream has no text, and its `finish_reason` is {reasons!r}"


@should(
    BLOCKED,
    says=SDK("response.IncompleteDetails.reason"),
    counterexample=broken(response_blocked, "incomplete_details", None),
)
def test_blocked_input_is_told(response_blocked: Exchange) -> None:
    """A Responses API response to a blocked input is an error, `failed`, a refusal, or cut by `content_filter`."""
    if response_blocked.status >= 400 or response_blocked.at("status", str) == "failed":
        return
    kinds = [kind for item in response_blocked.all("output.*", dict) for kind in _kinds(item)]
    reason = response_blocked.at("incomplete_details.reason", str | None, None)
    if "refusal" in kinds or reason == FILTERED:
        return
    if "".join(texts(response_blocked.document)).strip() or reason == "max_output_tokens":
        raise Inconclusive("the response has text, or was truncated: nothing was blocked")
    assert reason == FILTERED, f"there is neither text nor refusal, and `incomplete_details.reason` is {reason!r}"


def _kinds(item: dict[str, Any]) -> list[object]:
    """Return the types of the parts of an item's content."""
    content = item.get("content")
    return [part.get("type") for part in content if isinstance(part, dict)] if isinstance(content, list) else []
