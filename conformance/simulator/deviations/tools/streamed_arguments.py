"""Streamed calls whose arguments are lost, broken, late, or told twice."""

from typing import Any

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.http.answer import Answer, Event, Events
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

END = "tools.stream.finish_reason"


def _arguments(made: list[change.Object]) -> str:
    return "".join(fragment["function"].get("arguments", "") for fragment in made if "function" in fragment)


def _as_object(made: list[change.Object]) -> None:
    told: Any = change.parsed(_arguments(made))
    for fragment in made[1:]:
        fragment.get("function", {}).pop("arguments", None)
    for fragment in made[1:2]:
        fragment["function"] = {"arguments": told}


@deviation(
    "stream-tool-args-dict-in-delta",
    severity="critical",
    says="`function.arguments` of a fragment is a JSON object, not a piece of text.",
    breaks="Clients that join strings raise a type error.",
    source=("BerriAI/litellm#37792",),
    caught_by=("tools.stream.delta_shape/chat_stream/arguments_are_strings",),
)
def arguments_as_object(call: Call, handler: Handler) -> Answer:
    return change.each_call(handler(call), lambda made: _as_object(made) if made[0]["type"] == "function" else None)


def _corrupt(made: list[change.Object]) -> None:
    pieces = [fragment["function"] for fragment in made[1:] if "function" in fragment]
    whole = "".join(piece["arguments"] for piece in pieces)
    for piece in pieces[1:-1]:
        piece["arguments"] = piece["arguments"].replace('"', "").replace("}", "")
    for piece in pieces[-1:]:
        piece["arguments"] = whole[-8:]


@deviation(
    "stream-tool-args-corrupt-punctuation",
    severity="critical",
    says="Fragments lose quotes and braces, and the last one repeats characters that were sent before.",
    breaks="Everyone: the joined arguments are not JSON.",
    source=("vllm-project/vllm#17585", "vllm-project/vllm#10398"),
    caught_by=("tools.stream/weather_forced_streamed/streaming_keeps_arguments_json",),
)
def arguments_corrupt(call: Call, handler: Handler) -> Answer:
    return change.each_call(handler(call), _corrupt)


def _told(made: list[change.Object]) -> str:
    """Return the joined arguments of a call of a function."""
    return "".join(fragment.get("function", {}).get("arguments") or "" for fragment in made)


@deviation(
    "own-tool-call-again-after-end",
    severity="critical",
    says="After the chunk with `finish_reason` the whole call is repeated in one fragment.",
    breaks="Clients that read to `[DONE]`: doubled arguments, or the tool run twice.",
    source=INVENTED,
    caught_by=(f"{END}/*/calls_precede_the_finish_reason", "tools.stream.delta_shape/*/name_is_sent_once"),
)
def again_after_the_end(call: Call, handler: Handler) -> Answer:
    def add(told: list[change.Object]) -> list[change.Object]:
        late = []
        for made in change.fragments_by_call(told):
            if made[0]["type"] == "function":
                function = {"name": made[0]["function"]["name"], "arguments": _told(made)}
                delta = {"tool_calls": [{**made[0], "function": function}]}
                late.append({**told[0], "choices": [{"index": 0, "delta": delta, "finish_reason": None}]})
        return [*told, *late]

    return change.chunks(handler(call), add)


def _without(told: list[change.Object], lost: list[change.Object]) -> list[change.Object]:
    """Return the chunks without the fragments that are lost, and without chunks that then say nothing."""
    kept = []
    for chunk in told:
        here = change.fragments([chunk])
        left = [fragment for fragment in here if not any(fragment is one for one in lost)]
        if here and not left:
            continue
        for delta in change.deltas([chunk]) if here else ():
            delta["tool_calls"] = left
        kept.append(chunk)
    return kept


@deviation(
    "stream-tool-no-args-for-parameterless",
    severity="major",
    says="A streamed call of a function without parameters has no arguments at all.",
    breaks="Clients that parse the joined arguments: an empty string is not JSON.",
    source=("vllm-project/vllm#28806",),
    caught_by=("tools.schema_edge/chat_stream/no_parameters_are_an_empty_object_in_a_stream",),
)
def no_arguments(call: Call, handler: Handler) -> Answer:
    def drop(told: list[change.Object]) -> list[change.Object]:
        empty = [made for made in change.fragments_by_call(told) if _told(made) == "{}"]
        for made in empty:
            made[0]["function"].pop("arguments", None)
        return _without(told, [fragment for made in empty for fragment in made[1:]])

    return change.chunks(handler(call), drop)


@deviation(
    "stream-tool-finish-without-any-delta",
    severity="critical",
    says="A call of a function without parameters is left out of a stream that ends with `tool_calls`.",
    breaks="Agents that wait for a call that never comes.",
    source=("vllm-project/vllm#44326",),
    caught_by=("tools.schema_edge/parameterless_streamed/function_without_parameters_is_called_in_a_stream",),
)
def end_without_call(call: Call, handler: Handler) -> Answer:
    def drop(told: list[change.Object]) -> list[change.Object]:
        empty = [made for made in change.fragments_by_call(told) if _told(made) == "{}"]
        return _without(told, [fragment for made in empty for fragment in made])

    return change.chunks(handler(call), drop)


@deviation(
    "stream-tool-args-lost-after-empty-call",
    severity="major",
    says="A streamed call that follows a call with empty arguments loses its own.",
    breaks="Agents that run the second tool with nothing.",
    source=("vllm-project/vllm#47901",),
    caught_by=("tools.parallel/time_and_weather_streamed/call_after_one_without_parameters_has_arguments",),
)
def lost_after_empty(call: Call, handler: Handler) -> Answer:
    def drop(told: list[change.Object]) -> list[change.Object]:
        made = change.fragments_by_call(told)
        empty = next((number for number, one in enumerate(made) if _told(one) == "{}"), len(made))
        return _without(told, [fragment for one in made[empty + 1 :] for fragment in one[1:]])

    return change.chunks(handler(call), drop)


@deviation(
    "stream-tool-args-not-incremental",
    severity="minor",
    says="Nothing comes until a call is complete; then it comes in one fragment.",
    breaks="Users of long arguments: no progress, and clients that wait for the next byte give up.",
    source=("vllm-project/vllm#39649",),
    caught_by=("tools.stream.delta_shape/chat_stream/long_arguments_are_sent_in_fragments",),
)
def in_one_piece(call: Call, handler: Handler) -> Answer:
    def collect(told: list[change.Object]) -> list[change.Object]:
        lost = []
        for made in change.fragments_by_call(told):
            if made[0]["type"] == "function":
                made[0]["function"]["arguments"] = _told(made)
                lost += made[1:]
        return _without(told, lost)

    return change.chunks(handler(call), collect)


@deviation(
    "stream-buffered-when-tools-present",
    severity="minor",
    says="When tools are offered the whole text comes in one chunk at the end.",
    breaks="Users of chat windows: nothing happens until all is there.",
    source=("ollama/ollama#5796", "langchain-ai/langchain#28654"),
    caught_by=("tools.stream/count_with_tool_streamed/text_is_streamed_with_tools",),
)
def buffered(call: Call, handler: Handler) -> Answer:
    def collect(told: list[change.Object]) -> list[change.Object] | None:
        speaking = [chunk for chunk in told if any(delta.get("content") for delta in change.deltas([chunk]))]
        text = "".join(delta["content"] for delta in change.deltas(speaking))
        for delta in change.deltas(speaking[:1]):
            delta["content"] = text
        return [chunk for chunk in told if not any(chunk is late for late in speaking[1:])]

    answer = handler(call)
    return change.chunks(answer, collect) if change.asked(call).get("tools") else answer


@deviation(
    "stream-empty-argument-delta-fatal",
    severity="critical",
    says="The first fragment with empty arguments ends the stream with an error.",
    breaks="Everyone: the name of a function, then an error; a retry ends in the same way.",
    source=("BerriAI/litellm#39288",),
    caught_by=("chat.stream.basic/chat_stream/no_event_is_an_error",),
)
def fatal_empty_fragment(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if not isinstance(answer.body, Events):
        return answer
    failed = Event({"error": {"message": "Invalid delta: the arguments are empty.", "type": "server_error"}})

    def cut(told: list[Event]) -> list[Event]:
        for number, event in enumerate(told):
            found = change.fragments([event.data]) if isinstance(event.data, dict) else []
            if any(fragment.get("function", {}).get("arguments") == "" for fragment in found):
                return [*told[: number + 1], failed]
        return told

    return change.events(answer, lambda told: cut(list(told)))
