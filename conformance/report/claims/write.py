"""Writing what the documents state beside the matrix, or alone where there is no run."""

from collections.abc import Sequence
from pathlib import Path

from conformance.claims.observed import Claims
from conformance.files import write_text
from conformance.log.records import Run
from conformance.report.claims.document import claims_json
from conformance.report.claims.markdown import claims_markdown
from conformance.report.claims.page import claims_html
from conformance.report.paths import CLAIMS

REPORTS = (CLAIMS, "claims.md", "claims.json")


def write_claims(folder: Path, found: Sequence[Claims], warnings: Sequence[str] = (), run: Run | None = None) -> None:
    """Write the page, the Markdown and the JSON into the folder of a run, or another; nothing without a statement."""
    if not found:
        return
    page, markdown, document = REPORTS
    write_text(folder / document, claims_json(found))
    write_text(folder / markdown, claims_markdown(found))
    write_text(folder / page, claims_html(found, warnings, run))
