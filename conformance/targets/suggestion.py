"""The nearest known name for one that is unknown: a slip of the keyboard should cost one look."""

from collections.abc import Iterable
from difflib import get_close_matches


def near(name: str, known: Iterable[str]) -> str:
    """Return `: did you mean ...?` with the nearest known name, or an empty text when none is near."""
    names = list(known)
    swapped = [one for one in names if sorted(one) == sorted(name.lower())]
    found = swapped or get_close_matches(name.lower(), names, n=1, cutoff=0.6)
    return f": did you mean `{found[0]}`?" if found else ""


def unknown(what: str, name: str, known: Iterable[str], also: Iterable[str] = ()) -> str:
    """Return in words that a name is not known, with the nearest one, perhaps of `also`, and all that are known."""
    names = list(known)
    hint = near(name, [*also, *names])
    return f"unknown {what} `{name}`{hint}{' Known' if hint else '; known'}: {', '.join(names)}"
