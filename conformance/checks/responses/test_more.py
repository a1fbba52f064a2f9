"""
Formats, metadata, counting, compacting, and responses in the background.

Not checked: how a compacted item looks inside, which is the endpoint's own; how soon a background response starts; that
one which has already ended can still be canceled.
"""

from conformance import DOC, SDK, Deviation, Document, Exchange, Inconclusive, must, should
from conformance.checks.common.chat import is_json
from conformance.checks.common.conditions import BACKGROUND, JSON_SCHEMA, METADATA, PLAIN_SCHEMA, STRICT_SCHEMA
from conformance.checks.common.kinds import compaction, input_token_count, response
from conformance.checks.common.own_schema import broken_rules
from conformance.checks.responses.exchanges import (
    ADVANCED,
    background,
    cancelled,
    compacted,
    compacted_resent,
    formatted,
    greeted,
    tokens_counted,
    with_metadata,
)
from conformance.checks.responses.reading import (
    broken_item,
    final_text,
    input_tokens,
    repeated,
    require_whole,
    text_of,
    whole,
)
from conformance.counterexamples import DELETE, broken
from conformance.wire.response import read_json
from conformance.wire.text import brief

TEXT = "content.0.text"
NEAR = 4
"""Tokens. Endpoints differ in what they count of a template's frame."""


@must(
    ADVANCED,
    says=DOC("TextResponseFormatJsonSchema"),
    counterexample=broken_item(formatted, "message", TEXT, "Hello!"),
    when=(STRICT_SCHEMA,),
    decides="responses: text.format",
)
def test_formatted_text_is_json(response: Exchange) -> None:
    """With a strict JSON schema in `text.format`, the text of a Responses API response is JSON and nothing else."""
    said = final_text(whole(response))
    if not is_json(said):
        raise Deviation(f"the text is not JSON: {said[:80]!r}", finding="ignored:text.format")


@must(
    ADVANCED,
    says=DOC("TextResponseFormatJsonSchema"),
    counterexample=broken_item(formatted, "message", TEXT, '{"tone": "warm"}'),
    when=(STRICT_SCHEMA, PLAIN_SCHEMA),
    decides="responses: text.format",
)
def test_formatted_text_matches_the_schema(response: Exchange) -> None:
    """With a strict JSON schema in `text.format`, the text of a Responses API response is valid against it."""
    said = final_text(whole(response))
    if not is_json(said):
        raise Inconclusive("the text is not JSON, which another check finds")
    found = broken_rules(read_json(said), response.sent.json["text"]["format"].get("schema"))
    if found:
        raise Deviation(f"{said[:80]!r} is not valid against the schema: {found[0]}", finding="partly:text.format")


@should(
    ADVANCED,
    says=SDK("Response.text"),
    counterexample=broken(formatted, "text.format.type", "text"),
    when=(JSON_SCHEMA,),
)
def test_format_is_repeated(response: Exchange) -> None:
    """If a Responses API response has `text.format.type`, it is the requested value."""
    observed = repeated(response, "text.format.type")
    assert observed == "json_schema", f"`text.format.type` is {brief(observed)} where 'json_schema' was requested"


@must(
    ADVANCED,
    says=DOC("Metadata"),
    counterexample=broken(with_metadata, "metadata", {}),
    when=(METADATA,),
    decides="responses: metadata",
)
def test_metadata_are_repeated(response: Exchange) -> None:
    """If a Responses API response has `metadata`, they are the requested ones."""
    observed = repeated(response, "metadata")
    if not observed:
        raise Deviation("`metadata` of the response is empty", finding="ignored:metadata")
    assert observed == response.sent.json["metadata"]


@must(ADVANCED, says=DOC("Getinputtokencounts"), counterexample=broken(tokens_counted, "object", DELETE))
def test_count_has_the_documented_shape(input_token_count: Exchange) -> None:
    """`POST /responses/input_tokens` returns `object` `response.input_tokens` and `input_tokens` above zero."""
    assert input_token_count.at("object", str) == "response.input_tokens"
    assert input_token_count.at("input_tokens", int) > 0


@should(ADVANCED, says=DOC("Getinputtokencounts"), counterexample=broken(tokens_counted, "input_tokens", 4000))
def test_count_equals_the_reported_usage(tokens_counted: Exchange, greeted: Exchange) -> None:
    """`POST /responses/input_tokens` returns the `input_tokens` that a response to the same input uses (within 4)."""
    counted, used = tokens_counted.at("input_tokens", int), input_tokens(greeted)
    assert abs(counted - used) <= NEAR, f"the count is {counted}, `usage.input_tokens` is {used}"


@must(ADVANCED, says=DOC("Compactconversation"), counterexample=broken(compacted, "object", "response"))
def test_compaction_has_the_documented_shape(compaction: Exchange) -> None:
    """`POST /responses/compact` returns `object` `response.compaction`, `id`, `created_at` and `usage.total_tokens`."""
    assert compaction.at("object", str) == "response.compaction"
    assert compaction.at("id", str) != ""
    assert 1_577_836_800 <= compaction.at("created_at", int) < 100_000_000_000
    compaction.at("usage.total_tokens", int)


@must(ADVANCED, says=DOC("CompactResource"), counterexample=broken(compacted, "output", []))
def test_compaction_has_one_compaction_item(compaction: Exchange) -> None:
    """`output` of `POST /responses/compact` ends with its only `compaction` item, with `encrypted_content`."""
    found = compaction.all("output.*", dict)
    kinds = [item.get("type") for item in found]
    assert kinds.count("compaction") == 1, f"{kinds.count('compaction')} items of type `compaction`"
    assert kinds[-1] == "compaction", "the item of type `compaction` is not the last one"
    assert Document(found[-1], owner="Response/output/compaction").at("encrypted_content", str) != ""


@must(ADVANCED, says=DOC("Compactconversation"), counterexample=broken(compacted_resent, "output", []))
def test_compacted_conversation_continues(compacted_resent: Exchange) -> None:
    """A Responses API request that resends a compacted conversation with a new message returns text."""
    require_whole(whole(compacted_resent))
    assert text_of(compacted_resent).strip(), "the response has no text"


@must(
    ADVANCED,
    says=SDK("Response.background"),
    counterexample=broken(background, "status", "completed"),
    when=(BACKGROUND,),
    decides="responses: background",
)
def test_background_response_is_returned_at_once(response: Exchange) -> None:
    """With `background: true`, the response is returned at once, with `status` `queued` or `in_progress`."""
    status = response.at("status", str)
    if status == "failed":
        raise Inconclusive("the `status` of the response is `failed`")
    if status == "completed":
        raise Deviation("`background` is ignored: the returned `status` is `completed`", finding="ignored:background")
    assert status in {"queued", "in_progress"}


@must(ADVANCED, says=DOC("cancelResponse"), counterexample=broken(cancelled, "status", "in_progress"))
def test_background_response_is_cancelled(cancelled: Exchange) -> None:
    """Canceling a running background response returns it with `status` `cancelled`."""
    if cancelled.status != 200 or cancelled.at("status", str) in {"completed", "incomplete", "failed"}:
        raise Inconclusive("the response ended before the cancellation")
    assert cancelled.at("status", str) == "cancelled"
