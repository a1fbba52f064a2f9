"""Citations: the place that says what a check asserts."""

from dataclasses import dataclass
from enum import StrEnum

from conformance.schemas.schema import client_version, reference_edition


class CitationKind(StrEnum):
    """What kind of text says so."""

    SDK = "sdk"
    DOC = "doc"
    RFC = "rfc"
    OBSERVED = "observed"


@dataclass(frozen=True, slots=True)
class Citation:
    """The place that says so: `locator` within a document, and the document's `edition`."""

    kind: CitationKind
    locator: str
    edition: str = ""

    def __str__(self) -> str:
        names = {
            CitationKind.SDK: "openai-python",
            CitationKind.DOC: "OpenAI API reference",
            CitationKind.OBSERVED: "observed",
        }
        document = names.get(self.kind)
        edition = f" {self.edition}" if self.edition else ""
        return f"{document}{edition}, {self.locator}" if document else f"{self.edition}, {self.locator}"


def SDK(path: str) -> Citation:  # noqa: N802  reads as the name of a document
    """Return a citation of the official client: a type and perhaps a property, as the generated schemas name them."""
    return Citation(CitationKind.SDK, path, client_version())


def DOC(operation: str, edition: str = "") -> Citation:  # noqa: N802
    """Return a citation of OpenAI's API reference: an operation id or a schema with a property."""
    return Citation(CitationKind.DOC, operation, edition or reference_edition())


def RFC(number: int, section: str) -> Citation:  # noqa: N802
    """Return a citation of a standard of the IETF."""
    return Citation(CitationKind.RFC, f"section {section}", f"RFC {number}")


def WHATWG(section: str) -> Citation:  # noqa: N802
    """Return a citation of the HTML standard, which defines server-sent events."""
    return Citation(CitationKind.RFC, f"section {section}", "WHATWG HTML")


def OBSERVED(what: str) -> Citation:  # noqa: N802
    """Return a citation of an observation of OpenAI's own endpoint, written down in public."""
    return Citation(CitationKind.OBSERVED, what)
