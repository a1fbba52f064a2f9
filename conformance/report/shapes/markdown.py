"""The shapes as Markdown, for a README or an issue."""

from conformance.report.markdown import code, words
from conformance.report.shapes.model import Line, Shapes, Table
from conformance.report.shapes.page import ABOUT

LARGEST = 900_000
"""Bytes. Without its rows the document says how many there are."""


def shapes_markdown(found: Shapes) -> str:
    """Return the document."""
    head = [
        "# Shapes of the responses",
        *(f"> **{words(warning)}**" for warning in found.warnings),
        f"{code(found.run.header.run)}. {words(ABOUT)}",
        "\n".join(f"- {code(facts.column)}: {found.words(number)}." for number, facts in enumerate(found.targets)),
    ]
    tables = [_table(found, table) for table in found.tables if table.lines]
    text = "\n\n".join([*head, *tables]) + "\n"
    short = "\n\n".join([*head, "The tables are too long for this form: see shapes.json."]) + "\n"
    return text if len(text.encode()) <= LARGEST else short


def _table(found: Shapes, table: Table) -> str:
    heads = ["field", "what", "expected", *(code(facts.column, in_table=True) for facts in found.targets)]
    lines = [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}", *(_row(table, line) for line in table.lines)]
    title = f"## {code(table.title)} against {code(table.schema)}"
    return "\n".join([title, "", *lines])


def _row(table: Table, line: Line) -> str:
    cells = [
        "·" if operation is None else f"{cell.often}: {_code(cell.observed)}" if cell else f"0 of {operation.answers}"
        for cell, operation in zip(line.cells, table.measured, strict=True)
    ]
    what = f"{line.group.value} {line.level.value.upper()}"
    return f"| {' | '.join([_code(line.name), what, _code(line.expected), *cells])} |"


def _code(text: str) -> str:
    return code(text, 90, in_table=True)
