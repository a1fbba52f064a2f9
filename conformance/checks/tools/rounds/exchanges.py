"""
What is sent about the second turn (the result of a call is sent back) and about several calls in one response.

Where no skill shall be needed, the client writes the calls itself.
"""

from typing import Any

from conformance import Exchange, Inconclusive, Request, Target, capability, exchange
from conformance.checks.common.prompts import ASK_WORD, TIME_AND_WEATHER, WEATHER, WEATHER_TWICE, word_is
from conformance.checks.common.requests import TAKEN_OR_REFUSED
from conformance.checks.tools.exchanges import CALL, CALL_ID, FUNCTION, RESULT, SAID, ask, result, weather_forced
from conformance.checks.tools.offers import CLOCK_TOOL, WEATHER_TOOL, WORD_NAME, WORD_TOOL
from conformance.requests import text, user

ROUNDTRIP = capability("tools.roundtrip")
SIGNATURE = capability("tools.roundtrip.signature")
PARALLEL = capability("tools.parallel")
PARALLEL_FALSE = capability("tools.parallel_false")

RESULT_WORD = "KETTLE"
OTHER_CALL_ID = "callromes"
OTHER_CALL = {"id": OTHER_CALL_ID, "type": "function", "function": {"name": FUNCTION, "arguments": '{"city": "Rome"}'}}
WORD_CALL = {"id": CALL_ID, "type": "function", "function": {"name": WORD_NAME, "arguments": "{}"}}
SAID_TWICE = {"role": "assistant", "content": None, "tool_calls": [CALL, OTHER_CALL]}


def answered_calls(observed: Exchange, *, least: int = 1) -> list[dict[str, Any]]:
    """Return the results of the calls in a response. Raises `Inconclusive` when there are too few."""
    path = "choices.0.message.tool_calls"
    if len(observed.at(path, list | None, None) or ()) < least:
        raise Inconclusive("the response has no call" if least == 1 else f"this model did not make {least} calls")
    return [result(call_id) for call_id in observed.all(f"{path}.*.id", str)]


def bare(observed: Exchange) -> dict[str, Any]:
    """Return the message with the calls as a typed client writes it: standard fields only."""
    calls = "choices.0.message.tool_calls"
    keys = zip(
        observed.all(f"{calls}.*.id", str),
        observed.all(f"{calls}.*.function.name", str),
        observed.all(f"{calls}.*.function.arguments", str),
        strict=True,
    )
    made = [
        {"id": call_id, "type": "function", "function": {"name": name, "arguments": arguments}}
        for call_id, name, arguments in keys
    ]
    return {"role": "assistant", "content": None, "tool_calls": made}


@exchange(ROUNDTRIP, cost=200)
def result_after_standard_fields(target: Target, weather_forced: Exchange) -> Request:
    """The second turn with the call rebuilt from its standard fields, as a typed client sends it."""
    return ask(target, [user(WEATHER), bare(weather_forced), *answered_calls(weather_forced)])


@exchange(ROUNDTRIP, cost=200)
def weather_history_streamed(target: Target) -> Request:
    """A call written by the client, and its result; the response is streamed."""
    return ask(target, [user(WEATHER), SAID, result(CALL_ID)], stream=True)


@exchange(ROUNDTRIP, cost=200)
def result_in_parts(target: Target) -> Request:
    """The result of a call as an array of one text part."""
    return ask(target, [user(WEATHER), SAID, result(CALL_ID, [text(RESULT)])])


@exchange(ROUNDTRIP, cost=120)
def word_in_result(target: Target) -> Request:
    """The result of a call with a code word, for which the user asks."""
    said = {"role": "assistant", "content": None, "tool_calls": [WORD_CALL]}
    messages = [user(ASK_WORD), said, result(CALL_ID, word_is(RESULT_WORD))]
    return ask(target, messages, tools=[WORD_TOOL])


@exchange(ROUNDTRIP, cost=120)
def result_without_word(target: Target) -> Request:
    """The same call with a result without the code word: the measure for the tokens that it adds."""
    said = {"role": "assistant", "content": None, "tool_calls": [WORD_CALL]}
    return ask(target, [user(ASK_WORD), said, result(CALL_ID, "None.")], tools=[WORD_TOOL])


@exchange(SIGNATURE, cost=500, roles=("thinking",))
def reasoning_call(target: Target) -> Request:
    """A prompt with a function for a reasoning model."""
    return ask(target, [user(WEATHER)], model=target.model("thinking"))


@exchange(SIGNATURE, cost=500, roles=("thinking",))
def result_after_reasoning(target: Target, reasoning_call: Exchange) -> Request:
    """The second turn with a reasoning model's message unchanged, with all its fields."""
    results = answered_calls(reasoning_call)
    messages = [user(WEATHER), reasoning_call.at("choices.0.message", dict), *results]
    return ask(target, messages, model=target.model("thinking"))


@exchange(SIGNATURE, expects=TAKEN_OR_REFUSED, cost=500, roles=("thinking",))
def result_without_signature(target: Target, reasoning_call: Exchange) -> Request:
    """The second turn with only the standard fields of a reasoning model's call, which may be rejected."""
    messages = [user(WEATHER), bare(reasoning_call), *answered_calls(reasoning_call)]
    return ask(target, messages, model=target.model("thinking"))


@exchange(PARALLEL, cost=200)
def two_calls(target: Target) -> Request:
    """A prompt for two cities with `tool_choice` `required`."""
    return ask(target, [user(WEATHER_TWICE)], tool_choice="required")


@exchange(PARALLEL, cost=200)
def two_calls_streamed(target: Target) -> Request:
    """A prompt for two cities with `tool_choice` `required`, streamed."""
    return ask(target, [user(WEATHER_TWICE)], tool_choice="required", stream=True)


@exchange(PARALLEL, cost=200)
def time_and_weather_streamed(target: Target) -> Request:
    """A prompt for two functions, the first of which has no parameters; streamed."""
    tools = [CLOCK_TOOL, WEATHER_TOOL]
    return ask(target, [user(TIME_AND_WEATHER)], tools=tools, tool_choice="required", stream=True)


@exchange(PARALLEL, cost=250)
def two_results(target: Target, two_calls: Exchange) -> Request:
    """The second turn: several calls as they were received, and the result of each."""
    results = answered_calls(two_calls, least=2)
    calls = two_calls.at("choices.0.message.tool_calls", list)
    return ask(target, [user(WEATHER_TWICE), {"role": "assistant", "content": None, "tool_calls": calls}, *results])


@exchange(PARALLEL, cost=250)
def two_calls_history(target: Target) -> Request:
    """Two calls in one message, written by the client, and their results in the other order."""
    results = [result(OTHER_CALL_ID, "It is 25 degrees in Rome."), result(CALL_ID)]
    return ask(target, [user(WEATHER_TWICE), SAID_TWICE, *results])


@exchange(PARALLEL, cost=250)
def one_call_history(target: Target) -> Request:
    """The prompt for two cities, one call written by the client, and its result: the measure for a second."""
    return ask(target, [user(WEATHER_TWICE), SAID, result(CALL_ID)])


@exchange(PARALLEL, expects=TAKEN_OR_REFUSED, cost=200)
def result_missing(target: Target) -> Request:
    """Two calls in one message and the result of the first only, which an endpoint may reject."""
    return ask(target, [user(WEATHER_TWICE), SAID_TWICE, result(CALL_ID)])


@exchange(PARALLEL_FALSE, cost=200)
def two_calls_not_parallel(target: Target) -> Request:
    """The prompt for two cities with `parallel_tool_calls: false`."""
    return ask(target, [user(WEATHER_TWICE)], tool_choice="required", parallel_tool_calls=False)
