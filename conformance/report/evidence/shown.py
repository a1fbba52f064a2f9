"""Bytes and texts on an evidence page, within a budget: what was cut is counted."""

import htpy as h
from htpy import Node
from markupsafe import Markup

from conformance.report.evidence.source import view
from conformance.report.html import content


def body_shown(data: bytes, budget: int) -> Node:
    """Return a body with its size, as text or in hex."""
    shown, kind = view(data)
    size = h.p(class_="soft")[f"{len(data):,} bytes{', ' if data else ''}{kind if data else ''}"]
    return h.fragment[size, h.pre(class_="hex" if kind == "binary" else None)[bounded(shown, budget)]] if data else size


def bounded(text: str, budget: int) -> Markup:
    """Return a text as HTML of about `budget` bytes at most, with a note of how many bytes of the text were cut."""
    taken = text[:budget]
    while taken and (size := len(content(taken).encode())) > budget:
        taken = taken[: min(len(taken) - 1, len(taken) * budget // size)]
    cut = len(text.encode("utf-8", "replace")) - len(taken.encode("utf-8", "replace"))
    return content(f"{taken} … [{cut:,} bytes cut]" if cut else taken)
