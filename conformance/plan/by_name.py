"""Checks by a part of their id: those that have it, and where none has, those that come near."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from conformance.plan.expand import Selected
from conformance.plan.select import names_check

NEAR = 5


def named(text: str, items: Iterable[Selected]) -> list[Selected]:
    """
    Return the check whose id is a text; else those whose id holds it, where `*` stands for anything.

    A finding that a run prints, `<capability>/<statement>`, names the checks that it is called after.
    What every exchange must meet is meant only where nothing else is.
    """
    items = list(items)
    found = [item for item in items if names_check(f"*{text}*", item.id)]
    if not found and text.count("/") == 1:
        found = [item for item in items if names_check(text.replace("/", "/*/"), item.id)]
    exact = [item for item in found if item.id == text]
    return exact or [item for item in found if not item.check.builtin] or found


def near(text: str, items: Sequence[Selected]) -> list[str]:
    """Return the ids, at most five, that a text comes near: as a whole, or in the part that the text has."""
    wanted = text.strip("*").lower()
    by_part: dict[str, list[str]] = {}
    for item in items:
        parts = item.id.split("/")
        for part in (item.id, *parts, "/".join(parts[1:])):
            by_part.setdefault(part, []).append(item.id)
    close = get_close_matches(wanted, list(by_part), n=NEAR, cutoff=0.6)
    return list(dict.fromkeys(name for part in close for name in by_part[part]))[:NEAR]


def nothing_named(text: str, items: Sequence[Selected]) -> str:
    """Return in words that no check has a text in its id, with those that come near, a line each."""
    close = near(text, items)
    if not close:
        return f"no check matches `{text}`: --list --format json names them all"
    return "\n".join([f"no check matches `{text}`; near it:", *(f"  {name}" for name in close)])
