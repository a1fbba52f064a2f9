"""
Texts in Markdown.

What an endpoint or a target's file said stands in code spans, where GitHub makes neither links nor mentions nor HTML
of it.
"""

import re
from collections.abc import Iterable, Sequence

from conformance.wire.text import cut, first_within, visible

LARGEST = 900_000
"""Bytes of a document: a CI job's summary takes one megabyte. What is left out is in the JSON file beside it."""


def fitting(documents: Iterable[Sequence[str]]) -> str:
    """Return the first of some documents, each given by its parts, that is not too large, or else the last."""
    return first_within(("\n\n".join(parts) + "\n" for parts in documents), LARGEST)


def words(text: str) -> str:
    """Return text of our own as Markdown: every character with a meaning stands for itself."""
    flat = " ".join(visible(text).split())
    escaped = re.sub(r"([\\`*_{}\[\]()#+!|~])", r"\\\1", flat)
    plain = escaped.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    # GitHub looks for mentions in the text that comes out: no escape of Markdown's or HTML's hides one.
    return re.sub(r"@(?=\w)", "@\u2060", plain)


def quoting(text: str) -> str:
    """Return a sentence of ours in which what stands between backticks is a code span."""
    parts = text.split("`")
    last = len(parts) - 1
    return "".join(code(part) if n % 2 and n < last and part.strip() else _spaced(part) for n, part in enumerate(parts))


def _spaced(part: str) -> str:
    """Return a part of a sentence as Markdown, with the spaces at its ends."""
    left, right = " " * part[:1].isspace(), " " * part[-1:].isspace()
    return f"{left}{words(part)}{right}" if part.strip() else " " * bool(part)


def code(text: str, longest: int = 240, *, in_table: bool = False) -> str:
    """Return text of others as a code span whose fence is longer than any run of backticks in it."""
    flat = cut(" ".join(visible(text).split()) or "(empty)", longest)
    if in_table:
        # GitHub cuts a row at its pipes before it looks for code, and takes this backslash away again.
        flat = flat.replace("\\", "/").replace("|", "\\|")
    fence = "`" * (max((len(run) for run in re.findall("`+", flat)), default=0) + 1)
    padding = " " if flat.startswith("`") or flat.endswith("`") else ""
    return f"{fence}{padding}{flat}{padding}{fence}"


def fenced(text: str, language: str = "") -> tuple[str, ...]:
    """Return the lines of a block of code whose fence is longer than any run of backticks in it."""
    shown = "\n".join(visible(line) for line in text.split("\n"))
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", shown)), default=0))
    return f"{fence}{language}", shown, fence


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table of cells that are Markdown already."""
    return "\n".join([_row(heads), f"|{'---|' * len(heads)}", *map(_row, rows)])


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
