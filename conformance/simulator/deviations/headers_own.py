"""Deviations of headers and of what carries a body that we made up: ids, limits, encodings, redirects."""

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import deviation
from conformance.simulator.http.answer import Answer, dump
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

_OWN = ("own",)
_PLAIN = "transport.json_content_type/every"


@deviation(
    "request-id-is-always-the-same",
    severity="minor",
    says="`x-request-id` is the same in all answers.",
    breaks="Whoever reports a failed request: nobody can find it.",
    source=_OWN,
    caught_by=("headers.request_id/every/ids_are_distinct",),
)
def same_request_id(call: Call, handler: Handler) -> Answer:
    return handler(call).with_header("x-request-id", "req_0123456789abcdef")


@deviation(
    "request-id-is-missing",
    severity="minor",
    says="No answer has an `x-request-id`.",
    breaks="Whoever reports a failed request; `request_id` of the official client is None.",
    source=_OWN,
    caught_by=("headers.request_id/hello/answer_has_an_id", "headers.request_id/unknown_model/refusal_has_an_id"),
)
def no_request_id(call: Call, handler: Handler) -> Answer:
    return change.without_header(handler(call), "x-request-id")


@deviation(
    "rate-limit-remaining-above-the-limit",
    severity="minor",
    says="One request more remains than the limit allows.",
    breaks="Clients that work out how much was used: they get a negative number.",
    source=_OWN,
    caught_by=("errors.rate_and_quota/hello/remaining_is_within_the_limit",),
)
def remaining_above_the_limit(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    limit = int(answer.header("x-ratelimit-limit-requests") or 0)
    return answer.with_header("x-ratelimit-remaining-requests", str(limit + 1))


@deviation(
    "json-begins-with-a-mark",
    severity="major",
    says="JSON begins with a byte order mark.",
    breaks="Parsers of JSON, many of which refuse it.",
    source=_OWN,
    caught_by=(f"{_PLAIN}/json_begins_without_a_mark",),
)
def begins_with_a_mark(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if call.path != "/models" or not isinstance(answer.body, dict):
        return answer
    return change.instead(answer, b"\xef\xbb\xbf" + dump(answer.body), answer.status, "application/json")


@deviation(
    "json-in-another-charset",
    severity="minor",
    says="JSON is announced in `iso-8859-1`.",
    breaks="Clients that believe it: all that is not ASCII is garbled.",
    source=_OWN,
    caught_by=(f"{_PLAIN}/charset_of_json_is_utf_8",),
)
def another_charset(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if not change.is_chat(call) or not isinstance(answer.body, dict):
        return answer
    return answer.with_header("content-type", "application/json; charset=iso-8859-1")


@deviation(
    "text-in-another-charset",
    severity="critical",
    says="The bytes of the text were read as latin-1 on their way.",
    breaks="Readers of anything but ASCII.",
    source=_OWN,
    caught_by=("transport.utf8/word[*/word_comes_back_unharmed",),
)
def text_in_another_charset(call: Call, handler: Handler) -> Answer:
    def misread(message: change.Object) -> None:
        if isinstance(message.get("content"), str):
            message["content"] = message["content"].encode().decode("latin-1")

    return change.each_message(handler(call), misread) if change.is_chat(call) else handler(call)


@deviation(
    "models-are-redirected",
    severity="major",
    says="The list of the models is behind a redirect to the same path with a slash.",
    breaks="Clients that do not follow, or that lose their key on the way.",
    source=_OWN,
    caught_by=("transport.no_redirect/every/nothing_is_redirected", "models.list.schema/listed/status"),
)
def models_are_redirected(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if call.path != "/models":
        return answer
    return change.instead(answer, b"", 301, "text/plain").with_header("location", "/v1/models/")


@deviation(
    "answer-of-another-api",
    severity="critical",
    says="A good answer of another API, with status 200, stands below the base URL.",
    breaks="Everybody whose base URL leads to the operator's web site.",
    source=_OWN,
    caught_by=(
        "transport.base_url/hello/chat_is_answered_below_the_base_url",
        "transport.base_url/listed/models_are_listed_below_the_base_url",
        "transport.sdk/hello/documented_lines_read_an_answer",
        "chat.*/hello/*",
    ),
)
def answer_of_another_api(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if call.path != "/models" and not _is_shortest(call):
        return answer
    return change.instead(answer, {"status": "ok"}) if answer.status == 200 else answer


@deviation(
    "answer-with-an-error-beside-it",
    severity="minor",
    says="A whole answer has an `error` beside its choices.",
    breaks="Clients that look for `error` first: they throw a good answer away.",
    source=_OWN,
    caught_by=("transport.sdk/hello/success_holds_no_error",),
)
def error_beside_an_answer(call: Call, handler: Handler) -> Answer:
    beside = {"message": "", "code": 0}
    answer = handler(call)
    return change.body(answer, lambda value: value.update(error=beside)) if change.is_chat(call) else answer


@deviation(
    "page-may-not-read-the-answer",
    severity="major",
    says="A preflight lets web pages in, and the answers themselves do not.",
    breaks="Clients in browsers: the answer is paid for, and thrown away.",
    source=_OWN,
    caught_by=("headers.cors/listed_from_a_page/page_may_read_the_answer",),
)
def page_may_not_read(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    return answer if call.method == "OPTIONS" else change.without_header(answer, "access-control-allow-origin")


@deviation(
    "preflight-lets-another-page-in",
    severity="minor",
    says="A preflight allows one page, whatever page asks.",
    breaks="Clients in browsers on all other pages.",
    source=_OWN,
    caught_by=("headers.cors/preflight/page_is_let_in",),
)
def preflight_lets_another_page_in(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    preflight = call.method == "OPTIONS"
    return answer.with_header("access-control-allow-origin", "https://console.example") if preflight else answer


@deviation(
    "good-key-is-out-of-money",
    severity="critical",
    says="A short chat with a good key is refused with 402, and a code that says that the key is wrong.",
    breaks="Everybody, who looks for a mistake in the key.",
    source=_OWN,
    caught_by=("auth.bearer_valid/hello/good_key_is_taken", "chat.basic/hello/status"),
)
def good_key_is_out_of_money(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    refused = _is_shortest(call) and answer.status == 200
    return change.refused(answer, 402, "Insufficient balance.", code="invalid_api_key") if refused else answer


@deviation(
    "unauthorised-without-challenge",
    severity="minor",
    says="A 401 names no scheme in `www-authenticate`.",
    breaks="Clients of HTTP that ask for a key when they are challenged.",
    source=_OWN,
    caught_by=("auth.missing/refused_key/401_names_the_scheme",),
)
def no_challenge(call: Call, handler: Handler) -> Answer:
    return change.without_header(handler(call), "www-authenticate")


@deviation(
    "unknown-path-is-the-web-site",
    severity="minor",
    says="An unknown path gives status 200 and the operator's web page.",
    breaks="Whoever has the base URL wrong: nothing says so.",
    source=_OWN,
    caught_by=("errors.unknown_path/unknown_path*/status", "endpoints.absent_are_clean/probe*/media_type"),
)
def web_site(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    unknown = change.told(answer).get("code") == "unknown_url"
    return change.instead(answer, b"<!doctype html><title>Console</title>", media="text/html") if unknown else answer


def _is_shortest(call: Call) -> bool:
    """Tell whether a chat is the shortest there is, so that the answers to all others are looked at too."""
    return change.is_chat(call) and len(call.content) < _SHORT


_SHORT = 96
"""In bytes."""
