"""
Loading the suite: every exchange and every check below `conformance.checks`.

Checks are loaded with pytest's assertion rewriting, also outside pytest, so that the message of a plain `assert` is
never empty.
"""

import importlib
import inspect
import pkgutil
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from types import FunctionType, ModuleType
from typing import Any

from conformance import checks
from conformance.definition.check import Check, check_of
from conformance.definition.exchange_spec import ExchangeSpec
from conformance.wire.capability import Capability

_ADDRESS = re.compile(r" at 0x[0-9a-f]+")


@dataclass(frozen=True, slots=True)
class Suite:
    """All exchanges and all checks, in the order of their modules and lines."""

    specs: tuple[ExchangeSpec, ...]
    checks: tuple[Check, ...]

    @property
    def capabilities(self) -> tuple[Capability, ...]:
        """Return the capabilities that some check is about, in order."""
        found = [check.capability for check in self.checks] + [spec.capability for spec in self.specs]
        return tuple(sorted(dict.fromkeys(found), key=lambda capability: capability.id))


@cache
def load() -> Suite:
    """Return the suite. Modules that pytest has imported already are used as they are."""
    with _rewriting():
        modules = [importlib.import_module(name) for name in _names()]
    specs = [spec for module in modules for spec in _own_specs(module)]
    found = [check for module in modules for check in _own_checks(module)]
    return Suite(tuple(dict.fromkeys(specs)), tuple(found))


def load_specs() -> tuple[ExchangeSpec, ...]:
    """Return all exchanges without importing the checks."""
    modules = [importlib.import_module(name) for name in _names() if name.endswith(".exchanges")]
    return tuple(dict.fromkeys(spec for module in modules for spec in _own_specs(module)))


def _names() -> Iterator[str]:
    for found in sorted(pkgutil.walk_packages(checks.__path__, f"{checks.__name__}."), key=lambda item: item.name):
        last = found.name.rpartition(".")[2]
        if last == "exchanges" or last.startswith("test_"):
            yield found.name


def _own_specs(module: ModuleType) -> list[ExchangeSpec]:
    own = [v for v in vars(module).values() if isinstance(v, ExchangeSpec) and v.function.__module__ == module.__name__]
    return sorted(own, key=lambda spec: spec.function.__code__.co_firstlineno)


def _own_checks(module: ModuleType) -> list[Check]:
    found = [check for value in vars(module).values() if (check := check_of(value)) is not None]
    own = [check for check in found if check.function.__module__ == module.__name__]
    return sorted(own, key=lambda check: check.function.__code__.co_firstlineno)


@cache
def edition(check: Check) -> str:
    """
    Return the digest of a check's source, its exchanges' and that of the suite's functions that they call.

    Results of different editions are not compared.
    """
    specs = check.sent
    functions: dict[FunctionType, None] = {}
    conditions = (condition.holds for condition in check.when)
    for function in (check.function, *conditions, *(spec.function for spec in specs)):
        _gather(function, functions)
    tables = [_ADDRESS.sub("", repr(dict(spec.each))) for spec in specs]
    text = "".join([*(inspect.getsource(function) for function in functions), *tables])
    return sha256(text.encode()).hexdigest()[:12]


def _gather(function: Any, found: dict[FunctionType, None]) -> None:
    """Add a function, and those below `conformance.checks` that it names."""
    if not isinstance(function, FunctionType) or function in found:
        return
    if (function.__module__ or "").startswith(checks.__name__) or not found:
        found[function] = None
        for name in function.__code__.co_names:
            _gather(function.__globals__.get(name), found)


class _rewriting:  # noqa: N801  a context manager reads as a verb
    """Install pytest's assertion rewriting for the modules of the suite, unless pytest has done so."""

    def __enter__(self) -> None:
        from _pytest.assertion.rewrite import AssertionRewritingHook  # noqa: PLC0415  see the class

        self._hook = None
        if any(isinstance(finder, AssertionRewritingHook) for finder in sys.meta_path):
            return
        from _pytest.assertion import install_importhook  # noqa: PLC0415
        from _pytest.config import get_config  # noqa: PLC0415

        self._hook = install_importhook(get_config())
        self._hook.mark_rewrite(*(name for name in _names() if not name.endswith(".exchanges")))

    def __exit__(self, *exception: object) -> None:
        if self._hook is not None:
            sys.meta_path.remove(self._hook)
