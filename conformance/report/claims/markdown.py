"""`claims.md`: documents against observation, for pull requests and terminals."""

from collections.abc import Iterator, Sequence

from conformance.claims.observed import Claims, Held, Standing
from conformance.report.claims.document import points
from conformance.report.markdown import code, table, words


def claims_markdown(found: Sequence[Claims]) -> str:
    """Return the file."""
    return "\n".join(_lines(found)) + "\n"


def _lines(found: Sequence[Claims]) -> Iterator[str]:
    yield "# Documents against observation"
    for one in found:
        yield from ("", f"## {words(one.column)}", "", f"{words(one.grade)}. {words(one.words)}.")
        for standing in Standing:
            if held := one.all(standing):
                yield from ("", f"### {words(standing.value)}: {len(held)}", "")
                yield table(("statement", "document", "observed"), map(_row, held))
        if one.unmentioned:
            yield from ("", "### Works, and no document mentions it", "", ", ".join(map(code, one.unmentioned)))
    if listed := points(found):
        yield from ("", "## Where the documents disagree", "")
        rows = [[point.id, words(point.topic), words(point.says), ", ".join(point.claims)] for point in listed]
        yield table(("", "topic", "who says what", "statements"), rows)


def _row(held: Held) -> list[str]:
    line = held.stated
    legacy = " (withdrawn)" if line.legacy else ""
    seen = "; ".join([words(held.observed), *(code(check, in_table=True) for check in held.checks)])
    said = code(line.statement, in_table=True)
    return [f"{words(line.id)} {said}{legacy}", code(line.place or "-", in_table=True), seen]
