"""The matrix as Markdown, for a README or the summary of a CI job: head, findings, capabilities, without the checks."""

import re
from collections.abc import Sequence

from conformance.causes.cause import Cause
from conformance.causes.refused import Refused
from conformance.log.records import TargetFacts
from conformance.report.address import address
from conformance.report.again import commands
from conformance.report.breaks import shown_breaks
from conformance.report.glyphs import GLYPHS
from conformance.report.markdown import code, fitting, table, words
from conformance.report.matrix.model import CapabilityRow, Cell, Matrix
from conformance.report.target_summary import Column
from conformance.targets.model import shown
from conformance.wire.text import cut, visible
from conformance.wire.verdict import Verdict

_MOST_REFUSED = 40


def matrix_markdown(matrix: Matrix, more: str = "") -> str:
    """Return the document, with more sections at its end where there is room."""
    header = matrix.run.header
    requests = f", {matrix.run.footer.requests} requests" if matrix.run.footer else ""
    facts = f"{header.started:%Y-%m-%d %H:%M} UTC, suite {words(header.suite)}, official client {words(header.client)}"
    head = [
        "# Conformance",
        *(f"> **{words(warning)}**" for warning in matrix.warnings),
        f"{code(header.run)}, {facts}{requests}: **{words(matrix.outcome)}**",
        *(_column(matrix, column) for column in matrix.columns),
    ]
    whole = [*head, "## Capabilities", _legend(), _table(matrix)]
    return fitting([[*whole, more] if more else whole, whole, [*head, "The table is too long for this form."]])


def _column(matrix: Matrix, column: Column) -> str:
    facts = column.facts
    again = commands(matrix.run, column.causes)
    tallies = "; ".join(tally.words for tally in column.tallies if tally.total) or "no results"
    causes = column.causes
    measured = f"{words(column.dated)}, {column.requests} requests, {column.took}"
    lines = [
        f"## {words(column.name)}: {words(column.verdict)}",
        f"{words(tallies)}. {measured}, {code(facts.base_url)}, models {_models(facts)}.{_not_run(column)}",
        *([words(column.clients)] if column.clients else []),
        *(["\n".join(_cause(cause, again.get(cause.id, "")) for cause in causes)] if causes else []),
        *(
            [
                "\n".join(
                    ["Not offered, and neither owed nor claimed:\n", *map(_refused, column.refused[:_MOST_REFUSED])]
                )
            ]
            if column.refused
            else []
        ),
        *(["\n".join(f"- {words(said)}." for said in column.unclear.words)] if column.unclear.words else []),
    ]
    return "\n\n".join(lines)


def _models(facts: TargetFacts) -> str:
    return ", ".join(f"{words(role)} {code(names)}" for role, names in shown(facts.models).items()) or "none"


def _not_run(column: Column) -> str:
    left = column.not_run
    price = sum(line.tokens for line in left)
    return f" Not run: {len(left)} exchanges, about {price:,} tokens." if left else ""


def _cause(cause: Cause, again: str) -> str:
    places = f"{cause.places} place{'' if cause.places == 1 else 's'}"
    said = f" Seen: {code(cause.message, 160)}" if cause.message and cause.message != cause.sentence else ""
    accepted = f" (known {code(cause.accepted)})" if cause.accepted else ""
    breaks = f", {words(told)}" if (told := shown_breaks(cause)) else ""
    kind = f"{cause.weight.value}, {words(cause.damage.words)}{breaks}"
    url = address(cause.first.source_url)
    source = f" Source: [{words(cut(cause.first.source, 120))}]({url})." if url else ""
    line = f"- {code(cause.sentence)} **{cause.level.value.upper()}**, {kind}, {places}: {code(cause.id)}."
    return f"{line}{said}{accepted}{source}{_again(again)}"


def _again(command: str) -> str:
    """Return the command as a block of the list's item; one with line feeds in it would not be the same there."""
    if not command or "\n" in command or "\r" in command:
        return ""
    fence = "`" * (max((len(run) for run in re.findall("`+", command)), default=2) + 1)
    return f"\n\n  {fence}sh\n  {visible(command)}\n  {fence}\n"


def _refused(one: Refused) -> str:
    needed = words(cut(", ".join(one.needed_for), 160))
    return f"- {code(one.what, 160)} ({one.checks} check{'' if one.checks == 1 else 's'}), needed for: {needed}"


def _legend() -> str:
    marks = ", ".join(f"{GLYPHS[verdict]} {verdict.value}" for verdict in Verdict)
    return words(
        f"{marks}. The numbers say how many of the checks conform; * marks what is known, stale what is not any more."
    )


def _table(matrix: Matrix) -> str:
    names = [code(column.name, in_table=True) for column in matrix.columns]
    return table(["capability", *names], map(_row, matrix.capabilities))


def _row(row: CapabilityRow) -> list[str]:
    return [f"{code(row.id, in_table=True)} {row.level.value.upper()}", *_cells(row.cells)]


def _cells(cells: Sequence[Cell | None]) -> list[str]:
    return [_cell(cell) if cell else "·" for cell in cells]


def _cell(cell: Cell) -> str:
    mark = ("\\*" if cell.known else "") + (" stale" if cell.stale else "")
    return f"{GLYPHS[cell.verdict]} {cell.verdict.value}{mark} {cell.verdicts[Verdict.CONFORMS]} of {cell.total}"
