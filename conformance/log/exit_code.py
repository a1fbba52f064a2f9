"""The exit code of a run: what each means, and what makes a run fail."""

from collections.abc import Sequence

from conformance.log.records import NotRun, Result
from conformance.wire.capability import Level
from conformance.wire.verdict import Verdict

MEANINGS = {
    0: "nothing new is wrong",
    1: "a new gating deviation, a stale entry, an error, or something owed that was not measured",
    2: "interrupted: go on with --resume",
    3: "internal error of the suite",
    4: "wrong use, for example an unknown option or a missing key",
    5: "nothing was selected",
}
"""What each exit code means, in the words of every report, of the help and of the README."""


def exit_code(results: Sequence[Result], not_run: Sequence[NotRun], *, must_left_out: bool, stale: bool) -> int:
    """Return 0, 1 or 5: the code of a run that came to its end."""
    if not results:
        return 5 if not not_run else 1
    return 1 if stale or must_left_out or any(fails(result) for result in results) else 0


def fails(result: Result) -> bool:
    """Tell whether a result makes the run fail."""
    if result.known is not None:
        return result.known.stale
    match result.verdict:
        case Verdict.ERROR:
            return True
        case Verdict.DEVIATES:
            return result.gating
        case Verdict.INCONCLUSIVE | Verdict.UNRECORDED:
            return result.level is Level.MUST
        case _:
            return False
