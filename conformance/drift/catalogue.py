"""The catalogue of models: which are new, gone, perhaps renamed, or have another day of their shutdown."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from conformance.contract.document import Listed
from conformance.contract.observe import listed
from conformance.drift.finding import Finding, Moved, Sort, Who, quoted
from conformance.drift.pair import Pair
from conformance.shapes.change import Impact
from conformance.targets.model import asked, shown
from conformance.targets.shutdown import Shutdown, soon

_DATE = re.compile(r"20\d\d-?\d\d-?\d\d$")
_OTHER = re.compile(r"[^a-z0-9.]")
_MOST = 100
_VENDOR = Moved(Who.VENDOR, "the list of models differs")


@dataclass(frozen=True, slots=True)
class _Lists:
    """Both lists, by id; `used` are the models that the target's checks ask, `served` those that still answer."""

    was: Mapping[str, Listed]
    now: Mapping[str, Listed]
    used: frozenset[str]
    served: frozenset[str]


def model_findings(pair: Pair) -> list[Finding]:
    """Return what changed in the list of models; nothing where one side did not ask for it."""
    held, now = pair.contract.catalogue, listed(pair.now.values())
    if held is None or now is None:
        return []
    was = {name: pair.contract.listed.get(name, Listed()) for name in held}
    lists = _Lists(was, now, _used(pair), _served(pair))
    renamed = _renamed(lists)
    return [*_gone(lists, renamed), *_new(lists, renamed), *_shutdowns(lists)]


def _used(pair: Pair) -> frozenset[str]:
    """Return the models that the target's checks ask: what becomes of them matters."""
    models = [*pair.contract.models.values(), *shown(pair.side.facts.models).values()]
    return frozenset(name.strip() for names in models for name in names.split(","))


def _served(pair: Pair) -> frozenset[str]:
    """Return the models with which a request of the run was served."""
    lines = [pair.side.exchanges[label] for label, one in pair.now.items() if one.status < 400]
    # A further model of a role is the end of the case: `tool,chat=small-2`.
    known = [(line.case.rpartition(",")[2], line.facts.roles) for line in lines if line.facts is not None]
    return frozenset(name for case, roles in known for name in asked(pair.side.facts.models, case, roles).values())


def _renamed(lists: _Lists) -> dict[str, str]:
    """
    Return the new id of each model that seems to be renamed.

    That is one with the owner and the moment of creation of the model that is gone, where no other model of either list
    has both, or one whose id is the same but for the vendor before it, its date and its punctuation.
    """
    gone = [name for name in lists.was if name not in lists.now]
    new = [name for name in lists.now if name not in lists.was]
    count = Counter(_birth(one) for one in (*lists.was.values(), *(lists.now[name] for name in new)))
    found: dict[str, str] = {}
    for name in gone:
        left = [other for other in new if other not in found.values()]
        birth = _birth(lists.was[name])
        twins = [other for other in left if birth and _birth(lists.now[other]) == birth and count[birth] == 2]
        alike = [other for other in left if plain(other) == plain(name)]
        if again := next(iter([*twins, *alike]), ""):
            found[name] = again
    return found


def _birth(one: Listed) -> tuple[str, int] | None:
    return (one.owner, one.created) if one.owner and one.created else None


def plain(name: str) -> str:
    """Return a model's id without the vendor before it, its date, and its punctuation: what a renaming leaves."""
    return _OTHER.sub("", _DATE.sub("", name.rpartition("/")[2].lower()))


def _gone(lists: _Lists, renamed: Mapping[str, str]) -> Iterator[Finding]:
    for name in [name for name in lists.was if name not in lists.now][:_MOST]:
        again = renamed.get(name, "")
        impact, why = _of_gone(name, lists)
        yield Finding(
            id=f"model:{name}:{'renamed' if again else 'gone'}",
            sort=Sort.MODEL,
            impact=impact,
            says=f"model {quoted(name)}: {f'perhaps renamed to {quoted(again)}' if again else 'gone'}",
            before="listed",
            after=f"`{again}` is listed" if again else "not listed",
            why=why,
            moved=_VENDOR,
        )


def _of_gone(name: str, lists: _Lists) -> tuple[Impact, str]:
    """Return what it means to a client that a model is not listed any more."""
    if name not in lists.used:
        return Impact.COSMETIC, "who asks it may fail; no check of this target does"
    if name in lists.served:
        return Impact.COSMETIC, "this target's checks ask it, and it still answers"
    return Impact.BREAKING, "this target's checks ask it"


def _new(lists: _Lists, renamed: Mapping[str, str]) -> Iterator[Finding]:
    new = [name for name in lists.now if name not in lists.was and name not in renamed.values()]
    for name in new[:_MOST]:
        yield Finding(
            id=f"model:{name}:new",
            sort=Sort.MODEL,
            impact=Impact.ADDITIVE,
            says=f"model {quoted(name)}: new",
            before="not listed",
            after="listed",
            why="a further model",
            moved=_VENDOR,
        )


def _shutdowns(lists: _Lists) -> Iterator[Finding]:
    """Yield the models of both lists of which the second has another day of the shutdown, or none any more."""
    changed = [name for name in lists.was if name in lists.now and lists.was[name].shutdown != lists.now[name].shutdown]
    for name in changed[:_MOST]:
        before, after = lists.was[name].shutdown, lists.now[name].shutdown
        yield Finding(
            id=f"model:{name}:shutdown",
            sort=Sort.MODEL,
            impact=Impact.ADDITIVE if name in lists.used else Impact.COSMETIC,
            says=f"model {quoted(name)}: "
            + (f"is shut down on {after}" if after else "no day of its shutdown any more"),
            before=f"`shutdown_date` is {before or 'not given'}",
            after=f"`shutdown_date` is {after or 'not given'}",
            why="this target's checks ask it" if name in lists.used else "no check of this target asks it",
            moved=_VENDOR,
        )


def shutdown_notices(pair: Pair) -> list[str]:
    """Return which models that the run asked are shut down soon: by the target's own list, else by documents."""
    day = pair.side.run.header.started.date()
    models, told = pair.side.facts.models, listed(pair.now.values()) or {}
    known = {name: told[name].shutdown for model in models.values() for name in model.ids if name in told}
    own = [
        Shutdown(models=(name,), on=on, source="`shutdown_date` in its list of models", dated=day)
        for name, on in known.items()
        if on is not None
    ]
    stated = [entry for entry in pair.side.facts.shutdowns if all(known.get(name) is None for name in entry.models)]
    return list(soon([*own, *stated], models, day))
