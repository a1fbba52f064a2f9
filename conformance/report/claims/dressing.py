"""What a rehearsal was dressed with, and who says that the target is so: a section of the matrix."""

from collections.abc import Sequence

import htpy as h
from markupsafe import Markup

from conformance.log.records import TargetFacts
from conformance.report.html import facts_table, markup
from conformance.report.markdown import code, table, words

_HEADS = ("deviation of the simulator", "the document says", "document")
_ASSUMED = "assumed: no document of the vendor says it of its endpoint"


def dressing_html(targets: Sequence[TargetFacts]) -> Markup:
    """Return the section, or nothing where no target was rehearsed."""
    found = [facts for facts in targets if facts.rehearsed is not None and facts.rehearsed.dressing]
    if not found:
        return Markup()
    parts = [
        h.details[h.summary[facts.column, f": {len(rows)} deviations"], facts_table(_HEADS, rows)]
        for facts in found
        for rows in [_rows(facts)]
    ]
    return markup(h.fragment[h.h2["What the rehearsals were dressed with"], parts])


def dressing_markdown(targets: Sequence[TargetFacts]) -> str:
    """Return the same for `matrix.md`."""
    rows = [
        [words(facts.column), code(one), words(says), code(place, in_table=True)]
        for facts in targets
        for one, says, place in _rows(facts)
    ]
    title = "## What the rehearsals were dressed with"
    return "\n".join([title, "", table(["", *_HEADS], rows), "", ""]) if rows else ""


def _rows(facts: TargetFacts) -> list[tuple[str, str, str]]:
    lines = facts.rehearsed.dressing if facts.rehearsed else []
    return [
        (one.deviation, one.says, f"{one.document} ({_ASSUMED})" if one.assumption else one.document) for one in lines
    ]
