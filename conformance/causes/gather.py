"""
Gathering: results in, causes out, the worst first.

A result is absorbed only by a rule, which names the cause and its proof. What has no rule stays its own cause.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from conformance.causes import contents, families, statuses, upstream
from conformance.causes.cause import Atom, Cause, Class, Root, Weight, weigh
from conformance.causes.damage import damage_of, is_of_agents, similar
from conformance.causes.family import KNOWN
from conformance.causes.survivors import seen, told_of, who_breaks
from conformance.causes.world import World, unexpected
from conformance.log.harm import Client, Similar
from conformance.log.records import ExchangeLine, Result, Run
from conformance.wire.verdict import Verdict


def causes(run: Run, target: str) -> tuple[Cause, ...]:
    """Return the causes behind one target's results, the worst first."""
    return gather(
        [result for result in run.results if result.target == target],
        [line for line in run.exchanges if line.target == target],
        clients=[line for line in run.clients if line.target == target],
        alike=[line for line in run.similar if line.target == target],
    )


def new_causes(
    results: Sequence[Result], exchanges: Sequence[ExchangeLine], damage: Sequence[Client | Similar]
) -> list[str]:
    """Return in words what is new and gating, one for each cause, the worst first of each target."""
    targets = list(dict.fromkeys(result.target for result in results))
    said: list[str] = []
    for target in targets:
        found = gather(
            [result for result in results if result.target == target],
            [line for line in exchanges if line.target == target],
            clients=[line for line in damage if isinstance(line, Client) and line.target == target],
        )
        where = f" at {target}" if len(targets) > 1 else ""
        new = [cause for cause in found if cause.weight is Weight.GATING]
        said += [f"{cause.id}: {cause.sentence} ({cause.level.upper()}){where}" for cause in new]
    return said


def gather(
    results: Sequence[Result],
    exchanges: Iterable[ExchangeLine] = (),
    *,
    clients: Sequence[Client] = (),
    alike: Sequence[Similar] = (),
) -> tuple[Cause, ...]:
    """Return the causes behind the results of one target, the worst first."""
    world = World({line.label: line for line in exchanges}, results)
    # Any client raises on the status of an error: that is how a refusal is told, and nothing that breaks.
    refused = {label for label, line in world.exchanges.items() if (line.status or 0) >= 400}
    clients = [client for client in clients if client.exchange not in refused]
    groups: dict[str, list[tuple[Root, Atom]]] = {}
    for atom in _atoms(results, world):
        root = _root(atom, world)
        # What is known and what is new of one cause are two lines: a new place must be seen.
        group = f"{root.group}{KNOWN}" if atom.weight is Weight.KNOWN else root.group
        groups.setdefault(group, []).append((root, atom))
    found = _without_explained(families.together(groups, world), world)
    wrong = _wrong_keys(found.values())
    made = [_cause(members, told_of(_keys(members), clients, wrong), alike) for members in found.values()]
    return tuple(sorted(_named_apart(made), key=order))


def _named_apart(found: Sequence[Cause]) -> Iterator[Cause]:
    """Yield the causes, those of one id with their first place: words of an endpoint are not part of an id."""
    many = Counter(cause.id for cause in found if cause.weight is not Weight.KNOWN)
    for cause in found:
        place = min(cause.labels, default="")
        case = place.partition("[")[2].removesuffix("]") or place
        yield replace(cause, id=f"{cause.id}[{case}]") if many[cause.id] > 1 and case else cause


def order(cause: Cause) -> tuple[object, ...]:
    """Return the place of a cause in every list: what is new before what is known, then by damage."""
    late = {Weight.GATING: 0, Weight.FLAKY: 0, Weight.OTHER: 0, Weight.STALE: 1, Weight.ERROR: 2, Weight.UNMEASURED: 3}
    return (
        late.get(cause.weight, 4),
        cause.weight in {Weight.FLAKY, Weight.OTHER},
        cause.damage,
        not cause.agents,
        cause.level.rank,
        -cause.places,
        cause.id,
    )


def _atoms(results: Iterable[Result], world: World) -> Iterator[Atom]:
    for result in results:
        weight = weigh(result)
        if weight is None:
            continue
        places = tuple(dict.fromkeys(result.places or result.exchanges))
        if result.verdict is not Verdict.DEVIATES:
            yield Atom(result, weight, result.reason or result.check, places)
            continue
        shown = {one.finding: one for one in result.shown}
        for finding in result.findings or (result.check,):
            own = shown.get(finding)
            for group in _by_shape(tuple(own.places) if own else places, world):
                yield Atom(result, weight, finding, group, own.reason if own else "")


def _by_shape(places: tuple[str, ...], world: World) -> Iterable[tuple[str, ...]]:
    """Return the places in groups that hold error bodies of one shape: each shape is a fault of its own."""
    shapes: dict[str, list[str]] = {}
    for place in places:
        line = world.exchanges.get(place)
        shapes.setdefault(line.facts.error if line and line.facts else "", []).append(place)
    return [tuple(group) for group in shapes.values()] or [()]


def _root(atom: Atom, world: World) -> Root:
    if atom.weight is Weight.STALE:
        return Root(f"stale:{atom.result.check}", Class.STALE, atom.result.requirement)
    lines = world.lines(atom.places)
    if atom.result.verdict is not Verdict.DEVIATES:
        return Root(atom.finding, Class.NOT_MEASURED, atom.finding)
    if root := upstream.behind(atom, world):
        return root
    if len(lines) == len(atom.places) and (root := statuses.same_refusal(atom.result.statement, lines, world)):
        return root
    if _is_status(atom) and lines and unexpected(lines[0]):
        return statuses.of_status(lines[0], world) or _own(atom)
    # What is served by no route says nothing about the response that it should be.
    if lines and len(lines) == len(atom.places) and all(map(world.is_unrouted, lines)):
        root = statuses.of_status(lines[0], world)
        if root is not None and root.sort is Class.ROUTE:
            return root
    return next((root for rule in contents.RULES if (root := rule(atom, world))), None) or _own(atom)


def _is_status(atom: Atom) -> bool:
    """Tell whether an atom is about a status, whichever check says so: `<capability>/status` names no key."""
    return atom.result.statement == "status" or (":" not in atom.finding and atom.finding.endswith("/status"))


def _own(atom: Atom) -> Root:
    return Root(atom.finding, Class.WRONG_VALUE, f"Not met: {atom.result.requirement}")


def _without_explained(
    groups: Mapping[str, list[tuple[Root, Atom]]], world: World
) -> dict[str, list[tuple[Root, Atom]]]:
    """Put what was not measured to the cause that prevented it, where one of its exchanges shows that cause."""
    prevented = {
        place: name
        for name, members in groups.items()
        for _, atom in members
        if atom.result.verdict is Verdict.DEVIATES and atom.result.statement == "status"
        for place in atom.places
    }
    found: dict[str, list[tuple[Root, Atom]]] = {}
    for name, members in groups.items():
        for root, atom in members:
            behind = _prevented_by(atom, prevented, world) if root.sort is Class.NOT_MEASURED else None
            if behind is None:
                found.setdefault(name, []).append((root, atom))
            else:
                said = f"{behind} was not answered as expected"
                found.setdefault(prevented[behind], []).append((replace(root, proof=said), atom))
    return found


def _keys(members: Sequence[tuple[Root, Atom]]) -> frozenset[str]:
    """Return the keys that a cause is about, by the findings `<kind>:<owner>/<key>`; none if it is about none."""
    root = members[0][0]
    if root.sort not in {Class.MISSING, Class.WRONG_TYPE}:
        return frozenset()
    return frozenset(re.split(r"[/.]", atom.finding)[-1].rstrip("[]") for _, atom in members if ":" in atom.finding)


def _wrong_keys(groups: Iterable[Sequence[tuple[Root, Atom]]]) -> Mapping[str, frozenset[str]]:
    """Return the keys that are missing or of a wrong type, by the labels of the exchanges that show it."""
    found: dict[str, frozenset[str]] = {}
    for members in groups:
        keys = _keys(members)
        for place in {place for _, atom in members for place in atom.places}:
            found[place] = found.get(place, frozenset()) | keys
    return found


def _prevented_by(atom: Atom, prevented: Mapping[str, str], world: World) -> str | None:
    for place in atom.places:
        line = world.exchanges.get(place)
        if place in prevented and line is not None and unexpected(line):
            return place
    # As the judge and the engine say it of an exchange that another one builds on.
    said = ("{} returned ", "{}, which answered ")
    return next((label for label in prevented if any(one.format(label) in atom.finding for one in said)), None)


def _cause(members: Sequence[tuple[Root, Atom]], clients: Sequence[Client], alike: Sequence[Similar]) -> Cause:
    telling = [pair for pair in members if pair[0].sort is not Class.NOT_MEASURED] or list(members)
    root, first = min(telling, key=lambda pair: (pair[1].weight.rank, pair[1].result.level.rank, not pair[0].sentence))
    atoms = [atom for _, atom in members]
    results = tuple({id(atom.result): atom.result for atom in atoms}.values())
    told = tuple({id(atom.result): atom.result for _, atom in telling}.values())
    labels = tuple(dict.fromkeys(place for _, atom in telling for place in atom.places))
    return Cause(
        id=root.id,
        sort=root.sort,
        sentence=root.sentence or first.result.requirement,
        weight=first.weight,
        level=min((result.level for result in told), key=lambda level: level.rank),
        damage=damage_of(root, told, labels, clients),
        agents=is_of_agents(told),
        first=first.result,
        said=first.reason,
        results=results,
        labels=labels,
        proof=root.proof,
        breaks=who_breaks(labels, clients),
        clients=tuple(seen(labels, clients)),
        similar=similar(told, alike),
    )
