"""
The Allure report of a run that was started without nox: built in the end where `--allure` was given.

It needs Node, which the extra `conformance[allure]` installs, or one that is installed already. Without `--allure`
nothing is built, and nothing is downloaded.
"""

import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from conformance.alive import alive

INTERRUPTED = 2
POINTER = "--run-pointer"


def with_report(run: Callable[[Sequence[str]], int]) -> int:
    """Make a run, build its Allure report and say where it is; return the exit code of the run, whatever it becomes."""
    with tempfile.TemporaryDirectory(prefix="conformance-") as folder:
        pointer = Path(folder) / "run"
        code = run((POINTER, str(pointer)))
        if pointer.is_file():
            found = Path(pointer.read_text(encoding="utf-8").strip())
            print(f"Allure  {report(found, code)}", flush=True)  # noqa: T201  the last word of the command
    return code


def report(run: Path, code: int) -> str:
    """Return the path of the report, or why there is none."""
    if code == INTERRUPTED:
        return "not built: the run was interrupted"
    from conformance.report.allure.html import NotBuilt, build_of, cache, say  # noqa: PLC0415  only with --allure

    try:
        with alive("building the Allure report"):
            page = build_of(run, run / "allure-report", tool=cache(), say=say)
    except NotBuilt as reason:
        return f"not built: {reason}"
    except KeyboardInterrupt:
        return "not built: interrupted"
    return os.path.relpath(page) if page.is_relative_to(Path.cwd()) else str(page)
