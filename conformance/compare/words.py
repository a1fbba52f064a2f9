"""The sentences that all forms of a comparison share."""

from collections.abc import Iterator, Sequence

import htpy as h
from htpy import Node

from conformance.compare.capabilities import Difference
from conformance.compare.side import Side
from conformance.report.tables.atlas import NOTHING, Refusal

CAUSES = (
    "A cause is what one edit at the server would mend. `no` means that a check which shows it was measured on the "
    "same request and does not; `in another cause` that it deviates there in another way; `not measured` that none was."
)
CAPABILITIES = (
    "What differs in what was measured at more than one side. A capability works where one of its checks conforms "
    "and none deviates. A check that is inconclusive, or was not asked, differs in nothing."
)
SHAPES = (
    "The answers to the same requests. Breaking: what a client could read is gone, null or of another type. Additive: "
    "something new. Cosmetic: an optional part that did not occur. Models say different things, so look at a change "
    "that shows in few answers before you believe it."
)


def verdicts(one: Difference, sides: Sequence[Side]) -> str:
    """Return the verdict of a check at each side: `a: conforms, b: deviates`."""
    told = ", ".join(
        f"{side.name}: {result.verdict.value if result else 'not measured'}"
        for side, result in zip(sides, one.results, strict=True)
    )
    return told if one.same_edition else f"{told} (another edition of the check)"


def same(number: int, noun: str) -> str:
    """Return that so many do not differ."""
    return f"{number} {noun}{'' if number == 1 else 's'} without a difference in what was measured."


def left(number: int) -> Node:
    """Return that a table has so many more rows, where it has; the JSON file has them all."""
    return h.p(class_="soft")[f"and {number} more: see the JSON file"] if number > 0 else None


def told(refusal: Refusal) -> Iterator[tuple[str, str]]:
    """Yield what an error says of itself: type, code and param, where it says them."""
    for name in ("type", "code", "param"):
        value = getattr(refusal, name)
        if value != NOTHING:
            yield name, value
