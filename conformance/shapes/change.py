"""
What a difference between two shapes means to a client that was written against the older one.

`MEANINGS` is the table for every comparison: what can happen, whether it breaks, adds or does not matter, what it is
called when old and new are exchanged, and why. In short:

- **Breaking**: what a client could read is gone, null or of another type; a stream that ends or is ordered otherwise.
- **Additive**: something new that a tolerant client does not look at.
- **Cosmetic**: what was optional was not seen this time; the number of events; whatever was only less than before.

The order of the keys of an object is no difference: JSON's objects are unordered (RFC 8259, section 1).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from conformance.shapes.shape import MOST_WORDS, Seen, Shape, could_hold


class Impact(StrEnum):
    """What a change means to a client that was written against the older shape, the worst first."""

    BREAKING = "breaking"
    ADDITIVE = "additive"
    COSMETIC = "cosmetic"

    @property
    def rank(self) -> int:
        """Return the place in the order, from 0."""
        return list(Impact).index(self)


class Change(StrEnum):
    """What can happen to a path of a shape, or to a stream of events."""

    GONE = "gone"
    NEW = "new"
    NOT_SEEN = "not seen"
    SOMETIMES_NEW = "sometimes new"
    NULL_GONE = "null gone"
    NULL_NEW = "null new"
    NOW_OPTIONAL = "sometimes missing"
    NOW_CONSTANT = "never missing"
    BECAME_NULL = "always null"
    GOT_VALUE = "no longer null"
    ONLY_NULL = "only null seen"
    ALSO_VALUE = "not only null"
    NOW_NULLABLE = "sometimes null"
    NEVER_NULL = "never null"
    OTHER_TYPE = "another type"
    MORE_TYPES = "more types"
    FEWER_TYPES = "fewer types"
    OTHER_VALUES = "other values"
    NEW_VALUE = "new value"
    VALUE_GONE = "value not seen"
    EMPTIED = "always empty"
    FILLED = "no longer empty"
    OTHER_FORM = "another form"
    END_GONE = "no end of stream"
    END_NEW = "an end of stream"
    OTHER_ORDER = "another order of events"
    OTHER_COUNT = "another number of events"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a change means: its impact, its name when old and new are exchanged, and the reason for the impact."""

    impact: Impact
    mirror: Change
    reason: str


_B, _A, _C = Impact.BREAKING, Impact.ADDITIVE, Impact.COSMETIC

MEANINGS: Mapping[Change, Meaning] = {
    Change.GONE: Meaning(_B, Change.NEW, "a key that was in every response is in none: who reads it fails"),
    Change.NEW: Meaning(_A, Change.GONE, "a new key: clients pass over keys that they do not know"),
    Change.NOT_SEEN: Meaning(_C, Change.SOMETIMES_NEW, "an optional key that did not occur: it may come again"),
    Change.SOMETIMES_NEW: Meaning(_A, Change.NOT_SEEN, "a new optional key"),
    Change.NULL_GONE: Meaning(_C, Change.NULL_NEW, "a key that never held a value is gone"),
    Change.NULL_NEW: Meaning(_A, Change.NULL_GONE, "a new key without a value"),
    Change.NOW_OPTIONAL: Meaning(_B, Change.NOW_CONSTANT, "who relies on the key fails when it is missing"),
    Change.NOW_CONSTANT: Meaning(_C, Change.NOW_OPTIONAL, "who copes with a missing key copes with one that is there"),
    Change.BECAME_NULL: Meaning(_B, Change.GOT_VALUE, "there was always a value, and now there never is"),
    Change.GOT_VALUE: Meaning(_A, Change.BECAME_NULL, "a value where there never was one"),
    Change.ONLY_NULL: Meaning(_C, Change.ALSO_VALUE, "null was possible before, and no value occurred"),
    Change.ALSO_VALUE: Meaning(_A, Change.ONLY_NULL, "a value where there was only null, which is still possible"),
    Change.NOW_NULLABLE: Meaning(_B, Change.NEVER_NULL, "who takes the value for given fails on null"),
    Change.NEVER_NULL: Meaning(_C, Change.NOW_NULLABLE, "who copes with null copes with values"),
    Change.OTHER_TYPE: Meaning(_B, Change.OTHER_TYPE, "the type that was there is gone: who reads it fails"),
    Change.MORE_TYPES: Meaning(_B, Change.FEWER_TYPES, "a second type beside the first: typed clients fail on it"),
    Change.FEWER_TYPES: Meaning(_C, Change.MORE_TYPES, "one of several types did not occur"),
    Change.OTHER_VALUES: Meaning(_B, Change.OTHER_VALUES, "none of the known words occurs: a comparison never matches"),
    Change.NEW_VALUE: Meaning(_A, Change.VALUE_GONE, "a further word: OpenAI adds to these lists as well"),
    Change.VALUE_GONE: Meaning(_C, Change.NEW_VALUE, "one of several words did not occur"),
    Change.EMPTIED: Meaning(_C, Change.FILLED, "an array without an item has the same type"),
    Change.FILLED: Meaning(_C, Change.EMPTIED, "an array may always have had items"),
    Change.OTHER_FORM: Meaning(_B, Change.OTHER_FORM, "a body in place of a stream, or a stream in place of a body"),
    Change.END_GONE: Meaning(_B, Change.END_NEW, "who reads until `[DONE]` takes the stream for cut"),
    Change.END_NEW: Meaning(_A, Change.END_GONE, "`[DONE]` at the end, as OpenAI's streams have it"),
    Change.OTHER_ORDER: Meaning(_B, Change.OTHER_ORDER, "who expects the events in their order misses what came early"),
    Change.OTHER_COUNT: Meaning(_C, Change.OTHER_COUNT, "text may be cut into pieces of any length"),
}

_ONCE = "but it was seen once: from one response it is not known whether it was always so"
DONE = "[DONE]"
_NULL = frozenset({"null"})
_NEVER = Seen(frozenset())


@dataclass(frozen=True, slots=True)
class Changed:
    """One difference between an older and a newer shape; `before` and `after` say what was seen, empty for nothing."""

    path: str
    change: Change
    before: str
    after: str

    @property
    def once(self) -> bool:
        """Tell whether one response alone says what was there before."""
        return self.before.startswith("once ")

    @property
    def flaps(self) -> bool:
        """Tell whether it is now one way, now the other, as far as is known: a change it need not be."""
        return self.before.startswith("sometimes ") or (self.once and self.change is Change.NOW_OPTIONAL)

    @property
    def impact(self) -> Impact:
        """Return what it means to a client that was written against the older shape."""
        return Impact.COSMETIC if self.once and self.flaps else MEANINGS[self.change].impact

    @property
    def reason(self) -> str:
        """Return why it means that."""
        if self.once and self.flaps:
            return "the only response that was known had the key, and now some have it: it comes and goes"
        why = MEANINGS[self.change].reason
        return f"{why}; {_ONCE}" if self.once and self.impact is Impact.BREAKING else why


def changes(older: Shape, newer: Shape) -> list[Changed]:
    """Return what changed between two shapes, by path, and of what is gone or new as a whole only its top."""
    found = []
    for path in sorted({*older.paths, *newer.paths}):
        before, after = older.paths.get(path), newer.paths.get(path)
        sides = ((before, older), (after, newer))
        if all(seen is not None or could_hold(shape, path) for seen, shape in sides):
            texts = str(before or ""), str(after or "")
            found += [Changed(path, change, *texts) for change in _of_path(path, before, after)]
    return found


def stream_changes(older: Sequence[str], newer: Sequence[str]) -> list[Changed]:
    """
    Return what changed between two streams, each given as the names of its events in the order of their arrival.

    An event that is only in one of them shows in the shapes, where it is a path; here only its end is looked at.
    """
    found = []
    if older and newer and (DONE in older) != (DONE in newer):
        change = Change.END_GONE if DONE in older else Change.END_NEW
        found.append(Changed("$", change, older[-1], newer[-1]))
    first, second = ([name for name in dict.fromkeys(side) if name != DONE] for side in (older, newer))
    before, after = [name for name in first if name in second], [name for name in second if name in first]
    if before != after:
        found.append(Changed("$", Change.OTHER_ORDER, ", ".join(before), ", ".join(after)))
    if len(older) != len(newer):
        found.append(Changed("$", Change.OTHER_COUNT, f"{len(older)} events", f"{len(newer)} events"))
    return found


def _of_path(path: str, before: Seen | None, after: Seen | None) -> Iterator[Change]:
    if before is None or after is None:
        yield _gone_or_new(path, before, after)
        return
    yield from _of_null(before.types, after.types)
    yield from _of_types(before.types - {"null"}, after.types - {"null"})
    if before.words and after.words and len(before.words | after.words) < MOST_WORDS:
        yield from _of_words(before.words, after.words)
    if before.always != after.always:
        yield Change.NOW_OPTIONAL if before.always else Change.NOW_CONSTANT


def _gone_or_new(path: str, before: Seen | None, after: Seen | None) -> Change:
    if path.endswith("[]"):
        return Change.EMPTIED if after is None else Change.FILLED
    if (before or after or _NEVER).types == _NULL:
        return Change.NULL_GONE if before is not None else Change.NULL_NEW
    if before is not None:
        return Change.GONE if before.always else Change.NOT_SEEN
    return Change.NEW if after is not None and after.always else Change.SOMETIMES_NEW


def _of_null(before: frozenset[str], after: frozenset[str]) -> Iterator[Change]:
    if before == _NULL != after:
        yield Change.ALSO_VALUE if "null" in after else Change.GOT_VALUE
    elif after == _NULL != before:
        yield Change.ONLY_NULL if "null" in before else Change.BECAME_NULL
    elif ("null" in before) != ("null" in after):
        yield Change.NEVER_NULL if "null" in before else Change.NOW_NULLABLE


def _of_types(before: frozenset[str], after: frozenset[str]) -> Iterator[Change]:
    older, newer = (types | {"integer"} if "number" in types else types for types in (before, after))
    if not older or not newer or older == newer:
        return
    if older < newer:
        yield Change.MORE_TYPES
    else:
        yield Change.FEWER_TYPES if newer < older else Change.OTHER_TYPE


def _of_words(before: frozenset[str], after: frozenset[str]) -> Iterator[Change]:
    if not before & after:  # neither is empty
        yield Change.OTHER_VALUES
        return
    if after - before:
        yield Change.NEW_VALUE
    if before - after:
        yield Change.VALUE_GONE
