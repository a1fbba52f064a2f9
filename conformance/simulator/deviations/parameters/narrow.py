"""Valid requests that an upstream rejects, and how it says so."""

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler


@deviation(
    "prompt-cache-key-rejected-as-text",
    severity="major",
    says="`prompt_cache_key` is rejected with 400, and `error` is the text of the upstream's own validation.",
    breaks="Agents that always send the key; clients that read `error.message`.",
    source=("sipeed/picoclaw#1019", "diegosouzapw/OmniRoute#1154"),
    caught_by=("params.accepted_only/accepted[prompt_cache_key]/status",),
)
def cache_key_rejected(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if "prompt_cache_key" not in change.asked(call):
        return answer
    says = "[{'type': 'extra_forbidden', 'loc': ('body', 'prompt_cache_key'), 'msg': 'Extra inputs are not permitted'}]"
    return change.instead(answer, {"error": says}, 400, "application/json")


@deviation(
    "tool-use-failed",
    severity="major",
    says="When the arguments of a strict function have an array, the response is a 400 `tool_use_failed`.",
    breaks="Agents: a valid request fails because of what the model wrote.",
    source=("HunorLaczko/ha-groq-cloud-api#20", "vercel/ai#6916"),
    caught_by=("tools.schema_respected/strict_required[array]/status",),
)
def tool_use_failed(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if not change.is_chat(call) or '"array"' not in change.text(change.asked(call).get("tools")):
        return answer
    return change.refused(answer, 400, "tool call validation failed: expected array", code="tool_use_failed")
