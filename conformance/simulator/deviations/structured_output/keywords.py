"""Keywords of a schema that are dropped before anything is bound to them."""

from typing import Any

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.deviations.structured_output.common import schema_of
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler
from conformance.simulator.model.schema_rules import NOT_STRICT

KEYWORDS = "structured.keywords"
_LARGE = 5_000
REFUSED = 400
_DEEP = 10
NUMBERS = ("multiple-of", "maximum", "exclusive-maximum", "minimum", "exclusive-minimum")


def _dropped(call: Call, *keywords: str) -> Call:
    """Return the call without some keywords, wherever they stand in its format and its tools."""

    def below(value: Any) -> Any:
        if isinstance(value, list):
            return [below(one) for one in value]
        if isinstance(value, dict):
            return {key: below(one) for key, one in value.items() if key not in keywords}
        return value

    def apply(value: change.Object) -> change.Object:
        return {key: below(one) if key in {"response_format", "tools"} else one for key, one in value.items()}

    return change.rewrite(call, apply) if change.is_chat(call) else call


@deviation(
    "structured-string-format-dropped",
    severity="minor",
    says="The keyword `format` of a strict schema binds nothing.",
    breaks="Clients that parse a date or an address that they were promised.",
    source=INVENTED,
    caught_by=tuple(f"{KEYWORDS}/*[format-{name}]/*_obey*_the_keyword" for name in ("date", "email", "ipv4", "uuid")),
)
def format_dropped(call: Call, handler: Handler) -> Answer:
    return handler(_dropped(call, "format"))


@deviation(
    "structured-number-keywords-dropped",
    severity="minor",
    says="`multipleOf` and the limits of a number bind nothing, in a format as in a strict function.",
    breaks="Clients that validate what they were promised.",
    source=INVENTED,
    caught_by=tuple(f"{KEYWORDS}/*[{name}]/*_obey*_the_keyword" for name in NUMBERS),
)
def number_keywords_dropped(call: Call, handler: Handler) -> Answer:
    return handler(_dropped(call, "multipleOf", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"))


@deviation(
    "structured-unsupported-keyword-ignored",
    severity="major",
    says="A keyword that strict schemas lack, such as `allOf`, is dropped in silence, and not obeyed.",
    breaks="Clients that were told `strict` and validate the response with the schema that they sent.",
    source=INVENTED,
    caught_by=tuple(
        f"{KEYWORDS}/schema_outside[{name}]/unsupported_*" for name in ("all-of", "one-of", "not", "contains")
    ),
)
def unsupported_ignored(call: Call, handler: Handler) -> Answer:
    return handler(_dropped(call, *NOT_STRICT))


@deviation(
    "structured-large-schema-unbound",
    severity="major",
    says="A schema that is too large for the server is dropped in silence: any text is returned.",
    breaks="Clients with large schemas, which parse the response.",
    source=INVENTED,
    caught_by=(f"{KEYWORDS}/schema_too_large*/rejected_or_obeyed",),
)
def large_unbound(call: Call, handler: Handler) -> Answer:
    text = change.text(schema_of(call))
    large = len(text) > _LARGE or text.count('"properties"') > _DEEP
    return handler(change.without(call, "response_format") if large else call)


@deviation(
    "structured-only-the-object-is-bound",
    severity="major",
    says="Of a strict schema only the type of its root is used: any JSON object is returned, or written as arguments.",
    breaks="Clients that read the properties that they were promised.",
    source=INVENTED,
    caught_by=(f"{KEYWORDS}/*/text_obeys_the_keyword", f"{KEYWORDS}/*/arguments_obey_the_keyword"),
)
def only_the_object(call: Call, handler: Handler) -> Answer:
    def apply(value: change.Object) -> None:
        tools = value.get("tools") or ()
        for schema in [value.get("response_format"), *(tool.get("function") for tool in tools)]:
            if isinstance(schema, dict) and ('"strict":true' in change.text(schema)):
                _unbind(schema)

    return handler(change.rewrite(call, apply) if change.is_chat(call) else call)


def _unbind(holder: change.Object) -> None:
    described = holder.get("json_schema", holder)
    described.update({"schema" if described is not holder else "parameters": {"type": "object"}, "strict": False})


@deviation(
    "structured-open-schema-unbound",
    severity="major",
    says="A strict schema that is open, or has optional properties, is dropped in silence: any text is returned.",
    breaks="Clients that parse the response, and were not told that their schema is not strict.",
    source=INVENTED,
    caught_by=(f"{KEYWORDS}/schema_outside*/unsupported_is_rejected_or_obeyed",),
)
def open_unbound(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    bound = isinstance(schema_of(call), dict) and answer.status == REFUSED
    return handler(change.without(call, "response_format")) if bound else answer
