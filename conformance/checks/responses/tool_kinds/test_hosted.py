"""
Hosted tools, which the endpoint runs itself or the client has built in: used or rejected, never accepted and dropped.

A clean rejection is `unsupported`. Not checked: the shape of the items, in which OpenAI departs from its client; what a
tool finds.
"""

from conformance import DOC, SDK, Exchange, may
from conformance.checks.responses.events import ITEM_ADDED, end_of, events_of, without
from conformance.checks.responses.reading import require_whole
from conformance.checks.responses.tool_kinds.exchanges import (
    HOSTED,
    hosted_called,
    hosted_streamed,
    made_up_source,
)
from conformance.checks.responses.tool_kinds.reading import EMPTY, assert_not_dropped, expected
from conformance.counterexamples import broken, changed


@may(HOSTED, says=DOC("ToolChoiceTypes"), counterexample=broken(hosted_called, "output", []))
def test_hosted_tool_is_not_dropped(hosted_called: Exchange) -> None:
    """In the Responses API, a hosted tool whose call is required is called: `output` has an item of its type."""
    assert_not_dropped(hosted_called, expected(hosted_called))


@may(HOSTED, says=SDK("Response.tools"), counterexample=broken(hosted_called, "tools", []))
def test_hosted_tool_is_listed(hosted_called: Exchange) -> None:
    """`tools` of a Responses API response lists the hosted tool of its request by `type`."""
    sent = hosted_called.sent.json["tools"][0]["type"]
    assert sent in hosted_called.all("tools.*.type", str), f"`tools` does not list {sent!r}"


@may(
    HOSTED,
    says=DOC("ErrorResponse"),
    counterexample=changed(made_up_source, lambda e: e.with_response(status=200, body=EMPTY, sizes=(len(EMPTY),))),
)
def test_made_up_source_is_not_ignored(made_up_source: Exchange) -> None:
    """A Responses API tool over a source that does not exist is rejected with a message, or `output` has its item."""
    if made_up_source.status != 200:
        assert made_up_source.at("error.message", str) != ""
        return
    assert_not_dropped(made_up_source, expected(made_up_source))


@may(
    HOSTED,
    says=SDK("ResponseOutputItemAddedEvent"),
    counterexample=without(ITEM_ADDED, spec=hosted_streamed),
)
def test_hosted_call_is_streamed(hosted_streamed: Exchange) -> None:
    """In a Responses API stream, the call of a required hosted tool has an `output_item.added` event."""
    require_whole(end_of(hosted_streamed))
    found = [event.get("item.type") for event in events_of(hosted_streamed, ITEM_ADDED)]
    wanted = expected(hosted_streamed)
    assert set(wanted) & set(found), f"the stream adds no `{wanted[0]}` item"
