"""Servers that do not outlive a request which is not UTF-8."""

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.errors import ApiError
from conformance.simulator.http.registry import Handler

_BROKEN = "nothing-served-after-invalid-utf8"
_CHECKS = "transport.invalid_text/hello_after_invalid_utf8"


def _is_text(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


@deviation(
    _BROKEN,
    severity="critical",
    says="After a request whose body is not UTF-8, the next one is answered with 500.",
    breaks="Everyone: one broken client takes the server down for all.",
    source=INVENTED,
    caught_by=(f"{_CHECKS}/status",),
)
def nothing_served_afterwards(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if not change.is_chat(call):
        return answer
    if not _is_text(call.content):
        call.state.notes.put(_BROKEN, object())
        return answer
    if call.state.notes.take(_BROKEN) is not None:
        raise ApiError(500, "invalid UTF-8 byte at index 47: 0xFF", kind="server_error")
    return answer


@deviation(
    "empty-text-after-invalid-utf8",
    severity="critical",
    says="After a request whose body is not UTF-8, the next response has no text.",
    breaks="Everyone: one broken client empties the responses of others.",
    source=INVENTED,
    caught_by=(f"{_CHECKS}/server_goes_on_after_invalid_utf8",),
)
def empty_text_afterwards(call: Call, handler: Handler) -> Answer:
    name = "empty-text-after-invalid-utf8"
    answer = handler(call)
    if not change.is_chat(call):
        return answer
    if not _is_text(call.content):
        call.state.notes.put(name, object())
        return answer
    if call.state.notes.take(name) is None:
        return answer
    return change.each_message(answer, lambda message: message.update(content=""))
