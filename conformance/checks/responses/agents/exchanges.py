"""
What agents send to the Responses API: reasoning sent back with `store: false`, several calls, other forms of input.

Coding agents keep no state at the endpoint. They request `reasoning.encrypted_content`, and send every item back as it
came. Reasoning is requested from the model that reasons.
"""

from typing import Any

from conformance import Exchange, Inconclusive, Request, Target, capability, exchange
from conformance.checks.common.prompts import ASK_WORD, HELLO, PUZZLE, WEATHER, WEATHER_TWICE, word_is
from conformance.checks.common.requests import TAKEN_OR_REFUSED
from conformance.checks.responses.events import ITEM_DONE, events_of
from conformance.checks.responses.exchanges import (
    FORCED,
    FUNCTION,
    REPORT,
    TOOL,
    ask,
    greeted,
    results,
    results_of,
    stored,
)
from conformance.requests import user

REASONING = capability("responses.reasoning")
PARALLEL = capability("responses.parallel")
INPUT_FORMS = capability("responses.input_forms")

THINKING = ("thinking",)
ENCRYPTED = "reasoning.encrypted_content"
CALL_ID = "call_conformance_1"
CALL = {"type": "function_call", "call_id": CALL_ID, "name": FUNCTION, "arguments": '{"city": "Paris"}'}
CLOCK = "get_time"
CLOCK_TOOL = {"type": "function", "name": CLOCK, "description": "Get the time.", "parameters": None, "strict": False}
"""A function without parameters, as typed clients send it."""
NO_ITEM = "msg_0000000000000000000000004f1c"


def reason(target: Target, said: Any, **optional: Any) -> Request:
    """Return a request to the model that reasons, without stored state."""
    return ask(target, said, model=target.model("thinking"), **optional)


def items_done(streamed: Exchange) -> list[dict[str, Any]]:
    """Return all items of a stream as they are when done."""
    return [event.at("item", dict) for event in events_of(streamed, ITEM_DONE)]


def owed_results(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the results of all function calls. Raises `Inconclusive` without a call."""
    found = results_of(items)
    if not found:
        raise Inconclusive("the response has no `function_call` item")
    return found


@exchange(REASONING, each={level: level for level in ("low", "medium", "high")}, cost=800, roles=THINKING)
def puzzle_effort(target: Target, row: str) -> Request:
    """A puzzle with one of the three values of `reasoning.effort` that all documents have."""
    return reason(target, PUZZLE, reasoning={"effort": row})


@exchange(REASONING, cost=800, roles=THINKING)
def puzzle_summary_streamed(target: Target) -> Request:
    """A puzzle with `reasoning.summary: auto`, streamed."""
    return reason(target, PUZZLE, reasoning={"effort": "medium", "summary": "auto"}, stream=True)


@exchange(REASONING, expects={400, 422}, cost=5, roles=THINKING, invalid=True)
def puzzle_effort_unknown(target: Target, greeted: Exchange) -> Request:
    """A `reasoning.effort` that does not exist."""
    return reason(target, PUZZLE, reasoning={"effort": "conformance"})


@exchange(REASONING, expects=TAKEN_OR_REFUSED, cost=100)
def greeted_with_effort(target: Target) -> Request:
    """A greeting with `reasoning.effort` for the chat model, which some models reject."""
    return ask(target, HELLO, reasoning={"effort": "low"})


@exchange(REASONING, cost=500, roles=THINKING)
def encrypted(target: Target) -> Request:
    """A named function with `include` of encrypted reasoning and `store: false`, as coding agents send it."""
    return _agent(target, user(WEATHER), tool_choice=FORCED)


@exchange(REASONING, cost=500, roles=THINKING)
def encrypted_streamed(target: Target) -> Request:
    """The request of `encrypted`, streamed."""
    return _agent(target, user(WEATHER), tool_choice=FORCED, stream=True)


@exchange(REASONING, cost=800, roles=THINKING)
def encrypted_resent(target: Target, encrypted_streamed: Exchange) -> Request:
    """The second turn, streamed: all items resent as they were when done, with their encrypted reasoning."""
    items = items_done(encrypted_streamed)
    return _agent(target, user(WEATHER), *items, *owed_results(items), stream=True)


@exchange(REASONING, cost=1100, roles=THINKING)
def encrypted_third_turn(target: Target, encrypted_streamed: Exchange, encrypted_resent: Exchange) -> Request:
    """The third turn: all items of two responses resent, those of the first one for the second time."""
    first, second = items_done(encrypted_streamed), items_done(encrypted_resent)
    if any(item.get("type") == "function_call" for item in second):
        raise Inconclusive("the model returns another call instead of text, so there is no third turn")
    return _agent(target, user(WEATHER), *first, *owed_results(first), *second, user(HELLO), stream=True)


def _agent(target: Target, *said: dict[str, Any], **optional: Any) -> Request:
    """Return a request as coding agents send it."""
    return reason(
        target,
        [*said],
        tools=[TOOL],
        reasoning={"effort": "medium", "summary": "auto"},
        include=[ENCRYPTED],
        prompt_cache_key="conformance",
        **optional,
    )


@exchange(PARALLEL, cost=200)
def two_cities(target: Target) -> Request:
    """One function, required, and two cities to call it for, with `parallel_tool_calls: true`."""
    return ask(target, WEATHER_TWICE, tools=[TOOL], tool_choice="required", parallel_tool_calls=True)


@exchange(PARALLEL, cost=200)
def two_cities_streamed(target: Target) -> Request:
    """The request of `two_cities`, streamed."""
    return ask(target, WEATHER_TWICE, tools=[TOOL], tool_choice="required", parallel_tool_calls=True, stream=True)


@exchange(PARALLEL, cost=200)
def two_cities_not_parallel(target: Target) -> Request:
    """The request of `two_cities` with `parallel_tool_calls: false`."""
    return ask(target, WEATHER_TWICE, tools=[TOOL], tool_choice="required", parallel_tool_calls=False)


@exchange(PARALLEL, cost=500)
def two_results(target: Target, two_cities: Exchange) -> Request:
    """The second turn after several calls: all output items resent, and every result."""
    answers = results(two_cities)
    if len(answers) < 2:
        raise Inconclusive("this model did not make several calls")
    return ask(target, [user(WEATHER_TWICE), *two_cities.at("output", list), *answers], tools=[TOOL])


@exchange(PARALLEL, cost=150)
def choice_auto(target: Target) -> Request:
    """A prompt for the weather with a function, and `tool_choice: auto`."""
    return ask(target, WEATHER, tools=[TOOL], tool_choice="auto")


@exchange(PARALLEL, cost=150, sibling=choice_auto)
def choice_none(target: Target) -> Request:
    """A prompt for the weather with a function, and `tool_choice: none`."""
    return ask(target, WEATHER, tools=[TOOL], tool_choice="none")


@exchange(PARALLEL, cost=150, sibling=choice_auto)
def choice_required(target: Target) -> Request:
    """A greeting with a function that it does not need, and `tool_choice: required`."""
    return ask(target, HELLO, tools=[TOOL], tool_choice="required")


@exchange(PARALLEL, cost=150, sibling=choice_auto)
def choice_named(target: Target) -> Request:
    """A prompt for the weather with two functions, of which `tool_choice` names the one for the time."""
    return ask(target, WEATHER, tools=[TOOL, CLOCK_TOOL], tool_choice={"type": "function", "name": CLOCK})


@exchange(PARALLEL, cost=150)
def choice_allowed(target: Target) -> Request:
    """A prompt for the weather with two functions, of which `allowed_tools` allows the one for the time."""
    allowed = {"type": "allowed_tools", "mode": "required", "tools": [{"type": "function", "name": CLOCK}]}
    return ask(target, WEATHER, tools=[TOOL, CLOCK_TOOL], tool_choice=allowed)


@exchange(INPUT_FORMS)
def word_before_typed_turn(target: Target) -> Request:
    """A code word, then an assistant message of the long form, without `id` and `status`."""
    parts = [{"type": "output_text", "text": "OK."}]
    turn = {"type": "message", "role": "assistant", "content": parts}
    return ask(target, [user(f"{word_is('COPPER')} Say OK."), turn, user(ASK_WORD)])


@exchange(INPUT_FORMS)
def word_in_first_of_two(target: Target) -> Request:
    """Two user messages in a row; the first contains a code word."""
    return ask(target, [user(word_is("LANTERN")), user(ASK_WORD)])


@exchange(INPUT_FORMS, cost=300)
def result_as_string(target: Target) -> Request:
    """The control: a function call written by the client, and its result as a string."""
    result = {"type": "function_call_output", "call_id": CALL_ID, "output": "OK."}
    return ask(target, [user(WEATHER), CALL, result], tools=[TOOL])


@exchange(INPUT_FORMS, cost=500)
def result_in_parts(target: Target) -> Request:
    """A function call written by the client, and its long result as an array of two `input_text` parts."""
    parts = [{"type": "input_text", "text": REPORT}, {"type": "input_text", "text": "That is all."}]
    result = {"type": "function_call_output", "call_id": CALL_ID, "output": parts}
    return ask(target, [user(WEATHER), CALL, result], tools=[TOOL])


@exchange(INPUT_FORMS, cost=150)
def no_parameters(target: Target) -> Request:
    """A named function with `parameters: null`."""
    return ask(target, "What is the time? Use the tool.", tools=[CLOCK_TOOL], tool_choice={**FORCED, "name": CLOCK})


@exchange(INPUT_FORMS, cost=150)
def no_parameters_streamed(target: Target) -> Request:
    """A named function with `parameters: null`, streamed."""
    forced = {**FORCED, "name": CLOCK}
    return ask(target, "What is the time? Use the tool.", tools=[CLOCK_TOOL], tool_choice=forced, stream=True)


@exchange(INPUT_FORMS)
def referenced(target: Target, stored: Exchange) -> Request:
    """References (`item_reference`) to all output items of the stored response, then a new message."""
    items = [{"type": "item_reference", "id": name} for name in stored.all("output.*.id", str)]
    return ask(target, [*items, user(ASK_WORD)])


@exchange(INPUT_FORMS, expects={400, 404, 422}, cost=5, invalid=True)
def unknown_referenced(target: Target, referenced: Exchange) -> Request:
    """A reference (`item_reference`) to an item that does not exist."""
    return ask(target, [{"type": "item_reference", "id": NO_ITEM}, user(ASK_WORD)])
