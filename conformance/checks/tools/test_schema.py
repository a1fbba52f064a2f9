"""
The schema of a function: `strict` arguments that match it, unusual tools that are accepted, invalid ones rejected.

That invalid ones are rejected is the status check of their exchange.

Not checked: that arguments fit without `strict`, which is the model's skill; that names of more than 64 letters and
`strict` schemas with open objects are rejected, as a server may accept more than it must; several tools of one name.
"""

import json

from conformance import DOC, OBSERVED, SDK, Exchange, Inconclusive, may, must, should
from conformance.checks.common import evidence
from conformance.checks.common.arguments import assert_object
from conformance.checks.common.chat import is_object, require_whole
from conformance.checks.common.conditions import (
    NO_STOP,
    OFFERS_FUNCTIONS_ONLY,
    OFFERS_ONE_STRICT,
    OFFERS_PARAMETERLESS,
    ONE_CHOICE,
    PLAIN_PARAMETERS,
)
from conformance.checks.common.kinds import chat_completion, chat_stream
from conformance.checks.common.own_schema import broken_rules
from conformance.checks.tools.exchanges import (
    DELTA_SHAPE,
    EDGE,
    SCHEMA,
    long_arguments_streamed,
    parameterless_streamed,
    strict_required,
    unusual_tool_required,
    weather_required,
    weather_required_streamed,
)
from conformance.checks.tools.offers import WORD_NAME
from conformance.checks.tools.reading import (
    CALLS,
    DELTA_CALLS,
    all_strict,
    arguments_told,
    calls_in,
    fragments_by_index,
    functions_offered,
    names_called,
    require_call,
    require_obedience,
    told,
)
from conformance.counterexamples import broken, every_chunk, rewritten

STRICTLY = (OFFERS_ONE_STRICT, NO_STOP)
WITHOUT_PARAMETERS = (OFFERS_FUNCTIONS_ONLY, OFFERS_PARAMETERLESS, NO_STOP)
ARGUMENTS = f"{CALLS}.0.function.arguments"
LONG = 200


def in_one_fragment(chunks: list[dict[str, object]]) -> list[dict[str, object]]:
    """Return the chunks of a call with all arguments in the second one."""
    text = "x" * (LONG + 1)
    fragment = {"index": 0, "function": {"arguments": text}}
    whole = {**chunks[2], "choices": [{"index": 0, "delta": {"tool_calls": [fragment]}, "finish_reason": None}]}
    return [*chunks[:2], whole, chunks[-1]]


def strict_arguments(observed: Exchange) -> list[str]:
    """
    Return the arguments of the call of a strict function. Raises `Inconclusive` for several calls at once.

    OpenAI documents that the arguments of parallel calls may not match the schemas.
    """
    require_call(observed)
    require_whole(observed)
    if len(calls_in(observed)) > 1:
        raise Inconclusive("there are several calls, whose arguments `strict` does not bind")
    return observed.all(f"{CALLS}.*.function.arguments", str)


@must(
    SCHEMA,
    says=DOC("FunctionObject.strict"),
    counterexample=broken(strict_required, ARGUMENTS, '{"town": 1}'),
    when=(*STRICTLY, PLAIN_PARAMETERS),
)
def test_strict_arguments_match_the_schema(chat_completion: Exchange) -> None:
    """With `strict: true`, the arguments of a call match the function's schema."""
    for arguments in strict_arguments(chat_completion):
        if not is_object(arguments):
            raise Inconclusive("the arguments are not a JSON object, which another check finds")
        (function,) = functions_offered(chat_completion).values()
        found = broken_rules(json.loads(arguments), function.get("parameters"))
        assert not found, f"the arguments {arguments[:80]!r} do not match the schema: {found[0]}"


@must(
    SCHEMA,
    says=SDK("ChatCompletionMessageFunctionToolCall.function"),
    counterexample=broken(strict_required, ARGUMENTS, "{"),
    when=STRICTLY,
)
def test_strict_arguments_are_a_json_object(chat_completion: Exchange) -> None:
    """With `strict: true`, the arguments of a call are a string that contains one JSON object."""
    for arguments in strict_arguments(chat_completion):
        assert is_object(arguments), f"the arguments are not a JSON object: {arguments[:80]!r}"


@must(EDGE, says=DOC("FunctionObject"), counterexample=broken(unusual_tool_required, CALLS, []))
def test_unusual_function_is_called(
    unusual_tool_required: Exchange, weather_required: Exchange, parameterless_streamed: Exchange
) -> None:
    """With `tool_choice` `required`, a function of an unusual but documented form is called by its name."""
    require_call(weather_required)
    require_whole(unusual_tool_required)
    assert calls_in(unusual_tool_required), "`tool_choice` is `required`, and the response has no call"
    others = sorted(set(names_called(unusual_tool_required)) - functions_offered(unusual_tool_required).keys())
    if others and set(names_called(parameterless_streamed)) != {WORD_NAME}:
        raise Inconclusive("a function with an ordinary name is not called by it either, which another check finds")
    assert not others, f"{others[0][:80]!r} is called, and the request does not offer it"


@should(
    EDGE,
    says=SDK("ChatCompletionMessageFunctionToolCall.function"),
    counterexample=broken(unusual_tool_required, ARGUMENTS, ""),
    when=WITHOUT_PARAMETERS,
)
def test_arguments_are_an_object_even_without_parameters(chat_completion: Exchange) -> None:
    """`function.arguments` of a call without parameters is a string with one JSON object, such as `{}`."""
    require_call(chat_completion)
    require_whole(chat_completion)
    for arguments in arguments_told(chat_completion, parameters=False):
        assert_object(arguments, strict=all_strict(chat_completion))


@must(
    EDGE,
    says=DOC("ChatCompletionToolChoiceOption"),
    counterexample=every_chunk(parameterless_streamed, DELTA_CALLS, []),
)
def test_function_without_parameters_is_called_in_a_stream(
    parameterless_streamed: Exchange, weather_required_streamed: Exchange
) -> None:
    """With `tool_choice` `required`, a function without parameters is called by its name in a stream."""
    require_call(weather_required_streamed)
    require_obedience(parameterless_streamed, "is `required`")
    assert set(names_called(parameterless_streamed)) == {WORD_NAME}


@should(
    EDGE,
    says=SDK("chat_completion_chunk.ChoiceDeltaToolCallFunction.arguments"),
    counterexample=every_chunk(parameterless_streamed, f"{DELTA_CALLS}.0.function.arguments", ""),
    when=(*WITHOUT_PARAMETERS, ONE_CHOICE),
)
def test_no_parameters_are_an_empty_object_in_a_stream(chat_stream: Exchange) -> None:
    """In a stream, the joined `arguments` of a call without parameters are one JSON object, such as `{}`."""
    require_whole(chat_stream)
    for joined in arguments_told(chat_stream, parameters=False):
        assert_object(joined, strict=all_strict(chat_stream), whose="the joined arguments")


@may(
    DELTA_SHAPE,
    says=OBSERVED("OpenAI streams long arguments while the model writes them", *evidence.ARGUMENTS_STREAMED),
    counterexample=rewritten(long_arguments_streamed, in_one_fragment),
    when=(OFFERS_FUNCTIONS_ONLY, ONE_CHOICE),
)
def test_long_arguments_are_sent_in_fragments(chat_stream: Exchange) -> None:
    """In a chat completion stream, arguments of 200 characters or more are sent in several fragments."""
    require_whole(chat_stream)
    calls = [told(call, "function.arguments") for call in fragments_by_index(chat_stream)]
    long = [pieces for pieces in calls if len("".join(pieces)) >= LONG]
    if not long:
        raise Inconclusive(f"no call has arguments of {LONG} characters or more")
    for pieces in long:
        assert len(pieces) > 1, f"{len(pieces[0])} characters of arguments in one fragment"
