"""How JSON is read out of a response for which it was requested."""

import json
from typing import Any

from pydantic_core import from_json

from conformance import Deviation, Document, Exchange, Inconclusive
from conformance.checks.common.chat import require_whole, text_of
from conformance.checks.common.own_schema import broken_rules
from conformance.checks.tools.reading import calls_in, fragments, refuses
from conformance.wire.response import NotJson, read_json
from conformance.wire.text import within

PARAMETER = "response_format"


def require_text(observed: Exchange) -> None:
    """Raise `Inconclusive` when a limit or a filter ended the response, when the model refuses, and when it calls."""
    require_whole(observed)
    if refuses(observed):
        raise Inconclusive("the model refuses")
    if fragments(observed) if observed.sent.streamed else calls_in(observed):
        raise Inconclusive("the model calls a function instead of writing text")


def is_begun_json(text: str) -> bool:
    """Tell whether a text is the beginning of a JSON object or array whose end is missing."""
    begun = within(text).lstrip()
    if not begun.startswith(("{", "[")):
        return False
    try:
        json.JSONDecoder().raw_decode(begun)
    except (ValueError, RecursionError):
        return _may_go_on(begun)
    return False


def _may_go_on(text: str) -> bool:
    try:
        from_json(text, allow_partial="trailing-strings")
    except ValueError:
        return False
    return True


def value_of(observed: Exchange) -> Any:
    """Return the one JSON value that the text is. Raises `Deviation` when it is not one."""
    require_text(observed)
    text = text_of(observed)
    try:
        return read_json(text)
    except NotJson as error:
        raise Deviation(f"{_described(text)}: {text[:80]!r} ({error})", finding=_cause(observed, text)) from None


def _described(text: str) -> str:
    if not text.strip():
        return "there is no text"
    if text.lstrip().startswith("```"):
        return (
            "the text is JSON within a Markdown fence" if "```" in text.strip()[3:] else "the text begins with a fence"
        )
    return "the text is not JSON only" if text.lstrip().startswith(("{", "[")) else "the text is not JSON"


def _cause(observed: Exchange, text: str) -> str:
    """Return the finding: JSON that only the format requested shows that it was used, at least in part."""
    begun = text.lstrip().startswith(("{", "[", "```"))
    return f"partly:{PARAMETER}" if begun and not asks_for_json(observed) else f"ignored:{PARAMETER}"


def asks_for_json(observed: Exchange) -> bool:
    """Tell whether the messages of a request mention JSON themselves: then JSON proves nothing of the format."""
    return "json" in str(observed.sent.json.get("messages")).casefold()


def assert_fits(observed: Exchange) -> None:
    """Assert that the text is JSON that matches the schema of the request."""
    value = value_of(observed)
    schema = Document(observed.sent.json).get(f"{PARAMETER}.json_schema.schema")
    found = broken_rules(value, schema)
    if found:
        message = f"the text {text_of(observed)[:80]!r} does not match the schema: {found[0]}"
        # JSON with other keys, where the messages ask for JSON, is what the model would have written anyway.
        heard = not asks_for_json(observed) or _has_the_keys(value, schema)
        raise Deviation(message, finding=f"partly:{PARAMETER}" if heard else f"ignored:{PARAMETER}")


def _has_the_keys(value: Any, schema: Any) -> bool:
    properties = schema.get("properties") if isinstance(schema, dict) else None
    return isinstance(value, dict) and isinstance(properties, dict) and set(value) == set(properties)
