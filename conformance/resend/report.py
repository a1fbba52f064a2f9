"""What differs at the new endpoint, request by request: `resent.md`."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from conformance.report.markdown import code, words
from conformance.resend.differences import Difference
from conformance.shapes.change import Impact


@dataclass(frozen=True, slots=True)
class Compared:
    """One request: where it was recorded, what it asks, and what differs. `why`: it could not be compared."""

    source: str
    operation: str
    found: Sequence[Difference] = ()
    why: str = ""

    @property
    def breaks(self) -> bool:
        """Tell whether something of it breaks the application."""
        return any(one.impact is Impact.BREAKING for one in self.found)


def summary(compared: Sequence[Compared]) -> str:
    """Return in one sentence how many requests go on as recorded."""
    told = [one for one in compared if not one.why]
    breaking = sum(one.breaks for one in told)
    left = len(compared) - len(told)
    more = f"; {left} could not be compared" if left else ""
    return f"of {len(told)} requests {len(told) - breaking} go on as recorded, {breaking} break{more}"


def markdown(compared: Sequence[Compared], title: str) -> str:
    """Return the page: the sentence, the differences over all requests, then each request that differs."""
    return "\n".join([f"# {words(title)}", "", f"{summary(compared)}.", "", *_kinds(compared), *_each(compared)]) + "\n"


def kinds(compared: Sequence[Compared]) -> list[tuple[Difference, int]]:
    """Return each sort of difference once, by an example, and in how many requests it shows; the worst first."""
    number = Counter((one.impact, one.what) for request in compared for one in dict.fromkeys(request.found))
    first: dict[tuple[Impact, str], Difference] = {}
    for request in compared:
        for one in request.found:
            first.setdefault((one.impact, one.what), one)
    ordered = sorted(number, key=lambda key: (key[0].rank, key[1].startswith("`"), -number[key], key[1]))
    return [(first[key], number[key]) for key in ordered]


def _kinds(compared: Sequence[Compared]) -> Iterator[str]:
    yield from ("| | difference | recorded | now | requests |", "|---|---|---|---|---|")
    for one, number in kinds(compared):
        yield (
            f"| {one.impact.value} | {words(one.what)} | {code(one.before, in_table=True)} "
            f"| {code(one.after, in_table=True)} | {number} |"
        )
    yield ""


def _each(compared: Sequence[Compared]) -> Iterator[str]:
    for request in compared:
        if request.why:
            yield f"- {code(request.source)} {words(request.operation)}: not compared: {words(request.why)}"
            continue
        if not request.breaks:
            continue
        yield f"- {code(request.source)} {words(request.operation)}"
        yield from (
            f"  - {words(one.what)}: {code(one.before)} was recorded, now {code(one.after)}"
            for one in request.found
            if one.impact is Impact.BREAKING
        )
