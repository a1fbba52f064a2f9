"""What the deviations of errors share: which refusal is meant."""

from http import HTTPStatus

from conformance.simulator.deviations import change
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler


def chat_refusal(call: Call, handler: Handler, number: int = 0) -> tuple[Answer, bool]:
    """Return the answer, and whether it refuses a chat (with that status, if one is named)."""
    answer = handler(call)
    refused = change.is_chat(call) and bool(change.told(answer))
    return answer, refused and number in (0, answer.status)


def is_overlong(call: Call, answer: Answer) -> bool:
    """Tell whether a chat is refused because its prompt is too long."""
    return change.is_chat(call) and change.told(answer).get("code") == "context_length_exceeded"


def is_wrong_chat(call: Call, answer: Answer, number: int = HTTPStatus.BAD_REQUEST) -> bool:
    """Tell whether a chat is refused with a status."""
    return change.is_chat(call) and answer.status == number and bool(change.told(answer))


def with_message(answer: Answer, message: str) -> Answer:
    """Return a refusal with another message."""
    return change.envelope(answer, lambda error: error.update(message=message))
