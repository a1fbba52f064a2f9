"""Faults of the machine, signals, and files that strangers left: what a run makes of them."""

from tests.hostile.faults import cassettes, disk, signals, strangers
from tests.hostile.faults.bench import FAULTS, Fault

_MODULES = (disk, signals, strangers, cassettes)


def _of(module: str) -> list[Fault]:
    return [one for one in FAULTS.values() if one.tried.__module__ == module]


FAULT_GROUPS: dict[str, list[Fault]] = {(module.__doc__ or "").strip(): _of(module.__name__) for module in _MODULES}
"""What a group is about, and its faults."""
