"""What the page of the matrix says of documents and observation: one line a target, and where the rest stands."""

from collections.abc import Sequence

import htpy as h
from markupsafe import Markup

from conformance.claims.observed import Claims
from conformance.report.html import link, markup
from conformance.report.markdown import words
from conformance.report.paths import CLAIMS


def section_html(found: Sequence[Claims]) -> Markup:
    """Return the section of the page, or nothing where no document states anything."""
    if not found:
        return Markup()
    parts = [
        h.fragment[
            h.p[h.strong[one.column], f": {one.words}."],
            h.ul[[h.li[line] for line in one.contradicted]],
        ]
        for one in found
    ]
    return markup(h.fragment[h.h2["Documents against observation"], parts, h.p[link(CLAIMS, "all statements")]])


def section_markdown(found: Sequence[Claims]) -> str:
    """Return the same for `matrix.md`."""
    lines = [f"- {words(one.column)}: {words(one.words)}" for one in found]
    whole = ["## Documents against observation", "", *lines, "", "All of them: `claims.md`", "", ""]
    return "\n".join(whole) if lines else ""
