"""The tables in the Markdown of the matrix."""

from conformance.report.markdown import code, table
from conformance.report.tables.atlas import Refusal
from conformance.report.tables.facts import AGAIN, HEADS, Facts, status, summary, sums

_SAID = {0, 2, 3, 4, 5}
"""The columns that hold what an endpoint sent."""


def tables_markdown(found: Facts) -> str:
    """Return the sections of the document, or nothing."""
    parts: list[str] = []
    if found.parameters:
        names = [_code(facts.column) for facts in found.targets]
        rows = [
            [_code(f"{row.endpoint}: {row.name}"), *(told.fate.value for told in row.told)] for row in found.parameters
        ]
        parts += ["## Parameters", table(["parameter", *names], [["all", *sums(found)], *rows])]
    if found.atlases:
        parts.append("## Errors")
        for atlas in found.atlases:
            rows = [[_code(t) if n in _SAID else t for n, t in enumerate(_texts(r))] for r in atlas.refusals]
            parts += [f"{_code(atlas.column)}: {summary(atlas)}.", table(HEADS, rows)]
    return "\n\n".join(parts)


def _texts(refusal: Refusal) -> tuple[str, ...]:
    told = (refusal.envelope, refusal.type, refusal.code, refusal.param)
    return (refusal.request, status(refusal), *told, AGAIN[refusal.again], refusal.leak, refusal.raises)


def _code(text: str) -> str:
    return code(text, in_table=True)
