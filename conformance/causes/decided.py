"""Which line decided the exit code of a run, in words."""

from collections.abc import Sequence

from conformance.causes.cause import Cause, Weight
from conformance.log.exit_code import MEANINGS, unmeasured
from conformance.log.records import Run
from conformance.wire.text import cut


def decided(run: Run, code: int, found: Sequence[Cause]) -> str:
    """Return what an exit code means in this run: the causes that decided it, or the general words."""
    if code == 1:
        lines = [cause for cause in found if cause.weight in {Weight.GATING, Weight.STALE}]
        return _first("new", lines) if lines else "a known deviation was not seen: remove its entry"
    if code == 6:
        if lines := [cause for cause in found if cause.weight is Weight.ERROR]:
            return _first("not measured", lines)
        roles = {facts.name: set(facts.models) for facts in run.header.targets}
        options = run.header.options
        left = unmeasured(run.results, run.exchanges, roles, options.capability if options else ())
        return f"not measured: {', '.join(left)}" if left else "not measured: something owed was left out for its cost"
    return MEANINGS.get(code, "unknown")


def _first(word: str, lines: Sequence[Cause]) -> str:
    many = "1 cause" if len(lines) == 1 else f"{len(lines)} causes"
    return f"{many} {word}, the worst: {cut(lines[0].sentence, 160)} ({cut(lines[0].id, 80)})"
