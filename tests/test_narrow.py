"""A run of a few checks imports the modules that may hold them, and misses none."""

import sys
from pathlib import Path

import pytest

from conformance.definition.check import Check
from conformance.plan import loader
from conformance.plan.loader import Suite
from conformance.plan.narrow import sought, words_of


def known() -> dict[str, set[str]]:
    modules = [module for name, module in sys.modules.items() if name.startswith("conformance.checks.")]
    return loader.capability_names(module for module in modules if module.__name__.endswith(".exchanges"))


def test_the_text_of_a_module_tells_of_each_check_in_it(suite: Suite) -> None:
    names = known()
    missed = [
        name for check in suite.checks if not check.builtin for name in _names(check) if _misses(check, name, names)
    ]
    assert missed == []


def _names(check: Check) -> list[str]:
    """Return the id of a check, and those it had before."""
    return [check.id(), *(f"{check.capability.id}/{name}" for name in check.former)]


def _misses(check: Check, name: str, names: dict[str, set[str]]) -> bool:
    text = Path(check.function.__code__.co_filename).read_text(encoding="utf-8")
    one = sought(name, names)
    return not (one.within(check.function.__module__.split(".")[2]) and one.may_be_in(words_of(text)))


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("chat.stream.done/chat_stream/*", {"conformance.checks.chat.stream.test_framing"}),
        ("auth.invalid/*/*", {"conformance.checks.auth.test_keys"}),
        ("usage.present/chat_completion/usage_*", {"conformance.checks.usage.test_counts"}),
    ],
)
def test_a_pattern_takes_few_modules(pattern: str, found: set[str]) -> None:
    loaded = loader.load(patterns=(pattern,), judges=False)
    assert {check.function.__module__ for check in loaded.checks if not check.builtin} >= found
    assert len({check.function.__module__ for check in loaded.checks}) <= 4


@pytest.mark.parametrize("slip", ["auth.invalid/hello/no_such_statement", "auth.invlaid/*/*", "auth.*schem"])
def test_a_slip_takes_its_whole_family(slip: str) -> None:
    loaded = loader.load(patterns=(slip,), judges=False)
    whole = [
        check for check in loader.load().checks if check.function.__module__.startswith("conformance.checks.auth.")
    ]
    assert [check for check in loaded.checks if not check.builtin] == whole
