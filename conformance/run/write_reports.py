"""The reports of a run, whole or not at all, and the summary page of a CI job."""

import os
import shlex
from pathlib import Path

from conformance.log import records
from conformance.run.folder import words


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


def matrix_of(folder: Path, *, allure: bool) -> tuple[str, str]:
    """Write the reports, and return the path of the matrix; or, with an empty path, why there is none."""
    again = f"try again with: python -m conformance.report {shlex.quote(str(folder))}"
    try:
        return write_reports(folder, allure=allure), ""
    except KeyboardInterrupt:
        return "", f"reports not written: interrupted; {again}"
    except OSError as error:
        return "", f"internal: the reports could not be written: {words(error)}. Make room, then {again}"
    except Exception as error:  # noqa: BLE001  the log is written: a broken report must not take the verdicts along
        return "", f"internal: the reports could not be written: {type(error).__name__}: {error}; {again}"
