"""Deviations of structured output that no report tells of, and that are plausible all the same."""

import json

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import deviation
from conformance.simulator.deviations.structured import format_of, schema_of, valued
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

EDGE = "structured.edge"


def _bound(call: Call) -> bool:
    return format_of(call).get("type") in {"json_object", "json_schema"}


@deviation(
    "own-structured-last-piece-lost",
    severity="critical",
    says="A stream of JSON lacks its last piece of text.",
    breaks="Everybody: the closing brace is missing.",
    source=("own",),
    caught_by=("structured.stream/*/streamed_*",),
)
def last_piece_lost(call: Call, handler: Handler) -> Answer:
    def cut(told: list[change.Object]) -> None:
        said = [delta for delta in change.deltas(told) if delta.get("content")]
        for delta in said[-1:]:
            delta["content"] = ""

    return change.chunks(handler(call), cut) if _bound(call) else handler(call)


@deviation(
    "own-structured-numbers-as-text",
    severity="major",
    says="Numbers in an answer that a schema binds are written as text.",
    breaks="Typed clients.",
    source=("own",),
    caught_by=("structured.json_schema.strict/*/answer_fits_the_schema*", "structured.sdk_parse/*"),
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
    source=("own",),
    caught_by=("structured.sdk_parse/event_parsed/parsed_answer_fits_the_schema",),
)
def titles_lose_keys(call: Call, handler: Handler) -> Answer:
    titled = '"title"' in change.text(schema_of(call))
    return valued(handler(call), lambda value: dict(list(value.items())[:1])) if titled else handler(call)


@deviation(
    "own-structured-minimum-off-by-one",
    severity="minor",
    says="A number may be one below the schema's `minimum`.",
    breaks="Clients that validate what they were promised.",
    source=("own",),
    caught_by=("structured.schema_features/feature[range]/answer_fits_a_schema_with_the_feature",),
)
def minimum_off_by_one(call: Call, handler: Handler) -> Answer:
    def lower(value: change.Object) -> None:
        value.update({name: found - 1 for name, found in value.items() if type(found) is int})

    return valued(handler(call), lower) if '"minimum"' in change.text(schema_of(call)) else handler(call)


@deviation(
    "own-structured-array-in-json-mode",
    severity="minor",
    says="JSON mode gives an array with the object in it.",
    breaks="Clients that read keys.",
    source=("own",),
    caught_by=("structured.json_object/person_as_object/json_is_an_object",),
)
def array_in_json_mode(call: Call, handler: Handler) -> Answer:
    mode = format_of(call).get("type") == "json_object"
    return valued(handler(call), lambda value: [value]) if mode else handler(call)


@deviation(
    "own-structured-cut-ends-with-stop",
    severity="critical",
    says="JSON that the limit cut ends with `finish_reason` `stop`.",
    breaks="Clients that take it for whole.",
    source=("own",),
    caught_by=(f"{EDGE}/person_cut/cut_json_ends_with_length",),
)
def cut_ends_with_stop(call: Call, handler: Handler) -> Answer:
    def end(choice: change.Object) -> None:
        if choice.get("finish_reason") == "length":
            choice["finish_reason"] = "stop"

    return change.each_choice(handler(call), end) if _bound(call) else handler(call)


@deviation(
    "own-structured-lost-beside-tools",
    severity="major",
    says="A schema binds nothing when tools are offered.",
    breaks="Agents whose last answer must be JSON.",
    source=("own",),
    caught_by=(f"{EDGE}/*/answer_beside_tools_fits_the_schema", f"{EDGE}/*/answer_to_a_result_fits_the_schema"),
)
def lost_beside_tools(call: Call, handler: Handler) -> Answer:
    both = _bound(call) and change.asked(call).get("tools")
    return handler(change.without(call, "response_format") if both else call)


@deviation(
    "own-structured-format-forbids-calls",
    severity="major",
    says="Where an answer is bound to a schema nothing is called, though `tool_choice` is `required`.",
    breaks="Agents whose last answer must be JSON: they never call.",
    source=("own",),
    caught_by=(f"{EDGE}/call_beside_format/required_function_is_called_beside_a_format",),
)
def format_forbids_calls(call: Call, handler: Handler) -> Answer:
    both = _bound(call) and change.asked(call).get("tools")
    return handler(change.rewrite(call, lambda value: {**value, "tool_choice": "none"}) if both else call)


@deviation(
    "own-structured-text-is-empty",
    severity="major",
    says="`response_format` of type `text` gives an empty text.",
    breaks="Clients that always send the default.",
    source=("own",),
    caught_by=(f"{EDGE}/hello_as_text/format_text_is_answered",),
)
def text_is_empty(call: Call, handler: Handler) -> Answer:
    if format_of(call).get("type") != "text":
        return handler(call)
    return change.each_message(handler(call), lambda message: message.update(content=""))


@deviation(
    "own-structured-refusal-without-words",
    severity="minor",
    says="Wrong formats, tools and choices are refused with an empty message.",
    breaks="People who look for their mistake.",
    source=("own",),
    caught_by=(
        f"{EDGE}/*/wrong_format_is_explained",
        "tools.*/wrong_tool_is_explained",
        "tools.*/wrong_choice_is_explained",
    ),
)
def without_words(call: Call, handler: Handler) -> Answer:
    concerned = {"response_format", "tools"} & change.asked(call).keys()

    def silence(value: change.Object) -> None:
        value["error"]["message"] = ""

    return change.error(handler(call), silence) if concerned and change.is_chat(call) else handler(call)


@deviation(
    "own-structured-late-duplicate",
    severity="critical",
    says="After the text of a stream of JSON its first chunk with text comes once more.",
    breaks="Clients that parse the joined text: there is extra data after the JSON.",
    source=("own",),
    caught_by=("structured.stream/*/streamed_*",),
)
def late_duplicate(call: Call, handler: Handler) -> Answer:
    def again(told: list[change.Object]) -> list[change.Object]:
        said = [number for number, chunk in enumerate(told) if any(d.get("content") for d in change.deltas([chunk]))]
        if not said:
            return told
        return [*told[: said[-1] + 1], json.loads(json.dumps(told[said[0]])), *told[said[-1] + 1 :]]

    return change.chunks(handler(call), again) if _bound(call) else handler(call)
