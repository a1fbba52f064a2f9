"""Fields that few clients send: ignored, or half done."""

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.deviations.responses.common import ignored, in_bodies, is_response, items_of
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

_CHECKS = "responses.more_fields"


@deviation(
    "responses-moderation-ignored",
    severity="major",
    says="`moderation` is accepted and ignored.",
    breaks="Applications that show nothing unmoderated.",
    source=INVENTED,
    caught_by=(f"{_CHECKS}/moderated/moderation_judges_input_and_output",),
)
def moderation_ignored(call: Call, handler: Handler) -> Answer:
    return ignored(call, handler, "moderation")


@deviation(
    "responses-compaction-empty",
    severity="critical",
    says="A compaction on the way has an empty `encrypted_content`, and another cache mode is applied.",
    breaks="Long conversations: what was compacted is lost.",
    source=INVENTED,
    caught_by=(
        f"{_CHECKS}/compacted_on_the_way/compaction_on_the_way_can_be_resent",
        f"{_CHECKS}/cached_explicitly/applied_cache_mode_is_the_requested_one",
    ),
)
def compaction_empty(call: Call, handler: Handler) -> Answer:
    def apply(value: change.Object) -> None:
        for item in items_of(value, "compaction"):
            item["encrypted_content"] = ""
        if value.get("prompt_cache_options"):
            value["prompt_cache_options"]["mode"] = "implicit"

    return in_bodies(call, handler, apply)


@deviation(
    "responses-prompt-rejected-by-the-framework",
    severity="minor",
    says="A prompt that does not exist is rejected by a framework: `detail`, and no `error`.",
    breaks="Clients that show why the call failed.",
    source=INVENTED,
    caught_by=(f"{_CHECKS}/unknown_prompt/unknown_prompt_is_rejected",),
)
def prompt_rejected_by_the_framework(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if not is_response(call) or "prompt" not in change.asked(call):
        return answer
    return change.instead(answer, {"detail": "Unprocessable Entity"}, 422)
