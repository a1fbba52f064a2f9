"""
`text` of a Responses API request: empty, with each format, and with `verbosity`.

Not checked: that `json_object` is rejected where the input does not contain the word, which is OpenAI's own rule.
"""

from statistics import median

from conformance import DOC, Deviation, Exchange, Exchanges, Inconclusive, must, should
from conformance.checks.common.chat import is_json, is_object
from conformance.checks.common.conditions import JSON_OBJECT, PLAIN_SCHEMA, STRICT_SCHEMA
from conformance.checks.common.kinds import response, response_stream
from conformance.checks.common.own_schema import broken_rules
from conformance.checks.params.reading import UNSEEN
from conformance.checks.responses.events import TEXT_DELTA, end_of, is_completed, joined, replaced
from conformance.checks.responses.parameters.exchanges import (
    TEXT,
    explained_high,
    explained_low,
    json_object,
    schema_streamed,
    text_empty,
    text_plain,
)
from conformance.checks.responses.parameters.test_settings import returns_text
from conformance.checks.responses.reading import broken_item, final_text, items, require_done, text_of, whole
from conformance.counterexamples import broken, changed
from conformance.wire.response import read_json

SAID = "content.0.text"


@must(TEXT, says=DOC("ResponseTextParam"), counterexample=broken(text_empty, "output", []))
def test_empty_text_settings_return_text(text_empty: Exchange) -> None:
    """A Responses API request with an empty object as `text` returns text."""
    returns_text(text_empty)


@must(TEXT, says=DOC("ResponseFormatText"), counterexample=broken(text_plain, "output", []))
def test_format_text_returns_text(text_plain: Exchange) -> None:
    """A Responses API request with `text.format` of type `text`, the default, returns text."""
    returns_text(text_plain)


@must(
    TEXT,
    says=DOC("ResponseFormatJsonObject"),
    counterexample=broken_item(json_object, "message", SAID, "Ada is 36."),
    when=(JSON_OBJECT,),
    decides="responses: text.format",
)
def test_text_is_a_json_object(response: Exchange) -> None:
    """With `json_object` as `text.format`, the text of a Responses API response is a JSON object and nothing else."""
    said = final_text(whole(response))
    if not is_object(said):
        raise Deviation(f"the text is not a JSON object: {said[:80]!r}", finding="ignored:text.format")


@must(
    TEXT,
    says=DOC("TextResponseFormatJsonSchema"),
    counterexample=replaced(TEXT_DELTA, "delta", "no", schema_streamed),
    when=(STRICT_SCHEMA, PLAIN_SCHEMA),
)
def test_streamed_text_matches_the_schema(response_stream: Exchange) -> None:
    """With a strict schema in `text.format`, the joined text of a Responses API stream is JSON that matches it."""
    if not is_completed(response_stream) or items(end_of(response_stream), "function_call"):
        raise Inconclusive("the stream is not completed, or calls a function")
    if [one.at("content", list) for one in items(end_of(response_stream), "message")][1:]:
        raise Inconclusive("the response has several messages")
    said = joined(response_stream, TEXT_DELTA)
    if not said:
        raise Inconclusive("the stream has no text deltas")
    if not is_json(said):
        raise Deviation(f"the text is not JSON: {said[:80]!r}", finding="ignored:text.format")
    found = broken_rules(read_json(said), response_stream.sent.json["text"]["format"].get("schema"))
    if found:
        raise Deviation(f"{said[:80]!r} is not valid against the schema: {found[0]}", finding="partly:text.format")


def at_length(observed: Exchange) -> Exchange:
    """Let the text be longer than any."""
    return broken_item(explained_low, "message", SAID, "The sea is wide. " * 500).change(observed)


@should(
    TEXT,
    says=DOC("ResponseTextParam.verbosity"),
    counterexample=changed(explained_low, at_length),
    decides="responses: text.verbosity",
)
def test_verbosity_is_used(explained_low: Exchanges, explained_high: Exchanges) -> None:
    """`text.verbosity` is used: texts of the Responses API with `high` are longer than texts with `low`."""
    short, long = _lengths(explained_low), _lengths(explained_high)
    if set(short) == set(long) and len(set(short)) == 1:
        raise Inconclusive(f"{UNSEEN}: all texts have the same length")
    seen = f"{sorted(short)} characters with `low`, {sorted(long)} with `high`"
    if max(long) <= min(short) or median(long) <= median(short) * 0.9:
        raise Deviation(seen, finding="ignored:text.verbosity")
    if min(long) <= max(short):
        raise Inconclusive(f"{UNSEEN}: {seen}")


def _lengths(sent: Exchanges) -> list[int]:
    found = []
    for observed in sent:
        require_done(observed)
        found.append(len(text_of(observed).strip()))
    if len(found) < 3:
        raise Inconclusive(f"only {len(found)} responses are completed")
    return found
