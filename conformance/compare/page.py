"""The comparison as one HTML file: no other file, no external request, small enough to mail."""

from collections.abc import Sequence
from pathlib import Path

import htpy as h
from htpy import Node

from conformance.causes.cause import Damage
from conformance.compare import words
from conformance.compare.causes import Row, groups
from conformance.compare.comparison import Comparison
from conformance.compare.evidence import evidence_link
from conformance.compare.glance import ABOUT, FIRST_CAUSE, HEADS, Glance, glances
from conformance.compare.page_tables import capabilities, errors, latency, parameters, shapes
from conformance.compare.side import Side
from conformance.report.html import coded, fitting, page, read_asset
from conformance.report.stacked import Cell, table
from conformance.wire.text import cut

_MOST = (60, 20, 8, 3, 0)
_LONGEST = 200


def compare_html(found: Comparison, first: Node = None, folder: Path | None = None) -> str:
    """Return the page, with a section of the caller's first; given its folder, it links to the evidence."""
    return fitting(_page(found, first, folder, most) for most in _MOST)


def _page(found: Comparison, first: Node, folder: Path | None, most: int) -> str:
    names = ", ".join(found.names)
    sections = {
        "Causes": _causes(found, folder, most),
        "Capabilities": capabilities(found, most),
        "Shapes": shapes(found, folder, most),
        "Parameters": parameters(found, most),
        "Errors": errors(found, most),
        "Times": latency(found),
    }
    body = h.fragment[
        [h.div(class_="banner", role="alert")[warning] for warning in found.warnings],
        h.h1[f"Comparison: {names}"],
        h.p["On this page: ", [h.fragment[h.a(href=f"#{name.lower()}")[name], " "] for name in sections]],
        first,
        h.h2["At a glance"],
        h.p(class_="soft")[ABOUT],
        table(["side", *HEADS], [_glance(line) for line in glances(found)]),
        h.ul[[h.li[h.strong[found.verdict(number)]] for number in range(1, len(found.sides))]],
        h.ul[[h.li[h.strong[side.name], " ", h.small[f"{side.about}, models: {side.models}"]] for side in found.sides]],
        [h.section(id=name.lower())[section] for name, section in sections.items()],
    ]
    return page(f"Comparison: {names}", body, css=read_asset("base.css") + read_asset("stacked.css"))


def _glance(line: Glance) -> list[Cell]:
    # A cause that harms nobody is not a reason to look there first.
    loud = range(FIRST_CAUSE, len(HEADS) - 1)
    cells = [
        Cell(f"{number:,}", "deviates" if place in loud and number else "") for place, number in enumerate(line.counts)
    ]
    return [Cell(h.strong[line.name]), *cells]


def _causes(found: Comparison, folder: Path | None, most: int) -> Node:
    parts = [_group(title, rows, found.sides, folder, most) for title, rows in groups(found.causes, found.sides)]
    return h.fragment[h.h2["Causes"], h.p(class_="soft")[coded(words.CAUSES)], parts or h.p["None."]]


def _group(title: str, rows: Sequence[Row], sides: Sequence[Side], folder: Path | None, most: int) -> Node:
    """Return the causes of one group; those that harm nobody are folded."""
    loud = [row for row in rows if row.first.damage is not Damage.COSMETIC]
    quiet = [row for row in rows if row.first.damage is Damage.COSMETIC]
    return h.fragment[
        h.h3[f"{title}: {len(rows)}"],
        _rows(loud, sides, folder, most) if loud else None,
        h.details[h.summary[f"{len(quiet)} cosmetic"], _rows(quiet, sides, folder, most)] if quiet else None,
    ]


def _rows(rows: Sequence[Row], sides: Sequence[Side], folder: Path | None, most: int) -> Node:
    lines = [
        [_cause(row), _damage(row), *(_places(row, number, side, folder) for number, side in enumerate(sides))]
        for row in rows[:most]
    ]
    return h.fragment[table(["cause", "damage", *(side.name for side in sides)], lines), words.left(len(rows) - most)]


def _cause(row: Row) -> Cell:
    return Cell([coded(cut(row.first.sentence, _LONGEST)), h.small[h.code[cut(row.id, _LONGEST)]]])


def _damage(row: Row) -> Cell:
    level = h.span(class_="level")[row.first.level.value.upper()]
    return Cell([row.first.damage.words, " ", level, h.small[cut(row.first.breaks, _LONGEST)]])


def _places(row: Row, number: int, side: Side, folder: Path | None) -> Cell:
    cause = row.causes[number]
    if cause is None:
        return Cell(row.words(number), "conforms" if row.told[number] else "none")
    shown = cause.labels or tuple(cause.first.exchanges)
    text = row.words(number)
    other = h.small[coded(cut(row.sentence(number), _LONGEST))]
    return Cell([evidence_link(side, shown[0], text, folder) if shown else text, other], "deviates")
