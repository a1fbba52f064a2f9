"""Failures within streams: events with an error, and ends that look like answers."""

from dataclasses import replace
from http import HTTPStatus

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.http.answer import DONE, Answer, Event, Events, Text
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

_MANY_TOKENS = 30


def _fails_in_stream(call: Call, answer: Answer) -> bool:
    return change.is_chat(call) and change.asked(call).get("stream") is True and bool(change.told(answer))


@deviation(
    "stream-error-event-then-open",
    severity="critical",
    says="An invalid streamed request gets status 200, an event whose data is a plain-text sentence, and no end.",
    breaks="The official client fails to parse the event, or waits until its timeout.",
    source=("EricLBuehler/mistral.rs#1874",),
    caught_by=("chat.stream.error_before_start/no_messages_streamed/status",),
)
def error_event_then_open(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if not _fails_in_stream(call, answer) or answer.status != HTTPStatus.BAD_REQUEST:
        return answer
    sentence = Event(Text(change.told(answer)["message"]))
    return replace(answer, status=200, body=Events((sentence,), hold_s=8.0))


@deviation(
    "stream-midstream-failure-indistinguishable",
    severity="critical",
    says="After half of a long text the stream ends cleanly, without `finish_reason` and `[DONE]`.",
    breaks="Clients that store the response: half of it is stored as a complete one.",
    source=("Kubedoll-Heavy-Industries/mistral.rs#57", "tensorzero/tensorzero#189", "LibreChat-AI/agents#493"),
    caught_by=(
        "chat.stream.finish_reason/chat_stream/there_is_a_finish_reason",
        "chat.stream.done/chat_stream/last_event_is_done",
    ),
)
def midstream_failure_indistinguishable(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if not change.is_chat(call):
        return answer
    return change.without_end(change.chunks(answer, lambda told: told[: len(told) // 2 + 1]))


@deviation(
    "error-in-choice-finish-reason-error",
    severity="major",
    says="The upstream fails in a longer response: half the text comes, with an `error` and `finish_reason` `error`.",
    breaks="Typed clients fail at the unknown reason; others treat half a text as a complete one.",
    source=("nodetool-ai/nodetool#5755",),
    caught_by=("chat.finish_reason.*/finish_reason_is_documented",),
)
def error_in_choice(call: Call, handler: Handler) -> Answer:
    def fail(value: change.Object) -> None:
        if value["usage"]["completion_tokens"] <= _MANY_TOKENS:
            return
        for choice in value["choices"]:
            text = choice["message"].get("content") or ""
            choice["message"]["content"] = text[: len(text) // 2]
            choice.update(finish_reason="error", error={"message": "Upstream failed.", "code": 502})

    return change.body(handler(call), fail) if change.is_chat(call) else handler(call)


@deviation(
    "stream-error-object-code-string-500",
    severity="major",
    says='In the middle of a streamed call comes an event with an `error` whose `code` is "500", and the stream ends.',
    breaks="The official client raises in its loop; others run a function with half its arguments.",
    source=("BerriAI/litellm#39288",),
    caught_by=("chat.stream.basic/chat_stream/no_event_is_an_error",),
)
def error_in_streamed_call(call: Call, handler: Handler) -> Answer:
    def fail(told: list[change.Object]) -> list[change.Object]:
        if not change.fragments(told):
            return told
        return [*told[:3], {"error": {"message": "Upstream failed.", "type": "None", "code": "500"}}]

    return change.chunks(handler(call), fail) if change.is_chat(call) else handler(call)


@deviation(
    "stream-inband-error-swallowed",
    severity="critical",
    says="What should be rejected is a stream with status 200 and nothing but `[DONE]`.",
    breaks="Everyone: an empty success, and the cause is lost.",
    source=("Oaklight/llm-rosetta#454", "jgravelle/jmunch-mcp#5"),
    caught_by=("chat.stream.error_before_start/no_messages_streamed/status",),
)
def inband_error_swallowed(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    return replace(answer, status=200, body=Events((DONE,))) if _fails_in_stream(call, answer) else answer


@deviation(
    "error-event-late-in-a-good-stream",
    severity="major",
    says="After the end of a complete stream, before `[DONE]`, comes an event with an `error`.",
    breaks="The official client, which raises although all text came.",
    source=INVENTED,
    caught_by=("chat.stream.basic/chat_stream/no_event_is_an_error", "transport.sdk/chat_stream/stream_has_no_error"),
)
def error_late_in_a_good_stream(call: Call, handler: Handler) -> Answer:
    late = {"error": {"message": "Usage could not be counted.", "type": "server_error", "param": None, "code": None}}
    answer = handler(call)
    is_text = change.is_chat(call) and "tools" not in change.asked(call)
    return change.chunks(answer, lambda told: [*told, late]) if is_text else answer


@deviation(
    "own-stream-refusal-inside",
    severity="major",
    says="A stream from an unknown model starts with 200, and holds an error.",
    breaks="Clients that look at the status.",
    source=INVENTED,
    caught_by=("chat.stream.error_before_start/unknown_model_streamed/unknown_model_has_an_error_status",),
)
def refusal_inside(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    error = change.told(answer)
    if not error or not change.is_chat(call) or not change.asked(call).get("stream"):
        return answer
    return Answer(Events((Event({"error": error}),)), 200, change.without_header(answer, "content-type").headers)
