"""Deviations of errors: wrong requests that are served, failures that look like answers, and streams that fail."""

from dataclasses import replace
from http import HTTPStatus

from conformance.simulator.catalog.models import MODELS
from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import deviation
from conformance.simulator.http.answer import DONE, Answer, Event, Events, Text
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

_UNKNOWN = "errors.unknown_model/unknown_model/status"
_MANY_TOKENS = 30


def _fails_in_stream(call: Call, answer: Answer) -> bool:
    return change.is_chat(call) and change.asked(call).get("stream") is True and bool(change.told(answer))


@deviation(
    "stream-error-event-then-open",
    severity="critical",
    says="A wrong streamed request gets status 200, an event whose data is a plain sentence, and no end.",
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
    breaks="Whoever keeps what came: half an answer is stored as a whole one.",
    source=("Kubedoll-Heavy-Industries/mistral.rs#57", "tensorzero/tensorzero#189", "LibreChat-AI/agents#493"),
    caught_by=(
        "chat.stream.finish_reason/hello_streamed/finish_reason_comes",
        "chat.stream.done/hello_streamed/last_event_is_done",
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
    says="The upstream fails in a longer answer: half the text comes, with an `error` and `finish_reason` `error`.",
    breaks="Typed clients fail at the unknown reason; others take half a text for a whole one.",
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
    "unknown-model-served-by-default",
    severity="critical",
    says="An unknown model is answered by the model that is loaded, under the name that was asked for.",
    breaks="Nobody notices a typing error: results and bills are those of another model.",
    source=("ddalcu/mlx-serve#257", "sgl-project/sglang#31419"),
    caught_by=(_UNKNOWN,),
)
def unknown_model_served(call: Call, handler: Handler) -> Answer:
    name = change.asked(call).get("model")
    return change.each_whole(_by_default(call, handler), lambda value: value.update(model=name))


@deviation(
    "unknown-model-silent-fallback-other-id",
    severity="major",
    says="An unknown model is answered by a default model, and `model` tells its name.",
    breaks="Whoever does not compare the names: another model answers without a word.",
    source=("icebear0828/codex-proxy#660",),
    caught_by=(_UNKNOWN,),
)
def unknown_model_fallback(call: Call, handler: Handler) -> Answer:
    return _by_default(call, handler)


def _by_default(call: Call, handler: Handler) -> Answer:
    """Let the default model answer a chat with a model that nobody has; all else is answered as it is."""
    answer = handler(call)
    if not change.is_chat(call) or answer.status != HTTPStatus.NOT_FOUND:
        return answer
    return handler(change.rewrite(call, lambda value: value.update(model=MODELS[0].id)))


@deviation(
    "unknown-model-opaque-backend-error",
    severity="minor",
    says="An unknown model is sent to some backend, whose complaint about a method comes back with status 500.",
    breaks="Users do not see that the name is wrong; the official client asks again.",
    source=("mudler/LocalAI#9133",),
    caught_by=(_UNKNOWN, "errors.unknown_model.not_retryable/unknown_model/client_does_not_ask_again"),
)
def unknown_model_opaque(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if not change.is_chat(call) or answer.status != HTTPStatus.NOT_FOUND:
        return answer
    message = "rpc error: code = Unimplemented desc = method not implemented"
    return change.instead(answer, {"error": {"code": 500, "message": message, "type": ""}}, 500)


@deviation(
    "error-plain-text-200",
    severity="critical",
    says="An unknown model gets status 200 and a plain sentence.",
    breaks="The official client returns a string, or fails to parse it.",
    source=("HKUDS/nanobot#2289", "NEKOparapa/AiNiee#151"),
    caught_by=(_UNKNOWN,),
)
def plain_text_with_200(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if not change.is_chat(call) or answer.status != HTTPStatus.NOT_FOUND:
        return answer
    sentence = f"unsupported model: {change.asked(call).get('model')}"
    return change.instead(answer, sentence.encode(), media="text/plain; charset=utf-8")


@deviation(
    "error-malformed-json-500",
    severity="major",
    says="A body that is no JSON gives a 500 with a plain sentence.",
    breaks="The official client sends the same wrong body again, and has no error to show.",
    source=(
        "sgl-project/sglang#3805",
        "Atomic-Germ/OpenFlowLM-Next#69",
        "GoDiao/Free-Way#32",
        "lemonade-sdk/lemonade#2232",
    ),
    caught_by=("errors.invalid_json/wrong_json*/status", "errors.invalid_json/wrong_json*/body_is_whole"),
)
def malformed_json_500(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if not change.is_chat(call) or not isinstance(change.parsed(call.content.decode("utf-8", "replace")), str):
        return answer
    return change.instead(answer, b"Internal Server Error", 500, "text/plain; charset=utf-8")


@deviation(
    "stream-error-object-code-string-500",
    severity="major",
    says='In the middle of a streamed call comes an event with an `error` whose `code` is "500", and the stream ends.',
    breaks="The official client raises in its loop; others run a function with half its arguments.",
    source=("BerriAI/litellm#39288",),
    caught_by=("tools.stream/weather_forced_streamed/stream_of_a_call_holds_no_error",),
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
    says="What should be refused is a stream with status 200 and nothing but `[DONE]`.",
    breaks="Everybody: an empty success, and the cause is lost.",
    source=("Oaklight/llm-rosetta#454", "jgravelle/jmunch-mcp#5"),
    caught_by=("chat.stream.error_before_start/no_messages_streamed/status",),
)
def inband_error_swallowed(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    return replace(answer, status=200, body=Events((DONE,))) if _fails_in_stream(call, answer) else answer
