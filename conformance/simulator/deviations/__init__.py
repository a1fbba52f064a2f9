"""
The deviation zoo: one package per area, one module per topic, one entry per deviation.

Whether a deviation was seen at a real server or invented is its `source`, never the name of a file.
"""

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from conformance.simulator.deviations.entry import Entry
from conformance.simulator.http.registry import Deviations


@cache
def entries() -> tuple[Entry, ...]:
    """Return all entries by area, topic and place; the area of an entry is the name of the package it stands in."""
    areas = sorted(found.name for found in pkgutil.iter_modules(__path__) if found.ispkg)
    return tuple(replace(entry, area=area) for area in areas for entry in _entries_of(area))


def _entries_of(area: str) -> Iterator[Entry]:
    package = importlib.import_module(f"{__name__}.{area}")
    for topic in sorted(found.name for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}.")):
        for value in vars(importlib.import_module(topic)).values():
            several = value if isinstance(value, tuple) else (value,)
            yield from (entry for entry in several if isinstance(entry, Entry))


def table() -> Deviations:
    """Return the deviations that can be served, by id."""
    return {entry.id: entry.function for entry in entries() if entry.function is not None}
