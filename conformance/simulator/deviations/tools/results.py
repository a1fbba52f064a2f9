"""What the model reads of a tool's result, and what it answers."""

from typing import Any

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.deviations.tools.common import callers_of, results_of
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.errors import ApiError
from conformance.simulator.http.registry import Handler

HISTORY = "tools.basic/weather_history"
MISSING: Any = object()


@deviation(
    "tool-history-null-content-message-dropped",
    severity="major",
    says="A message with `content` null is left out of the conversation, and the results of its calls with it.",
    breaks="Agents: the model does not see the result of the tool, and calls again.",
    source=("cubist38/mlx-openai-server#205",),
    caught_by=(f"{HISTORY}[content-null]/history_is_counted", "tools.basic/weather_result/result_is_counted"),
)
def message_dropped(call: Call, handler: Handler) -> Answer:
    lost = [
        made["id"]
        for message in callers_of(call)
        if message.get("content", MISSING) is None
        for made in message["tool_calls"]
    ]

    def drop(value: change.Object) -> change.Object:
        kept = [
            message
            for message in value["messages"]
            if not (message.get("tool_calls") and message.get("content", MISSING) is None)
            and message.get("tool_call_id") not in lost
        ]
        return {**value, "messages": kept}

    return handler(change.rewrite(call, drop) if lost else call)


@deviation(
    "own-tool-results-matched-by-order",
    severity="critical",
    says="Results must come in the order of the calls; in another order they are rejected.",
    breaks="Agents that run tools at the same time and send each result when it is there.",
    source=INVENTED,
    caught_by=("tools.parallel/two_calls_history/status",),
)
def matched_by_order(call: Call, handler: Handler) -> Answer:
    made = [found["id"] for message in callers_of(call) for found in message["tool_calls"]]
    told = [message.get("tool_call_id") for message in results_of(call)]
    if sorted(made) == sorted(map(str, told)) and made != told:
        raise ApiError(400, "The order of the tool messages does not match the order of the tool calls.")
    return handler(call)


@deviation(
    "own-tool-only-last-result-read",
    severity="critical",
    says="Of several calls and results only the last pair reaches the model.",
    breaks="Agents: the model responds as if it had made one call only.",
    source=INVENTED,
    caught_by=("tools.parallel/two_calls_history/second_call_is_counted",),
)
def last_result_only(call: Call, handler: Handler) -> Answer:
    lost = [made["id"] for message in callers_of(call) for made in message["tool_calls"][:-1]]

    def drop(value: change.Object) -> change.Object:
        for message in value["messages"]:
            if message.get("tool_calls"):
                message["tool_calls"] = message["tool_calls"][-1:]
        return {**value, "messages": [one for one in value["messages"] if one.get("tool_call_id") not in lost]}

    return handler(change.rewrite(call, drop) if lost else call)


@deviation(
    "own-tool-result-parts-unread",
    severity="critical",
    says="A result as an array of text parts is accepted, and its text never reaches the model.",
    breaks="Agents whose client sends parts: the model makes the result up.",
    source=INVENTED,
    caught_by=("tools.roundtrip/result_in_parts/result_in_parts_is_counted",),
)
def parts_unread(call: Call, handler: Handler) -> Answer:
    def empty(value: change.Object) -> None:
        for message in value["messages"]:
            if message.get("role") == "tool" and isinstance(message.get("content"), list):
                message["content"] = ""

    return handler(change.rewrite(call, empty) if results_of(call) else call)


@deviation(
    "own-tool-result-unread",
    severity="critical",
    says="The text of a tool's result never reaches the model.",
    breaks="Everyone: the model makes the result up.",
    source=INVENTED,
    caught_by=("tools.roundtrip/word_in_result/result_reaches_the_model",),
)
def result_unread(call: Call, handler: Handler) -> Answer:
    def empty(value: change.Object) -> None:
        for message in value["messages"]:
            if message.get("role") == "tool":
                message["content"] = ""

    return handler(change.rewrite(call, empty) if results_of(call) else call)


@deviation(
    "own-tool-silent-after-result",
    severity="critical",
    says="The response to a tool's result has an empty text.",
    breaks="Agents that end with an empty text.",
    source=INVENTED,
    caught_by=(
        "tools.basic/*/result_is_answered",
        f"{HISTORY}*/history_of_the_client_is_answered",
        "tools.*/*answered",
        "tools.roundtrip.signature/result_after_reasoning/*",
        "tools.roundtrip/result_after_standard_fields/*",
    ),
)
def silent(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    said = change.conversation(call)
    if not said or said[-1].get("role") != "tool":
        return answer
    return change.each_message(answer, lambda message: message.update(content=""))


@deviation(
    "chat-empty-after-tool-result",
    severity="major",
    says="The streamed response to a tool's result has no text, and ends with `stop`.",
    breaks="Agents that end with an empty text.",
    source=("BerriAI/litellm#19403",),
    caught_by=("tools.roundtrip/weather_history_streamed/result_is_answered_in_a_stream",),
)
def empty_after_result(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    said = change.conversation(call)
    if not said or said[-1].get("role") != "tool":
        return answer
    return change.chunks(
        answer, lambda told: [chunk for chunk in told if not any(d.get("content") for d in change.deltas([chunk]))]
    )
