"""The targets that options name, with the models and the limits that options name."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from conformance.log.records import Run
from conformance.run.command_line import CommandLine
from conformance.run.endpoints import own_values
from conformance.targets import load
from conformance.targets.known_file import load_known
from conformance.targets.model import Model
from conformance.targets.target import Target
from conformance.wire.verdict import UsageError


def known(name: str, environ: Mapping[str, str], root: Path, source: Run | None, before: Run | None) -> Target:
    """Return the target of a name or a file, or of the run that is replayed (`source`). Raises `UsageError`."""
    if load.is_path(name):
        return load.load_file(name, root, environ)
    facts = next((f for f in source.header.targets if f.name == name), None) if source else None
    if facts is not None and name not in load.names():
        return Target(name=name, title=facts.title, base_url=facts.base_url, models=facts.models)
    if before is not None and name not in load.names():
        raise UsageError(
            f"the run tested {name}, which has no file here: give the same --base-url, --endpoint or --target FILE, "
            "and the same --model, with --resume"
        )
    return load.load(name, environ)


def with_models_named(target: Target, models: Mapping[str, str]) -> Target:
    """Return a target with the models that options name, by role."""
    named = {**target.models, **{role: Model(id=model) for role, model in models.items()}}
    return target.model_copy(update={"models": named}) if models else target


def with_known_deviations(
    targets: Sequence[tuple[str, Target]], given: CommandLine, root: Path
) -> list[tuple[str, Target]]:
    """Return the targets, each with the known deviations of the files that `--known` names for it."""
    names = [target.name for _, target in targets]

    def extended(target: Target) -> Target:
        files = own_values("--known", given.known, target.name, names)
        more = tuple(entry for file in files for entry in load_known(file, root))
        return target.model_copy(update={"known_deviations": (*target.known_deviations, *more)}) if more else target

    return [(again, extended(target)) for again, target in targets]


def limited(target: Target, given: CommandLine, *, fixed: bool) -> Target:
    """Return a target with the limits that options name; `fixed`: the number in flight never changes."""
    named = {"deadline_s": given.deadline, "max_bytes": given.max_bytes, "in_flight": given.in_flight}
    changes: dict[str, float] = {name: value for name, value in named.items() if value is not None}
    if given.in_flight is not None:
        if given.in_flight > 1 and target.server is not None and target.server.upstream:
            raise UsageError(f"--in-flight: behind {target.name} goes one request at a time, to tell what it sends on")
        changes["most_in_flight"] = 0
    if fixed:
        changes["fixed"] = True
    return target.model_copy(update={"limits": target.limits.model_copy(update=changes)}) if changes else target
