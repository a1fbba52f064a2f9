"""The status of a refusal, and what says whether to try again."""

from http import HTTPStatus

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.deviations.errors.common import chat_refusal, is_overlong, is_wrong_chat
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

_UNKNOWN = "errors.unknown_model/unknown_model/status"


@deviation(
    "error-200-with-error-body",
    severity="critical",
    says="Status 200 is sent before the upstream responds; its failure is the whole body, with `code` 502.",
    breaks="The official client returns an object without choices; nothing is retried.",
    source=(
        "nodetool-ai/nodetool#5755",
        "SWE-agent/mini-swe-agent#902",
        "langchain-ai/langchainjs#11418",
        "Aider-AI/aider#3550",
    ),
    caught_by=("errors.unknown_model/unknown_model/status", "errors.envelope/invalid_field/success_has_no_error"),
)
def error_with_200(call: Call, handler: Handler) -> Answer:
    answer, refused = chat_refusal(call, handler, HTTPStatus.NOT_FOUND)
    if not refused:
        return answer
    return change.instead(answer, {"error": {"message": change.told(answer)["message"], "code": 502}})


@deviation(
    "error-200-context-overflow",
    severity="major",
    says="A prompt that is too long is rejected in the body, with status 200.",
    breaks="Clients that read it as a response.",
    source=("langgenius/dify-plugin-sdks#74",),
    caught_by=("errors.context_length/long_prompt/long_prompt_is_read_whole_or_rejected",),
)
def context_overflow_with_200(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    return change.status(answer, 200) if is_overlong(call, answer) else answer


@deviation(
    "error-plain-text-200",
    severity="critical",
    says="An unknown model gets status 200 and a plain-text sentence.",
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
    says="A body that is not JSON gives a 500 with a plain-text sentence.",
    breaks="The official client sends the same invalid body again, and has no error to show.",
    source=(
        "sgl-project/sglang#3805",
        "Atomic-Germ/OpenFlowLM-Next#69",
        "GoDiao/Free-Way#32",
        "lemonade-sdk/lemonade#2232",
    ),
    caught_by=("errors.invalid_json/invalid_json*/status",),
)
def malformed_json_500(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if not change.is_chat(call) or not isinstance(change.parsed(call.content.decode("utf-8", "replace")), str):
        return answer
    return change.instead(answer, b"Internal Server Error", 500, "text/plain; charset=utf-8")


@deviation(
    "unknown-model-opaque-backend-error",
    severity="minor",
    says="An unknown model is sent to some backend, whose complaint about a method is returned with status 500.",
    breaks="Users do not see that the name is wrong; the official client retries.",
    source=("mudler/LocalAI#9133",),
    caught_by=(_UNKNOWN, "errors.unknown_model.not_retryable/unknown_model/client_does_not_retry"),
)
def unknown_model_opaque(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if not change.is_chat(call) or answer.status != HTTPStatus.NOT_FOUND:
        return answer
    message = "rpc error: code = Unimplemented desc = method not implemented"
    return change.instead(answer, {"error": {"code": 500, "message": message, "type": ""}}, 500)


@deviation(
    "error-with-empty-body",
    severity="major",
    says="A rejected key gives a 401 without any body.",
    breaks="Anyone who wants to know why.",
    source=INVENTED,
    caught_by=("errors.sdk_mapping/invalid_key*/body_is_whole",),
)
def empty_body(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    wrong = is_wrong_chat(call, answer, HTTPStatus.UNAUTHORIZED)
    return change.instead(answer, b"", answer.status, "application/json") if wrong else answer


@deviation(
    "error-422-for-wrong-bodies",
    severity="minor",
    says="An invalid field, or a body that is not JSON, is rejected with 422 instead of 400.",
    breaks="Handlers of `BadRequestError`: another exception is raised.",
    source=INVENTED,
    caught_by=(
        "errors.sdk_mapping/invalid_field*/invalid_field_raises_bad_request",
        "errors.sdk_mapping/invalid_json*/invalid_json_raises_bad_request",
    ),
)
def wrong_bodies_with_422(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    return change.status(answer, 422) if is_wrong_chat(call, answer) else answer


@deviation(
    "error-400-for-unknown-model",
    severity="minor",
    says="An unknown model is rejected with 400 and a message that does not name the model.",
    breaks="Handlers of `NotFoundError`; users, who do not see that the name is wrong.",
    source=INVENTED,
    caught_by=(
        "errors.sdk_mapping/unknown_model/unknown_model_raises_not_found",
        "errors.unknown_model/unknown_model/error_is_about_the_model",
        "errors.unknown_model/unknown_model/code_is_model_not_found",
    ),
)
def unknown_model_with_400(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    return change.refused(answer, 400, "No route.") if is_wrong_chat(call, answer, HTTPStatus.NOT_FOUND) else answer


@deviation(
    "error-asks-to-be-tried-again",
    severity="major",
    says="An invalid request is rejected with `x-should-retry: true`.",
    breaks="The official client, which retries it in vain.",
    source=INVENTED,
    caught_by=("errors.sdk_mapping/error_response/rejections_do_not_request_a_retry",),
)
def asks_to_be_tried_again(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    return answer.with_header("x-should-retry", "true") if is_wrong_chat(call, answer) else answer


@deviation(
    "wrong-key-gives-503",
    severity="major",
    says="An invalid key gives a 503, as the service that knows the keys did not respond.",
    breaks="The official client retries, and then raises the wrong exception.",
    source=INVENTED,
    caught_by=("auth.invalid/invalid_key/client_does_not_retry", "errors.sdk_mapping/invalid_key*/status"),
)
def wrong_key_gives_503(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    return change.status(answer, 503) if is_wrong_chat(call, answer, HTTPStatus.UNAUTHORIZED) else answer


@deviation(
    "good-key-gives-402",
    severity="critical",
    says="A short chat completion with a valid key is rejected with 402 and the `code` of an invalid key.",
    breaks="Everyone: they look for a mistake in the key.",
    source=INVENTED,
    caught_by=("auth.bearer_valid/hello/valid_key_is_accepted", "chat.basic/hello/status"),
)
def good_key_gives_402(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    refused = change.is_shortest_chat(call) and answer.status == 200
    return change.refused(answer, 402, "This request was not accepted.", code="invalid_api_key") if refused else answer
