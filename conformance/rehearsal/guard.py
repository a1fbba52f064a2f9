"""What a rehearsal may never become: a recording of its target, a part of a measured run, or a published report."""

from conformance.log.records import Run
from conformance.wire.verdict import UsageError


def refuse_rehearsals(run: Run | None) -> None:
    """Raise `UsageError` for a run to go on with or to replay in which a target was only rehearsed."""
    names = [facts.plain for facts in run.header.targets if facts.mode == "rehearse"] if run else []
    if names:
        raise UsageError(
            f"that run rehearsed {', '.join(names)}: the simulator answered, and nothing of it can be replayed or gone "
            "on with as if it had been measured. Start it again"
        )


def refuse_to_publish(run: Run) -> None:
    """Raise `UsageError` for a run that must not be published: a target in it was only rehearsed."""
    names = [facts.plain for facts in run.header.targets if facts.mode == "rehearse"]
    if names:
        raise UsageError(f"{run.folder.name} rehearsed {', '.join(names)}: nothing was measured, nothing is published")
