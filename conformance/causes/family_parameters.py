"""Families of parameters: what has no effect cannot be rejected, and what is not looked at is accepted."""

from collections.abc import Iterator

from conformance.causes.cause import Class, Root
from conformance.causes.family import KNOWN, Family, Groups, Members, alike, places_of
from conformance.causes.world import World
from conformance.log.records import ExchangeLine
from conformance.wire.request import Key


def of_idle_parameters(groups: Groups, world: World) -> Iterator[Family]:
    """Gather all that deviates of a parameter which is obeyed in no response, accepted wrong values too."""
    for operation, field in world.idle:
        accepted = f"accepted:{operation}/{field}"
        about = [name for name, members in groups.items() if _decides(members, f"{operation}: {field}")]
        about = [name for name in about if not name.endswith(KNOWN)]
        if about:
            root = groups[about[0]][0][0]
            more = ", and its wrong values are accepted" if accepted in groups else ""
            proof = f"no check that decides about `{field}` conforms"
            proof += "; it is all that the accepted requests add to valid ones" if more else ""
            id_ = root.id if root.id.startswith("ignored:") else f"ignored:{field}"
            made = Root(id_, Class.IGNORED, f"`{field}` has no effect{more}.", proof)
            yield Family((*about, accepted), made)


def _decides(members: Members, parameter: str) -> bool:
    return all(atom.result.parameter == parameter for _, atom in members)


def usage_whatever_is_asked(groups: Groups, world: World) -> Iterator[Family]:
    """Gather a usage in every stream, on the same chunk whether `include_usage` is true, false or not sent."""
    forms = {
        line.facts.usage for line in world.exchanges.values() if line.facts and line.facts.streamed and line.facts.usage
    }
    operations = {"chat/completions": "chat.stream.usage.include"}
    for operation, capability in operations.items():
        unasked = f"unasked:{operation} chunk/usage"
        names = [f"{capability}/{name}" for name in ("declined_usage_is_not_sent", *_LAYOUT)]
        for end in ("", KNOWN):
            if f"{unasked}{end}" in groups and len(forms) == 1:
                (form,) = forms
                sentence = (
                    f"`stream_options.include_usage` has no effect: every stream holds a `usage` ({form}), "
                    "asked for or not."
                )
                root = Root("ignored:stream_options.include_usage", Class.IGNORED, sentence, _SAME_CHUNK)
                yield Family((f"{unasked}{end}", *(f"{name}{end}" for name in names)), root)


_LAYOUT = (
    "usage_chunk_has_no_choice",
    "usage_is_null_on_the_other_chunks",
    "usage_is_in_the_last_chunk",
    "usage_is_sent_once",
)
_SAME_CHUNK = "the usage is on the same chunk with `include_usage` true, false and not sent"


def constant_usage(groups: Groups, world: World) -> Iterator[Family]:
    """Gather what deviates of the counts where every response of an operation has the very same ones."""
    counts: dict[str, list[str]] = {}
    for line in world.exchanges.values():
        if line.facts and line.facts.usage and not line.facts.streamed:
            counts.setdefault(line.facts.operation, []).append(line.facts.usage)
    for operation, own in counts.items():
        if len(own) < _ENOUGH or len(set(own)) > 1:
            continue
        names = [
            n for n, members in groups.items() if not n.endswith(KNOWN) and _is_of_usage(members, operation, world)
        ]
        sentence = f"`usage` of `{operation}` counts nothing: every response has the same counts, {own[0]}."
        root = Root(
            f"wrong-value:usage/{operation}", Class.WRONG_VALUE, sentence, f"{len(own)} of {len(own)} responses"
        )
        yield Family(tuple(names), root)


_ENOUGH = 5
_COUNTS = frozenset({"completion_tokens_are_not_constant", "longer_prompt_has_more_tokens"})


def _is_of_usage(members: Members, operation: str, world: World) -> bool:
    lines = world.lines(places_of(members))
    return all(atom.result.statement in _COUNTS for _, atom in members) and all(
        line.facts and line.facts.operation == operation for line in lines
    )


def previous_response(groups: Groups, _: World) -> Iterator[Family]:
    """Gather what says that the previous response is not read, where its tokens are not counted either."""
    told = {n: {a.result.statement for _, a in members} for n, members in groups.items() if not n.endswith(KNOWN)}
    names = [name for name, statements in told.items() if statements <= _PREVIOUS]
    if any("previous_response_is_counted" in told[name] for name in names):
        sentence = "`previous_response_id` has no effect: what was said before is not read."
        proof = "the input has as many tokens with it as without"
        yield Family(tuple(names), Root("ignored:previous_response_id", Class.IGNORED, sentence, proof))


_PREVIOUS = frozenset(
    {
        "previous_response_is_named",
        "previous_response_is_counted",
        "previous_response_is_used",
        "earlier_calls_and_results_are_counted",
    }
)


PARTS = frozenset({"image_url", "input_audio", "file", "input_image", "input_file"})


def dropped_parts(groups: Groups, world: World) -> Iterator[Family]:
    """Gather content parts of several types that one operation drops."""

    def key(_: str, members: Members) -> object:
        how, _, part = members[0][0].id.partition(":")
        operations = {line.facts.operation for line in world.lines(places_of(members)) if line.facts}
        return next(iter(operations)) if how == "ignored" and part in PARTS and len(operations) == 1 else None

    for names in alike(groups, key):
        (operation,) = {line.facts.operation for line in world.lines(places_of(groups[names[0]])) if line.facts}
        parts = sorted(groups[name][0][0].id.partition(":")[2] for name in names)
        words = ", ".join(f"`{part}`" for part in parts)
        sentence = f"Content parts of these types are dropped without a word: {words}."
        root = Root(
            f"ignored:content-parts/{operation}", Class.IGNORED, sentence, "no part of any of these types is read"
        )
        yield Family(names, root)


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


RULES = (
    of_idle_parameters,
    usage_whatever_is_asked,
    constant_usage,
    previous_response,
    dropped_parts,
    not_validated,
)
