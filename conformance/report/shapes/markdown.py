"""The shapes as Markdown, for a README or an issue."""

from conformance.report.markdown import code, fitting, table, words
from conformance.report.shapes.model import Line, Shapes, Table
from conformance.report.shapes.page import ABOUT


def shapes_markdown(found: Shapes) -> str:
    """Return the document."""
    head = [
        "# Shapes of the responses",
        *(f"> **{words(warning)}**" for warning in found.warnings),
        f"{code(found.run.header.run)}. {words(ABOUT)}",
        "\n".join(f"- {code(facts.column)}: {found.words(number)}." for number, facts in enumerate(found.targets)),
    ]
    tables = [_table(found, of) for of in found.tables if of.lines]
    return fitting([[*head, *tables], [*head, "The tables are too long for this form: see shapes.json."]])


def _table(found: Shapes, of: Table) -> str:
    heads = ["field", "what", "expected", *(code(facts.column, in_table=True) for facts in found.targets)]
    title = f"## {code(of.title)} against {code(of.schema)}"
    return f"{title}\n\n{table(heads, (_row(of, line) for line in of.lines))}"


def _row(of: Table, line: Line) -> list[str]:
    cells = [
        "·" if operation is None else f"{cell.often}: {_code(cell.observed)}" if cell else f"0 of {operation.answers}"
        for cell, operation in zip(line.cells, of.measured, strict=True)
    ]
    what = f"{line.group.value} {line.level.value.upper()}"
    return [_code(line.name), what, _code(line.expected), *cells]


def _code(text: str) -> str:
    return code(text, 90, in_table=True)
