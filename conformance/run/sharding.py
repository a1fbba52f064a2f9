"""What a run sends of its plan: all of it, the part of one shard, or nothing, when shards are merged."""

from collections.abc import Sequence
from dataclasses import dataclass

from conformance.call import call
from conformance.definition.exchange_spec import ExchangeKey, ExchangeSpec
from conformance.plan.expand import Selected
from conformance.plan.order import preflight_keys
from conformance.plan.shard import divided, fingerprint
from conformance.run.offering import first_keys
from conformance.run.options import RunOptions
from conformance.wire.verdict import UsageError


@dataclass(frozen=True, slots=True)
class Part:
    """The keys of the exchanges that a run takes, of a shard the digest of the whole plan, and what is said of it."""

    keys: Sequence[ExchangeKey]
    plan: str = ""
    said: tuple[str, ...] = ()


def part(
    options: RunOptions, selected: Sequence[Selected], keys: Sequence[ExchangeKey], specs: Sequence[ExchangeSpec]
) -> Part:
    """
    Return what a run takes of a plan: its `selected` checks and their `keys`; `specs` are the exchanges of the run.

    Raises `UsageError` when shards are merged by another plan than that of which they have sent the parts.
    """
    if options.merged:
        _refuse_other_plan(options, fingerprint(selected, keys))
        return Part(keys, said=(f"merged of {len(options.merged)} shards: {len(keys)} exchanges, nothing is sent",))
    if options.shard is None:
        return Part(keys)
    targets = [chosen.target for chosen in options.targets]
    preflight = {key for target in targets for key in preflight_keys(target, specs)}
    first = preflight | {key for target in targets for key in first_keys(target, specs)}
    numbers = divided(keys, options.shard.of, first)
    own = [key for key in keys if numbers[key] == options.shard.number or key in preflight]
    said = f"shard {options.shard}: {len(own)} of {len(keys)} exchanges; nothing is judged before all are merged"
    return Part(own, fingerprint(selected, keys), (said,))


def ended(options: RunOptions, folder: str) -> str:
    """Return how a shard is judged, once all of them are there."""
    assert options.shard is not None
    others = "" if options.shard.of == 1 else f" {'RUN' if options.shard.of == 2 else 'RUN ...'}"
    return f"Shard {options.shard} is sent. Judge all {options.shard.of} together: {call('merge', folder + others)}"


def _refuse_other_plan(options: RunOptions, plan: str) -> None:
    footer = options.merged[0].footer
    if footer is None or footer.plan != plan:
        raise UsageError(
            "the shards have sent another plan than this suite makes of their options: merge them with the same checks "
            "and target files that they were sent with, or send them again"
        )
