"""Links from a comparison to the evidence of its runs, where they lie on this machine."""

import os
from pathlib import Path

from htpy import Node

from conformance.compare.side import Side
from conformance.report.html import link
from conformance.report.paths import proof_page


def evidence_link(side: Side, label: str, words: str, page: Path | None) -> Node:
    """Return words as a link to the page of an exchange, relative to the folder of a page; without one, the words."""
    path = side.run.folder / proof_page(side.run, side.facts.name, label)
    if page is None or not path.is_file():
        return words
    try:
        return link(Path(os.path.relpath(path, page)).as_posix(), words)
    except ValueError:  # on another drive
        return words
