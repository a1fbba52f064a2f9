"""
A call of a function, plain.

Not checked: whether a model calls when it may choose; that the arguments fit the function's schema (without `strict` no
document promises it); a call that a model writes as text (it may be the model's own doing).
"""

from conformance import (
    DELETE,
    DOC,
    MUST,
    OBSERVED,
    SDK,
    SHOULD,
    Exchange,
    Inconclusive,
    broken,
    changed,
    conforms,
    must,
    should,
)
from conformance.checks.chat.exchanges import hello
from conformance.checks.common.chat import CONTENT, REASON, is_object, require_whole
from conformance.checks.tools.exchanges import (
    BASIC,
    FUNCTION,
    weather_auto,
    weather_forced,
    weather_forced_again,
    weather_required,
)
from conformance.checks.tools.reading import CALLS, calls_in, require_call


@must(BASIC, says=DOC("ChatCompletionNamedToolChoice"), counterexample=broken(weather_forced, CALLS, DELETE))
def test_named_function_is_called(weather_forced: Exchange) -> None:
    """A function that `tool_choice` names is called."""
    require_whole(weather_forced)
    assert calls_in(weather_forced), "`tool_choice` names a function, and the answer holds no call"


@must(
    BASIC,
    says=SDK("ChatCompletionMessageFunctionToolCall"),
    counterexample=broken(weather_forced, f"{CALLS}.0.type", 1),
)
def test_call_has_the_documented_shape(weather_forced: Exchange) -> None:
    """An answer with a call is a `ChatCompletion`, as the official client declares it."""
    require_call(weather_forced)
    conforms(weather_forced, "ChatCompletion", MUST)


@should(
    BASIC,
    says=DOC("ChatCompletionResponseMessage"),
    counterexample=broken(weather_forced, CONTENT, DELETE),
)
def test_answer_with_a_call_has_every_documented_key(weather_forced: Exchange) -> None:
    """Keys that are documented as required stand beside a call too, even when their value is null."""
    require_call(weather_forced)
    conforms(weather_forced, "ChatCompletion", SHOULD)


@must(
    BASIC,
    says=SDK("ChatCompletionMessageFunctionToolCall.id"),
    counterexample=broken(weather_forced, f"{CALLS}.0.id", ""),
)
def test_call_has_an_id(weather_forced: Exchange) -> None:
    """Each call has an `id` that is not empty."""
    require_call(weather_forced)
    assert "" not in weather_forced.all(f"{CALLS}.*.id", str)


def known_ids(observed: Exchange) -> list[str]:
    """Return the ids of the calls that the conversation holds already."""
    return [message["tool_call_id"] for message in observed.sent.json["messages"] if message["role"] == "tool"]


def with_known_id(observed: Exchange) -> Exchange:
    """Return the answer with the id of an earlier call."""
    return broken(None, f"{CALLS}.0.id", known_ids(observed)[0]).change(observed)


@should(
    BASIC,
    says=OBSERVED("OpenAI never gives two calls the same `id`; results are matched to calls by it"),
    counterexample=changed(weather_forced_again, with_known_id),
)
def test_later_call_has_another_id(weather_forced_again: Exchange) -> None:
    """A call in a later turn has none of the ids that the conversation holds already."""
    require_call(weather_forced_again)
    known = known_ids(weather_forced_again)
    again = [call_id for call_id in weather_forced_again.all(f"{CALLS}.*.id", str) if call_id in known]
    assert not again, f"the conversation holds a call with the same id: {again[0]!r}"


@must(
    BASIC,
    says=DOC("ChatCompletionNamedToolChoice"),
    counterexample=broken(weather_forced, f"{CALLS}.0.function.name", "functions.get_weather"),
)
def test_call_names_the_function(weather_forced: Exchange) -> None:
    """`function.name` is the name that was offered, letter by letter."""
    require_call(weather_forced)
    assert set(weather_forced.all(f"{CALLS}.*.function.name", str)) == {FUNCTION}


@should(
    BASIC,
    says=SDK("ChatCompletionMessageFunctionToolCall.function"),
    counterexample=broken(weather_forced, f"{CALLS}.0.function.arguments", "{'city': 'Paris'}"),
)
def test_arguments_are_a_json_object(weather_forced: Exchange) -> None:
    """`function.arguments` is a string that holds one JSON object."""
    require_call(weather_forced)
    require_whole(weather_forced)
    for arguments in weather_forced.all(f"{CALLS}.*.function.arguments", str):
        assert is_object(arguments), f"the arguments are no JSON object: {arguments[:80]!r}"


@should(BASIC, says=SDK("ChatCompletionChoice.finish_reason"), counterexample=broken(weather_required, REASON, "stop"))
def test_required_call_ends_with_tool_calls(weather_required: Exchange) -> None:
    """An answer that calls because a call is `required` ends with `finish_reason` `tool_calls`."""
    require_call(weather_required)
    require_whole(weather_required)
    reason = weather_required.at(REASON, str)
    assert reason == "tool_calls", f"a call, and `finish_reason` is {reason!r}"


@must(BASIC, says=SDK("ChatCompletionChoice.finish_reason"), counterexample=broken(weather_auto, REASON, "stop"))
def test_chosen_call_ends_with_tool_calls(weather_auto: Exchange) -> None:
    """An answer that calls by the model's own choice ends with `finish_reason` `tool_calls`."""
    require_call(weather_auto)
    require_whole(weather_auto)
    reason = weather_auto.at(REASON, str)
    assert reason == "tool_calls", f"a call, and `finish_reason` is {reason!r}"


@should(
    BASIC,
    says=OBSERVED(
        "OpenAI ends a call of a named function with `stop`; others, which clients take as well, with `tool_calls`"
    ),
    counterexample=broken(weather_forced, REASON, "tool_use"),
)
def test_forced_call_ends_with_stop_or_tool_calls(weather_forced: Exchange) -> None:
    """An answer that calls a named function ends with `finish_reason` `stop` or `tool_calls`."""
    require_call(weather_forced)
    require_whole(weather_forced)
    assert weather_forced.at(REASON, str) in {"stop", "tool_calls"}


@must(BASIC, says=SDK("ChatCompletionChoice.finish_reason"), counterexample=broken(weather_auto, CALLS, []))
def test_end_by_tool_calls_has_a_call(weather_auto: Exchange) -> None:
    """An answer that ends with `finish_reason` `tool_calls` holds a call."""
    if weather_auto.at(REASON, str) != "tool_calls":
        raise Inconclusive("the answer does not end with `tool_calls`")
    assert calls_in(weather_auto), "`finish_reason` is `tool_calls`, and the answer holds none"


@should(
    BASIC,
    says=OBSERVED("OpenAI leaves `tool_calls` out of an answer without calls, and refuses an empty array in a history"),
    counterexample=broken(hello, CALLS, []),
)
def test_answer_without_calls_has_no_empty_array(hello: Exchange) -> None:
    """An answer without calls has no empty `tool_calls`."""
    assert hello.get(CALLS) != [], "`tool_calls` is an empty array"
