"""The matrix as Markdown, for a README or the summary of a CI job: head, findings, capabilities, without the checks."""

from collections.abc import Sequence

from conformance.causes.cause import Cause
from conformance.log.records import TargetFacts
from conformance.report.breaks import shown_breaks
from conformance.report.glyphs import GLYPHS
from conformance.report.markdown import code, words
from conformance.report.matrix.model import CapabilityRow, Cell, Matrix
from conformance.report.target_summary import Column
from conformance.targets.model import shown
from conformance.wire.verdict import Verdict

LARGEST = 900_000
"""Bytes. A CI job's summary takes one megabyte."""


def matrix_markdown(matrix: Matrix, more: str = "") -> str:
    """Return the document, with more sections at its end where there is room."""
    header = matrix.run.header
    requests = f", {matrix.run.footer.requests} requests" if matrix.run.footer else ""
    facts = f"{header.started:%Y-%m-%d %H:%M} UTC, suite {words(header.suite)}, official client {words(header.client)}"
    head = [
        "# Conformance",
        *(f"> **{words(warning)}**" for warning in matrix.warnings),
        f"{code(header.run)}, {facts}{requests}: **{words(matrix.outcome)}**",
        *(_column(column) for column in matrix.columns),
    ]
    whole = [*head, "## Capabilities", _legend(), _table(matrix)]
    forms = [[*whole, more] if more else whole, whole, [*head, "The table is too long for this form."]]
    texts = ["\n\n".join(parts) + "\n" for parts in forms]
    return next((text for text in texts if len(text.encode()) <= LARGEST), texts[-1])


def _column(column: Column) -> str:
    facts = column.facts
    tallies = "; ".join(tally.words for tally in column.tallies if tally.total) or "no results"
    causes = column.causes
    measured = f"{words(column.dated)}, {column.requests} requests, {column.tokens:,} tokens reported"
    lines = [
        f"## {words(column.name)}: {words(column.verdict)}",
        f"{words(tallies)}. {measured}, {code(facts.base_url)}, models {_models(facts)}.{_not_run(column)}",
        *(["\n".join(_cause(cause) for cause in causes)] if causes else []),
    ]
    return "\n\n".join(lines)


def _models(facts: TargetFacts) -> str:
    return ", ".join(f"{words(role)} {code(names)}" for role, names in shown(facts.models).items()) or "none"


def _not_run(column: Column) -> str:
    left = column.not_run
    price = sum(line.tokens for line in left)
    return f" Not run: {len(left)} exchanges, about {price:,} tokens." if left else ""


def _cause(cause: Cause) -> str:
    places = f"{cause.places} place{'' if cause.places == 1 else 's'}"
    said = f" Seen: {code(cause.message, 160)}" if cause.message and cause.message != cause.sentence else ""
    accepted = f" (known {code(cause.accepted)})" if cause.accepted else ""
    breaks = f", {words(told)}" if (told := shown_breaks(cause)) else ""
    kind = f"{cause.weight.value}, {words(cause.damage.words)}{breaks}"
    return (
        f"- {code(cause.sentence)} **{cause.level.value.upper()}**, {kind}, {places}: {code(cause.id)}.{said}{accepted}"
    )


def _legend() -> str:
    marks = ", ".join(f"{GLYPHS[verdict]} {verdict.value}" for verdict in Verdict)
    return words(
        f"{marks}. The numbers say how many of the checks conform; * marks what is known, stale what is not any more."
    )


def _table(matrix: Matrix) -> str:
    names = [code(column.name, in_table=True) for column in matrix.columns]
    lines = [f"| capability | {' | '.join(names)} |", f"|---|{'---|' * len(names)}"]
    lines += [_row(row) for row in matrix.capabilities]
    return "\n".join(lines)


def _row(row: CapabilityRow) -> str:
    return f"| {code(row.id, in_table=True)} {row.level.value.upper()} | {' | '.join(_cells(row.cells))} |"


def _cells(cells: Sequence[Cell | None]) -> list[str]:
    return [_cell(cell) if cell else "·" for cell in cells]


def _cell(cell: Cell) -> str:
    mark = ("\\*" if cell.known else "") + (" stale" if cell.stale else "")
    return f"{GLYPHS[cell.verdict]} {cell.verdict.value}{mark} {cell.verdicts[Verdict.CONFORMS]} of {cell.total}"
