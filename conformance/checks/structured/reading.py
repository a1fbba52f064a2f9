"""How JSON is read out of an answer that was asked for it."""

from typing import Any

from conformance import Deviation, Document, Exchange, Inconclusive
from conformance.checks.common.chat import require_whole, text_of
from conformance.checks.common.own_schema import broken_rules
from conformance.checks.tools.reading import calls_in, fragments, refuses
from conformance.wire.response import NotJson, read_json

PARAMETER = "response_format"


def require_text(observed: Exchange) -> None:
    """Raise `Inconclusive` when a limit or a filter ended the answer, when the model refuses, and when it calls."""
    require_whole(observed)
    if refuses(observed):
        raise Inconclusive("the model refuses")
    if fragments(observed) if observed.sent.streamed else calls_in(observed):
        raise Inconclusive("the model calls instead of speaking")


def value_of(observed: Exchange) -> Any:
    """Return the one JSON value that the text is. Raises `Deviation` when it is none."""
    require_text(observed)
    text = text_of(observed)
    try:
        return read_json(text)
    except NotJson as error:
        raise Deviation(f"{_described(text)}: {text[:80]!r} ({error})", finding=_cause(text)) from None


def _described(text: str) -> str:
    if not text.strip():
        return "there is no text"
    if text.lstrip().startswith("```"):
        return "the text is JSON within a fence" if "```" in text.strip()[3:] else "the text begins with a fence"
    return "the text is not JSON alone" if text.lstrip().startswith(("{", "[")) else "the text is no JSON"


def _cause(text: str) -> str:
    """Return the finding: text around JSON, or a fence, shows that the format was heard in part at least."""
    part = text.lstrip().startswith(("{", "[", "```"))
    return f"partly:{PARAMETER}" if part else f"ignored:{PARAMETER}"


def assert_fits(observed: Exchange) -> None:
    """Assert that the text is JSON that fits the schema of the request."""
    value = value_of(observed)
    found = broken_rules(value, Document(observed.sent.json).get(f"{PARAMETER}.json_schema.schema"))
    if found:
        message = f"the answer {text_of(observed)[:80]!r} does not fit the schema: {found[0]}"
        raise Deviation(message, finding=f"partly:{PARAMETER}")
