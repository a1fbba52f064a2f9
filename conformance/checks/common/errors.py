"""Reading the error object of error responses; a response without one has a check of its own."""

import re

from conformance import Deviation, Document, Exchange, Inconclusive
from conformance.wire.client_behavior import retries
from conformance.wire.text import brief

_TRACE = re.compile(r"Traceback \(most recent call last\).*", re.DOTALL)

NO_ENVELOPE = b'{"detail": "Unprocessable"}'
"""An error without the documented shape; for counterexamples."""

NOTHING = {"", "none", "null", "undefined"}
"""Words that stand where null should."""

NO_ERROR_OBJECT = "missing:ErrorResponse/error"
"""The finding of a response whose `error` is not an object, wherever it shows."""

NO_ERROR_OBJECT_UNROUTED = f"{NO_ERROR_OBJECT} of an unknown route"
"""The same of a path or method that is not served: its response often comes from a framework, not from the API."""


def error_of(observed: Exchange) -> Document:
    """Return the error object of one error response. Raises `Inconclusive` when there is none."""
    error = observed.get("error")
    if observed.status < 400 or not isinstance(error, dict):
        raise Inconclusive("the response is not an error with an `error` object")
    return Document(error, place=observed.label, owner="ErrorObject")


def is_refused_on_purpose(observed: Exchange) -> None:
    """Raise `Inconclusive` unless an error is the rejection of a request that is invalid on purpose."""
    if not observed.invalid:
        raise Inconclusive("the request is valid: the error may be the server's")
    if retries(observed.status):
        raise Inconclusive(f"status {observed.status} is not the rejection of an invalid request")


def words(error: Document) -> str:
    """
    Return what an error says to people and programs, in lower case: message, code and param.

    A stack trace in it is left out: it names what the code of the server reads, whatever was wrong.
    """
    return _TRACE.sub("", _words(error)).lower()


_SUCCESSORS = {"max_tokens": ("max_completion_tokens", "max_output_tokens")}
"""What a deprecated field is now called: an endpoint may read the one as the other, and name what it read."""


def names_of(*fields: str) -> tuple[str, ...]:
    """Return what an error may call these fields: by their own names, or by those of their successors."""
    return (*fields, *(later for field in fields for later in _SUCCESSORS.get(field, ())))


def quoted(error: Document) -> str:
    """Return the same as it was received, quoted and cut, for a message: what is printed must be the bytes."""
    return repr(_words(error)[:120])


def _words(error: Document) -> str:
    values = (error.get(name) for name in ("message", "code", "param"))
    return " ".join(value for value in values if isinstance(value, str))


def refused_with_object(observed: Exchange, finding: str) -> None:
    """Assert that an error response has an error object. Raises `Deviation` with the given finding."""
    body = observed.document.value
    error = observed.get("error")
    if not isinstance(error, dict) or not isinstance(error.get("message"), str):
        raise Deviation(f"no `error` object with a `message`: the body is {brief(body)}", finding=finding)


def has_no_stand_in(error: Document) -> None:
    """Assert that `type`, `param` and `code` of an error are null where they have no value. Raises `Deviation`."""
    for name in ("type", "param", "code"):
        value = error.get(name)
        if isinstance(value, str) and value.strip().lower() in NOTHING:
            seen = f"`error.{name}` of {error.place} is {value!r}, not null"
            raise Deviation(seen, finding=f"nothing:ErrorObject/{name}")
