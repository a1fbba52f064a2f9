"""Reading the error object out of refusals; an answer without one has a check of its own."""

from collections.abc import Callable

from conformance import Deviation, Document, Exchange, Exchanges, Inconclusive
from conformance.wire.response import NotJson
from conformance.wire.text import brief

NO_ENVELOPE = b'{"detail": "Unprocessable"}'
"""A refusal without the documented shape; for counterexamples."""

NOTHING = {"", "none", "null", "undefined"}
"""Words that stand where null should."""

TRIED_AGAIN = {408, 409, 429}
"""The statuses below 500 that the official client answers by asking again."""

NO_ERROR_OBJECT = "missing:ErrorResponse/error"
"""The finding of an answer whose `error` is no object, wherever it shows."""

NO_ERROR_OBJECT_UNROUTED = f"{NO_ERROR_OBJECT} of an unknown route"
"""The same of a path or method that is not served: its answer often comes from a framework, not from the API."""


def bodies(sent: Exchanges) -> list[Document]:
    """Return the refusals that are JSON; of the others the parsing check tells. Raises `Inconclusive` for none."""
    found = []
    for observed in sent:
        if observed.status < 400:  # where it may be, another check looks at the answer
            continue
        try:
            found.append(Document(observed.received.json, place=observed.label, owner="ErrorResponse"))
        except NotJson:
            continue
    if not found:
        raise Inconclusive("no refusal has a JSON body")
    return found


def errors(sent: Exchanges) -> list[Document]:
    """Return the error objects. Raises `Inconclusive` when no refusal has one."""
    found = [
        Document(body.get("error"), place=body.place, owner="ErrorObject")
        for body in bodies(sent)
        if isinstance(body.get("error"), dict)
    ]
    if not found:
        raise Inconclusive("no refusal has an `error` object")
    return found


def error_of(observed: Exchange) -> Document:
    """Return the error object of one refusal. Raises `Inconclusive` when there is none."""
    return errors((observed,))[0]


def is_refused_on_purpose(observed: Exchange) -> None:
    """Raise `Inconclusive` unless an error is the refusal of a request that is invalid on purpose."""
    if not observed.invalid:
        raise Inconclusive("the request is not invalid on purpose: the fault may be the server's")
    if observed.status >= 500 or observed.status in TRIED_AGAIN:
        raise Inconclusive(f"status {observed.status} is not a refusal of what was asked")


def words(error: Document) -> str:
    """Return what an error says to people and programs, in lower case: message, code and param."""
    values = (error.get(name) for name in ("message", "code", "param"))
    return " ".join(value for value in values if isinstance(value, str)).lower()


def every(documents: list[Document], look: Callable[[Document], object]) -> None:
    """Look at each document. Raises one deviation for all: the first in words, the number, and every finding."""
    found = []
    for document in documents:
        try:
            look(document)
        except Deviation as deviation:
            found.append(deviation)
    if found:
        findings = tuple(dict.fromkeys(finding for deviation in found for finding in deviation.findings))
        raise Deviation(f"{found[0]} (so in {len(found)} of {len(documents)} refusals)", findings=findings)


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
