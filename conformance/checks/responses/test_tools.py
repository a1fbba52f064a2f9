"""
A function call, and its result sent back: with all items, and with `previous_response_id`.

Not checked: that the text uses the result, which takes skill; whether a model calls when it may choose.
"""

from conformance import DOC, OBSERVED, SDK, Exchange, Inconclusive, must, should
from conformance.checks.common import evidence
from conformance.checks.common.arguments import assert_object
from conformance.checks.common.conditions import FOREGROUND, OFFERS_FUNCTION
from conformance.checks.common.kinds import response
from conformance.checks.responses.exchanges import (
    ADVANCED,
    FUNCTION,
    TOOLS,
    weather_called,
    weather_continued,
    weather_resent,
)
from conformance.checks.responses.reading import (
    broken_item,
    calls,
    input_tokens,
    items,
    require_whole,
    says_something,
    whole,
)
from conformance.counterexamples import broken


@must(TOOLS, says=DOC("ToolChoiceFunction"), counterexample=broken(weather_called, "output", []))
def test_named_function_is_called(weather_called: Exchange) -> None:
    """In the Responses API, the model calls the function that `tool_choice` names."""
    require_whole(whole(weather_called))
    assert items(whole(weather_called), "function_call"), (
        "`tool_choice` names a function, and `output` has no `function_call` item"
    )


@must(
    TOOLS,
    says=SDK("ResponseFunctionToolCall.call_id"),
    counterexample=broken_item(weather_called, "function_call", "call_id", ""),
    when=(OFFERS_FUNCTION,),
)
def test_call_has_a_call_id(response: Exchange) -> None:
    """Every `function_call` item of a Responses API response has a non-empty `call_id`."""
    ids = [call.at("call_id", str) for call in calls(whole(response))]
    assert all(ids), "a `function_call` item has an empty `call_id`"


@should(
    TOOLS,
    says=OBSERVED(
        "OpenAI gives every call an `id` beside its `call_id`; clients need it to send the item back",
        *evidence.RESPONSE,
    ),
    counterexample=broken_item(weather_called, "function_call", "id", None),
    when=(OFFERS_FUNCTION,),
)
def test_call_has_an_id(response: Exchange) -> None:
    """Every `function_call` item of a Responses API response has a non-empty `id` besides its `call_id`."""
    for call in calls(whole(response)):
        assert call.at("id", str) != "", "the call has an empty `id`"


@must(
    TOOLS,
    says=SDK("ResponseFunctionToolCall.name"),
    counterexample=broken_item(weather_called, "function_call", "name", "functions.get_weather"),
)
def test_call_names_the_function(weather_called: Exchange) -> None:
    """The `name` of a `function_call` item in a Responses API response is exactly the name that was sent."""
    assert {call.at("name", str) for call in calls(whole(weather_called))} == {FUNCTION}


@should(
    TOOLS,
    says=SDK("ResponseFunctionToolCall.arguments"),
    counterexample=broken_item(weather_called, "function_call", "arguments", ""),
    when=(OFFERS_FUNCTION,),
)
def test_arguments_are_a_json_object(response: Exchange) -> None:
    """The `arguments` of a `function_call` item in a Responses API response are a string with one JSON object."""
    require_whole(whole(response))
    for call in calls(whole(response)):
        assert_object(call.at("arguments", str), strict=_is_strict(response, call.at("name", str)))


def _is_strict(response: Exchange, name: str) -> bool:
    """Tell whether a function was offered with `strict`."""
    return any(tool.get("name") == name and tool.get("strict") is True for tool in response.sent.json["tools"])


@must(
    TOOLS,
    says=SDK("Response.status"),
    counterexample=broken(weather_called, "status", "incomplete"),
    when=(OFFERS_FUNCTION, FOREGROUND),
)
def test_response_with_a_call_is_completed(response: Exchange) -> None:
    """A Responses API response with a `function_call` item has `status` `completed`."""
    calls(whole(response))
    if isinstance(response.get("incomplete_details"), dict) or isinstance(response.get("error"), dict):
        raise Inconclusive("the response was cut off: it has `error` or `incomplete_details`")
    assert response.at("status", str) == "completed"


@must(TOOLS, says=DOC("FunctionCallOutputItemParam"), counterexample=broken(weather_resent, "output", []))
def test_result_after_resent_items_is_accepted(weather_resent: Exchange) -> None:
    """A Responses API request that resends the output items with a function result returns text or another call."""
    assert says_something(weather_resent), "the response has neither text nor another call"


@must(
    TOOLS,
    says=DOC("FunctionCallOutputItemParam"),
    counterexample=broken(weather_resent, "usage.input_tokens", 1),
)
def test_resent_items_are_counted(weather_resent: Exchange, weather_called: Exchange) -> None:
    """In the Responses API, a resent function call and its result are included in `usage.input_tokens`."""
    later, first = input_tokens(weather_resent), input_tokens(weather_called)
    assert later > first, f"`input_tokens` is {later} with the result, {first} without"


@must(ADVANCED, says=DOC("FunctionCallOutputItemParam"), counterexample=broken(weather_continued, "output", []))
def test_result_by_previous_response_is_accepted(weather_continued: Exchange) -> None:
    """A function result sent with `previous_response_id` returns text or another call."""
    assert says_something(weather_continued), "the response has neither text nor another call"


@must(
    ADVANCED,
    says=DOC("FunctionCallOutputItemParam"),
    counterexample=broken(weather_continued, "usage.input_tokens", 1),
)
def test_previous_call_is_counted(weather_continued: Exchange, weather_called: Exchange) -> None:
    """With `previous_response_id`, the previous function call and its result are included in `usage.input_tokens`."""
    later, first = input_tokens(weather_continued), input_tokens(weather_called)
    assert later > first, f"`input_tokens` is {later} with the result, {first} without"
