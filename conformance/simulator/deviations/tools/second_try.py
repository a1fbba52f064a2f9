"""Streams in which something comes after the end of a call, or a call comes twice."""

import json

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler


@deviation(
    "own-tool-fragments-after-the-end",
    severity="critical",
    says="The `finish_reason` comes before the fragments of the call.",
    breaks="Clients that run the tool at the `finish_reason`: it has no arguments.",
    source=INVENTED,
    caught_by=("tools.stream.finish_reason/chat_stream/calls_precede_the_finish_reason",),
)
def fragments_after_the_end(call: Call, handler: Handler) -> Answer:
    def move(told: list[change.Object]) -> list[change.Object]:
        if not change.fragments(told):
            return told
        ends = [chunk for chunk in told if any(part["finish_reason"] for part in chunk["choices"])]
        return [told[0], *ends, *(chunk for chunk in told[1:] if chunk not in ends)]

    return change.chat_chunks(call, handler, move)


@deviation(
    "own-tool-two-tries-in-one-stream",
    severity="critical",
    says="A gateway tries its upstream twice: the fragments of the call come again, under another id of the stream.",
    breaks="Clients that join the fragments: the arguments are `{}{}`.",
    source=INVENTED,
    caught_by=(
        "tools.stream.delta_shape/chat_stream/id_is_sent_once",
        "tools.stream.delta_shape/chat_stream/name_is_sent_once",
        "tools.stream/weather_forced_streamed/streaming_keeps_arguments_json",
    ),
)
def two_tries(call: Call, handler: Handler) -> Answer:
    def again(told: list[change.Object]) -> list[change.Object]:
        if not change.fragments(told):
            return told
        second = [{**chunk, "id": f"{chunk['id']}-2"} for chunk in json.loads(json.dumps(told))]
        return [*told[:-1], *second]

    return change.chat_chunks(call, handler, again)


@deviation(
    "stream-tool-call-again-under-the-next-index",
    severity="critical",
    says="The finished call is told a second time, whole, with the same `id` under the next `index`.",
    breaks="Agents run the tool twice.",
    source=("QuantumNous/new-api#6223",),
    caught_by=(
        "tools.parallel/chat_stream/streamed_calls_have_different_ids",
        "tools.stream/weather_forced_streamed/streaming_does_not_repeat_the_call",
    ),
)
def call_again(call: Call, handler: Handler) -> Answer:
    def repeat(told: list[change.Object]) -> list[change.Object]:
        found = change.fragments_by_call(told)
        if not found or "function" not in found[-1][0]:
            return told
        first, joined = found[-1][0], "".join(part["function"].get("arguments", "") for part in found[-1])
        whole = {**first, "index": len(found), "function": {**first["function"], "arguments": joined}}
        spare = json.loads(json.dumps(next(chunk for chunk in told if change.fragments([chunk]))))
        spare["choices"][0]["delta"]["tool_calls"] = [whole]
        at = max(number for number, chunk in enumerate(told) if change.fragments([chunk]))
        return [*told[: at + 1], spare, *told[at + 1 :]]

    return change.chat_chunks(call, handler, repeat)
