"""
The checks of the matrix as compact JSON, for the page's script to make rows of.

Three thousand checks by five targets as HTML would be ten megabytes. Every text stands once, in `texts`, and a row
names it by its place there.
"""

from typing import Any

from conformance.causes.cause import Weight, weigh
from conformance.log.records import Result, Run
from conformance.report.glyphs import GLYPHS
from conformance.report.html import href
from conformance.report.matrix.model import CaseRow, CheckRow, Matrix
from conformance.report.paths import proof_page, safe
from conformance.wire.capability import Level
from conformance.wire.text import cut
from conformance.wire.verdict import Verdict

NONE, KNOWN, STALE, FAILS = range(4)
"""The marks of a cell; `FAILS` is what makes the run fail besides a stale entry."""

_VERDICTS = list(Verdict)
_LEVELS = list(Level)


class _Texts:
    """Texts by their place, each once."""

    def __init__(self, longest: int) -> None:
        self.longest = longest
        self.places: dict[str, int] = {}

    def place(self, text: str) -> int:
        return self.places.setdefault(text, len(self.places))

    def reason(self, result: Result) -> int:
        known = result.known
        parts = [f"known since {known.since}: {known.reason}"] if known else []
        text = " | ".join([*parts, *filter(None, [result.reason, result.note])])
        return self.place(cut(text, self.longest)) if text and self.longest else -1


class _Pages:
    """What proves the exchanges of a run, by its place; `{}` stands for the folder of the target."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.places: dict[str, int] = {}

    def place(self, result: Result) -> int:
        if not result.exchanges:
            return -1
        path = href(proof_page(self.run, result.target, result.exchanges[0]))
        return self.places.setdefault(path.replace(f"/{safe(result.target)}/", "/{}/", 1), len(self.places))


def data(matrix: Matrix, longest: int) -> dict[str, Any]:
    """Return the checks, with reasons cut to a length; the evidence pages have them whole."""
    texts, pages = _Texts(longest), _Pages(matrix.run)
    rows = [
        [_check(check, capability.id, texts, pages) for check in capability.checks]
        for capability in matrix.capabilities
    ]
    return {
        "targets": [column.name for column in matrix.columns],
        "folders": [safe(column.facts.name) for column in matrix.columns],
        "verdicts": [verdict.value for verdict in _VERDICTS],
        "glyphs": [GLYPHS[verdict] for verdict in _VERDICTS],
        "levels": [level.value.upper() for level in _LEVELS],
        "capabilities": rows,
        "texts": list(texts.places),
        "pages": list(pages.places),
    }


def _check(check: CheckRow, capability: str, texts: _Texts, pages: _Pages) -> list[Any]:
    return [
        check.id.removeprefix(f"{capability}/"),
        texts.place(check.requirement),
        texts.place(check.source),
        _LEVELS.index(check.level),
        [_case(case, texts, pages) for case in check.cases],
    ]


def _case(case: CaseRow, texts: _Texts, pages: _Pages) -> list[Any]:
    # As a rule all targets were asked the same, so the page is named once.
    page = max((pages.place(result) for result in case.results if result), default=-1)
    return [case.case, page, *(_cell(result, page, texts, pages) if result else None for result in case.results)]


def _cell(result: Result, usual: int, texts: _Texts, pages: _Pages) -> int | list[int]:
    reason, mark, page = texts.reason(result), _mark(weigh(result)), pages.place(result)
    cell = [result.verdict.rank, reason, mark, page]
    if page == usual:
        cell.pop()
        if mark == NONE:
            cell.pop()
    return cell[0] if cell == [cell[0], -1] else cell


def _mark(weight: Weight | None) -> int:
    marks = {Weight.GATING: FAILS, Weight.KNOWN: KNOWN, Weight.STALE: STALE}
    return marks.get(weight, NONE) if weight else NONE
