"""
Families: causes that are one, as is seen only when they are laid side by side.

Each rule takes all causes of a target and says which of them are one edit, and what in the bytes proves it. What a rule
takes together is named in its sentence, and stays listed with its cause.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from conformance.causes.cause import Atom, Class, Root
from conformance.causes.naming import may_be_null
from conformance.causes.world import World
from conformance.log.records import ExchangeLine
from conformance.wire.request import Key

Members = list[tuple[Root, Atom]]
Groups = Mapping[str, Members]

KNOWN = "|known"
"""The end of a group's name whose places are known; what is known and what is new are two lines."""


@dataclass(frozen=True, slots=True)
class Family:
    """Some groups by their names, and the cause that they are together."""

    names: tuple[str, ...]
    root: Root


def together(groups: dict[str, Members], world: World) -> dict[str, Members]:
    """Return the groups, those of one family as one."""
    for rule in RULES:
        for family in list(rule(groups, world)):
            taken = [name for name in family.names if name in groups]
            if len(taken) < 2:
                continue
            end = KNOWN if taken[0].endswith(KNOWN) else ""
            members = [(family.root, atom) for name in taken for _, atom in groups.pop(name)]
            groups.setdefault(f"{family.root.id}{end}", []).extend(members)
    return groups


def _places(members: Members) -> frozenset[str]:
    return frozenset(place for _, atom in members for place in atom.places)


def _alike(groups: Groups, key: Callable[[str, Members], object]) -> Iterator[tuple[str, ...]]:
    """Yield the names of at least two groups that have one key; None is no key, and known and new are apart."""
    found: dict[object, list[str]] = {}
    for name, members in groups.items():
        if (own := key(name, members)) is not None:
            found.setdefault((own, name.endswith(KNOWN)), []).append(name)
    return (tuple(names) for names in found.values() if len(names) > 1)


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
        return (kind, owner, _places(members)) if kind in _SAID and owner[:1].isupper() else None

    for names in _alike(groups, key):
        first = groups[names[0]][0][0]
        kind, owner = first.id.partition(":")[0], first.id.partition(":")[2].rpartition("/")[0]
        ids, words = _keys(groups, names)
        number = len(_places(groups[names[0]]))
        proof = f"the same {number} {'response shows' if number == 1 else 'responses show'} all of them"
        yield Family(names, Root(f"{kind}:{owner}/{ids}", first.sort, f"{words} of `{owner}` {_SAID[kind]}.", proof))


def left_out_nulls(groups: Groups, world: World) -> Iterator[Family]:
    """Gather keys that are missing where they would be null, at an endpoint whose responses never hold a null."""
    if any(line.facts and line.facts.nulls and (line.status or 0) < 300 for line in world.exchanges.values()):
        return

    def key(_: str, members: Members) -> object:
        root = members[0][0]
        nullable = root.sort is Class.MISSING and all(
            may_be_null(place) for place in root.id.partition(":")[2].split(" + ")
        )
        shown = world.lines(_places(members))
        return "null" if nullable and shown and all(line.facts for line in shown) else None

    for names in _alike(groups, key):
        places = sorted(groups[name][0][0].id.partition(":")[2] for name in names)
        words = ", ".join(f"`{place}`" for place in places)
        sentence = f"Keys whose value would be null are left out: {words}."
        yield Family(
            names, Root("missing:null-keys", Class.MISSING, sentence, "no response of the target holds any null")
        )


def usage_whatever_is_asked(groups: Groups, world: World) -> Iterator[Family]:
    """Gather a usage in every stream, on the same chunk whether `include_usage` is true, false or not sent."""
    forms = {line.facts.usage for line in world.exchanges.values() if line.facts and line.facts.usage}
    operations = {"chat/completions": "chat.stream.usage.include"}
    for operation, capability in operations.items():
        unasked = f"unasked:{operation} chunk/usage"
        names = [f"{capability}/{name}" for name in ("include_usage_can_be_false", *_LAYOUT)]
        for end in ("", KNOWN):
            if f"{unasked}{end}" in groups and len(forms) == 1:
                (form,) = forms
                sentence = (
                    f"`stream_options.include_usage` has no effect: every stream holds a `usage` ({form}), "
                    "asked for or not."
                )
                root = Root("ignored:stream_options.include_usage", Class.IGNORED, sentence, _SAME_CHUNK)
                yield Family((f"{unasked}{end}", *(f"{name}{end}" for name in names)), root)


_LAYOUT = ("usage_chunk_has_no_choice", "usage_is_null_on_the_other_chunks", "usage_comes_last", "usage_comes_once")
_SAME_CHUNK = "the usage is on the same chunk with `include_usage` true, false and not sent"


def without_key(groups: Groups, _: World) -> Iterator[Family]:
    """Gather a wrong and a missing API key that are answered with one status."""

    def key(_: str, members: Members) -> object:
        head, _, status = members[0][0].id.rpartition("-")
        return status if head in {"authentication:wrong-key", "authentication:missing-key"} else None

    for names in _alike(groups, key):
        status = groups[names[0]][0][0].id.rpartition("-")[2]
        said = "is served" if status == "accepted" else f"is answered {status} instead of 401"
        sort = groups[names[0]][0][0].sort
        sentence = f"A request with a wrong or a missing API key {said}."
        yield Family(names, Root(f"authentication:key-{status}", sort, sentence, "both are answered alike"))


PARTS = frozenset({"image_url", "input_audio", "file", "input_image", "input_file"})


def dropped_parts(groups: Groups, world: World) -> Iterator[Family]:
    """Gather content parts of several types that one operation drops."""

    def key(_: str, members: Members) -> object:
        how, _, part = members[0][0].id.partition(":")
        operations = {line.facts.operation for line in world.lines(_places(members)) if line.facts}
        return next(iter(operations)) if how == "ignored" and part in PARTS and len(operations) == 1 else None

    for names in _alike(groups, key):
        (operation,) = {line.facts.operation for line in world.lines(_places(groups[names[0]])) if line.facts}
        parts = sorted(groups[name][0][0].id.partition(":")[2] for name in names)
        words = ", ".join(f"`{part}`" for part in parts)
        sentence = f"Content parts of these types are dropped without a word: {words}."
        root = Root(
            f"ignored:content-parts/{operation}", Class.IGNORED, sentence, "no part of any of these types is read"
        )
        yield Family(names, root)


def routes_that_fail_alike(groups: Groups, world: World) -> Iterator[Family]:
    """Gather routes that serve nothing and fail with one and the same body."""

    def key(_: str, members: Members) -> object:
        lines = world.lines(_places(members))
        if members[0][0].sort is not Class.CRASHED or not lines or any(map(world.is_served, lines)):
            return None
        bodies = {(line.status, line.facts.digest) for line in lines if line.facts}
        return next(iter(bodies)) if len(bodies) == 1 and not any(line.invalid for line in lines) else None

    for names in _alike(groups, key):
        lines = world.lines(place for name in names for place in _places(groups[name]))
        routes = sorted({f"{line.facts.method} {line.facts.operation}" for line in lines if line.facts})
        status = lines[0].status
        sentence = f"Routes that serve nothing fail with {status} instead of 404 or 501: {', '.join(routes)}."
        yield Family(names, Root(f"route:failing-{status}", Class.ROUTE, sentence, "the same body on each of them"))


def not_validated(groups: Groups, world: World) -> Iterator[Family]:
    """Gather invalid requests to an operation that rejects none of them, or none for the value of a parameter."""
    names: dict[str, list[str]] = {}
    for name, members in groups.items():
        root = members[0][0]
        if root.sort is Class.ACCEPTED and root.id.startswith("accepted:") and not name.endswith(KNOWN):
            names.setdefault(root.id.removeprefix("accepted:").rpartition("/")[0], []).append(name)
    for operation, own in names.items():
        wrong = [line for line in world.exchanges.values() if _must_be_rejected(line, operation)]
        values = [line for line in wrong if line.id.startswith("params.")]
        of_values = [name for name in own if groups[name][0][1].places[0].startswith("params.")]
        for asked, taken, end, what in (
            (wrong, own, "", "nothing: none"),
            (values, of_values, "/params", "no value of a parameter: none"),
        ):
            if len(asked) > 2 and not any(400 <= (line.status or 0) < 500 for line in asked):
                sentence = f"`{operation}` validates {what} of {len(asked)} invalid requests is rejected."
                proof = f"all {len(asked)} such requests that the run holds are served or fail"
                yield Family(tuple(taken), Root(f"accepted:{operation}{end}", Class.ACCEPTED, sentence, proof))


def _must_be_rejected(line: ExchangeLine, operation: str) -> bool:
    return (
        line.invalid
        and line.key is Key.VALID
        and line.facts is not None
        and line.facts.operation == operation
        and line.status is not None
        and not any(code < 300 for code in line.facts.expects)
    )


def of_idle_parameters(groups: Groups, world: World) -> Iterator[Family]:
    """Gather a wrong value that is accepted the right ones have no effect in any response either."""
    for (operation, field), result in world.idle.items():
        accepted = f"accepted:{operation}/{field}"
        behind = [n for n, members in groups.items() if any(a.result is result for _, a in members) and n != accepted]
        if accepted in groups and behind and not behind[0].endswith(KNOWN):
            root = groups[behind[0]][0][0]
            proof = f"`{field}` is all that such a request adds to a plain one, and has no effect in any response"
            sentence = f"`{field}` has no effect, and its wrong values are accepted."
            yield Family((behind[0], accepted), replace(root, sort=Class.IGNORED, sentence=sentence, proof=proof))


RULES = (
    of_idle_parameters,
    of_one_object,
    left_out_nulls,
    usage_whatever_is_asked,
    without_key,
    dropped_parts,
    routes_that_fail_alike,
    not_validated,
)
