"""
Loading the suite: every exchange and every check of `conformance.checks`, and of packages that a user names.

Checks are loaded with pytest's assertion rewriting, also outside pytest, so that the message of a plain `assert` is
never empty.
"""

import importlib
import importlib.util
import pkgutil
import sys
import traceback
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from conformance.definition import catalogue
from conformance.definition.check import Check, check_of
from conformance.definition.exchange_spec import ExchangeSpec
from conformance.plan.narrow import sought, words_of
from conformance.wire.capability import Capability
from conformance.wire.verdict import UsageError

BUILT_IN = ("conformance.checks",)
"""The packages of checks that come with the suite."""
EVERY_EXCHANGE = "conformance.checks.transport.test_every_exchange"
"""The module of the checks that every exchange has, whatever its family."""


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
def load(packages: tuple[str, ...] = BUILT_IN, patterns: tuple[str, ...] = (), *, judges: bool = True) -> Suite:
    """
    Return the exchanges and checks of some packages; modules that pytest has imported already are used as they are.

    With `patterns` of ids of checks, of the suite's own modules only those that may hold one of them, and that of the
    checks of every exchange. Without `judges` the checks are only looked at, and their assertions stay as they are,
    which takes half the time. Raises `UsageError` with file and line when a module cannot be imported.
    """
    names = _names(packages)
    with _rewriting(names) if judges else _plain():
        modules = [_imported(name) for name in (_holding(names, patterns) if patterns else names)]
    specs = [spec for module in modules for spec in _own_specs(module)]
    found = [check for module in modules for check in _own_checks(module)]
    for check in found:
        _refuse_unusable(check)
    return Suite(tuple(dict.fromkeys(specs)), tuple(found))


def _holding(names: Sequence[str], patterns: Iterable[str]) -> list[str]:
    """
    Return the modules that may hold exchanges, or checks that patterns name; a folder of the suite holds one family.

    Where no text of a family tells of a pattern it is a slip: all modules of the family are there to be suggested.
    """
    known = capability_names(_imported(name) for name in names if name.endswith(".exchanges"))
    narrowed = [name for name in names if _is_narrowed(name)]
    held = {*names}.difference(narrowed)
    for one in (sought(pattern, known) for pattern in patterns):
        within = [name for name in narrowed if one.within(name.split(".")[2])]
        held.update([name for name in within if one.may_be_in(_words(name))] or within)
    return [name for name in names if name in held]


def _is_narrowed(name: str) -> bool:
    """Tell whether a module is one of the suite's own that holds checks of one family."""
    return name.startswith(f"{BUILT_IN[0]}.") and not name.endswith(".exchanges") and name != EVERY_EXCHANGE


@cache
def _words(name: str) -> frozenset[str]:
    """Return the words of one of the suite's own modules."""
    inside = name.removeprefix(f"{BUILT_IN[0]}.").split(".")
    return words_of(_built_in().joinpath(*inside).with_suffix(".py").read_text(encoding="utf-8"))


@cache
def _built_in() -> Path:
    return folder_of(BUILT_IN[0])


def capability_names(modules: Iterable[ModuleType]) -> dict[str, set[str]]:
    """Return the names of capabilities in the modules that define them, by ids; those of the catalogue at least."""
    found: dict[str, set[str]] = {node.id: set() for node in catalogue.load().nodes}
    for module in modules:
        for name, value in vars(module).items():
            if isinstance(value, Capability):
                found.setdefault(value.id, set()).add(name)
    return found


def load_specs(packages: tuple[str, ...] = BUILT_IN) -> tuple[ExchangeSpec, ...]:
    """Return all exchanges of some packages without importing the checks."""
    modules = [_imported(name) for name in _names(packages) if name.endswith(".exchanges")]
    return tuple(dict.fromkeys(spec for module in modules for spec in _own_specs(module)))


def package_of(given: str, root: Path) -> str:
    """
    Return the name of a package of checks, given by its name or by its folder, which then can be imported.

    A folder inside another package gets the name that pytest gives it too: a module must not be imported twice under
    two names. Raises `UsageError` when there is no such package.
    """
    folder = (root / given).resolve()
    if folder.is_dir():
        if not (folder / "__init__.py").is_file():
            raise UsageError(f"--checks {given}: the folder is not a package: it has no __init__.py")
        top = folder
        while (top.parent / "__init__.py").is_file():
            top = top.parent
        if str(top.parent) not in sys.path:
            sys.path.insert(0, str(top.parent))
        importlib.invalidate_caches()
        name = ".".join(folder.relative_to(top.parent).parts)
        if folder_of(name) != folder:
            raise UsageError(f"--checks {given}: another package is called `{name}`: give the folder another name")
        return name
    try:
        found = importlib.util.find_spec(given)
    except (ImportError, ValueError):
        found = None
    if found is None or found.submodule_search_locations is None:
        raise UsageError(f"--checks {given}: there is no such package or folder; give a package name or a path")
    return given


def folder_of(package: str) -> Path:
    """Return the folder of a package of checks. Raises `UsageError` when the package cannot be imported."""
    return Path(next(iter(_imported(package).__path__))).resolve()


def _names(packages: Iterable[str]) -> list[str]:
    """Return the modules of some packages that hold exchanges or checks, each once, in order."""
    found = (name for package in packages for name in _modules(package))
    return list(dict.fromkeys(found))


def _modules(package: str) -> Iterator[str]:
    def broken(name: str) -> None:
        _imported(name)  # a package that cannot be imported is not passed over: this says why

    path = _imported(package).__path__
    for found in sorted(pkgutil.walk_packages(path, f"{package}.", broken), key=lambda item: item.name):
        last = found.name.rpartition(".")[2]
        if last == "exchanges" or last.startswith("test_"):
            yield found.name


def _imported(name: str) -> ModuleType:
    """Import a module. Raises `UsageError` that says where it is wrong."""
    try:
        return importlib.import_module(name)
    except Exception as error:
        if name.startswith(BUILT_IN[0]):
            raise
        raise UsageError(f"the checks in `{name}` cannot be loaded: {_where(error)}") from error


def _where(error: Exception) -> str:
    """Return what went wrong with file and line: those of a syntax error, else those of the last frame."""
    if isinstance(error, SyntaxError):
        return f"{error.filename}, line {error.lineno}: {error.msg}"
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "importlib" not in frame.filename]
    place = f"{frames[-1].filename}, line {frames[-1].lineno}: " if frames else ""
    return f"{place}{type(error).__name__}: {error}"


def _own_specs(module: ModuleType) -> list[ExchangeSpec]:
    own = [v for v in vars(module).values() if isinstance(v, ExchangeSpec) and v.function.__module__ == module.__name__]
    return sorted(own, key=lambda spec: spec.function.__code__.co_firstlineno)


def _own_checks(module: ModuleType) -> list[Check]:
    found = [check for value in vars(module).values() if (check := check_of(value)) is not None]
    own = [check for check in found if check.function.__module__ == module.__name__]
    return sorted(own, key=lambda check: check.function.__code__.co_firstlineno)


def _refuse_unusable(check: Check) -> None:
    """Raise `UsageError` with file and line for a check that names no exchange of its module."""
    try:
        _ = check.builtin or check.sent
    except TypeError as error:
        code = check.function.__code__
        raise UsageError(f"{code.co_filename}, line {code.co_firstlineno}: {error}") from None


@contextmanager
def _rewriting(names: Iterable[str]) -> Iterator[None]:
    """
    Rewrite the assertions of some modules, unless pytest does so already.

    pytest has no public way to install its hook outside of a session.
    """
    from _pytest.assertion import install_importhook  # noqa: PLC0415  only outside pytest
    from _pytest.config import get_config  # noqa: PLC0415

    if _hooks():
        yield
        return
    hook = install_importhook(get_config())
    # What was imported to be looked at stays as it is: the hook would warn of it, and has nowhere to warn here.
    hook.mark_rewrite(*(name for name in names if not name.endswith(".exchanges") and name not in sys.modules))
    try:
        yield
    finally:
        sys.meta_path.remove(hook)


@contextmanager
def _plain() -> Iterator[None]:
    """Leave the assertions of modules as they are, also inside pytest."""
    before, hooks = list(sys.meta_path), _hooks()
    sys.meta_path[:] = [finder for finder in before if finder not in hooks]
    try:
        yield
    finally:
        sys.meta_path[:] = before


def _hooks() -> list[Any]:
    """Return what rewrites assertions now."""
    from _pytest.assertion.rewrite import AssertionRewritingHook  # noqa: PLC0415  only where checks are loaded

    return [finder for finder in sys.meta_path if isinstance(finder, AssertionRewritingHook)]
