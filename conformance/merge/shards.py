"""Which runs can be merged: all shards of one plan, each once, sent to the same targets by the same suite."""

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

from conformance.log.records import Header, Run, TargetFacts
from conformance.plan import shard
from conformance.plan.shard import Shard
from conformance.targets.model import shown
from conformance.targets.url import is_loopback
from conformance.wire.text import printable
from conformance.wire.verdict import UsageError

OTHERWISE = "the shards of one run have all options, the suite and the targets in common"


def in_order(runs: Sequence[Run]) -> tuple[Run, ...]:
    """Return the shards of one plan in the order of their numbers. Raises `UsageError` unless they are all of it."""
    found = [(_shard(run), run) for run in runs]
    first, one = found[0]
    for this, run in found[1:]:
        _refuse_other(run, one, this, first)
    for number in range(1, first.of + 1):
        alike = [run.folder.name for this, run in found if this.number == number]
        if not alike:
            raise UsageError(f"shard {number}/{first.of} is missing: merging takes all {first.of} of them")
        if len(alike) > 1:
            raise UsageError(f"shard {number}/{first.of} is there {len(alike)} times: {', '.join(alike)}; give one")
    for _, run in found[1:]:
        _refuse_other_plan(run, one)
    return tuple(run for _, run in sorted(found, key=lambda entry: entry[0].number))


def _shard(run: Run) -> Shard:
    """Return which part a run is. Raises `UsageError` for one that is not a shard, or has not come to its end."""
    name = run.folder.name
    text = run.header.options.shard if run.header.options else None
    if text is None:
        raise UsageError(f"{name} is a whole run, and not a shard: start each part with --shard K/N")
    if run.cut:
        raise UsageError(f"{name} (shard {printable(text)}) was interrupted: go on with it first, with --resume {name}")
    if run.footer is None or not run.footer.plan:
        raise UsageError(f"{name} (shard {printable(text)}) did not come to its end: start it again")
    return shard.read(text)


def _refuse_other(run: Run, one: Run, this: Shard, first: Shard) -> None:
    if this.of != first.of:
        raise UsageError(f"{one.folder.name} is one of {first.of} shards, {run.folder.name} one of {this.of}")
    for what, read in _IN_COMMON.items():
        if read(run.header) != read(one.header):
            raise UsageError(
                f"{one.folder.name} and {run.folder.name} differ in {what} ({_told(read(one.header))}, "
                f"{_told(read(run.header))}): {OTHERWISE}"
            )
    _refuse_other_options(run, one)


def _refuse_other_options(run: Run, one: Run) -> None:
    mine, others = (_options(each.header) for each in (one, run))
    for name in [name for name in mine if mine[name] != others[name]]:
        raise UsageError(
            f"{one.folder.name} and {run.folder.name} differ in --{name.replace('_', '-')} ({_told(mine[name])}, "
            f"{_told(others[name])}): {OTHERWISE}"
        )


def _options(header: Header) -> dict[str, Any]:
    assert header.options is not None
    return header.options.model_dump(exclude={"shard", "target"})


def _refuse_other_plan(run: Run, one: Run) -> None:
    assert run.footer is not None
    assert one.footer is not None
    if run.footer.plan == one.footer.plan:
        return
    offers = [{(line.target, line.api): line.offered for line in each.offered} for each in (one, run)]
    for (target, api), offered in offers[0].items():
        if offers[1].get((target, api), offered) != offered:
            raise UsageError(
                f"{one.folder.name} found {printable(api)} {_offered(offered)} at {printable(target)}, and "
                f"{run.folder.name} {_offered(not offered)}, so their plans are different: send them again"
            )
    raise UsageError(
        f"{one.folder.name} and {run.folder.name} are parts of different plans: their checks, or the exchanges that "
        "these need, are not the same. Send them again with one version of the suite, of its checks and of the target"
    )


def _offered(offered: bool) -> str:  # noqa: FBT001  one word of a sentence
    return "offered" if offered else "not offered"


def _told(value: object) -> str:
    return printable(str(value) or "nothing")[:120]


def _targets(header: Header) -> str:
    return "; ".join(map(_target, header.targets))


def _target(facts: TargetFacts) -> str:
    """Return what must be the same of a target. A server on the machine itself listens anywhere."""
    where = "this machine" if is_loopback(urlsplit(facts.base_url).hostname or "") else facts.base_url
    models = ", ".join(f"{role}={model}" for role, model in shown(facts.models).items())
    return f"{facts.name} ({facts.mode}) at {where} with {models}"


_IN_COMMON: dict[str, Callable[[Header], str]] = {
    "their targets": _targets,
    "the version of the suite": lambda header: header.suite,
    "the version of the official client": lambda header: header.client,
    "the schemas": lambda header: header.schemas,
}
