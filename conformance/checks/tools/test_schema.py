"""
The schema of a function: `strict` arguments that fit it, unusual tools that are taken, broken ones that are refused.

A status of their own is what the refused ones are about: every exchange is checked for that.

Not checked: that arguments fit without `strict`, which is the model's skill; that names of more than 64 letters and
`strict` schemas with open objects are refused, as a server may well take more than it must; several tools of one name.
"""

import json

from conformance import (
    DOC,
    OBSERVED,
    SDK,
    Exchange,
    Inconclusive,
    broken,
    every_chunk,
    may,
    must,
    rewritten,
    should,
    violations,
)
from conformance.checks.common.chat import is_object, require_whole
from conformance.checks.tools.exchanges import (
    DELTA_SHAPE,
    EDGE,
    SCHEMA,
    long_arguments_streamed,
    parameterless_streamed,
    strict_required,
    unusual_required,
    weather_required,
    weather_required_streamed,
    wrong_tool,
)
from conformance.checks.tools.offers import WORD_NAME
from conformance.checks.tools.reading import (
    CALLS,
    DELTA_CALLS,
    calls_in,
    fragments,
    fragments_by_index,
    names_called,
    require_call,
    told,
)

ARGUMENTS = f"{CALLS}.0.function.arguments"
LONG = 200


def in_one_fragment(chunks: list[dict[str, object]]) -> list[dict[str, object]]:
    """Return the chunks of a call with all arguments in the second one."""
    text = "x" * (LONG + 1)
    fragment = {"index": 0, "function": {"arguments": text}}
    whole = {**chunks[2], "choices": [{"index": 0, "delta": {"tool_calls": [fragment]}, "finish_reason": None}]}
    return [*chunks[:2], whole, chunks[-1]]


@must(SCHEMA, says=DOC("FunctionObject.strict"), counterexample=broken(strict_required, ARGUMENTS, '{"town": 1}'))
def test_strict_arguments_fit_the_schema(strict_required: Exchange) -> None:
    """With `strict: true` the arguments of a call fit the function's schema."""
    require_call(strict_required)
    require_whole(strict_required)
    schema = strict_required.sent.json["tools"][0]["function"]["parameters"]
    for arguments in strict_required.all(f"{CALLS}.*.function.arguments", str):
        if not is_object(arguments):
            raise Inconclusive("the arguments are no JSON object: a check of its own finds that")
        found = violations(json.loads(arguments), schema)
        assert not found, f"the arguments {arguments[:80]!r} do not fit: {found[0]}"


@must(
    SCHEMA,
    says=SDK("ChatCompletionMessageFunctionToolCall.function"),
    counterexample=broken(strict_required, ARGUMENTS, "{"),
)
def test_strict_arguments_are_a_json_object(strict_required: Exchange) -> None:
    """With `strict: true` the arguments of a call are a string that holds one JSON object."""
    require_call(strict_required)
    require_whole(strict_required)
    for arguments in strict_required.all(f"{CALLS}.*.function.arguments", str):
        assert is_object(arguments), f"the arguments are no JSON object: {arguments[:80]!r}"


@must(EDGE, says=DOC("FunctionObject"), counterexample=broken(unusual_required, CALLS, []))
def test_unusual_function_is_called(unusual_required: Exchange, weather_required: Exchange) -> None:
    """With `tool_choice` `required` a function of an unusual but documented form is called like any other."""
    require_call(weather_required)
    require_whole(unusual_required)
    assert calls_in(unusual_required), "`tool_choice` is `required`, and the answer holds no call"


@must(
    EDGE,
    says=DOC("FunctionObject.name"),
    counterexample=broken(unusual_required, f"{CALLS}.0.function.name", "weather"),
)
def test_unusual_function_is_called_by_its_name(unusual_required: Exchange) -> None:
    """A call has the name that was offered, letter by letter."""
    require_call(unusual_required)
    offered = unusual_required.sent.json["tools"][0]["function"]["name"]
    others = sorted(set(names_called(unusual_required)) - {offered})
    assert not others, f"{offered!r} is offered, and {others[0][:80]!r} is called"


@should(
    EDGE,
    says=SDK("ChatCompletionMessageFunctionToolCall.function"),
    counterexample=broken(unusual_required, ARGUMENTS, ""),
)
def test_arguments_are_an_object_even_without_parameters(unusual_required: Exchange) -> None:
    """`function.arguments` is a string that holds one JSON object, `{}` where there are no parameters."""
    require_call(unusual_required)
    require_whole(unusual_required)
    for arguments in unusual_required.all(f"{CALLS}.*.function.arguments", str):
        assert is_object(arguments), f"the arguments are no JSON object: {arguments[:80]!r}"


@must(
    EDGE,
    says=DOC("ChatCompletionToolChoiceOption"),
    counterexample=every_chunk(parameterless_streamed, DELTA_CALLS, []),
)
def test_function_without_parameters_is_called_in_a_stream(
    parameterless_streamed: Exchange, weather_required_streamed: Exchange
) -> None:
    """A required call of a function without parameters is told in a stream, with its name."""
    require_call(weather_required_streamed)
    require_whole(parameterless_streamed)
    assert fragments(parameterless_streamed), "`tool_choice` is `required`, and the stream holds no call"
    assert set(names_called(parameterless_streamed)) == {WORD_NAME}


@should(
    EDGE,
    says=SDK("ChoiceDeltaToolCallFunction.arguments"),
    counterexample=every_chunk(parameterless_streamed, f"{DELTA_CALLS}.0.function.arguments", ""),
)
def test_no_parameters_are_an_empty_object_in_a_stream(parameterless_streamed: Exchange) -> None:
    """The joined `arguments` of a call without parameters are one JSON object."""
    require_whole(parameterless_streamed)
    for call in fragments_by_index(parameterless_streamed):
        joined = "".join(told(call, "function.arguments"))
        assert is_object(joined), f"the joined arguments are no JSON object: {joined[:80]!r}"


@should(EDGE, says=SDK("ErrorObject.message"), counterexample=broken(wrong_tool, "error.message", ""))
def test_wrong_tool_is_explained(wrong_tool: Exchange) -> None:
    """The refusal of a tool that cannot be says something in `error.message`."""
    assert wrong_tool.at("error.message", str).strip() != ""


@may(
    DELTA_SHAPE,
    says=OBSERVED("OpenAI streams long arguments while the model writes them"),
    counterexample=rewritten(long_arguments_streamed, in_one_fragment),
)
def test_long_arguments_come_in_pieces(long_arguments_streamed: Exchange) -> None:
    """Long arguments come in several fragments."""
    require_whole(long_arguments_streamed)
    for call in fragments_by_index(long_arguments_streamed):
        pieces = told(call, "function.arguments")
        length = sum(len(piece) for piece in pieces)
        if length < LONG:
            raise Inconclusive(f"the arguments have {length} characters: too few to tell")
        assert len(pieces) > 1, f"{length} characters of arguments in one fragment"
