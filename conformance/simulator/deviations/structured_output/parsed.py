"""Structured output that was parsed on the way."""

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.deviations.structured_output.common import is_bound
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler


@deviation(
    "own-structured-content-is-an-object",
    severity="critical",
    says="With a JSON format, `content` is the parsed object instead of a string, and there is no `usage`.",
    breaks="Everyone who parses the text: it is not a string.",
    source=INVENTED,
    caught_by=(
        "structured.json_schema.strict/chat_completion/text_matches_the_schema",
        "structured.json_object/chat_completion/text_is_json",
    ),
)
def content_is_an_object(call: Call, handler: Handler) -> Answer:
    def parse(value: change.Object) -> None:
        value.pop("usage", None)
        for message in change.messages(value):
            message["content"] = change.parsed(message.get("content") or "")

    return change.body(handler(call), parse) if is_bound(call) else handler(call)
