"""Deviations of structured output."""

import json
from typing import Any

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.errors import ApiError, invalid_request
from conformance.simulator.http.registry import Handler

JSON_MODE = "structured.json_object"
STRICT = "structured.json_schema.strict"
FEATURE = "structured.schema_features"
PROSE = "\n\nI chose this person because the name is short."


def format_of(call: Call) -> dict[str, Any]:
    """Return the `response_format` of a chat request, or an empty object."""
    found = change.asked(call).get("response_format") if change.is_chat(call) else None
    return found if isinstance(found, dict) else {}


def schema_of(call: Call) -> Any:
    """Return the schema that binds the answer to a chat request, or None."""
    described = format_of(call).get("json_schema")
    return described.get("schema") if isinstance(described, dict) else None


def _schemas(call: Call) -> str:
    """Return all schemas of a chat request as text: of the answer, and of the tools."""
    tools = change.asked(call).get("tools") if change.is_chat(call) else None
    return change.text([schema_of(call), tools])


def valued(answer: Answer, rule: Any) -> Answer:
    """Change the JSON value that the text of a plain message is."""

    def apply(message: change.Object) -> None:
        value = change.parsed(message.get("content") or "")
        if isinstance(value, dict):
            changed = rule(value)
            message["content"] = json.dumps(value if changed is None else changed, ensure_ascii=False)

    return change.each_message(answer, apply)


def around(answer: Answer, before: str, after: str) -> Answer:
    """Put something around the text of an answer, plain or streamed."""

    def apply(told: list[change.Object]) -> None:
        said = [delta for delta in change.deltas(told) if delta.get("content")]
        for delta in said[:1]:
            delta["content"] = before + delta["content"]
        for delta in said[-1:]:
            delta["content"] += after

    def wrap(message: change.Object) -> None:
        if message.get("content"):
            message["content"] = f"{before}{message['content']}{after}"

    return change.chunks(change.each_message(answer, wrap), apply)


@deviation(
    "structured-json-object-silently-ignored",
    severity="critical",
    says="Every `response_format`, even of an unknown type, is ignored; prose follows the JSON that was asked for.",
    breaks="Clients that parse the text: there is extra data after the JSON.",
    source=("ROCm/FastFlowLM#554", "Portkey-AI/gateway#1204", "https://platform.claude.com/docs/en/api/openai-sdk"),
    caught_by=(
        f"{JSON_MODE}/*/nothing_stands_beside_the_json",
        f"{STRICT}/*/answer_fits_the_schema*",
        "structured.edge/wrong_format[unknown-type]/status",
    ),
)
def silently_ignored(call: Call, handler: Handler) -> Answer:
    if not (wanted := format_of(call)):
        return handler(call)
    if wanted.get("type") == "json_object":
        return around(handler(call), "", PROSE)
    return handler(change.without(call, "response_format"))


@deviation(
    "structured-markdown-fenced-json",
    severity="critical",
    says="The JSON of an answer stands within a Markdown fence.",
    breaks="Clients that parse the text.",
    source=("veniceai/api-docs#264", "jundot/omlx#613"),
    caught_by=(f"{JSON_MODE}/*/text_is_json", f"{STRICT}/*/answer_fits_the_schema*", "structured.stream/*/streamed_*"),
)
def fenced(call: Call, handler: Handler) -> Answer:
    bound = format_of(call).get("type") in {"json_object", "json_schema"}
    return around(handler(call), "```json\n", "\n```") if bound else handler(call)


@deviation(
    "structured-responses-text-format-ignored",
    severity="major",
    says="A schema binds chat completions only: in Responses the text is JSON of another form, within a fence.",
    breaks="`responses.parse` fails where `chat.completions.parse` works.",
    source=("jundot/omlx#613", "lmstudio-ai/lmstudio-bug-tracker#2403"),
    caught_by=("responses.advanced/formatted/formatted_text_is_json",),
)
def responses_ignored(call: Call, handler: Handler) -> Answer:
    text = change.asked(call).get("text") if change.posted(call, "/responses") else None
    if not isinstance(text, dict) or (text.get("format") or {}).get("type") != "json_schema":
        return handler(call)

    def fence(value: change.Object) -> None:
        for item in value.get("output") or ():
            for part in item.get("content") or ():
                if "text" in part:
                    part["text"] = f"```json\n{change.text({'answer': part['text']})}\n```"

    return change.body(handler(call), fence)


@deviation(
    "structured-type-text-rejected",
    severity="major",
    says="`response_format` of type `text`, the default in so many words, is refused.",
    breaks="Clients that always send the default: every request fails.",
    source=("lmstudio-ai/lmstudio-bug-tracker#307", "openai/openai-agents-js#835"),
    caught_by=("structured.edge/hello_as_text/status",),
)
def text_rejected(call: Call, handler: Handler) -> Answer:
    if format_of(call).get("type") == "text":
        raise invalid_request("'response_format.type' must be 'json_schema'")
    return handler(call)


@deviation(
    "structured-json-object-rejected",
    severity="major",
    says="JSON mode is refused.",
    breaks="Clients from before schemas.",
    source=("lmstudio-ai/lmstudio-bug-tracker#307", "GD4AI/obsidian-llm-wiki#306"),
    caught_by=(f"{JSON_MODE}/*/status", "structured.stream/person_explained_streamed/status"),
)
def object_rejected(call: Call, handler: Handler) -> Answer:
    if format_of(call).get("type") == "json_object":
        raise invalid_request("'response_format.type' must be 'json_schema' or 'text'")
    return handler(call)


@deviation(
    "structured-json-object-param-dropped-by-gateway",
    severity="major",
    says="JSON mode is not passed on to the model: the answer is prose.",
    breaks="Clients whose JSON mode works without the gateway.",
    source=("Portkey-AI/gateway#1204",),
    caught_by=(
        f"{JSON_MODE}/*/text_is_json",
        "structured.stream/person_explained_streamed/streamed_json_mode_gives_json",
    ),
)
def object_dropped(call: Call, handler: Handler) -> Answer:
    dropped = format_of(call).get("type") == "json_object"
    return handler(change.without(call, "response_format") if dropped else call)


@deviation(
    "structured-additional-properties-rejected",
    severity="critical",
    says="A schema with `additionalProperties` ends in a 502 that quotes the upstream's refusal.",
    breaks="Every schema that a client's library makes.",
    source=("tashfeenahmed/freellmapi#97",),
    caught_by=(f"{STRICT}/*/status", "tools.schema_edge/unusual_required[closed]/status", "structured.*/status"),
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
    says="A schema with `$ref` is refused.",
    breaks="Nested models of every client library.",
    source=("braintrustdata/braintrust-proxy#160",),
    caught_by=(f"{FEATURE}/feature[reference]/status", "tools.schema_edge/unusual_required[reference]/status"),
)
def reference_rejected(call: Call, handler: Handler) -> Answer:
    if '"$ref"' in _schemas(call):
        raise invalid_request("Invalid JSON payload received. Unknown name '$ref': Cannot find field.")
    return handler(call)


@deviation(
    "structured-ref-enum-unconstrained",
    severity="major",
    says="An `enum` behind a `$ref` is taken for any object.",
    breaks="Clients that expect one of a few words and get an object.",
    source=("ggml-org/llama.cpp#8073", "ggml-org/llama.cpp#20178"),
    caught_by=(f"{FEATURE}/feature[reference-to-enum]/answer_fits_a_schema_with_the_feature",),
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
    "structured-missing-schema-accepted",
    severity="minor",
    says="A `json_schema` without `schema` is taken, and binds nothing.",
    breaks="Clients that put the schema in the wrong place: nothing tells them.",
    source=("ggml-org/llama.cpp#18963", "ggml-org/llama.cpp#28697"),
    caught_by=("structured.edge/wrong_format[no-schema]/status", "structured.edge/wrong_format[no-json-schema]/status"),
)
def schema_missing(call: Call, handler: Handler) -> Answer:
    missing = format_of(call).get("type") == "json_schema" and schema_of(call) is None
    return handler(change.without(call, "response_format") if missing else call)


@deviation(
    "structured-unknown-type-accepted",
    severity="minor",
    says="A `response_format` of an unknown type is taken for none.",
    breaks="Clients with a typing error: nothing tells them.",
    source=("ROCm/FastFlowLM#554",),
    caught_by=("structured.edge/wrong_format[unknown-type]/status",),
)
def unknown_type(call: Call, handler: Handler) -> Answer:
    unknown = format_of(call).get("type", "text") not in {"text", "json_object", "json_schema"}
    return handler(change.without(call, "response_format") if unknown else call)


@deviation(
    "structured-internal-conflict-error",
    severity="major",
    says="Every schema is refused, because the server makes a grammar of it and then finds both.",
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
    caught_by=(f"{FEATURE}/feature[any-of]/answer_fits_a_schema_with_the_feature",),
)
def branches_ignored(call: Call, handler: Handler) -> Answer:
    def loosen(value: change.Object) -> None:
        for name, found in value.items():
            if isinstance(found, dict):
                value[name] = dict(list(found.items())[:1])

    return valued(handler(call), loosen) if '"anyOf"' in change.text(schema_of(call)) else handler(call)
