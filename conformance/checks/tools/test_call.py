"""
A function call in a non-streaming response.

Not checked: whether a model calls when it may choose; that the arguments fit the function's schema (without `strict` no
document promises it); which function a model names when it may choose (some have named one that was not offered).
"""

from conformance import DOC, OBSERVED, SDK, Exchange, Inconclusive, must, should
from conformance.checks.chat.exchanges import hello
from conformance.checks.common import evidence
from conformance.checks.common.arguments import assert_object
from conformance.checks.common.chat import CONTENT, REASON, require_whole
from conformance.checks.common.conditions import (
    ANSWERS_A_CALL,
    CHOICE_AUTO,
    CHOICE_BINDS,
    CHOICE_NAMED,
    CHOICE_REQUIRED,
    NO_STOP,
    OFFERS_FUNCTIONS_ONLY,
    OFFERS_TOOLS,
)
from conformance.checks.common.kinds import chat_completion
from conformance.checks.tools.exchanges import (
    BASIC,
    weather_auto,
    weather_forced,
    weather_forced_again,
    weather_required,
)
from conformance.checks.tools.reading import (
    CALLS,
    all_strict,
    arguments_told,
    calls_in,
    functions_offered,
    names_called,
    require_call,
    require_obedience,
)
from conformance.counterexamples import DELETE, broken, changed

END = SDK("chat_completion.Choice.finish_reason")


@must(
    BASIC,
    says=DOC("ChatCompletionNamedToolChoice"),
    counterexample=broken(weather_forced, CALLS, DELETE),
    when=(CHOICE_NAMED,),
)
def test_named_function_is_called(chat_completion: Exchange) -> None:
    """When `tool_choice` names a function, the response has a call in `tool_calls`."""
    require_obedience(chat_completion, "names a function")


@must(
    BASIC,
    says=SDK("ChatCompletionMessageFunctionToolCall"),
    counterexample=broken(weather_forced, f"{CALLS}.0.type", 1),
    when=(OFFERS_TOOLS,),
)
def test_call_has_the_documented_shape(chat_completion: Exchange) -> None:
    """Each of `tool_calls` has `type` `function` with `name` and `arguments`, or `custom` with `name` and `input`."""
    require_call(chat_completion)
    for number in range(len(calls_in(chat_completion))):
        kind = chat_completion.at(f"{CALLS}.{number}.type", str)
        assert kind in {"function", "custom"}, f"`type` of a call is {kind[:80]!r}"
        chat_completion.at(f"{CALLS}.{number}.{kind}.name", str)
        chat_completion.at(f"{CALLS}.{number}.{kind}.{'arguments' if kind == 'function' else 'input'}", str)


@should(
    BASIC,
    says=DOC("ChatCompletionResponseMessage.content"),
    counterexample=broken(weather_forced, CONTENT, DELETE),
    when=(OFFERS_TOOLS,),
)
def test_message_with_calls_has_content(chat_completion: Exchange) -> None:
    """A `message` with `tool_calls` has the key `content`, even if its value is null."""
    require_call(chat_completion)
    assert chat_completion.has(CONTENT), "`message` has `tool_calls` and no key `content`"


@must(
    BASIC,
    says=SDK("ChatCompletionMessageFunctionToolCall.id"),
    counterexample=broken(weather_forced, f"{CALLS}.0.id", ""),
    when=(OFFERS_TOOLS,),
)
def test_call_has_an_id(chat_completion: Exchange) -> None:
    """Each of `tool_calls` has an `id` that is not empty."""
    require_call(chat_completion)
    assert "" not in chat_completion.all(f"{CALLS}.*.id", str)


def with_name_for_id(observed: Exchange) -> Exchange:
    """Return the answer with the name of the function for the id of its call."""
    return broken(None, f"{CALLS}.0.id", observed.at(f"{CALLS}.0.function.name", str)).change(observed)


@should(
    BASIC,
    says=OBSERVED(
        "OpenAI makes a new `id` for each call; one that is made of the function's name is repeated",
        *evidence.CALLS_STREAMED,
    ),
    counterexample=changed(weather_forced, with_name_for_id),
    when=(OFFERS_FUNCTIONS_ONLY,),
)
def test_id_of_a_call_is_not_the_name(chat_completion: Exchange) -> None:
    """The `id` of a call is not the name of its function, which two calls may share."""
    require_call(chat_completion)
    pairs = zip(chat_completion.all(f"{CALLS}.*.id", str), names_called(chat_completion), strict=True)
    same = [call_id for call_id, name in pairs if call_id == name]
    assert not same, f"the call of {same[0][:80]!r} has that name as its `id`"


def known_ids(observed: Exchange) -> list[str]:
    """Return the ids of the calls that the conversation holds already."""
    messages = (message for message in observed.sent.json["messages"] if isinstance(message, dict))
    return [message["tool_call_id"] for message in messages if "tool_call_id" in message]


def with_known_id(observed: Exchange) -> Exchange:
    """Return the answer with the id of an earlier call."""
    return broken(None, f"{CALLS}.0.id", known_ids(observed)[0]).change(observed)


@should(
    BASIC,
    says=OBSERVED(
        "OpenAI never gives two calls the same `id`; results are matched to calls by it", *evidence.CALLS_STREAMED
    ),
    counterexample=changed(weather_forced_again, with_known_id),
    when=(ANSWERS_A_CALL,),
)
def test_later_call_has_another_id(chat_completion: Exchange) -> None:
    """A call in a later turn has a new `id`, not one that the conversation already has."""
    require_call(chat_completion)
    known = known_ids(chat_completion)
    again = [call_id for call_id in chat_completion.all(f"{CALLS}.*.id", str) if call_id in known]
    assert not again, f"the conversation already has a call with this `id`: {again[0]!r}"


@must(
    BASIC,
    says=DOC("FunctionObject.name"),
    counterexample=broken(weather_forced, f"{CALLS}.0.function.name", "functions.get_weather"),
    when=(OFFERS_FUNCTIONS_ONLY, CHOICE_BINDS),
)
def test_call_names_an_offered_function(chat_completion: Exchange) -> None:
    """When a call is forced, `function.name` of each call is exactly the name of an offered function."""
    require_call(chat_completion)
    others = sorted(set(names_called(chat_completion)) - functions_offered(chat_completion).keys())
    assert not others, f"{others[0][:80]!r} is called, and the request does not offer it"


@should(
    BASIC,
    says=SDK("ChatCompletionMessageFunctionToolCall.function"),
    counterexample=broken(weather_forced, f"{CALLS}.0.function.arguments", "{'city': 'Paris'}"),
    when=(OFFERS_FUNCTIONS_ONLY, NO_STOP),
)
def test_arguments_are_a_json_object(chat_completion: Exchange) -> None:
    """`function.arguments` of a call is a string that contains one JSON object."""
    require_call(chat_completion)
    require_whole(chat_completion)
    for arguments in arguments_told(chat_completion, parameters=True):
        assert_object(arguments, strict=all_strict(chat_completion))


@should(BASIC, says=END, counterexample=broken(weather_required, REASON, "stop"), when=(CHOICE_REQUIRED,))
def test_required_call_ends_with_tool_calls(chat_completion: Exchange) -> None:
    """A response with a call, after `tool_choice` `required`, has `finish_reason` `tool_calls`."""
    require_call(chat_completion)
    require_whole(chat_completion)
    reason = chat_completion.at(REASON, str)
    assert reason == "tool_calls", f"the response has a call, and `finish_reason` is {reason!r}"


@must(BASIC, says=END, counterexample=broken(weather_auto, REASON, "stop"), when=(CHOICE_AUTO,))
def test_chosen_call_ends_with_tool_calls(chat_completion: Exchange) -> None:
    """A response with a call, after `tool_choice` `auto` or none, has `finish_reason` `tool_calls`."""
    require_call(chat_completion)
    require_whole(chat_completion)
    reason = chat_completion.at(REASON, str)
    assert reason == "tool_calls", f"the response has a call, and `finish_reason` is {reason!r}"


@should(
    BASIC,
    says=OBSERVED(
        "OpenAI ends a call of a named function with `stop`; others with `tool_calls`, which clients accept as well",
        *evidence.NAMED_CALL,
    ),
    counterexample=broken(weather_forced, REASON, "tool_use"),
    when=(CHOICE_NAMED,),
)
def test_forced_call_ends_with_stop_or_tool_calls(chat_completion: Exchange) -> None:
    """A response with a call that `tool_choice` names has `finish_reason` `stop` or `tool_calls`."""
    require_call(chat_completion)
    require_whole(chat_completion)
    assert chat_completion.at(REASON, str) in {"stop", "tool_calls"}


@must(BASIC, says=END, counterexample=broken(weather_auto, CALLS, []))
def test_finish_reason_tool_calls_has_a_call(chat_completion: Exchange) -> None:
    """A response with `finish_reason` `tool_calls` has at least one call in `message.tool_calls`."""
    if chat_completion.get(REASON) != "tool_calls":
        raise Inconclusive("`finish_reason` is not `tool_calls`")
    assert calls_in(chat_completion), "`finish_reason` is `tool_calls`, and the response has no call"


@should(
    BASIC,
    says=OBSERVED(
        "OpenAI omits `tool_calls` in a response without calls, and rejects an empty array in a history",
        *evidence.EMPTY_CALLS,
    ),
    counterexample=broken(hello, CALLS, []),
)
def test_tool_calls_is_not_an_empty_array(chat_completion: Exchange) -> None:
    """A response without calls omits `tool_calls`; it is not an empty array."""
    if calls_in(chat_completion):
        raise Inconclusive("the response has a call")
    assert chat_completion.get(CALLS) != [], "`tool_calls` is an empty array"
