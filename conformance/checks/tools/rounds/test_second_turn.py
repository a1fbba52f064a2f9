"""
The result of a call reaches the model, in every documented form.

That something reached the model is proven by `usage.prompt_tokens`, which needs no skill. What a model writes about a
result is its own.
"""

from conformance import DOC, OBSERVED, Exchange, Exchanges, Inconclusive, must, should
from conformance.checks.chat.counting.exchanges import hello_many_times
from conformance.checks.chat.exchanges import hello, word_in_user_message
from conformance.checks.common import evidence
from conformance.checks.common.chat import CONTENT, require_whole, text_of
from conformance.checks.common.echo import require_repeated
from conformance.checks.common.stream import joined
from conformance.checks.common.usage import PROMPT, prompt_tokens, require_counting
from conformance.checks.tools.exchanges import weather_history
from conformance.checks.tools.reading import CALLS, fragments, says_something
from conformance.checks.tools.rounds.exchanges import (
    RESULT_WORD,
    ROUNDTRIP,
    SIGNATURE,
    reasoning_call,
    result_after_reasoning,
    result_after_standard_fields,
    result_in_parts,
    result_without_signature,
    result_without_word,
    weather_history_streamed,
    word_in_result,
)
from conformance.counterexamples import broken, changed, every_chunk

TOLERANCE = 4
"""Templates may write the same message with a few tokens more or less; the result has seven words."""

EXTRA = {"extra_content", "provider_specific_fields", "reasoning_content", "reasoning", "reasoning_details"}
"""Where vendors put reasoning and its signatures."""

TOOL_MESSAGE = DOC("ChatCompletionRequestToolMessage")


@must(
    ROUNDTRIP,
    says=DOC("ChatCompletionMessageToolCall"),
    counterexample=broken(result_after_standard_fields, CONTENT, ""),
)
def test_call_of_standard_fields_is_enough(result_after_standard_fields: Exchange) -> None:
    """A tool call sent back with only its standard fields is accepted: the response has text or another call."""
    assert says_something(result_after_standard_fields), "the response has neither text nor another call"


@must(ROUNDTRIP, says=TOOL_MESSAGE, counterexample=every_chunk(weather_history_streamed, "choices.0.delta.content", ""))
def test_result_is_answered_in_a_stream(weather_history_streamed: Exchange) -> None:
    """After a tool call and its result, a chat completion stream has text or another call."""
    if fragments(weather_history_streamed):
        raise Inconclusive("the model calls a function again instead of writing text")
    require_whole(weather_history_streamed)
    assert joined(weather_history_streamed).strip() != "", "the response has neither text nor another call"


@must(ROUNDTRIP, says=TOOL_MESSAGE, counterexample=broken(result_in_parts, CONTENT, ""))
def test_result_in_parts_is_answered(result_in_parts: Exchange) -> None:
    """A `tool` message of an array of text parts is accepted: the response has text or another call."""
    assert says_something(result_in_parts), "the response has neither text nor another call"


@should(ROUNDTRIP, says=TOOL_MESSAGE, counterexample=broken(result_in_parts, PROMPT, 1))
def test_result_in_parts_is_counted(
    result_in_parts: Exchange, weather_history: Exchanges, hello: Exchange, hello_many_times: Exchange
) -> None:
    """A result as an array of text parts uses as many `prompt_tokens` as the same text in a string (within 4)."""
    require_counting(hello, hello_many_times)
    parts, string = prompt_tokens(result_in_parts), min(prompt_tokens(history) for history in weather_history)
    assert parts >= string - TOLERANCE, f"{parts} prompt tokens with an array of parts, {string} with a string"


def without_result(observed: Exchange) -> Exchange:
    """Return an answer that knows nothing of the result."""
    return broken(None, PROMPT, 1).change(broken(None, CONTENT, "I do not know.").change(observed))


@must(ROUNDTRIP, says=TOOL_MESSAGE, counterexample=changed(word_in_result, without_result))
def test_result_reaches_the_model(
    word_in_result: Exchange,
    result_without_word: Exchange,
    word_in_user_message: Exchange,
    hello: Exchange,
    hello_many_times: Exchange,
) -> None:
    """The result of a call reaches the model: it names a word in it, or the result adds to `usage.prompt_tokens`."""
    require_repeated(word_in_user_message, text_of(word_in_user_message), "ORCHID")
    if RESULT_WORD.lower() in text_of(word_in_result).lower():
        return
    says_something(word_in_result)
    require_counting(hello, hello_many_times)
    if prompt_tokens(word_in_result) > prompt_tokens(result_without_word):
        raise Inconclusive("the result is counted, and this model does not repeat its word")
    raise AssertionError(
        "the response lacks the word of the result, and the result does not add to `usage.prompt_tokens`"
    )


@must(
    SIGNATURE,
    says=DOC("ChatCompletionRequestAssistantMessage"),
    counterexample=broken(result_after_reasoning, CONTENT, ""),
)
def test_message_can_be_sent_back(result_after_reasoning: Exchange) -> None:
    """A reasoning model's message with a tool call can be sent back unchanged: the response has text or a call."""
    assert says_something(result_after_reasoning), "the response has neither text nor another call"


def refused_in_general(observed: Exchange) -> Exchange:
    """Return a refusal that does not say what is missing."""
    return broken(None, "error", {"message": "Invalid argument."}).change(observed).with_response(status=400)


@should(
    SIGNATURE,
    says=OBSERVED(
        "vendors document that reasoning or its signature must be sent back with the call that carried them",
        *evidence.SIGNATURE_OF_THOUGHTS,
    ),
    counterexample=changed(result_without_signature, refused_in_general),
)
def test_missing_signature_is_accepted_or_named(
    result_without_signature: Exchange, result_after_reasoning: Exchange, reasoning_call: Exchange
) -> None:
    """A reasoning model's tool call sent back without its signature is accepted, or `error.message` names it."""
    result_after_reasoning.at("choices", list)  # where the unchanged message is rejected too, the reason is another one
    if result_without_signature.status == 200:
        assert says_something(result_without_signature), "the response has neither text nor another call"
        return
    message = result_without_signature.at("error.message", str)
    carried = set(reasoning_call.at("choices.0.message", dict)) | set(reasoning_call.at(f"{CALLS}.0", dict))
    assert carried & EXTRA, "rejected, and the call carried no field that a client could have lost"
    named = any(word in message.lower() for word in ("signature", "thought", "reasoning"))
    assert named, f"`error.message` does not name what is missing: {message[:120]!r}"
