"""A stream that fails: what it reports. Failures cannot be requested, so most runs see streams that do not fail."""

from typing import Any

from conformance import SDK, Exchange, Inconclusive, must
from conformance.checks.common.kinds import response_stream
from conformance.checks.responses.events import ENDS
from conformance.checks.responses.exchanges import STREAM, count_streamed, greeted_streamed
from conformance.counterexamples import rewritten
from conformance.wire.json_value import Document
from conformance.wire.response import NotJson, read_json
from conformance.wire.sse import Event

FAILED = "response.failed"


def ends(observed: Exchange) -> list[Document]:
    """Return the final events of a stream, whatever else they contain."""
    return [event for event in map(_read, observed.events) if event.get("type") in ENDS]


def _read(event: Event) -> Document:
    try:
        return Document(read_json(event.data), place="the last event", owner="ResponseFailedEvent")
    except NotJson:
        return Document(None)


def failed(events: list[Any]) -> list[Any]:
    """Let the stream fail, and let its error stand beside the response."""
    response = {**events[-1]["response"], "status": "failed", "error": None}
    return [*events[:-1], {**events[-1], "type": FAILED, "response": response, "error": {"message": "Failed."}}]


@must(
    STREAM,
    says=SDK("Response.error"),
    counterexample=rewritten(greeted_streamed, failed),
    witness=(greeted_streamed, count_streamed),
)
def test_failed_response_has_an_error(response_stream: Exchange) -> None:
    """At the end of a Responses API stream, a failed response has `error.message`; any other has `error: null`."""
    found = ends(response_stream)
    if not found:
        raise Inconclusive("the stream has no final event, which another check finds")
    for event in found:
        if event.get("type") == FAILED:
            assert event.at("response.error.message", str) != "", "`error.message` of the failed response is empty"
        else:
            error = event.at("response.error", dict | None, None)
            assert error is None, f"the last event is {event.get('type')!r}, and its response has an `error`"
