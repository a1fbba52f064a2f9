"""The comparison as Markdown, for an issue or the summary of a CI job: what differs, without the single checks."""

from collections.abc import Sequence

from conformance.compare import words as said
from conformance.compare.causes import groups
from conformance.compare.comparison import Comparison
from conformance.compare.glance import HEADS, glances
from conformance.compare.latency import ABOUT
from conformance.compare.shapes import Operation, shown_path
from conformance.report import markdown
from conformance.report.markdown import code, fitting, words
from conformance.report.tables.facts import status
from conformance.shapes.change import Impact

_MOST = 60


def compare_markdown(found: Comparison, first: str = "") -> str:
    """Return the document, with a section of the caller's before the others."""
    head = [
        f"# Comparison: {', '.join(words(side.name) for side in found.sides)}",
        *(f"> **{words(warning)}**" for warning in found.warnings),
        "\n".join(f"- {words(side.name)}: {code(side.about)}" for side in found.sides),
        *(f"**{words(found.verdict(number))}**" for number in range(1, len(found.sides))),
        *([first] if first else []),
        table(["side", *HEADS], [[cell(line.name), *map(str, line.counts)] for line in glances(found)]),
    ]
    parts = [*_causes(found), *_capabilities(found), *_shapes(found), *_parameters(found), *_errors(found)]
    return fitting([[*head, *parts, *_latency(found)], [*head, "The tables are too long for this form."]])


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], most: int = _MOST) -> str:
    """Return a table of cells that are Markdown already, and how many rows are left out."""
    more = f"\n\nand {len(rows) - most} more: see the JSON file." if len(rows) > most else ""
    return markdown.table(heads, rows[:most]) + more


def cell(text: str) -> str:
    """Return what an endpoint said, or an id, as a cell of a table."""
    return code(text, 120, in_table=True) if text else "-"


def _names(found: Comparison) -> list[str]:
    return [cell(name) for name in found.names]


def _causes(found: Comparison) -> list[str]:
    parts = ["## Causes", words(said.CAUSES)]
    for title, rows in groups(found.causes, found.sides):
        lines = [
            [cell(row.id), words(row.first.damage.words), *(row.words(n) for n in range(len(found.sides)))]
            for row in rows
        ]
        parts += [f"### {words(title)}: {len(rows)}", table(["cause", "damage", *_names(found)], lines)]
    return parts if len(parts) > 2 else [*parts, "None."]


def _capabilities(found: Comparison) -> list[str]:
    rows = [[cell(row.id), *(words(one.words) for one in row.cells)] for row in found.capabilities if row.differs]
    shown = table(["capability", *_names(found)], rows, len(rows)) if rows else "None differs."
    return ["## Capabilities", words(said.CAPABILITIES), shown]


def _shapes(found: Comparison) -> list[str]:
    parts = []
    for number, operations in enumerate(found.shapes, start=1):
        first, other = found.sides[0].name, found.sides[number].name
        parts += [f"## Shapes: from {words(first)} to {words(other)}", words(said.SHAPES)]
        parts += [_changes(operation) for operation in operations if operation.rows] or ["No shape changes."]
    return parts


def _changes(operation: Operation) -> str:
    rows = [
        [
            cell(shown_path(row.changed.path)),
            f"{row.changed.change.value} ({row.changed.impact.value})",
            cell(row.changed.before),
            cell(row.changed.after),
            row.often,
        ]
        for row in operation.rows
        if row.changed.impact is not Impact.COSMETIC
    ]
    title = f"{cell(operation.title)}: {operation.words}"
    return f"{title}\n\n{table(['where', 'what', 'before', 'after', 'how often'], rows)}" if rows else title


def _parameters(found: Comparison) -> list[str]:
    rows = [
        [cell(f"{row.endpoint}: {row.name}"), *(told.fate.value for told in row.told)]
        for row in found.parameters
        if row.differs
    ]
    return ["## Parameters", table(["parameter", *_names(found)], rows) if rows else "None differs."]


def _errors(found: Comparison) -> list[str]:
    rows = [
        [
            cell(row.request),
            *(cell(f"{status(one)} {one.envelope}, {one.raises}") if one else "·" for one in row.refusals),
        ]
        for row in found.errors
        if row.differs
    ]
    return ["## Errors", table(["invalid request", *_names(found)], rows) if rows else "None differs."]


def _latency(found: Comparison) -> list[str]:
    rows = [[cell(row.title), str(row.requests), *(words(one.words) for one in row.cells)] for row in found.latency]
    return ["## Times of a test run", words(ABOUT), table(["operation", "requests", *_names(found)], rows)]
