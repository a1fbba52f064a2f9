"""
Tools of a native API, offered in a chat completion, are rejected, or run by the endpoint; the client cannot run them.

And functions of the client stay its own, whatever their names. The shape of a rejection is a check of all errors.

Not checked: that a search is made (a greeting calls for none, and one that needs it costs too much); what an endpoint
reports of its sources, as a chat completion has no place for all of it; whether a tool without an effect was ignored.
"""

from conformance import ABSENT, DOC, SDK, Deviation, Exchange, Inconclusive, may, must
from conformance.checks.common.chat import require_whole
from conformance.checks.native.exchanges import SEARCH_AND_CODE, hello_with_native_tool, same_name_forced
from conformance.checks.tools.exchanges import weather_forced
from conformance.checks.tools.reading import CALLS, calls_in, names_called
from conformance.counterexamples import body, broken, changed

MARKS = ("annotations", "grounding_metadata", "groundingMetadata", "citations", "executable_code")
"""Where endpoints report in a message or a choice what their own tools did."""

_CALLING = (
    b'{"choices": [{"message": {"content": null, "tool_calls": [{"id": "call_1", "type": "function", "function": '
    b'{"name": "web_search", "arguments": "{}"}}]}, "finish_reason": "tool_calls"}]}'
)


def handing_over(observed: Exchange) -> Exchange:
    """Return a good answer that asks the client to run the tool."""
    return body(None, _CALLING).change(observed.with_response(status=200))


def marked(observed: Exchange) -> bool:
    """Tell whether the answer says that a tool of the endpoint was at work."""
    found = (observed.get(f"{place}{mark}") for place in ("choices.0.message.", "choices.0.", "") for mark in MARKS)
    return any(value is not ABSENT and value for value in found)


@may(
    SEARCH_AND_CODE,
    says=DOC("CreateChatCompletionRequest.tools"),
    counterexample=changed(hello_with_native_tool, handing_over),
)
def test_tool_is_rejected_or_run(hello_with_native_tool: Exchange) -> None:
    """A built-in tool of another API is rejected, or run by the endpoint; the client gets no `tool_calls` for it."""
    if hello_with_native_tool.status != 200:
        return
    if calls_in(hello_with_native_tool):
        name = names_called(hello_with_native_tool)[0]
        message = f"the response calls {name[:80]!r}, a function that the request does not offer"
        raise Deviation(message, finding="handed-over:tools")
    if not marked(hello_with_native_tool):
        raise Inconclusive("accepted, effect not observable: the response does not mention the tool")


@must(
    SEARCH_AND_CODE,
    says=SDK("ChatCompletionMessageFunctionToolCall.function"),
    counterexample=broken(same_name_forced, CALLS, []),
)
def test_function_with_that_name_is_called(same_name_forced: Exchange, weather_forced: Exchange) -> None:
    """`tool_choice` calls the client's function even if its name equals that of a built-in tool (`googleSearch`)."""
    if not calls_in(weather_forced):
        raise Inconclusive("no function is called when `tool_choice` names it, which another check finds")
    require_whole(same_name_forced)
    name = same_name_forced.case
    called = names_called(same_name_forced) if calls_in(same_name_forced) else []
    if called and name not in called:
        raise Inconclusive(f"this model calls {called[0][:80]!r}, which is not offered, whatever is")
    if not called:
        raise Deviation(f"the function {name!r} is not called, and `get_weather` is", finding="taken-away:tools")
