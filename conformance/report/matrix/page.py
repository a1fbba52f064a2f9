"""The matrix as one HTML file: no other file, no external request, small enough to mail."""

from collections.abc import Sequence

from conformance.report.html import Markup, element, join, page, read_asset
from conformance.report.matrix.data import data
from conformance.report.matrix.model import GLYPHS, CapabilityRow, Cell, Matrix
from conformance.report.matrix.summary import summary
from conformance.wire.capability import Level
from conformance.wire.verdict import Verdict

LARGEST = 950_000
"""Bytes. Reasons are cut until the page fits; the evidence pages have them whole."""

NONE = Markup()

_LENGTHS = (600, 300, 160, 80, 40, 0)
_MEANINGS = {
    Verdict.CONFORMS: "the requirement is met",
    Verdict.DEVIATES: "the requirement is not met",
    Verdict.ERROR: "our fault or the network's; never counts against a target",
    Verdict.INCONCLUSIVE: "the exchange proves nothing either way",
    Verdict.UNSUPPORTED: "a clear refusal of what was not promised",
    Verdict.UNRECORDED: "replay, and there is no recording",
}


def matrix_html(matrix: Matrix, more: Markup = NONE) -> str:
    """Return the page with more sections at its end. It stands in the run's folder, beside the evidence."""
    title = f"Conformance: {', '.join(column.name for column in matrix.columns)}"
    css = read_asset("base.css") + read_asset("matrix/matrix.css")
    body = [
        *(element("div", warning, class_="banner", role="alert") for warning in matrix.warnings),
        element("h1", title),
        summary(matrix),
        _tools(),
        _table(matrix),
        _legend(),
        more,
    ]
    text = ""
    for longest in _LENGTHS:
        text = page(title, *body, css=css, script=read_asset("matrix/matrix.js"), data=data(matrix, longest))
        if len(text.encode()) <= LARGEST:
            break
    return text


def _tools() -> Markup:
    order = sorted(Verdict, key=lambda verdict: -verdict.rank)
    verdicts = [_toggle("verdict", v.rank, f"{GLYPHS[v]} {v.value}", _MEANINGS[v]) for v in order]
    levels = [_toggle("level", level.rank, level.value.upper(), "the level of the requirement") for level in Level]
    gap = element("span", class_="gap")
    search = element(
        "input",
        type="search",
        id="q",
        placeholder="Filter by id, requirement, reason  ( / )",
        aria_label="Filter checks",
    )
    return join(
        element("noscript", element("p", "Checks and filters need JavaScript; matrix.json holds everything.")),
        element(
            "div",
            *(search, *verdicts, gap, *levels, gap),
            _toggle("failing", 1, "fails the run", "only what makes the run fail"),
            _toggle("differing", 1, "differences", "only where targets differ"),
            gap,
            element("button", "open all", type="button", id="open"),
            element("button", "close all", type="button", id="close"),
            element("small", id="count", role="status"),
            class_="tools",
            role="search",
            hidden=True,
        ),
    )


def _toggle(kind: str, value: int, words: str, title: str) -> Markup:
    pressed = {"aria-pressed": "false"}
    return element("button", words, type="button", data_kind=kind, value=value, title=title, **pressed)


def _table(matrix: Matrix) -> Markup:
    names = [
        element(
            "th",
            column.name,
            element("small", column.dated),
            scope="col",
            class_="rehearsal" if column.facts.mode == "rehearse" else None,
        )
        for column in matrix.columns
    ]
    sums = [element("td", *_lines([t.words for t in column.tallies if t.total])) for column in matrix.columns]
    head = element(
        "thead",
        element("tr", element("th", "capability and check", class_="corner", scope="col"), *names, class_="names"),
        element("tr", element("th", "conform, of all that was selected", scope="row"), *sums, class_="sums"),
    )
    bodies: list[Markup] = []
    family = None
    for capability in matrix.capabilities:
        if capability.family != family:
            family = capability.family
            bodies.append(_family(family, len(matrix.columns)))
        bodies.append(_capability(capability))
    return element("div", element("table", head, *bodies, class_="grid"), class_="scroll", tabindex=0)


def _lines(texts: Sequence[str]) -> list[Markup]:
    return [element("p", text) for text in texts]


def _family(family: str, columns: int) -> Markup:
    blank = element("td", colspan=columns) if columns else ""
    return element(
        "tbody", element("tr", element("th", family, scope="row"), blank), class_="family", data_family=family
    )


def _capability(row: CapabilityRow) -> Markup:
    name = element("button", row.id, type="button", **{"aria-expanded": "false"})
    level = element("span", row.level.value.upper(), class_="level")
    head = element("th", level, name, element("small", row.title), scope="row")
    data_ = {"data-name": row.id, "data-title": row.title, "data-family": row.family}
    return element("tbody", element("tr", head, *map(_cell, row.cells)), class_="capability", **data_)


def _cell(cell: Cell | None) -> Markup:
    if cell is None:
        return element("td", "·", class_="none", title="not selected")
    # All red is one red, but what is known is told from what is new.
    marks = [("fails", f"{cell.fails} fail the run" if cell.fails > 1 else "fails the run")] if cell.fails else []
    marks += [("stale", f"{cell.stale} stale")] if cell.stale else []
    marks += [("known", f"{cell.known} known")] if cell.known else []
    return element(
        "td",
        f"{GLYPHS[cell.verdict]} {cell.verdict.value}",
        element("small", f"{cell.verdicts[Verdict.CONFORMS]} of {cell.total} conform"),
        *(join(" ", element("span", words, class_=f"mark {tone}")) for tone, words in marks),
        class_=cell.verdict.value,
        title=cell.words,
    )


def _legend() -> Markup:
    items = [f"{GLYPHS[verdict]} {verdict.value}: {meaning}" for verdict, meaning in _MEANINGS.items()]
    keys = "Keys: / filters, arrows move between rows and open or close them, Enter follows a link to the evidence."
    return element("p", element("small", " · ".join(items), element("br"), keys))
