"""
A call of a function, and its result sent back: by all items, and by `previous_response_id`.

Not checked: that the answer uses the result, which takes skill; whether a model calls when it may choose.
"""

from conformance import DOC, OBSERVED, SDK, Exchange, Inconclusive, must, should
from conformance.checks.common import evidence
from conformance.checks.common.arguments import assert_object
from conformance.checks.common.chat import is_object
from conformance.checks.common.conditions import FOREGROUND, OFFERS_FUNCTION
from conformance.checks.common.kinds import response
from conformance.checks.responses.exchanges import ADVANCED, FUNCTION, weather_called, weather_resent, weather_told
from conformance.checks.responses.reading import broken_item, calls, input_tokens, items, require_whole, text_of, whole
from conformance.counterexamples import broken


def says_something(observed: Exchange) -> bool:
    """Tell whether the response has text. Raises `Inconclusive` when it calls again, or ends early."""
    if items(whole(observed), "function_call"):
        raise Inconclusive("the model calls again instead of answering")
    require_whole(whole(observed))
    return bool(text_of(observed).strip())


@must(ADVANCED, says=DOC("ToolChoiceFunction"), counterexample=broken(weather_called, "output", []))
def test_named_function_is_called(weather_called: Exchange) -> None:
    """A function that `tool_choice` names is called."""
    require_whole(whole(weather_called))
    assert items(whole(weather_called), "function_call"), "`tool_choice` names a function, and `output` holds no call"


@must(
    ADVANCED,
    says=SDK("ResponseFunctionToolCall.call_id"),
    counterexample=broken_item(weather_called, "function_call", "call_id", ""),
    when=(OFFERS_FUNCTION,),
)
def test_call_has_a_call_id(response: Exchange) -> None:
    """Each call has a `call_id` that is not empty, to which its result refers."""
    assert "" not in [call.at("call_id", str) for call in calls(whole(response))]


@should(
    ADVANCED,
    says=OBSERVED(
        "OpenAI gives every call an `id` beside its `call_id`; clients need it to send the item back",
        *evidence.RESPONSE,
    ),
    counterexample=broken_item(weather_called, "function_call", "id", None),
    when=(OFFERS_FUNCTION,),
)
def test_call_has_an_id(response: Exchange) -> None:
    """Each call has an `id` of its own, beside its `call_id`."""
    for call in calls(whole(response)):
        assert call.at("id", str) != "", "the call has an empty `id`"


@must(
    ADVANCED,
    says=SDK("ResponseFunctionToolCall.name"),
    counterexample=broken_item(weather_called, "function_call", "name", "functions.get_weather"),
)
def test_call_names_the_function(weather_called: Exchange) -> None:
    """`name` is the name that was offered, letter by letter."""
    assert {call.at("name", str) for call in calls(whole(weather_called))} == {FUNCTION}


@should(
    ADVANCED,
    says=SDK("ResponseFunctionToolCall.arguments"),
    counterexample=broken_item(weather_called, "function_call", "arguments", ""),
    when=(OFFERS_FUNCTION,),
)
def test_arguments_are_a_json_object(response: Exchange) -> None:
    """`arguments` is a string that holds one JSON object."""
    require_whole(whole(response))
    for call in calls(whole(response)):
        assert_object(call.at("arguments", str), strict=_is_strict(response, call.at("name", str)))


def _is_strict(response: Exchange, name: str) -> bool:
    """Tell whether a function was offered with `strict`."""
    return any(tool.get("name") == name and tool.get("strict") is True for tool in response.sent.json["tools"])


@must(
    ADVANCED,
    says=SDK("Response.status"),
    counterexample=broken(weather_called, "status", "incomplete"),
    when=(OFFERS_FUNCTION, FOREGROUND),
)
def test_response_with_a_call_is_completed(response: Exchange) -> None:
    """A response that calls a function has `status` `completed`: a result is no longer part of it."""
    calls(whole(response))
    if isinstance(response.get("incomplete_details"), dict) or isinstance(response.get("error"), dict):
        raise Inconclusive("the response ended early, and says why")
    assert response.at("status", str) == "completed"


@must(ADVANCED, says=DOC("FunctionCallOutputItemParam"), counterexample=broken(weather_resent, "output", []))
def test_result_after_resent_items_is_answered(weather_resent: Exchange) -> None:
    """A call sent back with all items as they came, and its result, is answered with text or with another call."""
    assert says_something(weather_resent), "neither text nor another call"


@must(
    ADVANCED,
    says=DOC("FunctionCallOutputItemParam"),
    counterexample=broken(weather_resent, "usage.input_tokens", 1),
)
def test_resent_items_are_counted(weather_resent: Exchange, weather_called: Exchange) -> None:
    """A call and its result add to `usage.input_tokens`."""
    later, first = input_tokens(weather_resent), input_tokens(weather_called)
    assert later > first, f"{later} input tokens with the result, {first} without"


@must(ADVANCED, says=DOC("FunctionCallOutputItemParam"), counterexample=broken(weather_told, "output", []))
def test_result_by_previous_response_is_answered(weather_told: Exchange) -> None:
    """The result alone, with `previous_response_id`, is answered with text or with another call."""
    assert says_something(weather_told), "neither text nor another call"


@must(
    ADVANCED,
    says=DOC("FunctionCallOutputItemParam"),
    counterexample=broken(weather_told, "usage.input_tokens", 1),
)
def test_previous_call_is_counted(weather_told: Exchange, weather_called: Exchange) -> None:
    """With `previous_response_id`, the question, the call and its result add to `usage.input_tokens`."""
    later, first = input_tokens(weather_told), input_tokens(weather_called)
    assert later > first, f"{later} input tokens with the result, {first} without"
