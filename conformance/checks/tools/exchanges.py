"""
What is sent about function tools.

A function that the request names must be called whatever the model can do, so most checks look at that answer. The
same question with `required` and `auto` shows what those add.
"""

from typing import Any

from conformance import SHOULD, Capability, Exchange, Request, Target, assistant, exchange, function_tool, post, user
from conformance.checks.prompts import WEATHER

BASIC = Capability("tools.basic", SHOULD, "a function is called, and its result heard")
STREAM = Capability("tools.stream", SHOULD, "a call is streamed in fragments")
DELTA_SHAPE = Capability("tools.stream.delta_shape", SHOULD, "clients can put the fragments together")
STREAM_END = Capability("tools.stream.finish_reason", SHOULD, "a streamed call ends like a plain one")

FUNCTION = "get_weather"
PARAMETERS = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
TOOLS = [function_tool(FUNCTION, "Get the weather in a city.", PARAMETERS)]
FORCED = {"type": "function", "function": {"name": FUNCTION}}
RESULT = "It is 18 degrees in Paris."

CALL_ID = "callparis"
"""Nine letters: some models' templates take no other form."""

CALL = {"id": CALL_ID, "type": "function", "function": {"name": FUNCTION, "arguments": '{"city": "Paris"}'}}
HISTORIES = {
    "content-null": {"role": "assistant", "content": None, "tool_calls": [CALL]},
    "content-empty": {"role": "assistant", "content": "", "tool_calls": [CALL]},
    "content-absent": {"role": "assistant", "tool_calls": [CALL]},
}


def ask(target: Target, messages: list[dict[str, Any]], **options: Any) -> Request:
    """Return a chat request that offers the weather function."""
    return post("/chat/completions", {"model": target.model("chat"), "messages": messages, "tools": TOOLS, **options})


def result(call_id: str) -> dict[str, Any]:
    """Return the message with the result of a call."""
    return {"role": "tool", "tool_call_id": call_id, "content": RESULT}


@exchange(BASIC, cost=150)
def weather_forced(target: Target) -> Request:
    """A question with one function, which `tool_choice` names: it must be called, so no skill is needed."""
    return ask(target, [user(WEATHER)], tool_choice=FORCED)


@exchange(BASIC, cost=150)
def weather_required(target: Target) -> Request:
    """The same question with `tool_choice` `required`: some function must be called, and there is one."""
    return ask(target, [user(WEATHER)], tool_choice="required")


@exchange(BASIC, cost=150)
def weather_auto(target: Target) -> Request:
    """The same question with `tool_choice` `auto`: the model may call, or answer in words."""
    return ask(target, [user(WEATHER)], tool_choice="auto")


@exchange(BASIC, cost=200)
def weather_told(target: Target, weather_forced: Exchange) -> Request:
    """The second turn: the call as it was received, and its result."""
    calls = weather_forced.at("choices.0.message.tool_calls", list)
    ids = weather_forced.all("choices.0.message.tool_calls.*.id", str)
    said = {"role": "assistant", "content": None, "tool_calls": calls}
    return ask(target, [user(WEATHER), said, *(result(call_id) for call_id in ids)])


@exchange(BASIC, cost=250)
def weather_forced_again(target: Target, weather_forced: Exchange) -> Request:
    """A third turn that must call the same function again, after the first call was answered."""
    calls = weather_forced.at("choices.0.message.tool_calls", list)
    ids = weather_forced.all("choices.0.message.tool_calls.*.id", str)
    said = {"role": "assistant", "content": None, "tool_calls": calls}
    messages = [user(WEATHER), said, *(result(call_id) for call_id in ids), assistant(RESULT), user(WEATHER)]
    return ask(target, messages, tool_choice=FORCED)


@exchange(BASIC, each=HISTORIES, cost=200)
def weather_history(target: Target, row: dict[str, Any]) -> Request:
    """A call that a client wrote down itself, of standard fields only, beside null, empty or absent `content`."""
    return ask(target, [user(WEATHER), row, result(CALL_ID)])


@exchange(STREAM, cost=150)
def weather_forced_streamed(target: Target) -> Request:
    """The named function, streamed."""
    return ask(target, [user(WEATHER)], tool_choice=FORCED, stream=True)


@exchange(STREAM_END, cost=150)
def weather_required_streamed(target: Target) -> Request:
    """A required function, streamed."""
    return ask(target, [user(WEATHER)], tool_choice="required", stream=True)


@exchange(STREAM_END, cost=150)
def weather_auto_streamed(target: Target) -> Request:
    """The model's own choice to call, streamed."""
    return ask(target, [user(WEATHER)], tool_choice="auto", stream=True)
