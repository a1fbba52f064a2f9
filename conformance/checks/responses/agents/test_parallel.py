"""
Several calls in one response of the Responses API, and every form of `tool_choice`.

Not checked: that a model makes several calls, which takes skill; in which order it makes them.
"""

from typing import Any

from conformance import DOC, SDK, Deviation, Document, Exchange, Inconclusive, must, should
from conformance.checks.common.conditions import OFFERS_FUNCTION
from conformance.checks.common.kinds import response, response_stream
from conformance.checks.responses.agents.exchanges import (
    CLOCK,
    PARALLEL,
    choice_allowed,
    choice_auto,
    choice_named,
    choice_none,
    choice_required,
    two_cities,
    two_cities_not_parallel,
    two_cities_streamed,
    two_results,
)
from conformance.checks.responses.events import ITEM_DONE, events_of, is_completed, replaced
from conformance.checks.responses.exchanges import FUNCTION
from conformance.checks.responses.reading import (
    broken_item,
    calls,
    has_text_or_call,
    items,
    require_whole,
    text_of,
    whole,
)
from conformance.counterexamples import broken, changed
from conformance.wire.response import NotJson, read_json

FUNCTION_CALL = "function_call"
CHOICE_FINDING = "ignored:tool_choice"


def require_several(found: list[Document]) -> None:
    """Raise `Inconclusive` for fewer than two calls: whether a model makes several takes skill."""
    if len(found) < 2:
        raise Inconclusive("this model did not make several calls")


def done_calls(observed: Exchange) -> list[Document]:
    """Return the calls of a stream as they are when done."""
    done = events_of(observed, ITEM_DONE)
    held = [
        Document(event.at("item", dict), place=event.place, owner="Response/output/function_call") for event in done
    ]
    return [item for item in held if item.get("type") == FUNCTION_CALL]


def assert_distinct(found: list[Document]) -> None:
    """Assert that no two calls have the same `call_id`."""
    require_several(found)
    ids = [call.at("call_id", str) for call in found]
    if len(set(ids)) < len(ids):
        raise Deviation(f"{len(ids)} calls have only {len(set(ids))} different values of `call_id`")


def made(found: list[Document]) -> list[tuple[str, str]]:
    """Return the function and the city of every call; the arguments as they are where they have none."""
    return [(call.at("name", str), _city(call.at("arguments", str))) for call in found]


def _city(arguments: str) -> str:
    try:
        value = read_json(arguments)
    except NotJson:
        return arguments
    city = value.get("city") if isinstance(value, dict) else None
    return f"city {city}" if isinstance(city, str) and city else arguments


def assert_distinct_cities(found: list[Document]) -> None:
    """Assert that each of several calls has a city of its own."""
    require_several(found)
    seen = made(found)
    lost = [arguments for _, arguments in seen if not arguments.startswith("city ")]
    assert not lost, f"{len(lost)} of {len(seen)} calls have no `city`: `arguments` is {lost[0][:60]!r}"
    assert len(set(seen)) == len(seen), f"{len(seen)} calls have only {len(set(seen))} different cities"


def twice(observed: Exchange) -> Exchange:
    """Return the same call twice, with all its ids."""
    output = observed.at("output", list)
    return broken(None, "output", [*output, output[-1]]).change(observed)


def with_another(event: dict[str, Any]) -> dict[str, Any]:
    """Return an item whose `call_id` is the same as every other's."""
    return {**event["item"], "call_id": "call_1"}


def lost(event: dict[str, Any]) -> dict[str, Any]:
    """Return a call without arguments, unless it is the last one."""
    return {**event["item"], "arguments": "{}"} if event["output_index"] == 0 else event["item"]


@must(
    PARALLEL,
    says=SDK("ResponseFunctionToolCall.call_id"),
    counterexample=changed(two_cities, twice),
    when=(OFFERS_FUNCTION,),
)
def test_calls_have_different_call_ids(response: Exchange) -> None:
    """Several `function_call` items of one Responses API response have different values of `call_id`."""
    assert_distinct(calls(whole(response)))


@must(
    PARALLEL,
    says=SDK("ResponseFunctionToolCall.call_id"),
    counterexample=replaced(ITEM_DONE, "item", with_another, two_cities_streamed),
    when=(OFFERS_FUNCTION,),
)
def test_streamed_calls_have_different_call_ids(response_stream: Exchange) -> None:
    """In a Responses API stream, several calls have different values of `call_id`, one for each `output_index`."""
    assert_distinct(done_calls(response_stream))


@should(
    PARALLEL,
    says=SDK("ResponseFunctionToolCall.arguments"),
    counterexample=broken_item(two_cities, FUNCTION_CALL, "arguments", "{}"),
)
def test_every_call_has_its_arguments(two_cities: Exchange) -> None:
    """When a Responses API response calls a function for two cities, every call has arguments of its own."""
    require_whole(whole(two_cities))
    assert_distinct_cities(calls(whole(two_cities)))


@should(
    PARALLEL,
    says=SDK("ResponseFunctionToolCall.arguments"),
    counterexample=replaced(ITEM_DONE, "item", lost, two_cities_streamed),
)
def test_streaming_keeps_the_arguments_of_every_call(two_cities_streamed: Exchange, two_cities: Exchange) -> None:
    """When a non-streaming Responses API response has arguments for every call, its stream has, too."""
    if not is_completed(two_cities_streamed):
        raise Inconclusive("the stream is not completed")
    seen = made(items(whole(two_cities), FUNCTION_CALL))
    if len(set(seen)) < max(2, len(seen)) or not all(arguments.startswith("city ") for _, arguments in seen):
        raise Inconclusive("the calls of the non-streaming response do not have a city each")
    assert_distinct_cities(done_calls(two_cities_streamed))


@must(
    PARALLEL,
    says=DOC("ParallelToolCalls"),
    counterexample=changed(two_cities_not_parallel, twice),
    decides="responses: parallel_tool_calls",
)
def test_parallel_tool_calls_false_gives_one_call(two_cities_not_parallel: Exchange, two_cities: Exchange) -> None:
    """With `parallel_tool_calls: false`, a Responses API response has one `function_call` item at most."""
    number = len(items(whole(two_cities_not_parallel), FUNCTION_CALL))
    if number > 1:
        raise Deviation(
            f"`parallel_tool_calls` is false, and the response has {number} calls",
            finding="ignored:parallel_tool_calls",
        )
    if len(items(whole(two_cities), FUNCTION_CALL)) < 2:
        raise Inconclusive("accepted, effect not observable: this model makes one call in any case")


@must(PARALLEL, says=DOC("FunctionCallOutputItemParam"), counterexample=broken(two_results, "output", []))
def test_results_of_several_calls_are_accepted(two_results: Exchange) -> None:
    """After several calls and their results, a Responses API response has text or another call."""
    assert has_text_or_call(whole(two_results)), "the response has neither text nor another call"


@must(PARALLEL, says=DOC("ToolChoiceFunction"), counterexample=broken(choice_auto, "output", []))
def test_choice_auto_gives_text_or_a_call(choice_auto: Exchange) -> None:
    """With `tool_choice: auto`, a Responses API response has text or a call."""
    assert has_text_or_call(whole(choice_auto)), "the response has neither text nor a call"


def with_call(observed: Exchange) -> Exchange:
    """Return a response with a call."""
    item = {"id": "fc_1", "type": FUNCTION_CALL, "call_id": "call_1", "name": FUNCTION, "arguments": "{}"}
    return broken(None, "output", [{**item, "status": "completed"}]).change(observed)


@must(
    PARALLEL,
    says=SDK("Response.tool_choice"),
    counterexample=changed(choice_none, with_call),
    decides="responses: tool_choice",
)
def test_choice_none_calls_nothing(choice_none: Exchange, choice_auto: Exchange) -> None:
    """With `tool_choice: none`, a Responses API response has no `function_call` item."""
    if items(whole(choice_none), FUNCTION_CALL):
        raise Deviation("`tool_choice` is `none`, and a function is called", finding=CHOICE_FINDING)
    if not items(whole(choice_auto), FUNCTION_CALL):
        raise Inconclusive("accepted, effect not observable: this model calls nothing with `auto` either")


@must(
    PARALLEL,
    says=SDK("Response.tool_choice"),
    counterexample=broken(choice_required, "output", []),
    decides="responses: tool_choice",
)
def test_choice_required_calls_a_function(choice_required: Exchange) -> None:
    """With `tool_choice: required`, a Responses API response has a `function_call` item, whatever the prompt is."""
    require_whole(whole(choice_required))
    if not items(whole(choice_required), FUNCTION_CALL):
        raise Deviation("`tool_choice` is `required`, and the response has no call", finding=CHOICE_FINDING)


@must(
    PARALLEL,
    says=DOC("ToolChoiceFunction"),
    counterexample=broken_item(choice_named, FUNCTION_CALL, "name", FUNCTION),
    decides="responses: tool_choice",
)
def test_no_other_function_is_called(choice_named: Exchange) -> None:
    """When `tool_choice` of a Responses API request names a function, only that one is called."""
    _only_the_clock(choice_named, "names")


@must(
    PARALLEL,
    says=DOC("ToolChoiceAllowed"),
    counterexample=broken_item(choice_allowed, FUNCTION_CALL, "name", FUNCTION),
    decides="responses: tool_choice",
)
def test_only_allowed_functions_are_called(choice_allowed: Exchange) -> None:
    """When `tool_choice` of a Responses API request is `allowed_tools`, only allowed functions are called."""
    _only_the_clock(choice_allowed, "allows")


def _only_the_clock(observed: Exchange, verb: str) -> None:
    require_whole(whole(observed))
    names = {call.at("name", str) for call in calls(whole(observed))}
    if names != {CLOCK}:
        other = min(names - {CLOCK})
        raise Deviation(f"`tool_choice` {verb} {CLOCK!r}, and {other[:60]!r} is called", finding=CHOICE_FINDING)
