"""The rows of the causes: what is wrong, who breaks, where, how to see it again, and who says how it should be."""

from collections.abc import Mapping, Sequence

import htpy as h
from htpy import Node

from conformance.causes.cause import Cause
from conformance.causes.refused import Refused
from conformance.log.records import Run
from conformance.report.breaks import shown_breaks
from conformance.report.html import coded, link, outward
from conformance.report.paths import proof_page
from conformance.report.target_summary import Column
from conformance.wire.text import cut

_MOST_PLACES, _MOST_PARTS = 6, 8


def cause_table(run: Run, causes: Sequence[Cause], again: Mapping[str, str], *, detailed: bool) -> Node:
    """Return the causes as a table. `again` holds the command for each by its id. Of very many, rows are short."""
    head = [h.th[word] for word in ("damage", "cause", "places")]
    rows = [_row(run, cause, again.get(cause.id, ""), detailed=detailed) for cause in causes]
    return h.table(class_="causes")[h.thead[h.tr[head]], h.tbody[rows]]


def _row(run: Run, cause: Cause, again: str, *, detailed: bool) -> Node:
    damage = h.td[
        h.span(class_=f"mark {cause.weight.value}", title=cause.weight.meaning)[cause.weight.value],
        h.small[f" {cause.level.value.upper()} "],
        h.small[cause.damage.words] if detailed else None,
    ]
    longest = 300 if detailed else 60
    shown = cause.labels or tuple(cause.first.exchanges)
    # An error has no finding: its id is its message, which then need not be said twice.
    message = cause.first.check if cause.message == cause.id else cause.message
    told = shown_breaks(cause)
    words = [
        h.p(class_="sentence")[coded(cut(cause.sentence, longest))],
        h.p[h.strong["Breaks: "], cut(told, 240)] if told else None,
        h.p[_evidence(run, cause, shown), coded(cut(message, longest))] if message != cause.sentence else None,
        h.p(class_="soft")[f"Known {cut(cause.accepted, 240)}"] if cause.accepted else None,
        _more(cause, again) if detailed else None,
    ]
    places = _places(run, cause) if detailed else cause.places
    return h.tr[damage, h.td[words], h.td(title=f"seen by {_number(cause.checks, 'check')}")[places]]


def _evidence(run: Run, cause: Cause, shown: Sequence[str]) -> Node:
    return [link(proof_page(run, cause.first.target, shown[0]), "Seen"), ": "] if shown else "Seen: "


def _more(cause: Cause, again: str) -> Node:
    """Return the id, the source, the proof, the command, and all that is taken together."""
    first = cause.first
    parts = cause.parts if len(cause.parts) > 1 else ()
    source = outward(first.source_url, cut(first.source, 120))
    return h.fragment[
        h.p(class_="soft")[h.code[cut(cause.id, 120)], " · source: ", source],
        h.details[h.summary["show it again"], h.pre(class_="curl")[again]] if again else None,
        h.details[
            h.summary[
                f"{_number(len(parts), 'statement')} in one cause: {cut(cause.proof or 'they say the same', 160)}"
            ],
            h.ul[[h.li[coded(cut(part, 120))] for part in parts[:_MOST_PARTS]]],
            f"and {left} more" if (left := len(parts) - _MOST_PARTS) > 0 else None,
        ]
        if parts
        else None,
    ]


def _places(run: Run, cause: Cause) -> Node:
    """Return the number of places; where there are several, each with a link to its evidence."""
    words = _number(cause.places, "place")
    if len(cause.labels) < 2:
        return words
    links = [h.li[link(proof_page(run, cause.first.target, label), label)] for label in cause.labels[:_MOST_PLACES]]
    more = h.li[f"and {left} more: see matrix.json"] if (left := len(cause.labels) - _MOST_PLACES) > 0 else None
    return h.details[h.summary[words], h.ul[links, more]]


def refused_table(run: Run, column: Column, most: int) -> Node:
    """Return what the target does not offer, one line each with who needs it, and `most` lines of very many."""
    if not column.refused:
        return None
    head = h.p[h.strong["Not offered"], ", and neither owed nor claimed:"]
    lines = [h.li[_refused(run, one)] for one in column.refused[:most]]
    left = len(column.refused) - most
    return h.fragment[head, h.ul(class_="refused")[lines, h.li[f"and {left} more"] if left > 0 else None]]


def _refused(run: Run, one: Refused) -> Node:
    words = cut(one.what, 200)
    what = link(proof_page(run, one.target, one.label), words) if one.label else words
    return [what, f" ({_number(one.checks, 'check')}). Breaks whoever needs: ", cut(", ".join(one.needed_for), 120)]


def _number(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
