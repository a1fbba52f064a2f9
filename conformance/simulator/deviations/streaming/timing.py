"""When the text of a stream comes: all of it at once."""

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

_BURST_S = 1.3  # what a buffer holds back is told from a fast server by this


@deviation(
    "stream-buffered-by-proxy",
    severity="major",
    says="A proxy holds all events back and sends them in one burst when the response is complete.",
    breaks="Users who wait for the first word: the wait is as long as the whole response.",
    source=("ggml-org/llama.cpp#24774", "open-webui/docs#308"),
    caught_by=("chat.stream.incremental/count_far_streamed/text_arrives_while_it_is_generated",),
)
def buffered_by_proxy(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    return change.buffered(answer, _BURST_S) if change.is_chat(call) else answer


@deviation(
    "own-stream-in-one-delta",
    severity="major",
    says="One delta holds the whole text.",
    breaks="People, who see nothing for a while.",
    source=INVENTED,
    caught_by=("chat.stream.incremental/count_far_streamed/long_text_has_several_deltas",),
)
def in_one_delta(call: Call, handler: Handler) -> Answer:
    def apply(told: list[change.Object]) -> None:
        found = [delta for delta in change.deltas(told) if delta.get("content")]
        whole = "".join(delta["content"] for delta in found)
        for number, delta in enumerate(found):
            delta["content"] = "" if number else whole

    return change.chunks(handler(call), apply) if change.is_chat(call) else handler(call)
