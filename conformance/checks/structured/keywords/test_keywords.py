"""
Strict schemas, keyword by keyword.

"The model will always follow the exact schema", says OpenAI's document of `strict`; what its guide lists is accepted,
what it does not support is an error. A server that supports more may serve it: then the text matches.

Not checked: `minLength` and `maxLength`, of which the guide does not say whether they bind; the order of the keys.
"""

import json

from conformance import DOC, OBSERVED, Deviation, Exchange, Inconclusive, must
from conformance.checks.common import evidence
from conformance.checks.common.chat import CONTENT, is_object, require_whole
from conformance.checks.common.own_schema import broken_rules
from conformance.checks.structured.keywords.exchanges import (
    KEYWORDS_OF_SCHEMAS,
    keyword_required,
    schema_keyword,
    schema_outside,
    schema_too_large,
)
from conformance.checks.structured.keywords.rows import FORMATS, KEYWORDS
from conformance.checks.structured.reading import assert_fits, value_of
from conformance.checks.tools.reading import CALLS, calls_in
from conformance.counterexamples import broken, changed
from conformance.wire.text import within

SCHEMA = DOC("ResponseFormatJsonSchema")
SUBSET = OBSERVED("OpenAI's guide lists what strict schemas support", *evidence.STRICT_SCHEMAS)
TEXT = '{"unknown": "Hello!"}'


def served(observed: Exchange) -> Exchange:
    """Return the response of a server that takes any schema and obeys none."""
    message = {"role": "assistant", "content": TEXT, "refusal": None}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    return observed.with_response(status=200, body=json.dumps({"choices": [choice]}).encode())


def format_broken(observed: Exchange, value: object) -> str | None:
    """Return how a value breaks the `format` of a case, or None."""
    name = observed.case.removeprefix("format-")
    found = value.get("value") if isinstance(value, dict) else None
    if name not in FORMATS or not isinstance(found, str) or FORMATS[name].search(within(found)):
        return None
    return f"{found[:60]!r} is not of the format `{name}`"


@must(KEYWORDS_OF_SCHEMAS, says=SCHEMA, counterexample=broken(schema_keyword, CONTENT, TEXT))
def test_text_obeys_the_keyword(schema_keyword: Exchange) -> None:
    """In a chat completion with a strict schema, the JSON obeys a documented keyword (`pattern`, `format`, ...)."""
    assert_fits(schema_keyword)
    wrong = format_broken(schema_keyword, value_of(schema_keyword))
    if wrong:
        raise Deviation(wrong, finding="partly:response_format")


@must(
    KEYWORDS_OF_SCHEMAS,
    says=DOC("FunctionObject.strict"),
    counterexample=broken(keyword_required, f"{CALLS}.0.function.arguments", TEXT),
)
def test_arguments_obey_the_keyword(keyword_required: Exchange) -> None:
    """With a strict function whose parameters use a documented keyword, the arguments of a call obey it."""
    require_whole(keyword_required)
    calls = calls_in(keyword_required)
    if len(calls) != 1:
        raise Inconclusive(f"there are {len(calls)} calls, and `strict` binds the arguments of one")
    (arguments,) = keyword_required.all(f"{CALLS}.*.function.arguments", str)
    if not is_object(arguments):
        raise Inconclusive("the arguments are not a JSON object, which another check finds")
    value = json.loads(arguments)
    found = broken_rules(value, KEYWORDS[keyword_required.case].schema)
    wrong = found[0] if found else format_broken(keyword_required, value)
    assert not wrong, f"the arguments {arguments[:80]!r} do not match the schema: {wrong}"


@must(KEYWORDS_OF_SCHEMAS, says=SUBSET, counterexample=changed(schema_outside, served))
def test_unsupported_is_rejected_or_obeyed(schema_outside: Exchange) -> None:
    """A strict schema with a keyword that strict schemas lack, such as `allOf`, is rejected, or the JSON matches it."""
    if schema_outside.status == 200:
        assert_fits(schema_outside)


@must(KEYWORDS_OF_SCHEMAS, says=SUBSET, counterexample=changed(schema_too_large, served))
def test_rejected_or_obeyed(schema_too_large: Exchange) -> None:
    """A strict schema beyond a documented limit, such as 10 levels, is rejected, or the JSON matches it."""
    if schema_too_large.status == 200:
        assert_fits(schema_too_large)
