"""The command that shows a cause again."""

from collections.abc import Mapping, Sequence

from conformance.causes.cause import Cause
from conformance.log.records import ExchangeLine, Run
from conformance.record import cassette
from conformance.record.curl import command_of
from conformance.record.recording import CassetteError
from conformance.report.paths import body_file

_LONGEST, _ALL = 1_500, 150_000


def commands(run: Run, causes: Sequence[Cause]) -> Mapping[str, str]:
    """
    Return the `curl` command that shows each cause in its first place again, by the cause's id.

    It is run from the folder of the run. What is too long for an index is left out: its evidence page has it.
    """
    lines = {(line.target, line.label): line for line in run.exchanges}
    found: dict[str, str] = {}
    spent = 0
    for cause in causes:
        places = cause.labels or tuple(cause.first.exchanges)
        line = lines.get((cause.first.target, places[0])) if places else None
        made = _command(run, line) if line and line.evidence else None
        if made and len(made) <= _LONGEST and spent + len(made) <= _ALL:
            found[cause.id] = made
            spent += len(made)
    return found


def _command(run: Run, line: ExchangeLine) -> str | None:
    """Return the command for a recording, or None when it cannot be read any more."""
    try:
        recording = cassette.read(run.folder / line.evidence, run.folder)
    except (CassetteError, OSError, UnicodeError):
        return None
    return command_of(recording, body_file(line.target, line.label), line.key)
