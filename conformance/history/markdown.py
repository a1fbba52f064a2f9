"""The trends in Markdown, for a step summary."""

from collections.abc import Iterator, Sequence

from conformance.history.spells import State
from conformance.history.trend import Line, Trend
from conformance.history.words import EDITED, LEGEND, TITLES, ended, strip
from conformance.report.markdown import code, table, words
from conformance.wire.verdict import Verdict

MOST = 40
"""So many causes of one state, and so many runs, are shown; all are in `history.json`."""


def history_markdown(found: Sequence[Trend]) -> str:
    """Return the page."""
    lines = ["# History", ""]
    lines += [f"- {code(trend.name)}: {words(trend.words)}" for trend in found]
    return "\n".join([*lines, *(line for trend in found for line in _target(trend))]) + "\n"


def _target(trend: Trend) -> Iterator[str]:
    yield from ("", f"## {words(trend.name)}", "")
    for state in State:
        if lines := trend.of(state):
            yield from (f"### {TITLES[state]}: {len(lines)}", "")
            yield from (_cause(line) for line in lines[:MOST])
            if len(lines) > MOST:
                yield f"- and {len(lines) - MOST} more, in `history.json`"
            yield ""
    if trend.lines:
        yield from (LEGEND, "")
    heads = ("run (UTC)", "it ended", *Verdict, "new", "back", "gone")
    newest = list(enumerate(trend.points))[-MOST:]
    yield table(heads, [_row(trend, number) for number, _ in reversed(newest)])


def _cause(line: Line) -> str:
    first = line.row.first
    breaks = f"; {words(first.breaks)}" if first.breaks else ""
    edited = f"; **{EDITED}**" if line.edited else ""
    about = f"{first.level.upper()}, {first.damage.words}"
    said = f"{code(strip(line))} **{words(first.sentence)}** ({about}{breaks}){edited}"
    return f"- {said}  \n  {code(line.row.id)}, since {line.since}"


def _row(trend: Trend, number: int) -> list[str]:
    point, moves = trend.points[number], trend.moves(number)
    counts = [str(point.verdicts[verdict]) for verdict in Verdict]
    moved = [str(count) for count in moves.values()]
    return [
        f"{point.at:%Y-%m-%d %H:%M} {code(point.side.run.header.run, in_table=True)}",
        ended(point),
        *counts,
        *moved,
    ]
