"""
What is sent to the Responses API.

OpenAI stores every response by default. So all requests have `store: false`, except those about stored responses, which
are deleted again. Invalid requests build on a valid one, so that an endpoint without this API does not conform by
rejecting them.
"""

from typing import Any

from conformance import Exchange, Inconclusive, Request, Target, capability, exchange
from conformance.checks.common.prompts import ASK_WORD, COUNT, COUNT_FAR, HELLO, WEATHER, word_is
from conformance.checks.common.requests import NO_MODEL
from conformance.checks.errors.exchanges import SENTENCES
from conformance.requests import assistant, delete, get, post, segment, user

BASIC = capability("responses.basic")
STREAM = capability("responses.stream")
TOOLS = capability("responses.tools")
ADVANCED = capability("responses.advanced")

PATH = "/responses"
NO_RESPONSE = "resp_0000000000000000000000004f1c"
LIMIT = 16
"""The smallest `max_output_tokens` that there is."""

FUNCTION = "get_weather"
PARAMETERS = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}
TOOL = {"type": "function", "name": FUNCTION, "description": "Get the weather in a city.", "parameters": PARAMETERS}
FORCED = {"type": "function", "name": FUNCTION}
NAMELESS = {"type": "function", "parameters": PARAMETERS}
REPORT = " ".join(f"At {hour} o'clock it is {10 + hour % 9} degrees in Paris." for hour in range(1, 13))
"""A result that is long enough to be missed when it is lost."""

SCHEMA = {
    "type": "object",
    "properties": {"text": {"type": "string"}},
    "required": ["text"],
    "additionalProperties": False,
}
LABELS = {"suite": "conformance", "case": "labelled"}


def ask(target: Target, said: Any, **optional: Any) -> Request:
    """Return a request for a response that is not stored, unless `optional` says otherwise."""
    body = {"model": target.model("chat"), "input": said, "store": False, **optional}
    return post(PATH, {name: value for name, value in body.items() if value is not None})


def by_id(observed: Exchange, below: str = "") -> str:
    """Return the path of a response."""
    return f"{PATH}/{segment(observed.at('id', str))}{below}"


def results(observed: Exchange) -> list[dict[str, Any]]:
    """Return the results of all function calls of a response."""
    return results_of(observed.all("output.*", dict))


def results_of(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the results of all function calls among items."""
    calls = [item for item in items if item.get("type") == "function_call"]
    return [{"type": "function_call_output", "call_id": call.get("call_id"), "output": REPORT} for call in calls]


@exchange(BASIC)
def greeted(target: Target) -> Request:
    """One short text without optional parameters but `store: false`."""
    return ask(target, HELLO)


@exchange(BASIC)
def count_cut(target: Target) -> Request:
    """A request for a long text with `max_output_tokens: 16`, the smallest value."""
    return ask(target, COUNT, max_output_tokens=LIMIT)


@exchange(BASIC)
def word_in_input(target: Target) -> Request:
    """The control for repeating a code word: the question itself contains it."""
    return ask(target, f"{word_is('IVORY')} {ASK_WORD}")


@exchange(BASIC)
def word_question(target: Target) -> Request:
    """The question for the code word without the code word; the baseline for what else is sent."""
    return ask(target, ASK_WORD)


@exchange(BASIC)
def word_in_instructions(target: Target) -> Request:
    """A code word in `instructions`."""
    return ask(target, ASK_WORD, instructions=word_is("QUARTZ"))


@exchange(BASIC)
def word_in_earlier_item(target: Target) -> Request:
    """`input` as a list of messages; a code word in the first of two user turns."""
    return ask(target, [user(f"{word_is('GRANITE')} Say OK."), assistant("OK."), user(ASK_WORD)])


@exchange(BASIC)
def word_in_parts(target: Target) -> Request:
    """A message of two `input_text` parts: the code word and the question."""
    parts = [{"type": "input_text", "text": word_is("ZEBRA")}, {"type": "input_text", "text": ASK_WORD}]
    return ask(target, [{"type": "message", "role": "user", "content": parts}])


@exchange(BASIC, expects={400, 403, 404, 422}, cost=5, invalid=True)
def unknown_model(greeted: Exchange) -> Request:
    """A model id that does not exist."""
    return post(PATH, {"model": NO_MODEL, "input": HELLO, "store": False})


@exchange(BASIC, expects={400, 422}, cost=5, invalid=True)
def no_input(target: Target, greeted: Exchange) -> Request:
    """A request without `input` and without anything that replaces it."""
    return ask(target, None)


@exchange(BASIC, expects={400, 422}, cost=5, invalid=True)
def nameless_tool(target: Target, weather_called: Exchange) -> Request:
    """A function tool without `name`."""
    return ask(target, WEATHER, tools=[NAMELESS])


@exchange(STREAM)
def greeted_streamed(target: Target) -> Request:
    """The short text of `greeted`, streamed."""
    return ask(target, HELLO, stream=True)


@exchange(STREAM, cost=120)
def count_streamed(target: Target) -> Request:
    """A longer text, streamed."""
    return ask(target, COUNT, stream=True)


@exchange(STREAM)
def count_cut_streamed(target: Target) -> Request:
    """The longer text, streamed with `max_output_tokens: 16`."""
    return ask(target, COUNT, stream=True, max_output_tokens=LIMIT)


@exchange(STREAM, cost=150)
def weather_streamed(target: Target) -> Request:
    """A function named by `tool_choice`, streamed: it must be called, so no skill is needed."""
    return ask(target, WEATHER, stream=True, tools=[TOOL], tool_choice=FORCED)


@exchange(STREAM, expects={200, 400, 403, 404, 422}, cost=5, invalid=True)
def unknown_model_streamed(greeted_streamed: Exchange) -> Request:
    """A stream from an unknown model; serving it anyway is judged elsewhere."""
    return post(PATH, {"model": NO_MODEL, "input": HELLO, "store": False, "stream": True})


@exchange(ADVANCED)
def stored(target: Target) -> Request:
    """A code word to remember, without `store`, so the response is stored."""
    return ask(target, f"{word_is('WILLOW')} Say OK.", store=None)


@exchange(ADVANCED, cost=90)
def continued(target: Target, stored: Exchange) -> Request:
    """The question for the code word with `previous_response_id`, without the turn that contained it."""
    return ask(target, ASK_WORD, previous_response_id=stored.at("id", str))


@exchange(ADVANCED, cost=0)
def retrieved(stored: Exchange) -> Request:
    """The stored response, retrieved by its id."""
    return get(by_id(stored))


@exchange(ADVANCED, cost=0)
def items_listed(stored: Exchange) -> Request:
    """The input items of the stored response."""
    return get(by_id(stored, "/input_items"))


@exchange(ADVANCED, expects=404, cost=0, invalid=True)
def unstored_retrieved(greeted: Exchange, retrieved: Exchange) -> Request:
    """A response created with `store: false`, retrieved by its id, where stored responses can be retrieved."""
    return get(by_id(greeted))


@exchange(ADVANCED, cost=0, last=True)
def stored_deleted(stored: Exchange) -> Request:
    """The deletion of the stored response."""
    return delete(by_id(stored))


@exchange(ADVANCED, expects=404, cost=0, last=True, invalid=True)
def deleted_retrieved(stored: Exchange, stored_deleted: Exchange) -> Request:
    """The deleted response, retrieved by its id."""
    return get(by_id(stored))


@exchange(ADVANCED, expects={400, 404, 422}, cost=5, invalid=True)
def unknown_previous(target: Target, continued: Exchange) -> Request:
    """`previous_response_id` of a response that does not exist."""
    return ask(target, HELLO, previous_response_id=NO_RESPONSE)


@exchange(TOOLS, cost=150)
def weather_called(target: Target) -> Request:
    """A function named by `tool_choice`; the response is stored, because later requests refer to it."""
    return ask(target, WEATHER, tools=[TOOL], tool_choice=FORCED, store=None)


@exchange(TOOLS, cost=500)
def weather_resent(target: Target, weather_called: Exchange) -> Request:
    """The second turn: all output items resent as they were, and the result of the call."""
    said = [user(WEATHER), *weather_called.at("output", list), *results(weather_called)]
    return ask(target, said, tools=[TOOL])


@exchange(ADVANCED, cost=500)
def weather_continued(target: Target, weather_called: Exchange) -> Request:
    """The second turn with `previous_response_id`: only the result of the call. It is stored for a third turn."""
    previous = weather_called.at("id", str)
    return ask(target, results(weather_called), tools=[TOOL], previous_response_id=previous, store=None)


@exchange(ADVANCED, cost=600)
def weather_third_turn(target: Target, weather_continued: Exchange) -> Request:
    """The third turn with `previous_response_id`: call and result are two responses back."""
    if results(weather_continued):
        raise Inconclusive("the model returns another call instead of text, so there is no third turn")
    return ask(target, HELLO, tools=[TOOL], previous_response_id=weather_continued.at("id", str))


@exchange(ADVANCED, cost=0, last=True)
def weather_continued_deleted(weather_continued: Exchange) -> Request:
    """The deletion of the response of the second turn."""
    return delete(by_id(weather_continued))


@exchange(ADVANCED, cost=0, last=True)
def weather_called_deleted(weather_called: Exchange) -> Request:
    """The deletion of the response with the call."""
    return delete(by_id(weather_called))


@exchange(ADVANCED, cost=120)
def formatted(target: Target) -> Request:
    """A strict JSON schema in `text.format`."""
    wanted = {"type": "json_schema", "name": "greeting", "strict": True, "schema": SCHEMA}
    return ask(target, HELLO, text={"format": wanted})


@exchange(ADVANCED)
def with_metadata(target: Target) -> Request:
    """Two pairs of `metadata`."""
    return ask(target, HELLO, metadata=LABELS)


@exchange(ADVANCED, cost=5)
def tokens_counted(target: Target) -> Request:
    """A count of the tokens of `greeted`'s input."""
    return post(f"{PATH}/input_tokens", {"model": target.model("chat"), "input": HELLO})


@exchange(ADVANCED, cost=200)
def compacted(target: Target) -> Request:
    """A short conversation to compact."""
    said = [user(HELLO), assistant("Hello!"), user(COUNT)]
    return post(f"{PATH}/compact", {"model": target.model("chat"), "input": said})


@exchange(ADVANCED, cost=200)
def compacted_resent(target: Target, compacted: Exchange) -> Request:
    """A new turn after a compacted conversation, whose items are resent as they were."""
    return ask(target, [*compacted.at("output", list), user(HELLO)])


@exchange(ADVANCED, expects={200, 400, 413, 422}, cost=11_000)
def long_input(target: Target) -> Request:
    """More than 9,000 tokens, which do not fit into a small context; `truncation` is not requested."""
    return ask(target, " ".join([HELLO] * SENTENCES))


@exchange(ADVANCED, cost=400)
def background(target: Target) -> Request:
    """A long text, generated in the background."""
    return ask(target, COUNT_FAR, background=True, store=True)


@exchange(ADVANCED, expects={200, 400, 409}, cost=0)
def cancelled(background: Exchange) -> Request:
    """The cancellation of the background response, which may have ended before."""
    return Request("POST", by_id(background, "/cancel"))


@exchange(ADVANCED, cost=0, last=True)
def background_deleted(background: Exchange, cancelled: Exchange) -> Request:
    """The deletion of the background response."""
    return delete(by_id(background))
