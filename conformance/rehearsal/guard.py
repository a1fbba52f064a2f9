"""
What a rehearsal may never become: a recording of its target, a part of a measured run, or something published.

Every command that goes on with a run, derives something from it or writes what is committed asks here.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

from conformance.log.records import Run, TargetFacts
from conformance.wire.verdict import UsageError

PUBLISHED = Path("reports") / "published"
"""What lies below it is committed, and read as measured."""


def rehearsed(targets: Iterable[TargetFacts]) -> list[str]:
    """Return the names of the targets at which nothing was measured: the simulator answered in their place."""
    return [facts.plain for facts in targets if facts.mode == "rehearse"]


def foreign(targets: Iterable[TargetFacts]) -> list[str]:
    """Return the names of the endpoints that others asked, and we did not."""
    return [facts.name for facts in targets if facts.mode == "foreign"]


def refuse_rehearsals(run: Run | None) -> None:
    """Raise `UsageError` for a run to go on with or to replay in which a target was only rehearsed."""
    if names := rehearsed(run.header.targets) if run else []:
        raise UsageError(
            f"that run rehearsed {', '.join(names)}: the simulator answered, and nothing of it can be replayed or gone "
            "on with as if it had been measured. Start it again"
        )
    if run and foreign(run.header.targets):
        raise UsageError(f"{run.header.run} judged recordings that others made: judge them again with `judge`")


def refuse_to_publish(run: str, targets: Sequence[TargetFacts]) -> None:
    """Raise `UsageError` where something is to be derived from targets of a run, and at one nothing was measured."""
    if names := rehearsed(targets):
        raise UsageError(
            f"{run} rehearsed {', '.join(names)}: the simulator answered, nothing was measured, nothing is published"
        )
    if names := foreign(targets):
        raise UsageError(f"{run} judged recordings that others made of {', '.join(names)}: derive it from a run")


def refuse_in_published(folder: Path, names: Iterable[str]) -> None:
    """Raise `UsageError` where reports of targets that were only rehearsed are to lie among what is published."""
    told = ", ".join(names)
    if told and folder.resolve().is_relative_to(PUBLISHED.resolve()):
        raise UsageError(
            f"{folder} is for what is published, and {told} was only rehearsed, so that nothing was measured: give "
            "another --output"
        )
