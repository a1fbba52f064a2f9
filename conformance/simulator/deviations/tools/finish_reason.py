"""How an answer with calls ends, plain and streamed."""

import json

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

END = "tools.stream.finish_reason"
BASIC = "tools.basic"


def _end_with(answer: Answer, reason: str, instead_of: str = "tool_calls") -> Answer:
    def end(part: change.Object) -> None:
        if part.get("finish_reason") == instead_of:
            part["finish_reason"] = reason

    return change.each_part(answer, end)


@deviation(
    "stream-tool-finish-reason-stop",
    severity="critical",
    says="A stream with tool calls ends with `finish_reason` `stop`.",
    breaks="Agents that go on only at `tool_calls` take the turn for done and never run the tool.",
    source=(
        "googleapis/python-genai#2868",
        "BerriAI/litellm#12862",
        "openvinotoolkit/model_server#3927",
        "Blaizzy/mlx-vlm#990",
    ),
    caught_by=(f"{END}/*/chosen_call_ends_with_tool_calls", f"{END}/*/required_call_ends_with_tool_calls"),
)
def end_is_stop(call: Call, handler: Handler) -> Answer:
    return _end_with(handler(call), "stop")


@deviation(
    "tool-finish-reason-named-choice-mismatch",
    severity="minor",
    says="The call of a named function ends with `stop` in a non-streaming response and with `tool_calls` in a stream.",
    breaks="Clients that take the same turn in both ways.",
    source=("vllm-project/vllm#25054", "vllm-project/vllm#9209"),
    caught_by=(f"{END}/*/streaming_keeps_the_finish_reason",),
)
def named_end_differs(call: Call, handler: Handler) -> Answer:
    named = isinstance(change.asked(call).get("tool_choice"), dict)
    return _end_with(handler(call), "tool_calls", "stop") if named else handler(call)


@deviation(
    "own-tool-two-ends",
    severity="major",
    says="A stream with tool calls has a second end: after `tool_calls` comes a chunk with `stop`.",
    breaks="Clients that keep the last `finish_reason`.",
    source=INVENTED,
    caught_by=(f"{END}/*/stream_of_a_call_has_one_finish_reason",),
)
def two_ends(call: Call, handler: Handler) -> Answer:
    def add(told: list[change.Object]) -> list[change.Object]:
        ended = [
            chunk for chunk in told if any(c.get("finish_reason") == "tool_calls" for c in chunk.get("choices", ()))
        ]
        again = json.loads(json.dumps(ended))
        for chunk in again:
            for choice in chunk["choices"]:
                choice["finish_reason"] = "stop"
        return [*told, *again]

    return change.chunks(handler(call), add)


def _end(answer: Answer, reason: str) -> Answer:
    def end(choice: change.Object) -> None:
        if (choice.get("message") or {}).get("tool_calls"):
            choice["finish_reason"] = reason

    return change.each_choice(answer, end)


@deviation(
    "own-tool-plain-end-is-stop",
    severity="critical",
    says="A non-streaming response with calls ends with `finish_reason` `stop`; a stream ends as it should.",
    breaks="Agents that go on only at `tool_calls`.",
    source=INVENTED,
    caught_by=(f"{BASIC}/*/chosen_call_ends_with_tool_calls", f"{BASIC}/*/required_call_ends_with_tool_calls"),
)
def plain_end_is_stop(call: Call, handler: Handler) -> Answer:
    return _end(handler(call), "stop")


@deviation(
    "own-tool-end-of-the-upstream",
    severity="major",
    says="A non-streaming response with calls ends with the upstream's own word, `tool_use`.",
    breaks="Typed clients, and agents that go on only at `tool_calls`.",
    source=INVENTED,
    caught_by=(
        "tools.basic/chat_completion/forced_call_ends_with_stop_or_tool_calls",
        "tools.basic/*/*_ends_with_tool_calls",
    ),
)
def end_of_the_upstream(call: Call, handler: Handler) -> Answer:
    return _end(handler(call), "tool_use")


@deviation(
    "own-tool-choice-none-hides-the-end",
    severity="minor",
    says="With `tool_choice` `none` the text ends with `finish_reason` `tool_calls`.",
    breaks="Agents that look for calls and find none.",
    source=INVENTED,
    caught_by=("tools.choice.none/chat_completion/choice_none_does_not_end_with_tool_calls",),
)
def none_ends_with_calls(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if change.asked(call).get("tool_choice") != "none":
        return answer
    return change.each_choice(answer, lambda choice: "message" in choice and choice.update(finish_reason="tool_calls"))
