"""The trends as one HTML file: no other file, no external request."""

from collections.abc import Sequence

import htpy as h
from htpy import Node

from conformance.history.spells import State
from conformance.history.trend import Line, Trend
from conformance.history.words import EDITED, LEGEND, TITLES, ended, strip
from conformance.report.glyphs import GLYPHS
from conformance.report.html import fitting, page, read_asset
from conformance.wire.text import cut
from conformance.wire.verdict import Verdict

_MOST = (400, 100, 30, 8)
"""How many causes of one state and how many runs a page shows, until it is small enough."""
_LONGEST = 240
_SIGNS = {"✗": "deviates", "✓": "conforms", "·": "none"}
_STATES = {
    State.NEW: "deviates",
    State.BACK: "deviates",
    State.STANDS: "inconclusive",
    State.GONE: "conforms",
    State.PAST: "unsupported",
}


def history_html(found: Sequence[Trend]) -> str:
    """Return the page."""
    return fitting(_page(found, most) for most in _MOST)


def _page(found: Sequence[Trend], most: int) -> str:
    body = h.main[
        h.h1["History"],
        h.ul[[h.li[h.a(href=f"#{number}")[trend.name], ": ", trend.words] for number, trend in enumerate(found)]],
        [_target(trend, number, most) for number, trend in enumerate(found)],
    ]
    return page("History", body, css=read_asset("base.css") + read_asset("history.css"))


def _target(trend: Trend, number: int, most: int) -> Node:
    return h.section[
        h.h2(id=str(number))[trend.name],
        h.p[trend.words[:1].upper() + trend.words[1:], "."],
        [_causes(state, trend.of(state), most) for state in State],
        h.p(class_="soft")[LEGEND] if trend.lines else None,
        h.h3["Runs, the newest first"],
        _runs(trend, most),
    ]


def _causes(state: State, lines: Sequence[Line], most: int) -> Node:
    if not lines:
        return None
    left = len(lines) - most
    shown = h.ul(class_="causes")[[_cause(line) for line in lines[:most]]]
    more = h.p(class_="soft")[f"and {left} more: see history.json"] if left > 0 else None
    title = f"{TITLES[state]}: {len(lines)}"
    if state is State.PAST:
        return h.details[h.summary[title], shown, more]
    return h.fragment[h.h3[title], shown, more]


def _cause(line: Line) -> Node:
    first = line.row.first
    return h.li[
        h.span(class_=f"mark {_STATES[line.state]}")[line.state.value],
        " ",
        h.strong[cut(first.sentence, _LONGEST)],
        " ",
        h.span(class_="level")[first.level.value.upper()],
        h.div(class_="strip")[[h.span(class_=_SIGNS[sign])[sign] for sign in strip(line)]],
        h.small[f"{first.damage.words}; since {line.since}"],
        h.small[cut(first.breaks, _LONGEST)] if first.breaks else None,
        h.small[h.strong[EDITED]] if line.edited else None,
        h.small[h.code[cut(line.row.id, _LONGEST)]],
    ]


def _runs(trend: Trend, most: int) -> Node:
    came = [verdict for verdict in Verdict if any(point.verdicts[verdict] for point in trend.points)]
    heads = ["asked (UTC)", "it ended", *(f"{GLYPHS[one]} {one}" for one in came), "new", "back", "gone", "run"]
    rows = [_run(trend, number, came) for number in reversed(range(len(trend.points)))]
    left = len(rows) - most
    return h.fragment[
        h.div(class_="wide", tabindex=0)[
            h.table[h.thead[h.tr[[h.th(scope="col")[word] for word in heads]]], h.tbody[rows[:most]]]
        ],
        h.p(class_="soft")[f"and {left} more: see history.json"] if left > 0 else None,
    ]


def _run(trend: Trend, number: int, came: Sequence[Verdict]) -> Node:
    point = trend.points[number]
    numbers = [*(point.verdicts[verdict] for verdict in came), *trend.moves(number).values()]
    return h.tr[
        h.th(scope="row")[f"{point.at:%Y-%m-%d %H:%M}"],
        h.td[ended(point)],
        [h.td(class_="number" if count else "number nothing")[f"{count:,}"] for count in numbers],
        h.td[h.small[f"{point.side.run.header.run}, {point.side.facts.grade}"]],
    ]
