"""What is sent about the keywords of strict schemas: as a `response_format`, and as the parameters of a function."""

from conformance import Request, Target, capability, exchange
from conformance.checks.common.requests import TAKEN_OR_REFUSED
from conformance.checks.structured.exchanges import ask
from conformance.checks.structured.formats import Feature, strict
from conformance.checks.structured.keywords.rows import BEYOND, KEYWORDS, OUTSIDE
from conformance.requests import function_tool, post, user

KEYWORDS_OF_SCHEMAS = capability("structured.keywords")

_REFUSED_OR_KEPT = TAKEN_OR_REFUSED | {413}


@exchange(KEYWORDS_OF_SCHEMAS, each=KEYWORDS, cost=120)
def schema_keyword(target: Target, row: Feature) -> Request:
    """A strict schema with one documented keyword, and a prompt whose obvious completion does not match it."""
    return ask(target, row.prompt, strict("answer", row.schema))


@exchange(KEYWORDS_OF_SCHEMAS, each=KEYWORDS, cost=160)
def keyword_required(target: Target, row: Feature) -> Request:
    """A strict function whose parameters have one documented keyword, with `tool_choice` `required`."""
    tool = function_tool("answer", "Give the answer.", row.schema)
    tool["function"]["strict"] = True
    body = {"model": target.model("chat"), "messages": [user(row.prompt)], "tools": [tool], "tool_choice": "required"}
    return post("/chat/completions", body)


@exchange(KEYWORDS_OF_SCHEMAS, expects=TAKEN_OR_REFUSED, each=OUTSIDE, cost=120, invalid=True)
def schema_outside(target: Target, row: Feature) -> Request:
    """A strict schema outside of the documented subset, which may be rejected, or served and obeyed."""
    return ask(target, row.prompt, strict("answer", row.schema))


@exchange(KEYWORDS_OF_SCHEMAS, expects=_REFUSED_OR_KEPT, each=BEYOND, cost=40_000, invalid=True)
def schema_too_large(target: Target, row: Feature) -> Request:
    """A strict schema beyond one documented limit of size, which may be rejected, or served and obeyed."""
    return ask(target, row.prompt, strict("answer", row.schema))
