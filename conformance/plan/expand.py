"""Which tests a check makes: one for each case and model of a target, with the exchanges that it takes."""

import inspect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from conformance.definition.check import Check
from conformance.definition.exchange_spec import ExchangeKey, ExchangeSpec
from conformance.targets.target import Target
from conformance.wire.capability import SHOULD, Level


@dataclass(frozen=True)
class Selected:
    """One check of one target and case, and the keys of the exchanges it takes, by argument."""

    check: Check
    target: Target
    case: str
    arguments: dict[str, ExchangeKey | tuple[ExchangeKey, ...]]
    variant: str = ""

    @cached_property
    def id(self) -> str:
        """Return the check's id."""
        return self.check.id(self.shown)

    @property
    def shown(self) -> str:
        """Return case and variant as one text."""
        return ",".join(part for part in (self.case, self.variant) if part)

    @cached_property
    def keys(self) -> tuple[ExchangeKey, ...]:
        """Return the keys it takes, without what they build on."""
        return tuple(
            key for value in self.arguments.values() for key in (value if isinstance(value, tuple) else (value,))
        )

    def sampled(self, sample: int) -> "Selected":
        """Return the same check on another sample of each exchange that it takes."""
        taken = {name: _sampled(keys, sample) for name, keys in self.arguments.items()}
        return replace(self, arguments=taken)

    @property
    def gating(self) -> bool:
        """Tell whether a new deviation fails the run. In a rehearsal none does: nothing is measured."""
        return not self.target.rehearsed and self.owed_or_claimed

    @property
    def owed_or_claimed(self) -> bool:
        """Tell whether the target owes it by the level of the check, or states that it has it."""
        return self.check.owed in {Level.MUST, SHOULD} or self.target.states(self.check.capability)


def _sampled(keys: ExchangeKey | tuple[ExchangeKey, ...], sample: int) -> ExchangeKey | tuple[ExchangeKey, ...]:
    return tuple(key.sampled(sample) for key in keys) if isinstance(keys, tuple) else keys.sampled(sample)


def expand(check: Check, target: Target, specs: Iterable[ExchangeSpec]) -> list[Selected]:
    """
    Return the check of one target for each of its cases.

    A built-in check is expanded over all of `specs`: one for each exchange.
    """
    if check.builtin:
        return [
            Selected(own, target, key.case, {"exchange": key}, key.variant)
            for spec in specs
            for own in (check.of(spec),)
            for key in _keys(target, spec)
        ]
    if check.kind is not None:
        return [_of_kind(check, target)]
    axis = check.axis
    roles = frozenset[str]().union(*(spec.all_roles for spec in check.sent))
    return [
        Selected(check, target, case, _arguments(check, target, case, variant), variant)
        for case in (axis.cases if axis else ("",))
        for variant in target.variants(roles)
    ]


def _of_kind(check: Check, target: Target) -> Selected:
    """Return the check of a kind: one for all cases and models. What it takes beyond its witnesses, the run decides."""
    (argument,) = inspect.signature(check.function).parameters
    sent = _without_keys(target, check.sent)
    return Selected(check, target, "", {argument: tuple(key for spec in sent for key in _keys(target, spec))})


def taken(item: Selected, run: Iterable[ExchangeKey]) -> dict[str, ExchangeKey | tuple[ExchangeKey, ...]]:
    """Return the keys that a check takes of a run, by argument: a check of a kind takes all of its target."""
    if item.check.kind is None:
        return item.arguments
    own = [key for key in run if key.target == item.target.name]
    return {name: tuple(dict.fromkeys([*item.keys, *own])) for name in item.arguments}


def _keys(target: Target, spec: ExchangeSpec) -> list[ExchangeKey]:
    """Return the keys of an exchange for each of its cases and models."""
    variants = target.variants(spec.all_roles)
    return [ExchangeKey(target.name, spec, case, variant) for case in (spec.cases or ("",)) for variant in variants]


def _arguments(
    check: Check, target: Target, case: str, variant: str
) -> dict[str, ExchangeKey | tuple[ExchangeKey, ...]]:
    found: dict[str, ExchangeKey | tuple[ExchangeKey, ...]] = {}
    for name, spec in check.specs.items():
        one = ExchangeKey(target.name, spec, case, variant)
        found[name] = _all(one, spec) if check.takes_all(name) else one.of(spec)
    return found


def _without_keys(target: Target, specs: Sequence[ExchangeSpec]) -> Sequence[ExchangeSpec]:
    """Leave out what is about keys where there is none, unless all of it is: such a check is not chosen (`chosen`)."""
    return [spec for spec in specs if target.takes_key or not spec.needs_key] or specs


def _all(one: ExchangeKey, spec: ExchangeSpec) -> tuple[ExchangeKey, ...]:
    return tuple(replace(one.of(spec), case=case) for case in (spec.cases or ("",)))
