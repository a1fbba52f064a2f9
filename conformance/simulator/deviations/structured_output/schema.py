"""What a schema binds: refused, or enforced in part."""

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.deviations.structured_output.common import is_bound, schema_of, valued
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.errors import ApiError, invalid_request
from conformance.simulator.http.registry import Handler

STRICT = "structured.json_schema.strict"
FEATURE = "structured.schema_features"


def _schemas(call: Call) -> str:
    """Return all schemas of a chat request as text: of the answer, and of the tools."""
    tools = change.asked(call).get("tools") if change.is_chat(call) else None
    return change.text([schema_of(call), tools])


@deviation(
    "structured-additional-properties-rejected",
    severity="critical",
    says="A schema with `additionalProperties` ends in a 502 that quotes the upstream's rejection.",
    breaks="Every schema that a client's library makes.",
    source=("tashfeenahmed/freellmapi#97",),
    caught_by=(f"{STRICT}/*/status", "tools.schema_edge/unusual_tool_required[closed]/status", "structured.*/status"),
)
def additional_rejected(call: Call, handler: Handler) -> Answer:
    if '"additionalProperties"' in _schemas(call):
        text = (
            'Upstream error 400: Invalid JSON payload received. Unknown name "additionalProperties": Cannot find field.'
        )
        raise ApiError(502, text, kind="upstream_error")
    return handler(call)


@deviation(
    "structured-ref-defs-rejected",
    severity="major",
    says="A schema with `$ref` is rejected.",
    breaks="Nested models of every client library.",
    source=("braintrustdata/braintrust-proxy#160",),
    caught_by=(
        f"{FEATURE}/schema_feature[reference]/status",
        "tools.schema_edge/unusual_tool_required[reference]/status",
    ),
)
def reference_rejected(call: Call, handler: Handler) -> Answer:
    if '"$ref"' in _schemas(call):
        raise invalid_request("Invalid JSON payload received. Unknown name '$ref': Cannot find field.")
    return handler(call)


@deviation(
    "structured-ref-enum-unconstrained",
    severity="major",
    says="An `enum` behind a `$ref` is treated as any object.",
    breaks="Clients that expect one of a few words and get an object.",
    source=("ggml-org/llama.cpp#8073", "ggml-org/llama.cpp#20178"),
    caught_by=("structured.schema_features/schema_feature[reference-to-enum]/text_matches_such_a_schema",),
)
def enum_unconstrained(call: Call, handler: Handler) -> Answer:
    schema = schema_of(call)
    defined = schema.get("$defs") if isinstance(schema, dict) else None
    if not isinstance(defined, dict) or not any("enum" in below for below in defined.values()):
        return handler(call)

    def loosen(value: change.Object) -> None:
        for name, found in value.items():
            value[name] = [{"tag": item} for item in found] if isinstance(found, list) else {"tag": found}

    return valued(handler(call), loosen)


@deviation(
    "structured-internal-conflict-error",
    severity="major",
    says="Every schema is rejected, because the server makes a grammar of it and then finds both.",
    breaks="All clients with schemas.",
    source=("ggml-org/llama.cpp#11847",),
    caught_by=(f"{STRICT}/*/status", "structured.sdk_parse/*/status", "structured.*/status"),
)
def internal_conflict(call: Call, handler: Handler) -> Answer:
    if schema_of(call) is not None:
        raise invalid_request('Either "json_schema" or "grammar" can be specified, but not both')
    return handler(call)


@deviation(
    "structured-oneof-unsupported",
    severity="minor",
    says="The branches of a union are not enforced: keys that a branch requires are absent.",
    breaks="Clients that go by the discriminator and miss its keys.",
    source=("ggml-org/llama.cpp#7703",),
    caught_by=("structured.schema_features/schema_feature[any-of]/text_matches_such_a_schema",),
)
def branches_ignored(call: Call, handler: Handler) -> Answer:
    def loosen(value: change.Object) -> None:
        for name, found in value.items():
            if isinstance(found, dict):
                value[name] = dict(list(found.items())[:1])

    return valued(handler(call), loosen) if '"anyOf"' in change.text(schema_of(call)) else handler(call)


@deviation(
    "own-structured-numbers-as-text",
    severity="major",
    says="Numbers in a response that a schema binds are written as text.",
    breaks="Typed clients.",
    source=INVENTED,
    caught_by=("structured.json_schema.strict/*/text_matches_the_schema*", "structured.sdk_parse/*"),
)
def numbers_as_text(call: Call, handler: Handler) -> Answer:
    def write(value: change.Object) -> None:
        value.update({name: str(found) for name, found in value.items() if type(found) is int})

    return valued(handler(call), write) if schema_of(call) else handler(call)


@deviation(
    "own-structured-titles-lose-keys",
    severity="major",
    says="A schema with titles, as client libraries write it, binds only the first property.",
    breaks="`.parse` of the official client.",
    source=INVENTED,
    caught_by=("structured.sdk_parse/event_parsed/parsed_text_matches_the_schema",),
)
def titles_lose_keys(call: Call, handler: Handler) -> Answer:
    titled = '"title"' in change.text(schema_of(call))
    return valued(handler(call), lambda value: dict(list(value.items())[:1])) if titled else handler(call)


@deviation(
    "own-structured-minimum-off-by-one",
    severity="minor",
    says="A number may be one below the schema's `minimum`.",
    breaks="Clients that validate what they were promised.",
    source=INVENTED,
    caught_by=("structured.schema_features/schema_feature[range]/text_matches_such_a_schema",),
)
def minimum_off_by_one(call: Call, handler: Handler) -> Answer:
    def lower(value: change.Object) -> None:
        value.update({name: found - 1 for name, found in value.items() if type(found) is int})

    return valued(handler(call), lower) if '"minimum"' in change.text(schema_of(call)) else handler(call)


@deviation(
    "own-structured-lost-beside-tools",
    severity="major",
    says="A schema binds nothing when tools are offered.",
    breaks="Agents whose last answer must be JSON.",
    source=INVENTED,
    caught_by=("structured.json_schema.strict/chat_completion/text_matches_the_schema",),
)
def lost_beside_tools(call: Call, handler: Handler) -> Answer:
    both = is_bound(call) and change.asked(call).get("tools")
    return handler(change.without(call, "response_format") if both else call)


@deviation(
    "own-structured-format-forbids-calls",
    severity="major",
    says="Where a response is bound to a schema nothing is called, though `tool_choice` is `required`.",
    breaks="Agents whose last answer must be JSON: they never call.",
    source=INVENTED,
    caught_by=("tools.choice.required/chat_completion/required_function_is_called",),
)
def format_forbids_calls(call: Call, handler: Handler) -> Answer:
    both = is_bound(call) and change.asked(call).get("tools")
    return handler(change.rewrite(call, lambda value: {**value, "tool_choice": "none"}) if both else call)
