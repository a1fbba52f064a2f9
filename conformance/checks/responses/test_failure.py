"""A stream that fails: what it says of the failure. Nobody can ask for one, so most runs see none."""

import json

from conformance import SDK, Exchange, Exchanges, changed, must
from conformance.checks.responses.events import STREAMS
from conformance.checks.responses.exchanges import STREAM
from conformance.wire.json_value import Document
from conformance.wire.response import NotJson, read_json

FAILED = "response.failed"


def failures(observed: Exchange) -> list[Document]:
    """Return the events of type `response.failed`, whatever else they hold."""
    return [event for event in map(_read, observed.events) if event.get("type") == FAILED]


def _read(event: object) -> Document:
    try:
        return Document(read_json(str(getattr(event, "data", ""))), place=f"`{FAILED}`", owner="ResponseFailedEvent")
    except NotJson:
        return Document(None)


def outside(observed: Exchange) -> Exchange:
    """Let the stream fail, with an `error` beside its response."""
    failed = {"type": FAILED, "response": {"error": None}, "error": {"message": "Failed."}}
    content = f"event: {FAILED}\ndata: {json.dumps(failed)}\n\n".encode()
    return observed.with_answer(body=content, sizes=(len(content),), at_ms=(1.0,))


@must(STREAM, says=SDK("Response.error"), counterexample=changed(None, outside), over=STREAMS)
def test_failure_stands_in_the_response(sent: Exchanges) -> None:
    """The error of a `response.failed`, if there is one, is the `error` of its response, not one beside it."""
    for observed in sent:
        for event in failures(observed):
            if isinstance(event.get("error"), dict):
                assert isinstance(event.get("response.error"), dict), f"{observed.label}: `error` stands beside it"
