"""Deviations of errors that we made up: what an error tells about others, the wrong field, keys and the inside."""

from http import HTTPStatus

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

_OWN = ("own",)
_ROW = "errors.missing_field/wrong_field*"


def _is_wrong_chat(call: Call, answer: Answer, number: int = HTTPStatus.BAD_REQUEST) -> bool:
    return change.is_chat(call) and answer.status == number and bool(change.told(answer))


def _says(answer: Answer, message: str) -> Answer:
    return change.envelope(answer, lambda error: error.update(message=message))


@deviation(
    "error-of-another-request",
    severity="major",
    says="A wrong chat is refused with the error of another request, about a field that it does not have.",
    breaks="Whoever shows the error, or drops the field that `param` names and asks again.",
    source=_OWN,
    caught_by=(f"{_ROW}/error_names_the_field", f"{_ROW}/param_is_the_field"),
)
def error_of_another_request(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    other = {"message": "Invalid value: 'dimensions' must be positive.", "param": "dimensions"}
    return change.envelope(answer, lambda error: error.update(other)) if _is_wrong_chat(call, answer) else answer


@deviation(
    "error-with-empty-body",
    severity="major",
    says="A refused key gives a 401 without any body.",
    breaks="Whoever wants to know why.",
    source=_OWN,
    caught_by=("errors.sdk_mapping/refused_key*/body_is_whole",),
)
def empty_body(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    wrong = _is_wrong_chat(call, answer, HTTPStatus.UNAUTHORIZED)
    return change.instead(answer, b"", answer.status, "application/json") if wrong else answer


@deviation(
    "error-message-is-a-page",
    severity="minor",
    says="`error.message` is the web page of a proxy, with the right status around it.",
    breaks="Users, who are shown markup.",
    source=_OWN,
    caught_by=("errors.envelope/every/message_says_something",),
)
def message_is_a_page(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    page = "<html><head><title>400 Bad Request</title></head><body><h1>messages</h1></body></html>"
    return _says(answer, page) if _is_wrong_chat(call, answer) else answer


@deviation(
    "error-message-is-a-list",
    severity="major",
    says="`error.message` is a list of a validator's findings.",
    breaks="Typed clients; whoever joins it to a text.",
    source=_OWN,
    caught_by=("errors.envelope/every/message_is_a_string",),
)
def message_is_a_list(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    found = [{"loc": ["body", "messages"], "msg": "field required"}]
    wrong = _is_wrong_chat(call, answer)
    return change.envelope(answer, lambda error: error.update(message=found)) if wrong else answer


@deviation(
    "error-code-is-status-as-text",
    severity="minor",
    says="Where `error.code` should be null it is the number of the status in quotation marks.",
    breaks="Handlers that look for the name of a code.",
    source=_OWN,
    caught_by=("errors.envelope/every/code_is_a_name",),
)
def code_is_status_as_text(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    number = str(answer.status)
    wrong = _is_wrong_chat(call, answer)
    return change.envelope(answer, lambda error: error.update(code=number)) if wrong else answer


@deviation(
    "error-422-for-wrong-bodies",
    severity="minor",
    says="A wrong field, or a body that is no JSON, is refused with 422 instead of 400.",
    breaks="Handlers of `BadRequestError`: another exception is raised.",
    source=_OWN,
    caught_by=(
        "errors.sdk_mapping/wrong_field*/wrong_field_raises_bad_request",
        "errors.sdk_mapping/wrong_json*/wrong_json_raises_bad_request",
    ),
)
def wrong_bodies_with_422(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    return change.status(answer, 422) if _is_wrong_chat(call, answer) else answer


@deviation(
    "error-400-for-unknown-model",
    severity="minor",
    says="An unknown model is refused with 400 and a sentence that names no model.",
    breaks="Handlers of `NotFoundError`; users, who do not see that the name is wrong.",
    source=_OWN,
    caught_by=(
        "errors.sdk_mapping/unknown_model/unknown_model_raises_not_found",
        "errors.unknown_model/unknown_model/error_is_about_the_model",
        "errors.unknown_model/unknown_model/code_is_model_not_found",
    ),
)
def unknown_model_with_400(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    return change.refused(answer, 400, "No route.") if _is_wrong_chat(call, answer, HTTPStatus.NOT_FOUND) else answer


@deviation(
    "error-asks-to-be-tried-again",
    severity="major",
    says="A wrong request is refused with `x-should-retry: true`.",
    breaks="The official client, which sends it again and again.",
    source=_OWN,
    caught_by=("errors.sdk_mapping/every/refusals_do_not_ask_to_be_tried_again",),
)
def asks_to_be_tried_again(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    return answer.with_header("x-should-retry", "true") if _is_wrong_chat(call, answer) else answer


@deviation(
    "error-tells-our-key",
    severity="critical",
    says="The error of an unknown model holds the key of whoever asked.",
    breaks="Everybody whose logs are read by others.",
    source=_OWN,
    caught_by=("errors.no_secret_leak/every/our_key_is_not_sent_back",),
)
def tells_our_key(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    sent = f"The model does not exist. Headers: authorization={call.headers.get('authorization')}"
    return _says(answer, sent) if _is_wrong_chat(call, answer, HTTPStatus.NOT_FOUND) else answer


@deviation(
    "error-repeats-the-refused-key",
    severity="major",
    says="A wrong key is told back in full.",
    breaks="Everybody whose key had one wrong letter, and whose logs are read by others.",
    source=_OWN,
    caught_by=("errors.no_secret_leak/every/refused_key_is_not_repeated_whole",),
)
def repeats_the_refused_key(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    key = call.headers.get("authorization", "").rpartition(" ")[2]
    wrong = _is_wrong_chat(call, answer, HTTPStatus.UNAUTHORIZED)
    return _says(answer, f"Incorrect API key provided: {key}.") if wrong else answer


@deviation(
    "error-tells-the-inside",
    severity="major",
    says="A wrong chat is refused with a stack trace, the name of a host behind the endpoint, and the key for it.",
    breaks="The operator, whose secrets are read by everybody.",
    source=_OWN,
    caught_by=("errors.no_secret_leak/every/no_*_is_told",),
)
def tells_the_inside(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    key = "AIza" + "Sy0a1B2c3D4e5F6g7H8" + "i9J0k1L2m3N4o5P6"
    trace = f'File "/srv/gateway/app.py", line 7, in handle: no route to llm.models.svc.cluster.local?key={key}'
    return _says(answer, f"messages: {trace}") if _is_wrong_chat(call, answer) else answer


@deviation(
    "error-405-allows-only-get",
    severity="minor",
    says="A wrong method gives a 405 whose `Allow` leaves POST out.",
    breaks="Clients and proxies that learn from it what is served.",
    source=_OWN,
    caught_by=("errors.unknown_path/wrong_method/405_names_the_allowed_methods",),
)
def allows_only_get(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    return answer.with_header("allow", "GET") if answer.status == HTTPStatus.METHOD_NOT_ALLOWED else answer


@deviation(
    "error-unrouted-is-a-detail",
    severity="minor",
    says="Unknown paths and methods get a framework's `detail` instead of an `error`.",
    breaks="Whoever has the base URL wrong, and sees no message.",
    source=_OWN,
    caught_by=(
        "errors.unknown_path/*/unknown_path_gives_an_error_object",
        "errors.unknown_path/*/wrong_method_gives_an_error_object",
        "endpoints.absent_are_clean/probe/absent_endpoint_gives_an_error_object",
    ),
)
def unrouted_is_a_detail(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    unrouted = change.told(answer).get("code") in {"unknown_url", "method_not_supported"}
    return change.rebuilt(answer, lambda _: {"detail": "Not Found"}) if unrouted else answer


@deviation(
    "error-absent-endpoint-with-200",
    severity="major",
    says="An endpoint that is not served answers with status 200 and an `error`.",
    breaks="Whoever asks by the status whether it is there.",
    source=_OWN,
    caught_by=("endpoints.absent_are_clean/probe*/success_is_no_refusal_in_disguise",),
)
def absent_endpoint_with_200(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    absent = call.path in {"/assistants", "/vector_stores", "/fine_tuning/jobs"}
    return change.status(answer, 200) if absent else answer


@deviation(
    "prompt-cut-without-a-word",
    severity="critical",
    says="A prompt that is too long is cut to what the context holds, and answered.",
    breaks="Whoever relies on the beginning of a conversation: it is gone, and nothing says so.",
    source=_OWN,
    caught_by=("errors.context_length/long_prompt/long_prompt_is_answered_whole_or_refused",),
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
    says="A body that cannot be parsed is taken for a default request, and answered.",
    breaks="Whoever sends broken JSON: the answer is to nothing that was asked.",
    source=_OWN,
    caught_by=("errors.invalid_json/wrong_json*/nothing_is_made_of_it", "errors.invalid_json/wrong_json*/status"),
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
    says="A chat without a key, or with a wrong one, is answered.",
    breaks="The operator, who pays for everybody.",
    source=_OWN,
    caught_by=("auth.missing/refused_key/no_key_is_refused", "auth.invalid/refused_key/wrong_key_is_refused"),
)
def any_key_is_taken(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if not _is_wrong_chat(call, answer, HTTPStatus.UNAUTHORIZED):
        return answer
    choice = {"index": 0, "message": {"role": "assistant", "content": "Hello."}, "finish_reason": "stop"}
    return change.instead(answer, {"object": "chat.completion", "choices": [choice]})


@deviation(
    "error-event-late-in-a-good-stream",
    severity="major",
    says="After the end of a whole streamed answer, before `[DONE]`, comes an event with an `error`.",
    breaks="The official client, which raises although all text came.",
    source=_OWN,
    caught_by=(
        "chat.stream.basic/hello_streamed/no_event_is_an_error",
        "transport.sdk/hello_streamed/stream_holds_no_error",
    ),
)
def error_late_in_a_good_stream(call: Call, handler: Handler) -> Answer:
    late = {"error": {"message": "Usage could not be counted.", "type": "server_error", "param": None, "code": None}}
    answer = handler(call)
    is_text = change.is_chat(call) and "tools" not in change.asked(call)
    return change.chunks(answer, lambda told: [*told, late]) if is_text else answer


@deviation(
    "wrong-key-gives-503",
    severity="major",
    says="A wrong key gives a 503, as the service that knows the keys did not answer.",
    breaks="The official client asks again and again, and then raises the wrong exception.",
    source=_OWN,
    caught_by=("auth.invalid/refused_key/client_does_not_ask_again", "errors.sdk_mapping/refused_key*/status"),
)
def wrong_key_gives_503(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    return change.status(answer, 503) if _is_wrong_chat(call, answer, HTTPStatus.UNAUTHORIZED) else answer


@deviation(
    "too-many-tokens-without-a-name",
    severity="minor",
    says="A limit beyond any context is refused without `param` and `code`.",
    breaks="Clients that lower the limit and ask again.",
    source=_OWN,
    caught_by=("errors.context_length/too_many_tokens/too_many_tokens_are_cut_or_refused_by_name",),
)
def too_many_tokens_unnamed(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    limit = change.asked(call).get("max_tokens")
    many = change.is_chat(call) and isinstance(limit, int) and limit > _MANY
    return change.refused(answer, 400, "Bad request.") if many else answer


@deviation(
    "form-is-read-as-a-chat",
    severity="minor",
    says="A form is taken for a chat, and answered with whatever comes.",
    breaks="Whoever forgot the media type: the answer is to nothing that was asked.",
    source=_OWN,
    caught_by=("errors.invalid_json/wrong_media_type*/status",),
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
    says="Messages that are a string are taken for one user message, and no messages for an empty one.",
    breaks="Whoever has a mistake in a request: it is found at another provider only.",
    source=_OWN,
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
    "wrong-method-is-a-plain-405",
    severity="minor",
    says="A wrong method gives a 405 and a plain sentence.",
    breaks="Whoever parses errors as JSON.",
    source=_OWN,
    caught_by=("errors.unknown_path/wrong_method/media_type", "errors.unknown_path/wrong_method/body_is_whole"),
)
def plain_405(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    wrong = answer.status == HTTPStatus.METHOD_NOT_ALLOWED
    return change.instead(answer, b"Method Not Allowed", answer.status, "text/plain") if wrong else answer


_MANY = 1_000_000
