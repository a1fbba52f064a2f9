"""
The Responses API requests of popular clients are answered with what the client goes on with.

The case names the client. Not checked: what a model writes; that it calls a function when it may choose.
"""

from conformance import DOC, SDK, Exchange, Inconclusive, may
from conformance.checks.clients.exchanges import (
    RESPONSES,
    agent_result,
    agent_start,
    response_result,
    response_stream,
    response_structured,
    response_text,
)
from conformance.checks.clients.reading import assert_parses, structured_of_response
from conformance.checks.responses.events import TEXT_DELTA, end_of, in_end, is_completed, joined, without
from conformance.checks.responses.reading import (
    has_text_or_call,
    require_done,
    require_whole,
    says_something,
    text_of,
    whole,
)
from conformance.counterexamples import broken, changed


@may(RESPONSES, says=SDK("Response.output"), counterexample=broken(response_text, "output", []))
def test_plain_response_works(response_text: Exchange) -> None:
    """A Responses API request as the named client builds it by default returns text."""
    require_done(response_text)
    assert text_of(response_text).strip(), "the response has no text"


@may(
    RESPONSES,
    says=SDK("ResponseTextDeltaEvent"),
    counterexample=without(TEXT_DELTA, spec=response_stream),
)
def test_streamed_response_works(response_stream: Exchange) -> None:
    """A streamed Responses API request as the named client builds it by default returns text up to a final event."""
    require_whole(end_of(response_stream))
    assert joined(response_stream, TEXT_DELTA).strip(), "the stream has no text"


@may(RESPONSES, says=DOC("FunctionCallOutputItemParam"), counterexample=broken(response_result, "output", []))
def test_tool_loop_over_responses_works(response_result: Exchange) -> None:
    """In the tool loop of the named client over the Responses API, the result of the call is followed by text."""
    assert says_something(response_result), "the response has neither text nor another call"


def without_answer(observed: Exchange) -> Exchange:
    """Return a response whose structured output lacks everything that was requested."""
    number = [item.get("type") for item in observed.all("output.*", dict)].index(
        "message" if "text" in observed.sent.json else "function_call"
    )
    path = "content.0.text" if "text" in observed.sent.json else "arguments"
    return broken(None, f"output.{number}.{path}", "{}").change(observed)


@may(RESPONSES, says=DOC("TextResponseFormatJsonSchema"), counterexample=changed(response_structured, without_answer))
def test_structured_response_parses(response_structured: Exchange) -> None:
    """Structured output that the named client requests by default over the Responses API matches its schema."""
    require_whole(whole(response_structured))
    assert_parses(*structured_of_response(response_structured))


def assert_goes_on(observed: Exchange) -> None:
    """Assert that a completed stream ends with text or a call. Raises `Inconclusive` when it is cut off or fails."""
    end = end_of(observed)
    if not is_completed(observed):
        raise Inconclusive("the stream is not completed")
    assert has_text_or_call(end), "the response is completed, and has neither text nor a call"


@may(RESPONSES, says=SDK("Response.output"), counterexample=in_end(lambda told: {**told, "output": []}, agent_start))
def test_first_turn_of_an_agent_works(agent_start: Exchange) -> None:
    """The first request of the named coding agent, with its own tools, returns text or a call up to a final event."""
    assert_goes_on(agent_start)


@may(
    RESPONSES,
    says=DOC("FunctionCallOutputItemParam"),
    counterexample=in_end(lambda told: {**told, "output": []}, agent_result),
)
def test_later_turn_of_an_agent_works(agent_result: Exchange) -> None:
    """A request of the named coding agent with the result of a call returns text or a call up to a final event."""
    assert_goes_on(agent_result)
