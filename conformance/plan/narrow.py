"""
Which modules of the suite may hold the checks that are named, told by their text.

To import a module takes a hundred times as long as to read it. The text of a module names each of its checks in three
ways: the function, the exchange or kind that is judged, and the capability, by its name in an `exchanges` module or by
its id. `tests/test_narrow.py` holds all checks to that.
"""

import fnmatch
import re
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from conformance.plan.select import Families, families_of
from conformance.targets.target import Target


@dataclass(frozen=True, slots=True)
class Sought:
    """What a pattern of ids of checks names: families, and sets of words of each of which a text must hold one."""

    families: Families
    words: tuple[frozenset[str], ...]

    def within(self, family: str) -> bool:
        """Tell whether a family may hold it."""
        return self.families is None or family in self.families

    def may_be_in(self, words: AbstractSet[str]) -> bool:
        """Tell whether a module of its families may hold it, by the words of its text."""
        return not any(some.isdisjoint(words) for some in self.words)


def patterns_of(capabilities: Iterable[str], checks: Iterable[str], targets: Iterable[Target]) -> tuple[str, ...]:
    """
    Return patterns of ids of checks for all that a run chooses; none where that can be of any family.

    Beside capabilities and checks these are the targets' known deviations in their families: each must be of a check.
    """
    checks = [*(f"{one}{below}/*/*" for one in capabilities for below in ("", ".*")), *checks]
    families = families_of(checks)
    if families is None:
        return ()
    known = (entry.check for target in targets for entry in target.known_deviations if entry.check)
    return (*checks, *(one for one in known if (families_of([one]) or {""}) <= families))


def words_of(text: str) -> frozenset[str]:
    """Return the words of a module's text, among them the ids of capabilities in quotes."""
    return frozenset(re.findall(r"\w+", text)) | frozenset(re.findall(r'"(\w[\w.]*)"', text))


def sought(pattern: str, names: Mapping[str, Iterable[str]]) -> Sought:
    """
    Return what a pattern of ids of checks names.

    `names` are the names of capabilities in modules, by their ids. Of a pattern that has not three parts no more than
    the family is certain: a `*` stands for slashes too.
    """
    families = families_of([pattern])
    capability, *rest = pattern.split("/")
    if len(rest) != 2:
        return Sought(families, ())
    capabilities = [name for one in fnmatch.filter(names, capability) for name in (one, *names[one])]
    plain = [word for word in (rest[0].partition("[")[0], rest[1]) if not re.search(r"[*?]", word)]
    return Sought(families, (frozenset(capabilities), *(frozenset({word, f"test_{word}"}) for word in plain)))
