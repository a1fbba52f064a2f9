"""A JSON value in words, as reasons print it."""

from typing import Any

from conformance.wire.json_value import ABSENT
from conformance.wire.text import brief, cut

_LONGEST = 120


def shown(value: Any) -> str:
    """Return a value as JSON has it, in at most 120 characters."""
    if value is ABSENT:
        return "missing"
    if value is None or isinstance(value, bool):
        return "null" if value is None else str(value).lower()
    if isinstance(value, set | frozenset):
        return cut(" and ".join(shown(one) for one in sorted(value, key=repr)) or "nothing", _LONGEST)
    if isinstance(value, list | tuple):
        return cut(f"[{', '.join(shown(one) for one in value[:12])}{', …' if len(value) > 12 else ''}]", _LONGEST)
    return brief(value, _LONGEST)
