"""What works alone, not together: `n` with `stream`, `logprobs` with functions, two turns in a row, three calls."""

import json
from collections.abc import Callable
from itertools import pairwise
from typing import Any

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

_N = "params.n"
_LOGPROBS = "params.logprobs"
_TURNS = "chat.multi_turn"
_PARALLEL = "tools.parallel"


def _in_choices(call: Call, handler: Handler, apply: Callable[[change.Object], Any]) -> Answer:
    """Change every choice of every chunk of a streamed chat with several choices."""
    several = change.is_chat(call) and (change.asked(call).get("n") or 1) > 1
    return change.each_part(handler(call), apply) if several else handler(call)


@deviation(
    "stream-with-n-has-one-choice",
    severity="major",
    says="A stream has one choice only, whatever `n` is.",
    breaks="Applications that choose among several texts: they get one.",
    source=INVENTED,
    caught_by=(f"{_N}/chat_stream/every_choice_is_streamed",),
)
def one_choice(call: Call, handler: Handler) -> Answer:
    streamed = change.is_chat(call) and change.asked(call).get("stream")
    return handler(change.without(call, "n") if streamed else call)


@deviation(
    "stream-with-n-ends-once",
    severity="major",
    says="In a stream with several choices, only the first one has a `finish_reason`.",
    breaks="Clients that wait for the end of each choice.",
    source=INVENTED,
    caught_by=(f"{_N}/chat_stream/every_streamed_choice_ends_once",),
)
def one_end(call: Call, handler: Handler) -> Answer:
    return _in_choices(call, handler, lambda choice: choice.update({"finish_reason": None} if choice["index"] else {}))


@deviation(
    "stream-with-n-has-text-in-the-first-choice",
    severity="major",
    says="In a stream with several choices, only the first one has text.",
    breaks="Applications that choose among several texts: all others are empty.",
    source=INVENTED,
    caught_by=(f"{_N}/two_choices_streamed/every_streamed_choice_has_text",),
)
def one_text(call: Call, handler: Handler) -> Answer:
    return _in_choices(call, handler, lambda choice: choice["delta"].pop("content", None) if choice["index"] else None)


def _has_both(call: Call) -> bool:
    asked = change.asked(call)
    return change.is_chat(call) and bool(asked.get("logprobs")) and bool(asked.get("tools"))


@deviation(
    "logprobs-lose-the-call",
    severity="critical",
    says="With `logprobs`, functions are not offered to the model: no call is returned.",
    breaks="Agents that read probabilities: they never call a tool.",
    source=INVENTED,
    caught_by=(
        f"{_LOGPROBS}/call_with_logprobs/logprobs_do_not_lose_the_call",
        f"{_LOGPROBS}/call_with_logprobs_streamed/logprobs_do_not_lose_the_call_in_a_stream",
    ),
)
def logprobs_lose_the_call(call: Call, handler: Handler) -> Answer:
    return handler(change.without(call, "tools", "tool_choice") if _has_both(call) else call)


@deviation(
    "tools-lose-the-logprobs",
    severity="minor",
    says="With tools, `logprobs` are ignored.",
    breaks="Agents that read probabilities.",
    source=INVENTED,
    caught_by=(f"{_LOGPROBS}/count_beside_a_tool/tools_do_not_lose_the_logprobs",),
)
def tools_lose_the_logprobs(call: Call, handler: Handler) -> Answer:
    return handler(change.without(call, "logprobs", "top_logprobs") if _has_both(call) else call)


def _repeats(call: Call) -> int:
    """Return where in a chat a role speaks twice in a row; 0 where none does."""
    messages = change.asked(call).get("messages")
    if not change.is_chat(call) or not isinstance(messages, list):
        return 0
    roles = [message.get("role") if isinstance(message, dict) else None for message in messages]
    found = [
        at for at, (one, next_one) in enumerate(pairwise(roles), 1) if one == next_one and one in {"user", "assistant"}
    ]
    return found[-1] if found else 0


@deviation(
    "chat-before-two-messages-in-a-row-is-lost",
    severity="critical",
    says="Where user or assistant speaks twice in a row, all before the second message is lost.",
    breaks="Agents and editors, which add messages of their own: the model forgets the task.",
    source=INVENTED,
    caught_by=(
        f"{_TURNS}/word_in_first_of_two/first_of_two_user_messages_is_used",
        f"{_TURNS}/word_before_two_replies/message_before_two_replies_is_used",
    ),
)
def lost_before_two(call: Call, handler: Handler) -> Answer:
    first = _repeats(call)

    def cut(value: change.Object) -> None:
        value["messages"] = value["messages"][first:]

    return handler(change.rewrite(call, cut) if first else call)


@deviation(
    "chat-two-messages-in-a-row-rejected",
    severity="major",
    says="Two messages of one role in a row are rejected.",
    breaks="Agents and editors, which add messages of their own: their first turn fails.",
    source=INVENTED,
    caught_by=(f"{_TURNS}/word_in_first_of_two/status", f"{_TURNS}/word_before_two_replies/status"),
)
def two_rejected(call: Call, handler: Handler) -> Answer:
    text = "Conversation roles must alternate user/assistant/user/assistant/..."
    return change.refused(handler(call), 400, text) if _repeats(call) else handler(call)


@deviation(
    "parallel-arguments-of-the-first-call",
    severity="critical",
    says="Several calls in one message all have the arguments of the first.",
    breaks="Agents: they run one tool three times, and the user misses two results.",
    source=INVENTED,
    caught_by=(f"{_PARALLEL}/three_calls/every_call_has_its_arguments",),
)
def first_arguments(call: Call, handler: Handler) -> Answer:
    def same(value: change.Object) -> None:
        for choice in value.get("choices") or ():
            calls: list[Any] = choice["message"].get("tool_calls") or []
            for one in calls:
                one["function"]["arguments"] = calls[0]["function"]["arguments"]

    return change.body(handler(call), same) if change.is_chat(call) else handler(call)


@deviation(
    "stream-parallel-arguments-of-the-first-call",
    severity="critical",
    says="In a stream, several calls all have the arguments of the first; non-streaming ones are right.",
    breaks="Agents, which stream: they run one tool three times.",
    source=INVENTED,
    caught_by=(f"{_PARALLEL}/three_calls_streamed/streaming_keeps_the_arguments_of_every_call",),
)
def first_arguments_streamed(call: Call, handler: Handler) -> Answer:
    def same(told: list[change.Object]) -> None:
        found = change.fragments(told)
        first = "".join(one["function"].get("arguments") or "" for one in found if one["index"] == 0)
        seen: set[int] = set()
        for one in found:
            if one["index"]:
                one["function"]["arguments"] = "" if one["index"] in seen else json.dumps(json.loads(first))
                seen.add(one["index"])

    return change.chunks(handler(call), same) if change.is_chat(call) else handler(call)


@deviation(
    "stream-fragments-repeat-an-empty-name",
    severity="major",
    says="Every fragment of a call has `function.name`, which is empty but in the first one.",
    breaks="Clients that take the last name, such as gptel: the call has none.",
    source=INVENTED,
    caught_by=("tools.stream.delta_shape/chat_stream/keys_are_omitted_not_empty",),
)
def empty_names(call: Call, handler: Handler) -> Answer:
    def fill(told: list[change.Object]) -> None:
        for one in change.fragments(told):
            if "function" in one:
                one["function"].setdefault("name", "")

    return change.chunks(handler(call), fill) if change.is_chat(call) else handler(call)
