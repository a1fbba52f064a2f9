"""Servers that do not outlive a request which is not UTF-8."""

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.errors import ApiError
from conformance.simulator.http.registry import Handler

_BROKEN = "nothing-served-after-invalid-utf8"
_EMPTY = "empty-text-after-invalid-utf8"
_CHECKS = "transport.invalid_text/hello_after_invalid_utf8"


def _is_broken(call: Call, name: str) -> bool:
    """Tell whether a short chat comes after one that was not UTF-8; other chats go on, so that they are judged too."""
    if not change.is_chat(call):
        return False
    try:
        call.content.decode("utf-8")
    except UnicodeDecodeError:
        call.state.notes.put(name, object())
        return False
    return change.is_shortest_chat(call) and call.state.notes.get(name) is not None


@deviation(
    _BROKEN,
    severity="critical",
    says="After a request whose body is not UTF-8, short ones return status 500.",
    breaks="Everyone: one broken client takes the server down for all.",
    source=INVENTED,
    caught_by=(f"{_CHECKS}/status",),
)
def nothing_served_afterwards(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if _is_broken(call, _BROKEN):
        raise ApiError(500, "invalid UTF-8 byte at index 47: 0xFF", kind="server_error")
    return answer


@deviation(
    _EMPTY,
    severity="critical",
    says="After a request whose body is not UTF-8, short requests get a response without text.",
    breaks="Everyone: one broken client empties the responses of others.",
    source=INVENTED,
    caught_by=(f"{_CHECKS}/server_goes_on_after_invalid_utf8",),
)
def empty_text_afterwards(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if not _is_broken(call, _EMPTY):
        return answer
    return change.each_message(answer, lambda message: message.update(content=""))
