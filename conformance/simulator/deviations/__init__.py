"""The deviation zoo: one module an area, one entry a deviation."""

import importlib
import pkgutil
from functools import cache

from conformance.simulator.deviations.entry import Entry
from conformance.simulator.http.registry import Deviations


@cache
def entries() -> tuple[Entry, ...]:
    """Return all entries, by area and place."""
    names = sorted(found.name for found in pkgutil.iter_modules(__path__, f"{__name__}."))
    modules = [importlib.import_module(name) for name in names]
    found = [value for module in modules for value in vars(module).values()]
    listed = [entry for value in found for entry in (value if isinstance(value, tuple) else (value,))]
    return tuple(dict.fromkeys(entry for entry in listed if isinstance(entry, Entry)))


def table() -> Deviations:
    """Return the deviations that can be served, by id."""
    return {entry.id: entry.function for entry in entries() if entry.function is not None}
