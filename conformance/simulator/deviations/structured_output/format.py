"""`response_format`: which types are taken, refused, or ignored."""

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.deviations.structured_output.common import around, format_of, schema_of, valued
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.errors import invalid_request
from conformance.simulator.http.registry import Handler

JSON_MODE = "structured.json_object"
PROSE = "\n\nI chose this person because the name is short."
EDGE = "structured.edge"


@deviation(
    "structured-json-object-silently-ignored",
    severity="critical",
    says="Every `response_format`, even of an unknown type, is ignored; prose follows the requested JSON.",
    breaks="Clients that parse the text: there is extra data after the JSON.",
    source=("ROCm/FastFlowLM#554", "Portkey-AI/gateway#1204", "https://platform.claude.com/docs/en/api/openai-sdk"),
    caught_by=(
        "structured.json_object/chat_completion/text_is_json",
        "structured.json_schema.strict/*/text_matches_the_schema*",
        "structured.edge/invalid_format[unknown-type]/status",
    ),
)
def silently_ignored(call: Call, handler: Handler) -> Answer:
    if not (wanted := format_of(call)):
        return handler(call)
    if wanted.get("type") == "json_object":
        return around(handler(call), "", PROSE)
    return handler(change.without(call, "response_format"))


@deviation(
    "structured-type-text-rejected",
    severity="major",
    says="`response_format` of type `text`, the default, is rejected.",
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
    says="JSON mode is rejected.",
    breaks="Clients that predate schemas.",
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
    says="JSON mode is not passed on to the model: the response is prose.",
    breaks="Clients whose JSON mode works without the gateway.",
    source=("Portkey-AI/gateway#1204",),
    caught_by=("structured.json_object/*/text_is_json", "structured.stream/chat_stream/streamed_text_is_json"),
)
def object_dropped(call: Call, handler: Handler) -> Answer:
    dropped = format_of(call).get("type") == "json_object"
    return handler(change.without(call, "response_format") if dropped else call)


@deviation(
    "structured-missing-schema-accepted",
    severity="minor",
    says="A `json_schema` without `schema` is accepted, and binds nothing.",
    breaks="Clients that put the schema in the wrong place: no error tells them.",
    source=("ggml-org/llama.cpp#18963", "ggml-org/llama.cpp#28697"),
    caught_by=("structured.edge/invalid_format[no-json-schema]/status",),
)
def schema_missing(call: Call, handler: Handler) -> Answer:
    missing = format_of(call).get("type") == "json_schema" and schema_of(call) is None
    return handler(change.without(call, "response_format") if missing else call)


@deviation(
    "structured-unknown-type-accepted",
    severity="minor",
    says="A `response_format` of an unknown type is ignored.",
    breaks="Clients with a typing error: no error tells them.",
    source=("ROCm/FastFlowLM#554",),
    caught_by=("structured.edge/invalid_format[unknown-type]/status",),
)
def unknown_type(call: Call, handler: Handler) -> Answer:
    unknown = format_of(call).get("type", "text") not in {"text", "json_object", "json_schema"}
    return handler(change.without(call, "response_format") if unknown else call)


@deviation(
    "own-structured-array-in-json-mode",
    severity="minor",
    says="JSON mode gives an array with the object in it.",
    breaks="Clients that read keys.",
    source=INVENTED,
    caught_by=("structured.json_object/chat_completion/json_is_an_object",),
)
def array_in_json_mode(call: Call, handler: Handler) -> Answer:
    mode = format_of(call).get("type") == "json_object"
    return valued(handler(call), lambda value: [value]) if mode else handler(call)


@deviation(
    "own-structured-text-is-empty",
    severity="major",
    says="`response_format` of type `text` gives an empty text.",
    breaks="Clients that always send the default.",
    source=INVENTED,
    caught_by=(f"{EDGE}/hello_as_text/format_text_returns_text",),
)
def text_is_empty(call: Call, handler: Handler) -> Answer:
    if format_of(call).get("type") != "text":
        return handler(call)
    return change.each_message(handler(call), lambda message: message.update(content=""))


@deviation(
    "own-structured-refusal-without-words",
    severity="minor",
    says="Invalid formats, tools and choices are rejected with an empty message.",
    breaks="Developers who look for their mistake.",
    source=INVENTED,
    caught_by=("errors.envelope/error_response/message_is_not_empty",),
)
def without_words(call: Call, handler: Handler) -> Answer:
    concerned = {"response_format", "tools"} & change.asked(call).keys()

    def silence(value: change.Object) -> None:
        value["error"]["message"] = ""

    return change.error(handler(call), silence) if concerned and change.is_chat(call) else handler(call)


@deviation(
    "structured-responses-text-format-ignored",
    severity="major",
    says="A schema binds chat completions only: in Responses the text is JSON of another form, within a fence.",
    breaks="`responses.parse` fails where `chat.completions.parse` works.",
    source=("jundot/omlx#613", "lmstudio-ai/lmstudio-bug-tracker#2403"),
    caught_by=("responses.advanced/response/formatted_text_is_json",),
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
