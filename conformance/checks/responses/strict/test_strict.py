"""
Arguments of strict functions match their schema in the Responses API, and an unknown field is harmless.

OpenAI documents that the arguments of parallel calls may not match the schemas, so only a single call is judged.
"""

from conformance import DOC, Deviation, Document, Exchange, Inconclusive, must, should
from conformance.checks.common.chat import is_object
from conformance.checks.common.own_schema import broken_rules
from conformance.checks.params.reading import NAMED, names
from conformance.checks.responses.agents.test_parallel import done_calls
from conformance.checks.responses.events import ITEM_DONE, end_of, replaced
from conformance.checks.responses.parameters.test_settings import returns_text
from conformance.checks.responses.reading import broken_item, items, require_whole, whole
from conformance.checks.responses.strict.exchanges import (
    STRICT,
    UNKNOWN,
    greeted_with_unknown_field,
    strict_called,
    strict_streamed,
)
from conformance.counterexamples import changed
from conformance.wire.response import read_json

CALL = "function_call"
BARE = b'{"error": {"message": "Bad request.", "param": null}}'


def assert_matches(found: list[Document], observed: Exchange) -> None:
    """Assert that the arguments of the only call match the schema. Raises `Inconclusive` for another number."""
    if len(found) != 1:
        raise Inconclusive(f"the response has {len(found)} calls, and `strict` binds a single one")
    said = found[0].at("arguments", str)
    if not is_object(said):
        raise Inconclusive("the arguments are not a JSON object, which another check finds")
    broken = broken_rules(read_json(said), observed.sent.json["tools"][0]["parameters"])
    if broken:
        raise Deviation(f"the arguments are {said[:80]!r}: {broken[0]}", finding="partly:tools.strict")


@must(STRICT, says=DOC("FunctionTool.strict"), counterexample=broken_item(strict_called, CALL, "arguments", "{}"))
def test_strict_arguments_match_the_schema(strict_called: Exchange) -> None:
    """In the Responses API, the arguments of a function with `strict: true` are valid against its schema."""
    require_whole(whole(strict_called))
    assert_matches(items(whole(strict_called), CALL), strict_called)


@must(
    STRICT,
    says=DOC("FunctionTool.strict"),
    counterexample=replaced(ITEM_DONE, "item", lambda event: {**event["item"], "arguments": "{}"}, strict_streamed),
)
def test_strict_arguments_match_in_a_stream(strict_streamed: Exchange) -> None:
    """In a Responses API stream, the arguments of a function with `strict: true` are valid against its schema."""
    require_whole(end_of(strict_streamed))
    assert_matches(done_calls(strict_streamed), strict_streamed)


@should(
    STRICT,
    says=NAMED,
    counterexample=changed(greeted_with_unknown_field, lambda e: e.with_response(status=400, body=BARE)),
)
def test_unknown_field_is_ignored_or_named(greeted_with_unknown_field: Exchange) -> None:
    """A Responses API request with an unknown field returns text, or is rejected with an error that names the field."""
    if greeted_with_unknown_field.status == 200:
        returns_text(greeted_with_unknown_field)
    else:
        names(greeted_with_unknown_field, UNKNOWN)
