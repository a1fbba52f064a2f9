"""Errors of a gateway that routes each model to an upstream, as its documents and its code have them."""

from http import HTTPStatus

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import deviation
from conformance.simulator.deviations.errors.common import chat_refusal
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler


@deviation(
    "unknown-model-is-unavailable",
    severity="major",
    says="An unknown model is rejected with 503: no upstream has it.",
    breaks="The official client asks again twice and raises `InternalServerError`, for a name that is wrong for good.",
    source=("QuantumNous/new-api#2078",),
    caught_by=(
        "errors.unknown_model/unknown_model/status",
        "errors.unknown_model.not_retryable/unknown_model/client_does_not_retry",
    ),
)
def unknown_model_unavailable(call: Call, handler: Handler) -> Answer:
    answer, refused = chat_refusal(call, handler, HTTPStatus.NOT_FOUND)
    if not refused:
        return answer
    message = "There is no available channel for this model in the current group."
    return change.refused(answer, 503, message, kind="gateway_error", code="model_not_found")


@deviation(
    "error-without-param",
    severity="minor",
    says="An `error` has `message`, `type` and `code`, and no key `param`.",
    breaks="Strict parsers; whoever marks the wrong field in a form.",
    source=("https://docs.crazyrouter.com", "https://github.com/QuantumNous/new-api-docs"),
    caught_by=("errors.envelope/error_response/param_and_code_are_present",),
)
def without_param(call: Call, handler: Handler) -> Answer:
    answer, refused = chat_refusal(call, handler)
    return change.envelope(answer, lambda error: error.pop("param", None)) if refused else answer


@deviation(
    "route-is-not-implemented",
    severity="major",
    says="The endpoint for files answers with 501 and the `code` `api_not_implemented`.",
    breaks="Everything that refers to a file by its id.",
    source=("https://github.com/QuantumNous/new-api-docs",),
    caught_by=("files.api/file_uploaded/status",),
)
def not_implemented(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if not call.path.startswith("/files"):
        return answer
    return change.refused(
        answer, 501, "API not implemented", kind="gateway_error", param="", code="api_not_implemented"
    )


@deviation(
    "completions-are-unavailable",
    severity="major",
    says="Each legacy completion is rejected with 503, although its route exists.",
    breaks="Clients that complete code by this route; the official client asks again twice.",
    source=("https://docs.crazyrouter.com",),
    caught_by=("completions.legacy/completed/status",),
)
def completions_unavailable(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if not change.posted(call, "/completions"):
        return answer
    message = "The model is temporarily unavailable"
    return change.refused(answer, 503, message, kind="gateway_error", code="model_not_found")
