"""
Several calls in one response, and `parallel_tool_calls`.

Whether a model makes several calls is its skill: where it makes one, only what the client wrote itself is judged.

Not checked: the order of the calls.
"""

from typing import Any

from conformance import DOC, OBSERVED, SDK, Deviation, Exchange, Inconclusive, may, must, should
from conformance.checks.chat.counting.exchanges import hello_many_times
from conformance.checks.chat.exchanges import hello
from conformance.checks.common import evidence
from conformance.checks.common.arguments import assert_object
from conformance.checks.common.chat import CONTENT, require_whole
from conformance.checks.common.conditions import CHOICE_BINDS, OFFERS_FUNCTIONS_ONLY, OFFERS_TOOLS, ONE_CHOICE
from conformance.checks.common.kinds import chat_completion, chat_stream
from conformance.checks.tools.offers import TIME_NAME, WEATHER_NAME
from conformance.checks.tools.reading import (
    CALLS,
    assert_read,
    calls_in,
    fragments,
    fragments_by_index,
    functions_offered,
    grouped,
    names_called,
    require_call,
    says_something,
    told,
)
from conformance.checks.tools.rounds.exchanges import (
    OTHER_CALL,
    OTHER_CALL_ID,
    PARALLEL,
    PARALLEL_FALSE,
    one_call_history,
    result_missing,
    time_and_weather_streamed,
    two_calls,
    two_calls_history,
    two_calls_not_parallel,
    two_calls_streamed,
    two_results,
)
from conformance.counterexamples import broken, changed, rewritten

ASSISTANT = DOC("ChatCompletionRequestAssistantMessage.tool_calls")


def require_several(observed: Exchange) -> None:
    """Raise `Inconclusive` unless there are two calls to compare."""
    if len(calls_in(observed)) < 2:
        raise Inconclusive("this model did not make several calls")


def call_ids(observed: Exchange) -> set[str]:
    """Return the ids in the fragments of a stream."""
    return {text for text in told(fragments(observed), "id") if text}


def all_at_index_zero(chunks: list[Any]) -> list[Any]:
    """Return the chunks with the index of every fragment 0."""
    for chunk in chunks:
        for choice in chunk["choices"]:
            for fragment in choice["delta"].get("tool_calls", ()):
                fragment["index"] = 0
    return chunks


def one_id(chunks: list[Any]) -> list[Any]:
    """Return the chunks with one id for all calls."""
    for chunk in chunks:
        for choice in chunk["choices"]:
            for fragment in choice["delta"].get("tool_calls", ()):
                if "id" in fragment:
                    fragment["id"] = "call_one"
    return chunks


def second_call_without(key: str) -> Any:
    """Return the change that takes the name, or the arguments, from the second call."""

    def change(chunks: list[Any]) -> list[Any]:
        for chunk in chunks:
            for choice in chunk["choices"]:
                for fragment in choice["delta"].get("tool_calls", ()):
                    if fragment["index"] == 1:
                        fragment["function"].pop(key, None)
        return chunks

    return change


def same_ids(observed: Exchange) -> Exchange:
    """Return the answer with one id for two calls."""
    return broken(None, f"{CALLS}.1.id", observed.at(f"{CALLS}.0.id", str)).change(observed)


@must(
    PARALLEL,
    says=SDK("ChatCompletionMessageFunctionToolCall.id"),
    counterexample=changed(two_calls, same_ids),
    when=(OFFERS_TOOLS,),
)
def test_calls_have_different_ids(chat_completion: Exchange) -> None:
    """Several calls in one chat completion have different `id`s."""
    require_several(chat_completion)
    ids = chat_completion.all(f"{CALLS}.*.id", str)
    assert len(set(ids)) == len(ids), f"{len(ids)} calls have only {len(set(ids))} different ids"


@must(PARALLEL, says=ASSISTANT, counterexample=broken(two_results, CONTENT, ""))
def test_results_of_several_calls_are_answered(two_results: Exchange) -> None:
    """After the results of several tool calls, a chat completion has text or another call."""
    assert says_something(two_results), "the response has neither text nor another call"


@must(PARALLEL, says=ASSISTANT, counterexample=broken(two_calls_history, CONTENT, ""))
def test_history_of_two_calls_is_answered(two_calls_history: Exchange) -> None:
    """After two tool calls written by the client, and results in any order, a chat completion has text or a call."""
    assert says_something(two_calls_history), "the response has neither text nor another call"


@must(PARALLEL, says=ASSISTANT, counterexample=broken(two_calls_history, "usage.prompt_tokens", 1))
def test_second_call_is_counted(
    two_calls_history: Exchange, one_call_history: Exchange, hello: Exchange, hello_many_times: Exchange
) -> None:
    """A second call in a history, with its result, adds to `usage.prompt_tokens`."""
    assert_read(two_calls_history, one_call_history, "two calls instead of one", (hello, hello_many_times))


def refused_in_other_words(observed: Exchange) -> Exchange:
    """Return the refusal without the name of the call."""
    message = "The number of function response parts must equal the number of function call parts."
    return broken(None, "error.message", message).change(observed).with_response(status=400)


@may(
    PARALLEL,
    says=OBSERVED(
        "OpenAI rejects a history with a call that has no result, and names the call", *evidence.UNANSWERED_CALL
    ),
    counterexample=changed(result_missing, refused_in_other_words),
)
def test_rejection_names_the_call_without_result(result_missing: Exchange, two_calls_history: Exchange) -> None:
    """If a call without its result is rejected, `error.message` contains the call's `id`."""
    two_calls_history.at("choices", list)  # where the whole history is rejected too, the reason is another one
    if result_missing.status == 200:
        raise Inconclusive("a call without its result is accepted, which is allowed")
    message = result_missing.at("error.message", str)
    assert OTHER_CALL_ID in message, (
        f"`error.message` does not name the call without a result, {OTHER_CALL_ID!r}: {message[:120]!r}"
    )


@must(
    PARALLEL,
    says=SDK("chat_completion_chunk.ChoiceDeltaToolCall.index"),
    counterexample=rewritten(two_calls_streamed, all_at_index_zero),
    when=(OFFERS_TOOLS, ONE_CHOICE),
)
def test_streamed_calls_have_different_indexes(chat_stream: Exchange) -> None:
    """In a stream, several calls have different values of `index`: no two `id`s share one."""
    require_call(chat_stream)
    if len(call_ids(chat_stream)) < 2:
        raise Inconclusive("this model did not make several calls")
    for call in grouped(chat_stream):
        ids = set(told(call, "id"))
        assert len(ids) <= 1, f"{len(ids)} calls share the `index` {call[0].get('index')}"


@must(
    PARALLEL,
    says=SDK("chat_completion_chunk.ChoiceDeltaToolCall.id"),
    counterexample=rewritten(two_calls_streamed, one_id),
    when=(OFFERS_TOOLS, ONE_CHOICE),
)
def test_streamed_calls_have_different_ids(chat_stream: Exchange) -> None:
    """In a stream, several calls have different `id`s: no two values of `index` share one."""
    ids = [next((text for text in told(call, "id") if text), "") for call in grouped(chat_stream)]
    known = [text for text in ids if text]
    if len(known) < 2:
        raise Inconclusive("this model did not make several calls, or they have no `id`, which another check finds")
    assert len(set(known)) == len(known), f"{len(known)} calls have only {len(set(known))} different ids"


@must(
    PARALLEL,
    says=SDK("chat_completion_chunk.ChoiceDeltaToolCallFunction.name"),
    counterexample=rewritten(two_calls_streamed, second_call_without("name")),
    when=(OFFERS_FUNCTIONS_ONLY, CHOICE_BINDS, ONE_CHOICE),
)
def test_every_streamed_call_has_a_name(chat_stream: Exchange) -> None:
    """In a stream, each of several calls has the `function.name` of an offered function."""
    names = names_called(chat_stream)
    if len(names) < 2:
        raise Inconclusive("this model did not make several calls")
    others = sorted(set(names) - functions_offered(chat_stream).keys())
    assert not others, f"a call has the name {others[0][:80]!r}, and the request does not offer it"


@should(
    PARALLEL,
    says=SDK("chat_completion_chunk.ChoiceDeltaToolCallFunction.arguments"),
    counterexample=rewritten(time_and_weather_streamed, second_call_without("arguments")),
)
def test_call_after_one_without_parameters_has_arguments(time_and_weather_streamed: Exchange) -> None:
    """In a stream, a call that follows one without parameters has `arguments` that are a JSON object."""
    require_whole(time_and_weather_streamed)
    calls = fragments_by_index(time_and_weather_streamed)
    names = names_called(time_and_weather_streamed)
    if TIME_NAME not in names or WEATHER_NAME not in names:
        raise Inconclusive("this model did not call both functions")
    for call, name in zip(calls, names, strict=True):
        joined = "".join(told(call, "function.arguments"))
        assert_object(joined, strict=False, whose=f"the arguments of {name!r}")


def with_two_calls(observed: Exchange) -> Exchange:
    """Return the answer with a second call."""
    return broken(None, CALLS, [*calls_in(observed), OTHER_CALL]).change(observed)


@must(
    PARALLEL_FALSE,
    says=DOC("ParallelToolCalls"),
    counterexample=changed(two_calls_not_parallel, with_two_calls),
    decides="chat/completions: parallel_tool_calls",
)
def test_parallel_tool_calls_false_gives_one_call(two_calls_not_parallel: Exchange, two_calls: Exchange) -> None:
    """With `parallel_tool_calls: false`, a response has one call at most."""
    number = len(calls_in(two_calls_not_parallel))
    if number > 1:
        raise Deviation(
            f"`parallel_tool_calls` is false, and the response has {number} calls",
            finding="ignored:parallel_tool_calls",
        )
    if len(calls_in(two_calls)) < 2:
        raise Inconclusive("accepted, effect not observable: this model makes one call in any case")
