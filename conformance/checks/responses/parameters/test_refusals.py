"""
Refusals of the model: a part of type `refusal`, and events of its own in a stream.

Whether a model refuses is its own affair: without a refusal nothing can be told. The shape of the part and of the
events is judged by the schemas of responses and events.
"""

from conformance import SDK, Deviation, Document, Exchange, Inconclusive, must
from conformance.checks.common.kinds import response, response_stream
from conformance.checks.responses.events import PART_DONE, assert_deltas_join, events_of, place, replaced, without
from conformance.checks.responses.parameters.exchanges import REFUSALS, refused, refused_streamed
from conformance.checks.responses.reading import broken_item, items, whole

DELTA, DONE = "response.refusal.delta", "response.refusal.done"
WHERE = ("item_id", "content_index")
NONE = "the model does not refuse: there is no part of type `refusal`"


def refusals(observed: Document) -> list[Document]:
    """Return the parts of type `refusal` of all messages. Raises `Inconclusive` for none."""
    found = []
    for message in items(observed, "message"):
        for number, part in enumerate(message.at("content", list)):
            if isinstance(part, dict) and part.get("type") == "refusal":
                found.append(Document(part, place=f"part {number} of {message.place}", owner="ResponseOutputRefusal"))
    if not found:
        raise Inconclusive(NONE)
    return found


@must(
    REFUSALS,
    says=SDK("ResponseOutputRefusal.refusal"),
    counterexample=broken_item(refused, "message", "content.0.refusal", ""),
)
def test_refusal_is_not_empty(response: Exchange) -> None:
    """A part of type `refusal` of a Responses API response has a non-empty string in `refusal`."""
    for part in refusals(whole(response)):
        assert part.at("refusal", str).strip(), "`refusal` is empty"


@must(
    REFUSALS,
    says=SDK("ResponseRefusalDeltaEvent"),
    counterexample=without(DELTA, spec=refused_streamed),
)
def test_refusal_deltas_join_to_the_done_refusal(response_stream: Exchange) -> None:
    """In a Responses API stream, the deltas of a refusal, joined, equal `refusal` of its done event."""
    if "refusal" in _done_parts(response_stream):
        found = events_of(response_stream, DELTA, DONE)
        assert found, f"a part of type `refusal` is done, and the stream has no `{DELTA}` event"
    assert_deltas_join(response_stream, DELTA, DONE, "refusal", *WHERE, nothing=NONE)


def _done_parts(observed: Exchange) -> set[object]:
    return {event.get("part.type") for event in events_of(observed, PART_DONE)}


@must(
    REFUSALS,
    says=SDK("ResponseRefusalDoneEvent.refusal"),
    counterexample=replaced(DONE, "refusal", "No.", refused_streamed),
)
def test_done_refusal_is_that_of_its_part(response_stream: Exchange) -> None:
    """In a Responses API stream, `refusal` of the done event is the same as in the done part."""
    done = {place(event, *WHERE): event.at("refusal", str) for event in events_of(response_stream, DONE)}
    parts = {
        place(event, *WHERE): event.at("part.refusal", str)
        for event in events_of(response_stream, PART_DONE)
        if event.get("part.type") == "refusal"
    }
    if not done or not parts:
        raise Inconclusive(NONE)
    for where, said in parts.items():
        if done.get(where) != said:  # an `assert` would make a diff
            raise Deviation("the done event has another `refusal` than the done part, or there is none")
