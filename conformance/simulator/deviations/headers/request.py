"""What headers tell of a request: its id, the rate limit, how to authenticate."""

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation, excluded
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

RATE_LIMIT_WITHOUT_RETRY_AFTER = excluded(
    "rate-limit-429-without-retry-after",
    severity="major",
    says="A 429 says neither in `retry-after` nor in `x-ratelimit-reset-*` when to retry.",
    source=("etalab-ia/OpenGateLLM#364", "BerriAI/litellm#4695", "majiayu000/litellm-rs#833"),
    why="a 429 comes only to who floods an endpoint, which the suite never does; one that comes by itself is our limit",
)


@deviation(
    "request-id-is-always-the-same",
    severity="minor",
    says="`x-request-id` is the same in all responses.",
    breaks="Users who report a failed request: it cannot be found.",
    source=INVENTED,
    caught_by=("headers.request_id/any_response/request_ids_are_distinct",),
)
def same_request_id(call: Call, handler: Handler) -> Answer:
    return handler(call).with_header("x-request-id", "req_0123456789abcdef")


@deviation(
    "request-id-is-missing",
    severity="minor",
    says="No response has an `x-request-id`.",
    breaks="Users who report a failed request; `request_id` of the official client is None.",
    source=INVENTED,
    caught_by=(
        "headers.request_id/any_success/response_has_a_request_id",
        "headers.request_id/error_response/error_has_a_request_id",
    ),
)
def no_request_id(call: Call, handler: Handler) -> Answer:
    return change.without_header(handler(call), "x-request-id")


@deviation(
    "rate-limit-remaining-above-the-limit",
    severity="minor",
    says="`x-ratelimit-remaining-*` is one more than the limit.",
    breaks="Clients that work out how much was used: they get a negative number.",
    source=INVENTED,
    caught_by=("errors.rate_and_quota/any_response/remaining_is_within_the_limit",),
)
def remaining_above_the_limit(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    limit = int(answer.header("x-ratelimit-limit-requests") or 0)
    return answer.with_header("x-ratelimit-remaining-requests", str(limit + 1))


@deviation(
    "unauthorised-without-challenge",
    severity="minor",
    says="The 401 for a request without a key names no scheme in `www-authenticate`.",
    breaks="HTTP clients that send a key only when they are challenged.",
    source=INVENTED,
    caught_by=("auth.missing/invalid_key/401_names_the_scheme",),
)
def no_challenge(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    return answer if "authorization" in call.headers else change.without_header(answer, "www-authenticate")
