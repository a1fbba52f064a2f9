"""The reports of a run, and the summary page of a CI job."""

import os
from pathlib import Path

from conformance.log import records


def write_reports(folder: Path) -> str:
    """Write every report of a run; return the path of the matrix."""
    from conformance.report.write import write  # noqa: PLC0415  only at the end of a run

    matrix = write(records.read(folder))
    if page := os.environ.get("GITHUB_STEP_SUMMARY"):
        with Path(page).open("a", encoding="utf-8") as summary:
            summary.write(matrix.with_suffix(".md").read_text(encoding="utf-8") + "\n")
    return str(matrix)
