"""Every attack, by its group: importing a group puts its attacks into the table."""

from tests.hostile import breaking_http, content, headers, ids, secrets_told, size, time_wasting, whole
from tests.hostile.attack import TABLE, Attack

__all__ = ["GROUPS", "TABLE"]

_MODULES = (whole, breaking_http, headers, time_wasting, size, content, secrets_told, ids)


def _of(module: str) -> list[Attack]:
    return [one for one in TABLE.values() if one.make.__module__ == module]


GROUPS: dict[str, list[Attack]] = {(module.__doc__ or "").strip(): _of(module.__name__) for module in _MODULES}
"""What a group is about, and its attacks."""
