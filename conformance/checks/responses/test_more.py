"""
Formats, metadata, counting, compacting, and responses in the background.

Not checked: how a compacted item looks inside, which is the endpoint's own; how soon a response in the background
starts; that one which has come to its end before can still be cancelled.
"""

import json

from conformance import DELETE, DOC, SDK, Deviation, Document, Exchange, Inconclusive, broken, must, should
from conformance.checks.common.chat import is_object
from conformance.checks.responses.exchanges import (
    ADVANCED,
    LABELS,
    backgrounded,
    backgrounded_deleted,
    cancelled,
    compacted,
    compacted_resent,
    formatted,
    greeted,
    labelled,
    tokens_counted,
)
from conformance.checks.responses.reading import broken_item, input_tokens, repeated, require_whole, text_of, whole

TEXT = "content.0.text"
NEAR = 4
"""Tokens. What one endpoint counts of a template's frame, another does not."""


@must(
    ADVANCED,
    says=DOC("TextResponseFormatJsonSchema"),
    counterexample=broken_item(formatted, "message", TEXT, "Hello!"),
    decides="responses: text.format",
)
def test_formatted_text_is_json(formatted: Exchange) -> None:
    """With a JSON Schema in `text.format` the text is one JSON object."""
    require_whole(whole(formatted))
    said = text_of(formatted)
    if not is_object(said):
        raise Deviation(f"the text is no JSON object: {said[:80]!r}", finding="ignored:text.format")


@must(
    ADVANCED,
    says=DOC("TextResponseFormatJsonSchema"),
    counterexample=broken_item(formatted, "message", TEXT, '{"tone": "warm"}'),
    decides="responses: text.format",
)
def test_formatted_text_fits_the_schema(formatted: Exchange) -> None:
    """With `strict` the object has the keys of the schema and no others, with values of the right type."""
    require_whole(whole(formatted))
    said = text_of(formatted)
    if not is_object(said):
        raise Inconclusive("the text is no JSON object, which another check finds")
    value = json.loads(said)
    if set(value) != {"text"} or not isinstance(value["text"], str):
        shown = {name: type(found).__name__ for name, found in value.items()}
        raise Deviation(f"`text` as a string alone was asked for, and came {shown}", finding="partly:text.format")


@should(ADVANCED, says=SDK("Response.text"), counterexample=broken(formatted, "text.format.type", "text"))
def test_format_is_repeated(formatted: Exchange) -> None:
    """`text.format.type` of the response is the one that was sent."""
    assert repeated(formatted, "text.format.type") == "json_schema"


@must(ADVANCED, says=DOC("Metadata"), counterexample=broken(labelled, "metadata", {}), decides="responses: metadata")
def test_metadata_are_repeated(labelled: Exchange) -> None:
    """`metadata` of the response are those that were sent."""
    observed = repeated(labelled, "metadata")
    if not observed:
        raise Deviation("`metadata` of the response are empty", finding="ignored:metadata")
    assert observed == LABELS


@must(ADVANCED, says=DOC("Getinputtokencounts"), counterexample=broken(tokens_counted, "object", DELETE))
def test_count_has_the_documented_shape(tokens_counted: Exchange) -> None:
    """The count is a `response.input_tokens` with `input_tokens` above zero."""
    assert tokens_counted.at("object", str) == "response.input_tokens"
    assert tokens_counted.at("input_tokens", int) > 0


@should(ADVANCED, says=DOC("Getinputtokencounts"), counterexample=broken(tokens_counted, "input_tokens", 4000))
def test_count_is_what_a_response_counts(tokens_counted: Exchange, greeted: Exchange) -> None:
    """The count of an input is `usage.input_tokens` of a response to it, but for a few tokens."""
    counted, used = tokens_counted.at("input_tokens", int), input_tokens(greeted)
    assert abs(counted - used) <= NEAR, f"counted {counted}, used {used}"


@must(ADVANCED, says=DOC("Compactconversation"), counterexample=broken(compacted, "object", "response"))
def test_compaction_has_the_documented_shape(compacted: Exchange) -> None:
    """A compacted conversation is a `response.compaction` with an `id`, a time and `usage`."""
    assert compacted.at("object", str) == "response.compaction"
    assert compacted.at("id", str) != ""
    assert 1_577_836_800 <= compacted.at("created_at", int) < 100_000_000_000
    compacted.at("usage.total_tokens", int)


@must(ADVANCED, says=DOC("CompactResource"), counterexample=broken(compacted, "output", []))
def test_compaction_holds_one_compacted_item(compacted: Exchange) -> None:
    """`output` ends with the one item of type `compaction`, whose `encrypted_content` is not empty."""
    found = compacted.all("output.*", dict)
    kinds = [item.get("type") for item in found]
    assert kinds.count("compaction") == 1, f"{kinds.count('compaction')} items of type `compaction`"
    assert kinds[-1] == "compaction", "the item of type `compaction` is not the last one"
    assert Document(found[-1], owner="Response/output/compaction").at("encrypted_content", str) != ""


@must(ADVANCED, says=DOC("Compactconversation"), counterexample=broken(compacted_resent, "output", []))
def test_compacted_conversation_goes_on(compacted_resent: Exchange) -> None:
    """A new turn after the compacted items, sent as they came, is answered with text."""
    require_whole(whole(compacted_resent))
    assert text_of(compacted_resent).strip() != ""


@must(
    ADVANCED,
    says=SDK("Response.background"),
    counterexample=broken(backgrounded, "status", "completed"),
    decides="responses: background",
)
def test_response_in_the_background_is_not_waited_for(backgrounded: Exchange) -> None:
    """A response with `background` is answered at once: its `status` is `queued` or `in_progress`."""
    status = backgrounded.at("status", str)
    if status == "completed":
        raise Deviation("`background` was sent, and the answer was waited for", finding="ignored:background")
    assert status in {"queued", "in_progress"}


@must(ADVANCED, says=DOC("cancelResponse"), counterexample=broken(cancelled, "status", "in_progress"))
def test_response_in_the_background_is_cancelled(cancelled: Exchange) -> None:
    """A response that is cancelled has `status` `cancelled`."""
    if cancelled.status != 200 or cancelled.at("status", str) in {"completed", "incomplete", "failed"}:
        raise Inconclusive("the response had come to its end before it was cancelled")
    assert cancelled.at("status", str) == "cancelled"


@must(ADVANCED, says=DOC("deleteResponse"), counterexample=broken(backgrounded_deleted, "deleted", DELETE))
def test_deletion_of_a_cancelled_response_is_confirmed(backgrounded_deleted: Exchange) -> None:
    """A response that was made in the background can be deleted: `deleted` is true."""
    assert backgrounded_deleted.at("deleted", bool) is True
