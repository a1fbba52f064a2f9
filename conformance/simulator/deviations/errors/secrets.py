"""Refusals that tell what nobody should read: keys, and the inside of the endpoint."""

from http import HTTPStatus

from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.deviations.errors.common import is_wrong_chat, with_message
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler


@deviation(
    "error-tells-our-key",
    severity="critical",
    says="The error for an unknown model contains the API key of the request.",
    breaks="Everyone whose logs are read by others.",
    source=INVENTED,
    caught_by=("errors.no_secret_leak/any_response/key_is_not_returned",),
)
def tells_our_key(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    sent = f"The model does not exist. Headers: authorization={call.headers.get('authorization')}"
    return with_message(answer, sent) if is_wrong_chat(call, answer, HTTPStatus.NOT_FOUND) else answer


@deviation(
    "error-repeats-the-refused-key",
    severity="major",
    says="The rejection of an invalid key contains the key in full.",
    breaks="Everyone whose key has a typing error, and whose logs are read by others.",
    source=INVENTED,
    caught_by=("errors.no_secret_leak/invalid_key/invalid_key_is_not_returned_whole",),
)
def repeats_the_refused_key(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    key = call.headers.get("authorization", "").rpartition(" ")[2]
    wrong = is_wrong_chat(call, answer, HTTPStatus.UNAUTHORIZED)
    return with_message(answer, f"Incorrect API key provided: {key}.") if wrong else answer


@deviation(
    "error-tells-the-inside",
    severity="major",
    says=(
        "An invalid chat completion is rejected with a stack trace, the name of a host behind the endpoint, and the "
        "key for it."
    ),
    breaks="The operator, whose secrets are read by everyone.",
    source=INVENTED,
    caught_by=(
        "errors.no_secret_leak/any_response/no_internal_host_is_returned",
        "errors.no_secret_leak/any_response/no_other_key_is_returned",
        "errors.no_secret_leak/any_response/no_stack_trace_is_returned",
    ),
)
def tells_the_inside(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    key = "AIza" + "Sy0a1B2c3D4e5F6g7H8" + "i9J0k1L2m3N4o5P6"
    trace = f'File "/srv/gateway/app.py", line 7, in handle: no route to llm.models.svc.cluster.local?key={key}'
    return with_message(answer, f"messages: {trace}") if is_wrong_chat(call, answer) else answer
