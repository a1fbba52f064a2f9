"""What web pages may send and read."""

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler


@deviation(
    "cors-retry-after-not-exposed",
    severity="minor",
    says="Responses to web pages expose no header, neither the rate limits nor the request id.",
    breaks="Clients in browsers: they see neither how long to wait nor what to report.",
    source=("Azure/azure-rest-api-specs#24904",),
    caught_by=("headers.cors/models_from_page/page_may_read_the_request_id",),
)
def retry_after_not_exposed(call: Call, handler: Handler) -> Answer:
    return change.without_header(handler(call), "access-control-expose-headers")


@deviation(
    "cors-preflight-stainless-headers",
    severity="major",
    says="A preflight allows two headers, and none of those that the official client adds.",
    breaks="The official client in a browser: no request leaves it.",
    source=(
        "ollama/ollama#4388",
        "pollinations/pollinations#10165",
        "lidge-jun/opencodex#1773",
        "jeromeleong/poe2openai#15",
    ),
    caught_by=("headers.cors/cors_preflight/headers_of_the_client_are_allowed",),
)
def preflight_few_headers(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    few = call.method == "OPTIONS"
    return answer.with_header("access-control-allow-headers", "Authorization, Content-Type") if few else answer


@deviation(
    "cors-options-405",
    severity="minor",
    says="A preflight is rejected with 405, and nothing is allowed to any page.",
    breaks="Clients in browsers.",
    source=("paiml/aprender#671", "bricks-cloud/BricksLLM#45", "openvinotoolkit/model_server#3417"),
    caught_by=("headers.cors/cors_preflight/status",),
)
def preflight_refused(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    for name in ("origin", "headers", "methods"):
        answer = change.without_header(answer, f"access-control-allow-{name}")
    if call.method != "OPTIONS":
        return answer
    return change.refused(answer, 405, "Method Not Allowed")


@deviation(
    "page-may-not-read-the-answer",
    severity="major",
    says="A preflight allows web pages, and the responses themselves do not.",
    breaks="Clients in browsers: the response is paid for, and thrown away.",
    source=INVENTED,
    caught_by=("headers.cors/models_from_page/page_may_read_the_response",),
)
def page_may_not_read(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    return answer if call.method == "OPTIONS" else change.without_header(answer, "access-control-allow-origin")


@deviation(
    "preflight-lets-another-page-in",
    severity="minor",
    says="A preflight allows one fixed origin, whatever page sends it.",
    breaks="Clients in browsers on all other pages.",
    source=INVENTED,
    caught_by=("headers.cors/cors_preflight/origin_is_allowed",),
)
def preflight_lets_another_page_in(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    preflight = call.method == "OPTIONS"
    return answer.with_header("access-control-allow-origin", "https://console.example") if preflight else answer
