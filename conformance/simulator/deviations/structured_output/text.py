"""The text that holds the JSON: fenced, cut, or doubled."""

import json

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.deviations.structured_output.common import around, format_of, is_bound
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

JSON_MODE = "structured.json_object"
STRICT = "structured.json_schema.strict"
EDGE = "structured.edge"


@deviation(
    "structured-markdown-fenced-json",
    severity="critical",
    says="The JSON of a response stands within a Markdown fence.",
    breaks="Clients that parse the text.",
    source=("veniceai/api-docs#264", "jundot/omlx#613"),
    caught_by=(f"{JSON_MODE}/*/text_is_json", f"{STRICT}/*/text_matches_the_schema*", "structured.stream/*/streamed_*"),
)
def fenced(call: Call, handler: Handler) -> Answer:
    bound = format_of(call).get("type") in {"json_object", "json_schema"}
    return around(handler(call), "```json\n", "\n```") if bound else handler(call)


@deviation(
    "own-structured-last-piece-lost",
    severity="critical",
    says="A stream of JSON lacks its last piece of text.",
    breaks="Everyone: the closing brace is missing.",
    source=INVENTED,
    caught_by=("structured.stream/*/streamed_*",),
)
def last_piece_lost(call: Call, handler: Handler) -> Answer:
    def cut(told: list[change.Object]) -> None:
        said = [delta for delta in change.deltas(told) if delta.get("content")]
        for delta in said[-1:]:
            delta["content"] = ""

    return change.chunks(handler(call), cut) if is_bound(call) else handler(call)


@deviation(
    "own-structured-cut-ends-with-stop",
    severity="critical",
    says="JSON that the token limit truncates ends with `finish_reason` `stop`.",
    breaks="Clients that take it for whole.",
    source=INVENTED,
    caught_by=(f"{EDGE}/person_truncated/truncated_json_ends_with_length",),
)
def cut_ends_with_stop(call: Call, handler: Handler) -> Answer:
    def end(choice: change.Object) -> None:
        if choice.get("finish_reason") == "length":
            choice["finish_reason"] = "stop"

    return change.each_choice(handler(call), end) if is_bound(call) else handler(call)


@deviation(
    "own-structured-late-duplicate",
    severity="critical",
    says="After the text of a stream of JSON its first chunk with text is repeated.",
    breaks="Clients that parse the joined text: there is extra data after the JSON.",
    source=INVENTED,
    caught_by=("structured.stream/*/streamed_*",),
)
def late_duplicate(call: Call, handler: Handler) -> Answer:
    def again(told: list[change.Object]) -> list[change.Object]:
        said = [number for number, chunk in enumerate(told) if any(d.get("content") for d in change.deltas([chunk]))]
        if not said:
            return told
        return [*told[: said[-1] + 1], json.loads(json.dumps(told[said[0]])), *told[said[-1] + 1 :]]

    return change.chunks(handler(call), again) if is_bound(call) else handler(call)
