"""
The list of verdicts beside committed cassettes: what today's checks say of them, so that a change of a check shows.

`verdicts.csv` has a line for each check that could be judged: its id, its verdict and, of what deviates, its findings.
What has no recording is not in it. It holds nothing that differs from one machine to the next.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from conformance.files import RefusedFile, read_regular, replace_file
from conformance.log.records import Result
from conformance.wire.verdict import UsageError, Verdict

FILE = "verdicts.csv"
COLUMNS = ["check", "verdict", "finding"]
LARGEST = 16 * 1024 * 1024

_BETWEEN = "; "


@dataclass(frozen=True, slots=True)
class Told:
    """What a list says of one check. Findings are in the order of their ids."""

    verdict: Verdict = Verdict.UNRECORDED
    findings: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """Return it in words."""
        return f"{self.verdict} ({', '.join(self.findings)})" if self.findings else self.verdict.value


Verdicts = Mapping[str, Told]
UNTOLD = Told()
"""What is said of a check that a list does not name."""


def of_results(results: Iterable[Result]) -> Verdicts:
    """Return the list that the results of a replay come to."""
    told = (result for result in results if result.verdict is not Verdict.UNRECORDED)
    return {result.check: _told(result) for result in sorted(told, key=lambda result: result.check)}


def _told(result: Result) -> Told:
    deviates = result.verdict is Verdict.DEVIATES
    return Told(result.verdict, tuple(sorted(set(result.findings))) if deviates else ())


@dataclass(frozen=True, slots=True)
class Change:
    """A check of which two lists say something else."""

    check: str
    was: Told
    now: Told


def changes(before: Verdicts, now: Verdicts) -> Iterator[Change]:
    """Yield what has changed from one list to another, in the order of the checks."""
    for check in sorted({*before, *now}):
        change = Change(check, before.get(check, UNTOLD), now.get(check, UNTOLD))
        if change.was != change.now:
            yield change


def text(verdicts: Verdicts) -> str:
    """Return a list as its file holds it."""
    written = io.StringIO()
    rows = csv.writer(written, lineterminator="\n")
    rows.writerow(COLUMNS)
    rows.writerows([check, told.verdict, _BETWEEN.join(told.findings)] for check, told in sorted(verdicts.items()))
    return written.getvalue()


def write(folder: Path, verdicts: Verdicts) -> Path:
    """Write the list of a target beside its cassettes, and return its path. Raises `OSError`."""
    path = folder / FILE
    replace_file(path, text(verdicts).encode(), folder)
    return path


def read(folder: Path) -> Verdicts | None:
    """Return the list beside some cassettes, or None where there is none. Raises `UsageError` for what is not one."""
    path = folder / FILE
    try:
        rows = list(csv.reader(io.StringIO(read_regular(path, LARGEST, folder).decode("utf-8"))))
        if not rows or rows[0] != COLUMNS:
            raise UsageError(f"{path}: its first line is not `{','.join(COLUMNS)}`")
        return {
            check: Told(Verdict(verdict), tuple(filter(None, finding.split(_BETWEEN))))
            for check, verdict, finding in rows[1:]
        }
    except FileNotFoundError:
        return None
    except (RefusedFile, UnicodeDecodeError, ValueError, csv.Error) as error:
        raise UsageError(f"{path} cannot be read: {error}") from None
