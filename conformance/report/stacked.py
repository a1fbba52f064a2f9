"""
Tables that can be read on a narrow screen too: there each row is a block, and each cell says which column it is in.

Their style sheet is `stacked.css`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import htpy as h
from htpy import Node


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: what is in it, the class that colors it, and what is shown when one points at it."""

    content: Node
    tone: str = ""
    title: str = ""


def table(heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Node:
    """Return a table; the first cell of a row is its head."""
    head = h.thead[h.tr[[h.th(scope="col")[word] for word in heads]]]
    body = h.tbody[[_row(heads, row) for row in rows]]
    return h.div(class_="wide", tabindex=0)[h.table(class_="stacked")[head, body]]


def _row(heads: Sequence[str], row: Sequence[Cell]) -> Node:
    first, *others = row
    return h.tr[
        h.th(scope="row", class_=first.tone or None, title=first.title or None)[first.content],
        [
            h.td(class_=cell.tone or None, title=cell.title or None, data_head=head)[cell.content]
            for head, cell in zip(heads[1:], others, strict=True)
        ],
    ]
