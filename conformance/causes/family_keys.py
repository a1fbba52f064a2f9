"""Families of keys: what is missing or wrong in several keys because one place of the server makes them all."""

from collections.abc import Iterator, Sequence

from conformance.causes.cause import Class, Root
from conformance.causes.family import Family, Groups, Members, alike, places_of
from conformance.causes.naming import may_be_null
from conformance.causes.world import World


def _keys(groups: Groups, names: Sequence[str]) -> tuple[str, str]:
    """Return the keys of some groups `<kind>:<owner>/<key>`, in an id and in a sentence."""
    keys = sorted(groups[name][0][0].id.partition(":")[2].rpartition("/")[2] for name in names)
    return ",".join(keys), " and ".join([", ".join(f"`{key}`" for key in keys[:-1]), f"`{keys[-1]}`"])


_SAID = {
    "missing": "are missing",
    "wrong-type": "have a wrong type",
    "null": "are null",
    "out-of-range": "have values out of their range",
}


def of_one_object(groups: Groups, _: World) -> Iterator[Family]:
    """Gather keys of one object that are wrong alike, in the very same responses: one place makes that object."""

    def key(_: str, members: Members) -> object:
        kind, _, place = members[0][0].id.partition(":")
        owner = place.rpartition("/")[0]
        return (kind, owner, places_of(members)) if kind in _SAID and owner[:1].isupper() else None

    for names in alike(groups, key):
        first = groups[names[0]][0][0]
        kind, owner = first.id.partition(":")[0], first.id.partition(":")[2].rpartition("/")[0]
        ids, words = _keys(groups, names)
        number = len(places_of(groups[names[0]]))
        proof = f"the same {number} {'response shows' if number == 1 else 'responses show'} all of them"
        yield Family(names, Root(f"{kind}:{owner}/{ids}", first.sort, f"{words} of `{owner}` {_SAID[kind]}.", proof))


def left_out_nulls(groups: Groups, world: World) -> Iterator[Family]:
    """Gather keys that are missing where they would be null, at an endpoint whose responses never hold a null."""
    served = [line for line in world.exchanges.values() if line.facts and 200 <= (line.status or 0) < 300]
    if any(line.facts is None or line.facts.nulls is not False for line in served):
        return  # there is one, or the log does not tell

    def key(_: str, members: Members) -> object:
        root = members[0][0]
        nullable = root.sort is Class.MISSING and may_be_null(root.id.partition(":")[2])
        shown = world.lines(places_of(members))
        return "null" if nullable and shown and all(line.facts for line in shown) else None

    for names in alike(groups, key):
        places = sorted(groups[name][0][0].id.partition(":")[2] for name in names)
        words = ", ".join(f"`{place}`" for place in places)
        sentence = f"Keys whose value would be null are left out: {words}."
        yield Family(
            names, Root("missing:null-keys", Class.MISSING, sentence, "no response of the target holds any null")
        )


def of_all_events(groups: Groups, _: World) -> Iterator[Family]:
    """Gather a key that the events of the same streams lack, whatever their type: a type need not be in each stream."""

    def key(_: str, members: Members) -> object:
        kind, _, place = members[0][0].id.partition(":")
        owner, _, name = place.rpartition("/")
        return name if kind == "missing" and owner.endswith("Event") else None

    for same in alike(groups, key):
        most = max((places_of(groups[name]) for name in same), key=len)
        names = tuple(name for name in same if places_of(groups[name]) <= most)
        name = groups[names[0]][0][0].id.rpartition("/")[2]
        owners = sorted(groups[one][0][0].id.partition(":")[2].rpartition("/")[0] for one in names)
        sentence = f"`{name}` is missing in the events of a stream: {', '.join(owners)}."
        proof = f"the same streams lack it in {len(owners)} types of events"
        yield Family(names, Root(f"missing:ResponseStreamEvent/{name}", Class.MISSING, sentence, proof))


RULES = (of_all_events, left_out_nulls, of_one_object)
