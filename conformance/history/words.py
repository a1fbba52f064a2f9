"""The words and signs that the pages of a history have in common."""

from conformance.history.spells import State
from conformance.history.trend import Line, Point

TITLES = {
    State.NEW: "New in the newest run",
    State.BACK: "Back in the newest run",
    State.STANDS: "There as before",
    State.GONE: "Gone in the newest run",
    State.PAST: "Gone before",
}
LEGEND = "✗ shows, ✓ measured without it, · this run cannot tell. The oldest run is on the left."
EDITED = "a check that shows it was changed in between: it may be the check that moved, and not the target"


def strip(line: Line) -> str:
    """Return one sign for each run, the oldest first."""
    return "".join("·" if places is None else "✗" if places else "✓" for places in line.places)


def ended(point: Point) -> str:
    """Return how a run ended, in a word or two."""
    if point.side.run.cut:
        return "cut"
    return f"exit code {point.exit_code}" if point.side.measured else "nothing measured"
