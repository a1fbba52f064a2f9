"""The reports of a run, whole or not at all, and the summary page of a CI job."""

import os
from pathlib import Path

from conformance.log import records


def write_reports(folder: Path, *, allure: bool = False) -> str:
    """
    Write every report of a run, with `allure` also the results for Allure, and return the path of the matrix.

    When that fails, none of them is left.
    """
    from conformance.report.write import remove_reports, write  # noqa: PLC0415  only at the end of a run

    try:
        matrix = write(records.read(folder), allure=allure)
    except BaseException:  # a half report looks like a whole one; a second Ctrl-C is no reason to leave it
        remove_reports(folder)
        raise
    if page := os.environ.get("GITHUB_STEP_SUMMARY"):
        with Path(page).open("a", encoding="utf-8") as summary:
            summary.write(matrix.with_suffix(".md").read_text(encoding="utf-8") + "\n")
    return str(matrix)
