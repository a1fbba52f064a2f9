"""Families of routes and keys: what the server does before it looks at a request."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from http.client import responses

from conformance.causes.cause import Class, Damage, Root
from conformance.causes.family import Family, Groups, Members, alike, places_of
from conformance.causes.world import World
from conformance.log.records import ExchangeLine


def without_key(groups: Groups, _: World) -> Iterator[Family]:
    """Gather a wrong and a missing API key that are answered with one status."""

    def key(_: str, members: Members) -> object:
        head, _, status = members[0][0].id.rpartition("-")
        return status if head in {"authentication:wrong-key", "authentication:missing-key"} else None

    for names in alike(groups, key):
        status = groups[names[0]][0][0].id.rpartition("-")[2]
        said = "is served" if status == "accepted" else f"is answered {status} instead of 401"
        sort = groups[names[0]][0][0].sort
        sentence = f"A request with a wrong or a missing API key {said}."
        yield Family(names, Root(f"authentication:key-{status}", sort, sentence, "both are answered alike"))


def routes_that_fail_alike(groups: Groups, world: World) -> Iterator[Family]:
    """Gather routes that serve nothing and fail with one and the same body."""

    def key(_: str, members: Members) -> object:
        lines = world.lines(places_of(members))
        if members[0][0].sort is not Class.CRASHED or not lines or any(map(world.is_served, lines)):
            return None
        bodies = {(line.status, line.facts.digest) for line in lines if line.facts}
        return next(iter(bodies)) if len(bodies) == 1 and not any(line.invalid for line in lines) else None

    for names in alike(groups, key):
        lines = world.lines(place for name in names for place in places_of(groups[name]))
        routes = sorted({f"{line.facts.method} {line.facts.operation}" for line in lines if line.facts})
        status = lines[0].status
        sentence = f"Routes that serve nothing fail with {status} instead of 404 or 501: {', '.join(routes)}."
        yield Family(names, Root(f"route:failing-{status}", Class.ROUTE, sentence, "the same body on each of them"))


def of_one_handler(groups: Groups, world: World) -> Iterator[Family]:
    """Gather invalid requests to one operation that fail with the same words of one error handler before a colon."""

    def key(_: str, members: Members) -> object:
        root, lines = members[0][0], world.lines(places_of(members))
        operations = {line.facts.operation for line in lines if line.facts}
        told = root.sort is Class.CRASHED and root.also.endswith(":") and len(operations) == 1
        return (root.also, *operations) if told and all(line.invalid for line in lines) else None

    for names in alike(groups, key):
        lines = world.lines(sorted(place for name in names for place in places_of(groups[name])))
        first = lines[0]
        assert first.facts is not None
        kinds = ", ".join(sorted({line.id.partition("/")[0] for line in lines}))
        said = first.facts.said.partition(": ")[0]
        what = f"Invalid requests to {first.facts.operation} ({kinds}) make the server fail with {first.status}"
        sentence = f"{what}, {said!r}: clients send them again, in vain."
        proof = "the words before the colon are the same"
        id_ = f"crashed:{first.facts.operation}/invalid"
        also = groups[names[0]][0][0].also
        yield Family(names, Root(id_, Class.CRASHED, sentence, proof, also=also, harm=Damage.COSMETIC))


def probes_that_crash(groups: Groups, world: World) -> Iterator[Family]:
    """Gather the probe of a route with an invalid request to it that fails with the same words: both lack a field."""

    def key(_: str, members: Members) -> object:
        root, lines = members[0][0], world.lines(places_of(members))
        told = {(line.status, line.facts.operation, line.facts.said) for line in lines if line.facts}
        return next(iter(told)) if root.sort is Class.CRASHED and len(told) == 1 and _is_telling(lines, world) else None

    for names in alike(groups, key):
        probes = [name for name in names if all(line.id == PROBE for line in world.lines(places_of(groups[name])))]
        others = [name for name in names if name not in probes]
        if probes and others:
            root = groups[others[0]][0][0]
            proof = "the probe of the route fails with the same words, and no other route does"
            yield Family((*others[:1], *probes), replace(root, proof=proof))


def _is_telling(lines: Sequence[ExchangeLine], world: World) -> bool:
    """Tell whether a crash says something of its own: not the name of its status, nor what other routes say."""
    status, said = lines[0].status or 500, lines[0].facts.said if lines[0].facts else ""
    routes = {one.facts.operation for one in world.exchanges.values() if one.facts and one.facts.said == said}
    return bool(said) and responses.get(status, "").lower() not in said.lower() and len(routes) == 1


PROBE = "endpoints.absent_are_clean/probe"

RULES = (without_key, routes_that_fail_alike, of_one_handler, probes_that_crash)
