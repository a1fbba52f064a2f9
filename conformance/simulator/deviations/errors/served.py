"""Wrong requests that are served: unknown models, wrong keys, bodies that cannot be read."""

from http import HTTPStatus

from conformance.simulator.catalog.models import MODELS
from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.deviations.errors.common import is_wrong_chat
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

_UNKNOWN = "errors.unknown_model/unknown_model/status"
_ROW = "errors.missing_field/invalid_field*"


def _by_default(call: Call, handler: Handler) -> Answer:
    """Let the default model answer a chat with a model that nobody has; all else is answered as it is."""
    answer = handler(call)
    if not change.is_chat(call) or answer.status != HTTPStatus.NOT_FOUND:
        return answer
    return handler(change.rewrite(call, lambda value: value.update(model=MODELS[0].id)))


@deviation(
    "unknown-model-served-by-default",
    severity="critical",
    says="An unknown model is served by the model that is loaded, under the requested name.",
    breaks="A typing error is not noticed: results and bills are those of another model.",
    source=("ddalcu/mlx-serve#257", "sgl-project/sglang#31419"),
    caught_by=(_UNKNOWN,),
)
def unknown_model_served(call: Call, handler: Handler) -> Answer:
    name = change.asked(call).get("model")
    return change.each_whole(_by_default(call, handler), lambda value: value.update(model=name))


@deviation(
    "unknown-model-silent-fallback-other-id",
    severity="major",
    says="An unknown model is served by a default model, whose name is in `model`.",
    breaks="Clients that do not compare the names: another model responds silently.",
    source=("icebear0828/codex-proxy#660",),
    caught_by=(_UNKNOWN,),
)
def unknown_model_fallback(call: Call, handler: Handler) -> Answer:
    return _by_default(call, handler)


@deviation(
    "prompt-cut-without-a-word",
    severity="critical",
    says="A prompt that is too long is truncated to the context, and served.",
    breaks="Anyone who relies on the beginning of a conversation: it is lost, and no error says so.",
    source=INVENTED,
    caught_by=("errors.context_length/long_prompt/long_prompt_is_read_whole_or_rejected",),
)
def prompt_cut(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if not change.is_chat(call) or change.told(answer).get("code") != "context_length_exceeded":
        return answer

    def shorten(value: change.Object) -> None:
        value["messages"] = value["messages"][-1:]

    return handler(change.rewrite(call, shorten))


@deviation(
    "wrong-json-read-as-empty",
    severity="major",
    says="A body that cannot be parsed is treated as a default request, and served.",
    breaks="Clients that send invalid JSON: the response is to another request.",
    source=INVENTED,
    caught_by=(
        "errors.invalid_json/invalid_json*/invalid_json_is_not_served",
        "errors.invalid_json/invalid_json*/status",
    ),
)
def wrong_json_read_as_empty(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if not change.is_chat(call) or not isinstance(change.parsed(call.content.decode("utf-8", "replace")), str):
        return answer
    message = {"role": "assistant", "content": "Hello! How can I help you?"}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    return change.instead(answer, {"object": "chat.completion", "choices": [choice]})


@deviation(
    "any-key-is-taken",
    severity="critical",
    says="A chat completion without a key, or with an invalid one, is served.",
    breaks="The operator, who pays for everyone.",
    source=INVENTED,
    caught_by=("auth.missing/invalid_key/missing_key_is_rejected", "auth.invalid/invalid_key/invalid_key_is_rejected"),
)
def any_key_is_taken(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if not is_wrong_chat(call, answer, HTTPStatus.UNAUTHORIZED):
        return answer
    choice = {"index": 0, "message": {"role": "assistant", "content": "Hello."}, "finish_reason": "stop"}
    return change.instead(answer, {"object": "chat.completion", "choices": [choice]})


@deviation(
    "form-is-read-as-a-chat",
    severity="minor",
    says="A form is treated as a chat completion, and served.",
    breaks="Clients that forget the media type: the response is to another request.",
    source=INVENTED,
    caught_by=("errors.invalid_json/invalid_media_type*/status",),
)
def form_is_read_as_a_chat(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if not change.is_chat(call) or call.media_type != "application/x-www-form-urlencoded":
        return answer
    choice = {"index": 0, "message": {"role": "assistant", "content": "Hello."}, "finish_reason": "stop"}
    return change.instead(answer, {"object": "chat.completion", "choices": [choice]})


@deviation(
    "wrong-messages-are-answered",
    severity="major",
    says="`messages` that is a string is treated as one user message, missing `messages` as an empty one.",
    breaks="Clients with a mistake in a request: it shows only at another provider.",
    source=INVENTED,
    caught_by=(f"{_ROW}/status",),
)
def wrong_messages_are_answered(call: Call, handler: Handler) -> Answer:
    def mend(value: change.Object) -> None:
        given = value.get("messages")
        if not isinstance(given, list) or not given:
            value["messages"] = [{"role": "user", "content": given or "Hello."}]

    plain = change.is_chat(call) and "model" in change.asked(call) and "stream" not in change.asked(call)
    return handler(change.rewrite(call, mend) if plain else call)


@deviation(
    "incomplete-chats-are-answered",
    severity="minor",
    says=(
        "A chat completion without `model` is served by the default model, and malformed messages are treated as text."
    ),
    breaks="Clients with a mistake in a request: it shows only at another provider.",
    source=INVENTED,
    caught_by=(
        "errors.missing_field/invalid_field/missing_model_is_rejected",
        "errors.missing_field/invalid_field/malformed_message_is_rejected",
    ),
)
def incomplete_chats_are_answered(call: Call, handler: Handler) -> Answer:
    def mend(value: change.Object) -> None:
        value.setdefault("model", MODELS[0].id)
        given = value.get("messages")
        if isinstance(given, list):
            value["messages"] = [_completed(message) for message in given]

    return handler(change.rewrite(call, mend) if change.is_chat(call) else call)


def _completed(message: object) -> object:
    if isinstance(message, str):
        return {"role": "user", "content": message}
    if not isinstance(message, dict):
        return message
    content = message.get("content")
    return {"role": "user", **message, "content": str(content) if isinstance(content, int) else content}
