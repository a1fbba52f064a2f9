"""Reading the error object out of refusals; an answer without one has a check of its own."""

from conformance import Deviation, Document, Exchange, Inconclusive
from conformance.wire.client_behavior import retries
from conformance.wire.text import brief

NO_ENVELOPE = b'{"detail": "Unprocessable"}'
"""A refusal without the documented shape; for counterexamples."""

NOTHING = {"", "none", "null", "undefined"}
"""Words that stand where null should."""

NO_ERROR_OBJECT = "missing:ErrorResponse/error"
"""The finding of an answer whose `error` is no object, wherever it shows."""

NO_ERROR_OBJECT_UNROUTED = f"{NO_ERROR_OBJECT} of an unknown route"
"""The same of a path or method that is not served: its answer often comes from a framework, not from the API."""


def error_of(observed: Exchange) -> Document:
    """Return the error object of one refusal. Raises `Inconclusive` when there is none."""
    error = observed.get("error")
    if observed.status < 400 or not isinstance(error, dict):
        raise Inconclusive("no refusal with an `error` object")
    return Document(error, place=observed.label, owner="ErrorObject")


def is_refused_on_purpose(observed: Exchange) -> None:
    """Raise `Inconclusive` unless an error is the refusal of a request that is invalid on purpose."""
    if not observed.invalid:
        raise Inconclusive("the request is not invalid on purpose: the fault may be the server's")
    if retries(observed.status):
        raise Inconclusive(f"status {observed.status} is not a refusal of what was asked")


def words(error: Document) -> str:
    """Return what an error says to people and programs, in lower case: message, code and param."""
    return _words(error).lower()


def quoted(error: Document) -> str:
    """Return the same as it was received, quoted and cut, for a message: what is printed must be the bytes."""
    return repr(_words(error)[:120])


def _words(error: Document) -> str:
    values = (error.get(name) for name in ("message", "code", "param"))
    return " ".join(value for value in values if isinstance(value, str))


def refused_with_object(observed: Exchange, finding: str) -> None:
    """Assert that a refusal has an error object. Raises `Deviation` with the given finding."""
    body = observed.document.value
    error = observed.get("error")
    if not isinstance(error, dict) or not isinstance(error.get("message"), str):
        raise Deviation(f"no `error` object with a `message`: the body is {brief(body)}", finding=finding)


def has_no_stand_in(error: Document) -> None:
    """Assert that `type`, `param` and `code` of an error hold no word for nothing. Raises `Deviation`."""
    for name in ("type", "param", "code"):
        value = error.get(name)
        if isinstance(value, str) and value.strip().lower() in NOTHING:
            raise Deviation(f"`error.{name}` of {error.place} is {value!r}", finding=f"nothing:ErrorObject/{name}")
