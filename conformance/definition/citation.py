"""Citations: the place that says what a check asserts."""

from dataclasses import dataclass
from enum import StrEnum

from conformance.definition.links import client_type, reference_page
from conformance.schemas.schema import client_version, reference_edition


class CitationKind(StrEnum):
    """What kind of text says so."""

    SDK = "sdk"
    DOC = "doc"
    RFC = "rfc"
    OBSERVED = "observed"


@dataclass(frozen=True, slots=True)
class Citation:
    """
    The place that says so: `locator` within a document, and the document's `edition`.

    `url` is the address where it can be read. The edition of an observation is the day it was made.
    """

    kind: CitationKind
    locator: str
    edition: str
    url: str

    def __str__(self) -> str:
        names = {
            CitationKind.SDK: "openai-python",
            CitationKind.DOC: "OpenAI API reference",
            CitationKind.OBSERVED: "observed",
        }
        document = names.get(self.kind)
        return f"{document} {self.edition}, {self.locator}" if document else f"{self.edition}, {self.locator}"


def SDK(path: str) -> Citation:  # noqa: N802  reads as the name of a document
    """
    Return a citation of the official client: a type and perhaps a property, `ChatCompletion.id`.

    A type that is not the one its module is named after has the module before it: `chat_completion.Choice.index`.
    """
    return Citation(CitationKind.SDK, path, client_version(), client_type(path, client_version()))


def DOC(operation: str, edition: str = "") -> Citation:  # noqa: N802
    """Return a citation of OpenAI's API reference: an operation id or a schema with a property."""
    return Citation(CitationKind.DOC, operation, edition or reference_edition(), reference_page(operation))


def RFC(number: int, section: str) -> Citation:  # noqa: N802
    """Return a citation of a standard of the IETF."""
    url = f"https://www.rfc-editor.org/rfc/rfc{number}#section-{section}"
    return Citation(CitationKind.RFC, f"section {section}", f"RFC {number}", url)


def WHATWG(section: str) -> Citation:  # noqa: N802
    """Return a citation of the HTML standard, which defines server-sent events."""
    page = "https://html.spec.whatwg.org/multipage/server-sent-events.html"
    name = _SECTIONS.get(section)
    return Citation(CitationKind.RFC, f"section {section}", "WHATWG HTML", f"{page}#{name}" if name else page)


def OBSERVED(what: str, link: str, date: str) -> Citation:  # noqa: N802
    """
    Return a citation of an observation that is written down in public.

    `link` is the address of a recording, an issue or a vendor's page; `date` the day or month it tells of, `2026-08`.
    """
    return Citation(CitationKind.OBSERVED, what, date, link)


_SECTIONS = {"9.2.5": "parsing-an-event-stream", "9.2.6": "event-stream-interpretation"}
"""Sections of the HTML standard, and their names in its page about server-sent events."""
