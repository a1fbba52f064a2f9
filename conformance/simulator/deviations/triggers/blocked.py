"""A prompt that the content filter blocks, and a response that does not say so."""

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler


@deviation(
    "blocked-prompt-ends-with-stop",
    severity="major",
    says="The response to a prompt that the content filter blocks has no text and ends with `stop`.",
    breaks="Users see an empty answer; applications ask again, or store it as what the model said.",
    source=INVENTED,
    caught_by=(
        "triggers.blocked_prompt/prompt_blocked/blocked_prompt_is_told",
        "triggers.blocked_prompt/prompt_blocked_streamed/blocked_prompt_is_told_in_a_stream",
    ),
)
def ends_with_stop(call: Call, handler: Handler) -> Answer:
    return change.reasons(call, handler, {"content_filter": "stop"})


@deviation(
    "blocked-input-is-completed",
    severity="major",
    says="A response to an input that the content filter blocks has no text and is `completed`.",
    breaks="Users see an empty answer; agents take it for the end of their task.",
    source=INVENTED,
    caught_by=("triggers.blocked_prompt/response_blocked/blocked_input_is_told",),
)
def is_completed(call: Call, handler: Handler) -> Answer:
    def complete(value: change.Object) -> None:
        details = value.get("incomplete_details")
        if isinstance(details, dict) and details.get("reason") == "content_filter":
            value |= {"status": "completed", "incomplete_details": None, "completed_at": value["created_at"]}

    return change.body(handler(call), complete) if change.posted(call, "/responses") else handler(call)
