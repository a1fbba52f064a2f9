"""
The plan: which checks are run on which target, which exchanges they need, and what that costs.

Pure: checks and targets in, a plan out. Level says who owes something, cost what it costs; they are never mixed.
"""

import inspect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from conformance.definition.check import Check
from conformance.definition.exchange_spec import ExchangeKey, ExchangeSpec
from conformance.targets.target import Target
from conformance.wire.capability import SHOULD, Level, matches

STANDARD_REQUESTS = 300
STANDARD_TOKENS = 50_000


@dataclass(frozen=True)
class Selected:
    """One check of one target and case, and the keys of the exchanges it takes, by argument."""

    check: Check
    target: Target
    case: str
    arguments: dict[str, ExchangeKey | tuple[ExchangeKey, ...]]
    variant: str = ""

    @property
    def id(self) -> str:
        """Return the check's id."""
        return self.check.id(self.shown)

    @property
    def shown(self) -> str:
        """Return case and variant as one text."""
        return ",".join(part for part in (self.case, self.variant) if part)

    @property
    def keys(self) -> tuple[ExchangeKey, ...]:
        """Return the keys it takes, without what they build on."""
        return tuple(
            key for value in self.arguments.values() for key in (value if isinstance(value, tuple) else (value,))
        )

    @property
    def gating(self) -> bool:
        """Tell whether a new deviation fails the run."""
        return self.check.owed in {Level.MUST, SHOULD} or self.target.claimed(self.check.capability)


@dataclass(frozen=True, slots=True)
class Limit:
    """How much may be sent to one target: requests and expected tokens; None is no limit."""

    requests: int | None = STANDARD_REQUESTS
    tokens: int | None = STANDARD_TOKENS


@dataclass(frozen=True, slots=True)
class Bill:
    """What a plan sends to one target."""

    target: str
    requests: int
    tokens: int


def expand(check: Check, target: Target, specs: Iterable[ExchangeSpec]) -> list[Selected]:
    """
    Return the check of one target for each of its cases.

    A built-in check is expanded over all of `specs`: one for each exchange.
    """
    if check.builtin:
        return [
            Selected(check.of(spec), target, case, {"exchange": key}, key.variant)
            for spec in specs
            for case in (spec.cases or ("",))
            for key in _variants(target, ExchangeKey(target.name, spec, case))
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
    keys = (ExchangeKey(target.name, spec, case) for spec in sent for case in (spec.cases or ("",)))
    return Selected(check, target, "", {argument: tuple(one for key in keys for one in _variants(target, key))})


def taken(item: Selected, run: Iterable[ExchangeKey]) -> dict[str, ExchangeKey | tuple[ExchangeKey, ...]]:
    """Return the keys that a check takes of a run, by argument: a check of a kind takes all of its target."""
    if item.check.kind is None:
        return item.arguments
    own = [key for key in run if key.target == item.target.name]
    return {name: tuple(dict.fromkeys([*item.keys, *own])) for name in item.arguments}


def _variants(target: Target, key: ExchangeKey) -> list[ExchangeKey]:
    return [replace(key, variant=variant) for variant in target.variants(key.spec.all_roles)]


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


def chosen(selected: Selected, *, capabilities: tuple[str, ...], level: Level, checks: tuple[str, ...] = ()) -> bool:
    """
    Tell whether the user's options choose a check. A named capability or check is chosen whatever its level.

    What is about keys is never chosen for a target that has none.
    """
    if not selected.target.takes_key and any(key.spec.needs_key for key in selected.keys):
        return False
    if capabilities or checks:
        named = matches(selected.check.capability.id, capabilities)
        return named or any(names_check(pattern, selected.id) for pattern in checks)
    return selected.check.owed.rank <= level.rank or selected.target.claimed(selected.check.capability)


def names_check(pattern: str, check: str) -> bool:
    """Tell whether a pattern names a check by its id; the brackets of a case stand for themselves."""
    return fnmatchcase(check, pattern.replace("[", "[[]"))


def closure(keys: Iterable[ExchangeKey]) -> list[ExchangeKey]:
    """Return the keys and all that they build on, each once, what is built on first."""
    found: dict[ExchangeKey, None] = {}

    def add(key: ExchangeKey) -> None:
        for _, below in key.needs():
            add(below)
        found.setdefault(key)

    for key in keys:
        add(key)
    return list(found)


def affordable(
    selected: Sequence[Selected], preflight: Sequence[ExchangeKey], limit: Limit
) -> tuple[set[ExchangeKey], set[ExchangeKey]]:
    """
    Return the keys of one target that fit into the limit, and those that do not.

    What every endpoint owes comes first, then what this one claims, then the rest.
    """
    fitting: dict[ExchangeKey, None] = dict.fromkeys(preflight)
    left_out: set[ExchangeKey] = set()
    for item in sorted(selected, key=_urgency):
        needed = [key for key in closure(item.keys) if key not in fitting]
        if _within([*fitting, *needed], limit):
            fitting.update(dict.fromkeys(needed))
        else:
            left_out.update(key for key in item.keys if key not in fitting)
    return set(fitting), left_out - set(fitting)


def _within(keys: Sequence[ExchangeKey], limit: Limit) -> bool:
    tokens = sum(key.spec.cost for key in keys)
    return (limit.requests is None or len(keys) <= limit.requests) and (limit.tokens is None or tokens <= limit.tokens)


def _urgency(item: Selected) -> tuple[int, bool]:
    return item.check.owed.rank, not item.target.claimed(item.check.capability)


def preflight_keys(target: Target, specs: Iterable[ExchangeSpec]) -> list[ExchangeKey]:
    """Return the exchanges asked first: those that need no model, and the first whose models are named."""
    asked = [spec for spec in specs if spec.preflight]
    without = [spec for spec in asked if not spec.roles]
    speaking = [spec for spec in asked if spec.roles and set(spec.roles) <= set(target.models)]
    return [ExchangeKey(target.name, spec) for spec in [*without, *speaking[:1]]]


def ordered(keys: Iterable[ExchangeKey]) -> list[ExchangeKey]:
    """
    Return keys in the order of sending.

    First what should succeed, then what must be alone, then wrong requests (some gateways put a model to sleep
    after an error), clean-up last.
    """
    return sorted(closure(keys), key=lambda key: (key.spec.last, min(key.expects) >= 400, key.spec.alone))


def bill(target: Target, keys: Iterable[ExchangeKey]) -> Bill:
    """Return what sending these keys costs at most, before retries."""
    own = [key for key in keys if key.target == target.name]
    return Bill(target.name, len(own), sum(key.spec.cost for key in own))


def known_capability(pattern: str, ids: Iterable[str]) -> bool:
    """Tell whether a pattern names at least one capability."""
    return any(fnmatchcase(found, pattern) or fnmatchcase(found, f"{pattern}.*") for found in ids)
