"""
A function call in a stream.

Not checked: how many fragments a call has, and whether it begins with an empty one; that the arguments are those of the
non-streaming response, as the model may choose others; whether the last fragment and `finish_reason` may share a chunk.
"""

from typing import Any

from conformance import DOC, OBSERVED, SDK, Exchange, Inconclusive, must, should
from conformance.assertions import finish_reasons
from conformance.checks.chat.stream.exchanges import hello_streamed
from conformance.checks.common import evidence
from conformance.checks.common.arguments import assert_object
from conformance.checks.common.chat import REASON, is_object, require_whole
from conformance.checks.common.conditions import (
    CHOICE_AUTO,
    CHOICE_NAMED,
    CHOICE_REQUIRED,
    NO_STOP,
    OFFERS_FUNCTIONS_ONLY,
    OFFERS_TOOLS,
    ONE_CHOICE,
)
from conformance.checks.common.kinds import chat_stream
from conformance.checks.tools.exchanges import (
    STREAM,
    STREAM_END,
    weather_auto_streamed,
    weather_forced,
    weather_forced_streamed,
    weather_required,
    weather_required_streamed,
)
from conformance.checks.tools.reading import (
    CALLS,
    DELTA_CALLS,
    all_strict,
    arguments_told,
    fragments,
    fragments_by_index,
    require_call,
    require_obedience,
    told,
)
from conformance.counterexamples import broken_chunk, every_chunk, rewritten

NAME = f"{DELTA_CALLS}.0.function.name"
ARGUMENTS = f"{DELTA_CALLS}.0.function.arguments"


def end_of(observed: Exchange) -> str:
    """Return the stream's `finish_reason`. Raises `Inconclusive` when there is none: a check of its own finds that."""
    reasons = finish_reasons(observed)
    if not reasons:
        raise Inconclusive("no chunk has a `finish_reason`")
    return reasons[-1]


def with_end_first(chunks: list[Any]) -> list[Any]:
    """Return the chunks with the one that has the `finish_reason` first."""
    ends = [chunk for chunk in chunks if any(choice.get("finish_reason") for choice in chunk["choices"])]
    return ends + [chunk for chunk in chunks if chunk not in ends]


def with_stop(chunks: list[Any]) -> list[Any]:
    """Return the chunks with `finish_reason` `stop`."""
    for chunk in chunks:
        for choice in chunk["choices"]:
            choice["finish_reason"] = "stop" if choice.get("finish_reason") else None
    return chunks


@must(
    STREAM,
    says=DOC("ChatCompletionNamedToolChoice"),
    counterexample=every_chunk(weather_forced_streamed, DELTA_CALLS, []),
    when=(CHOICE_NAMED, ONE_CHOICE),
)
def test_named_function_is_called(chat_stream: Exchange) -> None:
    """When `tool_choice` names a function, the stream has a call in `delta.tool_calls`."""
    require_obedience(chat_stream, "names a function")


@must(
    STREAM,
    says=DOC("ChatCompletionToolChoiceOption"),
    counterexample=every_chunk(weather_required_streamed, DELTA_CALLS, []),
    when=(CHOICE_REQUIRED, OFFERS_FUNCTIONS_ONLY, ONE_CHOICE),
)
def test_required_function_is_called(chat_stream: Exchange) -> None:
    """With `tool_choice` `required`, the stream has a call in `delta.tool_calls`."""
    require_obedience(chat_stream, "is `required`")


@must(
    STREAM,
    says=SDK("chat_completion_chunk.ChoiceDeltaToolCallFunction.arguments"),
    counterexample=every_chunk(weather_forced_streamed, ARGUMENTS, ""),
    when=(OFFERS_FUNCTIONS_ONLY, ONE_CHOICE, NO_STOP),
)
def test_arguments_join_to_a_json_object(chat_stream: Exchange) -> None:
    """In a stream, the joined fragments of a call's `arguments` are one JSON object."""
    require_whole(chat_stream)
    for joined in arguments_told(chat_stream, parameters=True):
        assert_object(joined, strict=all_strict(chat_stream), whose="the joined arguments")


@must(
    STREAM,
    says=SDK("chat_completion_chunk.ChoiceDeltaToolCallFunction.arguments"),
    counterexample=every_chunk(weather_forced_streamed, ARGUMENTS, "{"),
)
def test_streaming_keeps_arguments_json(
    weather_forced_streamed: Exchange, weather_forced: Exchange, weather_required: Exchange
) -> None:
    """Streaming does not break `arguments`: joined, they are a JSON object if the non-streaming ones are."""
    for plain in (weather_forced, weather_required):
        require_call(plain)
        if not all(map(is_object, plain.all(f"{CALLS}.*.function.arguments", str))):
            raise Inconclusive("the arguments of non-streaming calls are not JSON objects either")
    require_whole(weather_forced_streamed)
    for call in fragments_by_index(weather_forced_streamed):
        joined = "".join(told(call, "function.arguments"))
        assert is_object(joined), f"the joined arguments are not a JSON object: {joined[:80]!r}"


@must(
    STREAM,
    says=SDK("chat_completion_chunk.ChoiceDeltaToolCallFunction.name"),
    counterexample=broken_chunk(weather_forced_streamed, 1, NAME, "weather"),
)
def test_streaming_keeps_the_name(weather_forced_streamed: Exchange, weather_forced: Exchange) -> None:
    """A call in a stream has the same `function.name` as in the non-streaming response."""
    require_call(weather_forced)
    plain = set(weather_forced.all(f"{CALLS}.*.function.name", str))
    calls = fragments_by_index(weather_forced_streamed)
    streamed = {name for call in calls for name in told(call, "function.name")}
    assert streamed == plain, f"{sorted(streamed)} streamed, {sorted(plain)} non-streaming"


@must(
    STREAM_END,
    says=SDK("chat_completion_chunk.Choice.finish_reason"),
    counterexample=every_chunk(weather_required_streamed, REASON, None),
    when=(OFFERS_TOOLS, ONE_CHOICE),
)
def test_stream_of_a_call_has_one_finish_reason(chat_stream: Exchange) -> None:
    """A stream with a call has exactly one chunk with a `finish_reason` that is not null."""
    require_call(chat_stream)
    reasons = finish_reasons(chat_stream)
    assert len(reasons) == 1, f"{len(reasons)} chunks have a `finish_reason`"


@must(
    STREAM_END,
    says=SDK("chat_completion_chunk.Choice.finish_reason"),
    counterexample=rewritten(weather_required_streamed, with_end_first),
    when=(OFFERS_TOOLS, ONE_CHOICE),
)
def test_calls_precede_the_finish_reason(chat_stream: Exchange) -> None:
    """In a stream, no fragment of a call follows the chunk with the `finish_reason`."""
    require_call(chat_stream)
    end_of(chat_stream)
    chunks = [chunk for chunk in chat_stream.chunks if chunk.at("choices", list)]
    ended = [bool(chunk.at(REASON, str | None, None)) for chunk in chunks]
    late = [chunk for chunk in chunks[ended.index(True) + 1 :] if chunk.at(DELTA_CALLS, list | None, None)]
    assert not late, f"{len(late)} chunks with fragments of calls follow the `finish_reason`"


@should(
    STREAM_END,
    says=SDK("chat_completion_chunk.Choice.finish_reason"),
    counterexample=rewritten(weather_required_streamed, with_stop),
    when=(CHOICE_REQUIRED, ONE_CHOICE),
)
def test_required_call_ends_with_tool_calls(chat_stream: Exchange) -> None:
    """A stream with a call, after `tool_choice` `required`, has `finish_reason` `tool_calls`."""
    require_call(chat_stream)
    require_whole(chat_stream)
    reason = end_of(chat_stream)
    assert reason == "tool_calls", f"the stream has a call, and `finish_reason` is {reason!r}"


@must(
    STREAM_END,
    says=SDK("chat_completion_chunk.Choice.finish_reason"),
    counterexample=rewritten(weather_auto_streamed, with_stop),
    when=(CHOICE_AUTO, ONE_CHOICE),
)
def test_chosen_call_ends_with_tool_calls(chat_stream: Exchange) -> None:
    """A stream with a call, after `tool_choice` `auto` or none, has `finish_reason` `tool_calls`."""
    require_call(chat_stream)
    require_whole(chat_stream)
    reason = end_of(chat_stream)
    assert reason == "tool_calls", f"the stream has a call, and `finish_reason` is {reason!r}"


@must(
    STREAM_END,
    says=SDK("chat_completion_chunk.Choice.finish_reason"),
    counterexample=every_chunk(weather_auto_streamed, DELTA_CALLS, []),
    when=(ONE_CHOICE,),
)
def test_finish_reason_tool_calls_has_a_call(chat_stream: Exchange) -> None:
    """A stream with `finish_reason` `tool_calls` has at least one call in `delta.tool_calls`."""
    if end_of(chat_stream) != "tool_calls":
        raise Inconclusive("the `finish_reason` of the stream is not `tool_calls`")
    assert fragments(chat_stream), "`finish_reason` is `tool_calls`, and the stream has no call"


@should(
    STREAM_END,
    says=OBSERVED(
        "OpenAI ends a call of a named function in the same way, streaming and non-streaming",
        *evidence.NAMED_CALL_STREAMED,
    ),
    counterexample=broken_chunk(weather_forced_streamed, -1, REASON, "function_call"),
)
def test_streaming_keeps_the_finish_reason(weather_forced_streamed: Exchange, weather_forced: Exchange) -> None:
    """A call that `tool_choice` names has the same `finish_reason` in a stream as in a non-streaming response."""
    for observed in (weather_forced_streamed, weather_forced):
        require_call(observed)
        require_whole(observed)
    streamed, plain = end_of(weather_forced_streamed), weather_forced.at(REASON, str)
    assert streamed == plain, f"`finish_reason` is {streamed!r} streamed, {plain!r} non-streaming"


@should(
    STREAM,
    says=DOC("ChatCompletionStreamResponseDelta"),
    counterexample=broken_chunk(hello_streamed, 1, DELTA_CALLS, None),
)
def test_text_has_no_empty_calls(chat_stream: Exchange) -> None:
    """In a stream, chunks without calls omit `delta.tool_calls`; it is not null or empty."""
    found = [chunk for chunk in chat_stream.chunks if chunk.get(DELTA_CALLS) in (None, [])]
    assert not found, f"`tool_calls` is null or empty in {len(found)} chunks, first in {found[0].place}"
