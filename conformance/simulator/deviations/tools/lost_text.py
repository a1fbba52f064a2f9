"""Text that is lost where tools are offered."""

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler


@deviation(
    "stream-text-lost-beside-tools",
    severity="critical",
    says='When tools are offered and the model writes text, the stream has `{"` and nothing else of it.',
    breaks="Agents: each answer in words is lost.",
    source=("mudler/LocalAI#9988",),
    caught_by=("tools.stream/count_with_tool_streamed/text_is_not_lost_with_tools",),
)
def text_lost(call: Call, handler: Handler) -> Answer:
    def apply(told: list[change.Object]) -> None:
        said = [delta for delta in change.deltas(told) if delta.get("content")]
        for number, delta in enumerate(said):
            delta["content"] = "" if number else '{"'

    answer = handler(call)
    return change.chunks(answer, apply) if change.is_chat(call) and change.asked(call).get("tools") else answer
