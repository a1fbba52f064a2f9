"""Unknown paths and wrong methods."""

from http import HTTPStatus

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler


def _unknown(answer: Answer) -> bool:
    return str(change.told(answer).get("message", "")).startswith("Invalid URL")


@deviation(
    "error-405-allows-only-get",
    severity="minor",
    says="An unsupported method gives a 405 whose `Allow` leaves POST out.",
    breaks="Clients and proxies that learn from it what is served.",
    source=INVENTED,
    caught_by=("errors.unknown_path/unsupported_method/405_names_the_allowed_methods",),
)
def allows_only_get(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    return answer.with_header("allow", "GET") if answer.status == HTTPStatus.METHOD_NOT_ALLOWED else answer


@deviation(
    "wrong-method-is-a-plain-405",
    severity="minor",
    says="An unsupported method gives a 405 and a plain-text sentence.",
    breaks="Anyone who parses errors as JSON.",
    source=INVENTED,
    caught_by=("errors.unknown_path/unsupported_method/media_type",),
)
def plain_405(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    wrong = answer.status == HTTPStatus.METHOD_NOT_ALLOWED
    return change.instead(answer, b"Method Not Allowed", answer.status, "text/plain") if wrong else answer


@deviation(
    "error-unrouted-is-a-detail",
    severity="minor",
    says="Unknown paths and methods get a framework's `detail` instead of an `error`.",
    breaks="Anyone with a wrong base URL: there is no message.",
    source=INVENTED,
    caught_by=(
        "errors.unknown_path/*/unknown_path_gives_an_error_object",
        "errors.unknown_path/*/unsupported_method_gives_an_error_object",
        "endpoints.absent_are_clean/probe/absent_endpoint_gives_an_error_object",
    ),
)
def unrouted_is_a_detail(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    unrouted = _unknown(answer) or change.told(answer).get("code") == "method_not_supported"
    return change.rebuilt(answer, lambda _: {"detail": "Not Found"}) if unrouted else answer


@deviation(
    "error-absent-endpoint-with-200",
    severity="major",
    says="An endpoint that is not served answers with status 200 and an `error`.",
    breaks="Clients that look at the status to see whether it is there.",
    source=INVENTED,
    caught_by=("endpoints.absent_are_clean/probe/success_has_no_error",),
)
def absent_endpoint_with_200(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    absent = call.path in {"/assistants", "/vector_stores", "/fine_tuning/jobs"}
    return change.status(answer, 200) if absent else answer


@deviation(
    "unknown-path-is-the-web-site",
    severity="minor",
    says="An unknown path gives status 200 and the operator's web page.",
    breaks="Anyone with a wrong base URL: no error says so.",
    source=INVENTED,
    caught_by=("errors.unknown_path/unknown_path*/status", "endpoints.absent_are_clean/probe*/media_type"),
)
def web_site(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    page = b"<!doctype html><title>Console</title>"
    return change.instead(answer, page, media="text/html") if _unknown(answer) else answer
