"""A deviation as a target: the simulator under its path, and the checks of the plan that are looked at."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from zlib import crc32

from conformance.definition.exchange_spec import ExchangeKey
from conformance.judge.judge import concerns
from conformance.plan import loader
from conformance.plan.expand import Selected, expand
from conformance.plan.order import closure
from conformance.plan.select import names_check
from conformance.simulator.deviations.entry import Entry
from conformance.targets.load import load
from conformance.targets.target import Limits, Target
from conformance.wire.exchange import Exchange

KEY_ENV = "CONFORMANCE_ZOO_KEY"
KEY = "sk-zoo-0123456789abcdef"
SAMPLE = 6
FEW = 2
DEADLINE_S = 6.0
OF_ALL_S = 30.0
"""How long a response may take beside those of the whole plan, in seconds."""
FAITHFUL = "faithful"


@dataclass(frozen=True, slots=True)
class Dressed:
    """One deviation (or several at once) as a target, and the checks that are looked at."""

    ids: tuple[str, ...]
    caught_by: tuple[str, ...]
    target: Target
    items: tuple[Selected, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One check of the plan, and all exchanges that it needs."""

    item: Selected
    needed: frozenset[ExchangeKey]


@contextmanager
def gateway() -> Iterator[Target]:
    """Yield the simulator as a target that tells what it sends upstream, in a file that is there meanwhile."""
    with TemporaryDirectory(prefix="conformance-upstream-") as folder:
        yield load("simulator", {}).model_copy(update={"upstream_record": str(Path(folder) / "sent.jsonl")})


@dataclass(frozen=True)
class Plan:
    """The whole plan for the faithful simulator; it is made once, and dressed for each deviation."""

    parts: tuple[Part, ...]

    def __iter__(self) -> Iterator[Part]:
        return iter(self.parts)

    @cached_property
    def quick(self) -> Mapping[ExchangeKey, str]:
        """Return the exchanges that need no waiting, with their labels."""
        return {key: key.label for part in self.parts for key in part.needed if not _slow(key)}

    def meant(self, patterns: Sequence[str]) -> list[Part]:
        """Return the parts whose checks one of the patterns names."""
        # Nearly all patterns are whole ids, and there are hundreds.
        whole = frozenset(patterns)
        others = [one for one in patterns if "*" in one or "?" in one]
        return [part for part in self.parts if part.item.id in whole or is_meant(part.item.id, others)]


def parts(base: Target) -> Plan:
    """Return the plan of all checks that a target has."""
    loaded = loader.load()
    items = [item for check in loaded.checks for item in expand(check, base, loaded.specs)]
    return Plan(tuple(Part(item, frozenset(closure(item.keys))) for item in items))


def dress(  # noqa: PLR0913  what is served, where, as which target, and which checks look at it
    found: Sequence[Entry],
    base_url: str,
    base: Target,
    plan: Plan,
    *,
    company: Mapping[str, tuple[ExchangeKey, ...]] | None = None,
    whole: bool = False,
) -> Dressed:
    """
    Return entries that are served together, as a target with the checks looked at (`whole`: all but the slow).

    `company`: further exchanges for checks of a kind, by id, so that they read more than what is sent for them.
    """
    ids = tuple(entry.id for entry in found)
    patterns = _patterns(found)
    target = _target(ids, base_url, base, OF_ALL_S if whole else DEADLINE_S)
    looked_at = _quick(plan, patterns) if whole else _chosen(plan, patterns, ids, company or {})
    return Dressed(ids, patterns, target, tuple(_retarget(part.item, target) for part in looked_at))


def undressed(found: Sequence[Entry], base_url: str, base: Target, plan: Plan) -> Dressed:
    """Return the faithful simulator as a target, with all checks that are meant to find one of the entries."""
    patterns = _patterns(found)
    target = _target((), base_url, base)
    items = tuple(_retarget(part.item, target) for part in plan.meant(patterns))
    return Dressed((), patterns, target, items)


def confined(found: Sequence[Entry], base_url: str, base: Target, items: Sequence[Selected]) -> Dressed:
    """Return entries that are served together (none: the faithful simulator) as a target, with these checks alone."""
    ids = tuple(entry.id for entry in found)
    target = _target(ids, base_url, base)
    return Dressed(ids, _patterns(found), target, tuple(_retarget(item, target) for item in items))


def is_meant(check: str, patterns: Sequence[str]) -> bool:
    """Tell whether one of the patterns names a check, by its id."""
    return check in patterns or any(names_check(one, check) for one in patterns if "*" in one or "?" in one)


def _patterns(found: Sequence[Entry]) -> tuple[str, ...]:
    return tuple(pattern for entry in found for pattern in entry.caught_by)


def _target(ids: tuple[str, ...], base_url: str, base: Target, deadline_s: float = DEADLINE_S) -> Target:
    changes = {
        "name": _name(ids),
        "base_url": base_url.replace("/v1", f"/~{','.join(ids)}/v1") if ids else base_url,
        "hosts": ("127.0.0.1",),
        "key_env": KEY_ENV,
        "server": None,
        "limits": Limits(in_flight=32, per_minute=0, deadline_s=deadline_s),
    }
    return base.model_copy(update=changes)


def _name(ids: tuple[str, ...]) -> str:
    """Return a name that a target may have: two ids in a row are too long for one."""
    if not ids:
        return FAITHFUL
    if len(ids) == 1:
        return ids[0]
    return f"{ids[0][:32]}-and-{len(ids) - 1}-more-{crc32(','.join(ids).encode()):08x}"


def companions(
    plan: Plan, good: Mapping[str, Exchange], *, of: Sequence[str] = ("*",), most: int = FEW
) -> dict[str, tuple[ExchangeKey, ...]]:
    """
    Return for each check of a kind exchanges that it judges beside those that are sent for it, by its id.

    `of` are patterns of their ids, and `most` is how many each gets.
    """
    keys = [key for key, label in plan.quick.items() if label in good]
    asked = [part.item for part in plan if _judges_each(part.item) and is_meant(part.item.id, of)]
    return {item.id: _drawn(item, keys, good)[:most] for item in asked}


def _judges_each(item: Selected) -> bool:
    """Tell whether a check judges each response of a kind by itself; what it says of all at once has no place."""
    return item.check.kind is not None and not any(item.check.takes_all(name) for name in item.arguments)


def _drawn(item: Selected, keys: Iterable[ExchangeKey], good: Mapping[str, Exchange]) -> tuple[ExchangeKey, ...]:
    own = frozenset(item.keys)
    others = [key for key in keys if key not in own and concerns(item.check, good[key.label])]
    return tuple(sorted(others, key=lambda key: crc32(f"{item.id} {key.label}".encode())))


def _chosen(
    plan: Plan,
    patterns: tuple[str, ...],
    ids: tuple[str, ...],
    company: Mapping[str, tuple[ExchangeKey, ...]],
) -> Iterator[Part]:
    """Yield the intended checks, a sample of the other exchanges, and every check that needs nothing more."""
    meant = plan.meant(patterns)
    sent = {key for part in meant for key in part.needed}
    sent.update(below for part in meant for below in closure(company.get(part.item.id, ())))
    drawn = sorted(plan.quick, key=lambda key: crc32(f"{ids} {plan.quick[key]}".encode()))[:SAMPLE]
    sent.update(below for key in drawn for below in closure([key]))
    return (part for part in plan if part.needed <= sent)


def _quick(plan: Plan, patterns: tuple[str, ...]) -> Iterator[Part]:
    """Yield the intended checks, and all whose exchanges need no waiting."""
    return (part for part in plan if is_meant(part.item.id, patterns) or not any(_slow(key) for key in part.needed))


@cache  # asked of the whole plan for each deviation
def _slow(key: ExchangeKey) -> bool:
    return any(one.spec.until is not None or one.spec.alone or one.spec.last for one in closure([key]))


def _retarget(item: Selected, target: Target) -> Selected:
    def moved(keys: ExchangeKey | tuple[ExchangeKey, ...]) -> ExchangeKey | tuple[ExchangeKey, ...]:
        if isinstance(keys, tuple):
            return tuple(replace(key, target=target.name) for key in keys)
        return replace(keys, target=target.name)

    return replace(item, target=target, arguments={name: moved(keys) for name, keys in item.arguments.items()})
