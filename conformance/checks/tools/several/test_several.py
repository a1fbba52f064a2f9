"""
How many calls a response has, streamed and non-streaming, and whether each has arguments of its own.

Not checked: that a model makes several calls, which takes skill.
"""

from typing import Any

from conformance import DOC, OBSERVED, SDK, Deviation, Exchange, Inconclusive, may, should
from conformance.checks.common import evidence
from conformance.checks.common.chat import require_whole
from conformance.checks.common.conditions import OFFERS_TOOLS, ONE_CHOICE
from conformance.checks.common.kinds import chat_stream
from conformance.checks.tools.exchanges import (
    DELTA_SHAPE,
    STREAM,
    weather_forced,
    weather_forced_streamed,
)
from conformance.checks.tools.reading import (
    CALLS,
    arguments_told,
    calls_in,
    fragments,
    fragments_by_index,
    require_call,
)
from conformance.checks.tools.rounds.exchanges import PARALLEL
from conformance.checks.tools.several.exchanges import three_calls, three_calls_streamed
from conformance.counterexamples import broken, changed, rewritten

SEVERAL = 3


def doubled(chunks: list[Any]) -> list[Any]:
    """Return the chunks with every call a second time, under the next index."""
    again = []
    for chunk in chunks:
        again.append(chunk)
        held = [one for choice in chunk["choices"] for one in choice["delta"].get("tool_calls") or ()]
        if held:
            calls = [{**one, "index": one["index"] + 1} for one in held]
            choice = {**chunk["choices"][0], "delta": {"tool_calls": calls}}
            again.append({**chunk, "choices": [choice]})
    return again


@should(STREAM, says=DOC("ChatCompletionNamedToolChoice"), counterexample=rewritten(weather_forced_streamed, doubled))
def test_streaming_does_not_repeat_the_call(weather_forced_streamed: Exchange, weather_forced: Exchange) -> None:
    """A named function that is called once in a non-streaming response is called once in its stream, too."""
    require_call(weather_forced)
    if len(calls_in(weather_forced)) > 1:
        raise Inconclusive("the non-streaming response calls the function several times, too")
    number = len(fragments_by_index(weather_forced_streamed))
    if len(set(arguments_told(weather_forced_streamed, parameters=True))) > 1:
        raise Inconclusive("the streamed calls differ in their `arguments`: the model made them")
    if number > 1:
        raise Deviation(f"one call non-streaming, {number} streamed: a client runs the tool {number} times")


def lost(observed: Exchange) -> Exchange:
    """Return the calls with the arguments of the last one in all."""
    found = observed.all(f"{CALLS}.*.function.arguments", str)
    for number in range(len(found)):
        observed = broken(None, f"{CALLS}.{number}.function.arguments", found[-1]).change(observed)
    return observed


def assert_own(found: list[str]) -> None:
    """
    Assert that not all of several calls have the same arguments.

    Raises `Inconclusive` for fewer, and where some are the same: a model may call twice alike.
    """
    if len(found) < SEVERAL:
        raise Inconclusive("this model did not make several calls")
    if 1 < len(set(found)) < len(found):
        raise Inconclusive("some calls have the same `arguments`, which may be the model's choice")
    assert len(set(found)) == len(found), f"{len(found)} calls have only {len(set(found))} different `arguments`"


def _all_empty(chunks: list[Any]) -> list[Any]:
    for chunk in chunks:
        for choice in chunk["choices"]:
            for fragment in choice["delta"].get("tool_calls") or ():
                fragment["function"]["arguments"] = ""
    return chunks


def _nameless(chunks: list[Any]) -> list[Any]:
    for chunk in chunks:
        for choice in chunk["choices"]:
            for fragment in choice["delta"].get("tool_calls") or ():
                fragment["function"].setdefault("name", "")
    return chunks


@should(
    PARALLEL,
    says=SDK("chat_completion_message_function_tool_call.Function.arguments"),
    counterexample=changed(three_calls, lost),
)
def test_every_call_has_its_arguments(three_calls: Exchange) -> None:
    """The calls of a chat completion for three cities do not all have the same `arguments`."""
    require_whole(three_calls)
    require_call(three_calls)
    assert_own(arguments_told(three_calls, parameters=True))


@should(
    PARALLEL,
    says=SDK("chat_completion_chunk.ChoiceDeltaToolCallFunction.arguments"),
    counterexample=rewritten(three_calls_streamed, _all_empty),
)
def test_streaming_keeps_the_arguments_of_every_call(three_calls_streamed: Exchange, three_calls: Exchange) -> None:
    """When every call of a chat completion has `arguments` of its own, the calls in its stream have, too."""
    require_whole(three_calls_streamed)
    require_call(three_calls)
    plain = arguments_told(three_calls, parameters=True)
    if len(set(plain)) < max(SEVERAL, len(plain)):
        raise Inconclusive("the calls of the non-streaming response do not have arguments of their own")
    assert_own(arguments_told(three_calls_streamed, parameters=True))


@may(
    DELTA_SHAPE,
    says=OBSERVED("OpenAI leaves out what a fragment does not add", *evidence.CALLS_STREAMED),
    counterexample=rewritten(weather_forced_streamed, _nameless),
    when=(OFFERS_TOOLS, ONE_CHOICE),
)
def test_keys_are_omitted_not_empty(chat_stream: Exchange) -> None:
    """In a stream, a fragment of a call that adds nothing to `id` or `function.name` omits it; it is not empty."""
    require_call(chat_stream)
    found = {path for one in fragments(chat_stream) for path in ("id", "function.name") if one.get(path) == ""}
    assert not found, f"empty in a fragment: {', '.join(sorted(found))}"
