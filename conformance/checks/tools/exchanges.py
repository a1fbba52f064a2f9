"""
What is sent about function tools.

A function that the request names must be called whatever the model can do, so most checks look at that response. The
same prompt with `required` and `auto` shows what those add. The tools themselves are in `offers`.
"""

from typing import Any

from conformance import Exchange, Request, Target, capability, exchange
from conformance.checks.common.prompts import ASK_WORD, COUNT, COUNT_FAR, HELLO, WEATHER
from conformance.checks.common.requests import REFUSED, TAKEN_OR_REFUSED
from conformance.checks.tools.offers import (
    LONG_TOOL,
    NOTE_TOOL,
    STRICT_PARAMETERS,
    TIME_NAME,
    TIME_TOOL,
    UNUSABLE_TOOLS,
    UNUSUAL_TOOLS,
    WEATHER_NAME,
    WEATHER_TOOL,
    WORD_TOOL,
    WRONG_CHOICES,
    WRONG_TOOLS,
    named,
    weather_with,
)
from conformance.requests import assistant, post, text, user

BASIC = capability("tools.basic")
STREAM = capability("tools.stream")
DELTA_SHAPE = capability("tools.stream.delta_shape")
STREAM_END = capability("tools.stream.finish_reason")
SCHEMA = capability("tools.schema_respected")
AUTO = capability("tools.choice.auto")
NONE = capability("tools.choice.none")
REQUIRED = capability("tools.choice.required")
NAMED = capability("tools.choice.named")
EDGE = capability("tools.schema_edge")
OTHER = capability("tools.other_variants")

FUNCTION = WEATHER_NAME
TOOLS = [WEATHER_TOOL]
BOTH_TOOLS = [WEATHER_TOOL, TIME_TOOL]
FORCED = named(FUNCTION)
RESULT = "It is 18 degrees in Paris."

CALL_ID = "callparis"
"""Nine letters: some models' templates accept no other form."""

CALL = {"id": CALL_ID, "type": "function", "function": {"name": FUNCTION, "arguments": '{"city": "Paris"}'}}
SAID = {"role": "assistant", "content": None, "tool_calls": [CALL]}
HISTORIES = {
    "content-null": SAID,
    "content-empty": {"role": "assistant", "content": "", "tool_calls": [CALL]},
    "content-absent": {"role": "assistant", "tool_calls": [CALL]},
    "content-text": {"role": "assistant", "content": "Let me look.", "tool_calls": [CALL]},
}


def ask(target: Target, messages: list[dict[str, Any]], **options: Any) -> Request:
    """Return a chat request that offers the weather function, unless `options` offer something else."""
    body = {"model": target.model("chat"), "messages": messages, "tools": TOOLS}
    return post("/chat/completions", {**body, **options})


def result(call_id: str, content: Any = RESULT) -> dict[str, Any]:
    """Return the message with the result of a call."""
    return {"role": "tool", "tool_call_id": call_id, "content": content}


@exchange(BASIC, cost=150)
def weather_auto(target: Target) -> Request:
    """A prompt with one function and `tool_choice` `auto`: the model may call it, or write text."""
    return ask(target, [user(WEATHER)], tool_choice="auto")


@exchange(BASIC, cost=150, sibling=weather_auto)
def weather_forced(target: Target) -> Request:
    """A prompt with one function, which `tool_choice` names: it must be called, so no skill is needed."""
    return ask(target, [user(WEATHER)], tool_choice=FORCED)


@exchange(BASIC, cost=150, sibling=weather_auto)
def weather_required(target: Target) -> Request:
    """A prompt with one function and `tool_choice` `required`."""
    return ask(target, [user(WEATHER)], tool_choice="required")


@exchange(BASIC, cost=200)
def weather_result(target: Target, weather_forced: Exchange) -> Request:
    """The second turn: the call as it was received, and its result."""
    calls = weather_forced.at("choices.0.message.tool_calls", list)
    ids = weather_forced.all("choices.0.message.tool_calls.*.id", str)
    said = {"role": "assistant", "content": None, "tool_calls": calls}
    return ask(target, [user(WEATHER), said, *(result(call_id) for call_id in ids)])


@exchange(BASIC, cost=250)
def weather_forced_again(target: Target, weather_forced: Exchange) -> Request:
    """A third turn that must call the same function again, after the result of the first call."""
    calls = weather_forced.at("choices.0.message.tool_calls", list)
    ids = weather_forced.all("choices.0.message.tool_calls.*.id", str)
    said = {"role": "assistant", "content": None, "tool_calls": calls}
    messages = [user(WEATHER), said, *(result(call_id) for call_id in ids), assistant(RESULT), user(WEATHER)]
    return ask(target, messages, tool_choice=FORCED)


@exchange(BASIC, each=HISTORIES, cost=200)
def weather_history(target: Target, row: dict[str, Any]) -> Request:
    """A call written by the client, of standard fields only, with null, empty, absent or other `content`."""
    return ask(target, [user(WEATHER), row, result(CALL_ID)])


@exchange(STREAM, cost=150)
def weather_forced_streamed(target: Target) -> Request:
    """A function that `tool_choice` names, streamed."""
    return ask(target, [user(WEATHER)], tool_choice=FORCED, stream=True)


@exchange(STREAM_END, cost=150)
def weather_required_streamed(target: Target) -> Request:
    """A function with `tool_choice` `required`, streamed."""
    return ask(target, [user(WEATHER)], tool_choice="required", stream=True)


@exchange(STREAM_END, cost=150)
def weather_auto_streamed(target: Target) -> Request:
    """A function with `tool_choice` `auto`, streamed."""
    return ask(target, [user(WEATHER)], tool_choice="auto", stream=True)


@exchange(SCHEMA, each=STRICT_PARAMETERS, cost=180)
def strict_required(target: Target, row: dict[str, Any]) -> Request:
    """A required call of a function with `strict: true`, whose schema needs more than the prompt says."""
    return ask(target, [user(WEATHER)], tools=[weather_with(row, strict=True)], tool_choice="required")


@exchange(AUTO)
def weather_without_tools(target: Target) -> Request:
    """The prompt without tools: the measure for the tokens that tools add."""
    return post("/chat/completions", {"model": target.model("chat"), "messages": [user(WEATHER)]})


@exchange(AUTO, cost=150)
def weather_by_default(target: Target) -> Request:
    """The prompt with a function and without `tool_choice`: the default is `auto`."""
    return ask(target, [user(WEATHER)])


@exchange(AUTO, cost=150)
def weather_in_parts(target: Target) -> Request:
    """The prompt as an array of one text part, with a function."""
    return ask(target, [user([text(WEATHER)])], tool_choice="auto")


@exchange(AUTO, cost=120)
def hello_with_tool(target: Target) -> Request:
    """A prompt with an unrelated function."""
    return ask(target, [user(HELLO)])


@exchange(AUTO, expects=TAKEN_OR_REFUSED)
def hello_with_empty_tools(target: Target) -> Request:
    """A prompt with `tools: []`, which an endpoint may reject."""
    return ask(target, [user(HELLO)], tools=[])


@exchange(STREAM, cost=200)
def count_with_tool_streamed(target: Target) -> Request:
    """A longer text, streamed, with an unrelated function."""
    return ask(target, [user(COUNT)], stream=True)


@exchange(NONE, cost=150, sibling=weather_auto)
def weather_with_choice_none(target: Target) -> Request:
    """The prompt with a function and `tool_choice` `none`."""
    return ask(target, [user(WEATHER)], tool_choice="none")


@exchange(NONE, cost=150)
def weather_with_choice_none_streamed(target: Target) -> Request:
    """The prompt with a function and `tool_choice` `none`, streamed."""
    return ask(target, [user(WEATHER)], tool_choice="none", stream=True)


@exchange(NONE, expects=TAKEN_OR_REFUSED)
def none_without_tools(target: Target) -> Request:
    """`tool_choice` `none` without tools, which an endpoint may reject."""
    body = {"model": target.model("chat"), "messages": [user(HELLO)], "tool_choice": "none"}
    return post("/chat/completions", body)


@exchange(REQUIRED, cost=150, sibling=weather_auto)
def hello_required(target: Target) -> Request:
    """A required call of an unrelated function."""
    return ask(target, [user(HELLO)], tool_choice="required")


@exchange(REQUIRED, cost=150)
def weather_in_parts_required(target: Target) -> Request:
    """A required call, with the prompt as an array of one text part."""
    return ask(target, [user([text(WEATHER)])], tool_choice="required")


@exchange(NAMED, cost=200, sibling=weather_auto)
def time_forced(target: Target) -> Request:
    """Two functions; `tool_choice` names the one that the prompt does not suggest."""
    return ask(target, [user(WEATHER)], tools=BOTH_TOOLS, tool_choice=named(TIME_NAME))


@exchange(NAMED, cost=200)
def time_forced_streamed(target: Target) -> Request:
    """Two functions; `tool_choice` names the one that the prompt does not suggest, streamed."""
    return ask(target, [user(WEATHER)], tools=BOTH_TOOLS, tool_choice=named(TIME_NAME), stream=True)


@exchange(NAMED, expects=REFUSED, each=WRONG_CHOICES, cost=5, invalid=True)
def invalid_tool_choice(target: Target, row: Any) -> Request:
    """An invalid `tool_choice`: a function that is not offered, or an unknown word."""
    return ask(target, [user(WEATHER)], tool_choice=row)


@exchange(EDGE, each=UNUSUAL_TOOLS, cost=150)
def unusual_tool_required(target: Target, row: dict[str, Any]) -> Request:
    """A required call of a function of an unusual but documented form."""
    return ask(target, [user(WEATHER)], tools=[row], tool_choice="required")


@exchange(EDGE, cost=120)
def parameterless_streamed(target: Target) -> Request:
    """A required call of a function without parameters, streamed."""
    return ask(target, [user(ASK_WORD)], tools=[WORD_TOOL], tool_choice="required", stream=True)


@exchange(EDGE, expects=REFUSED, each=WRONG_TOOLS, cost=5, invalid=True)
def invalid_tool(target: Target, row: dict[str, Any]) -> Request:
    """An invalid tool: without a name, or of an unknown type."""
    return ask(target, [user(WEATHER)], tools=[row])


@exchange(EDGE, expects=TAKEN_OR_REFUSED, each=UNUSABLE_TOOLS, cost=30, invalid=True)
def unusable_tool(target: Target, row: dict[str, Any]) -> Request:
    """A function with an invalid name or schema, which may be accepted or rejected, but is not a server error."""
    return ask(target, [user(WEATHER)], tools=[row])


@exchange(DELTA_SHAPE, cost=500)
def long_arguments_streamed(target: Target) -> Request:
    """A required call of a function whose argument is a long text, streamed."""
    return ask(target, [user(COUNT_FAR)], tools=[LONG_TOOL], tool_choice="required", stream=True)


@exchange(OTHER, cost=200)
def allowed_time(target: Target) -> Request:
    """Two functions, of which `tool_choice` allows only the one that the prompt does not suggest."""
    allowed = {"mode": "required", "tools": [named(TIME_NAME)]}
    choice = {"type": "allowed_tools", "allowed_tools": allowed}
    return ask(target, [user(WEATHER)], tools=BOTH_TOOLS, tool_choice=choice)


@exchange(OTHER, cost=120)
def custom_tool_required(target: Target) -> Request:
    """A required call of a custom tool, whose input is free text."""
    return ask(target, [user(HELLO)], tools=[NOTE_TOOL], tool_choice="required")


@exchange(OTHER, expects=TAKEN_OR_REFUSED, cost=150)
def legacy_function_forced(target: Target) -> Request:
    """The legacy `functions` with `function_call`, which an endpoint may reject."""
    body = {"model": target.model("chat"), "messages": [user(WEATHER)], "functions": [WEATHER_TOOL["function"]]}
    return post("/chat/completions", {**body, "function_call": {"name": FUNCTION}})
