"""
The ids of the checks: people quote them for years, so a change of one is seen in review.

`tests/ids/current.txt` lists them without their cases; `python -m tests.test_ids` writes it anew.
`tests/ids/renamed.csv`
tells what the checks were called before they were named by what they judge.
"""

import ast
import csv
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance import causes
from conformance.definition.check import Check
from conformance.plan import loader
from conformance.plan.expand import expand
from conformance.plan.select import names_check
from conformance.simulator.deviations import entries
from conformance.targets import load as targets
from conformance.targets import profile
from conformance.wire.capability import matches

FOLDER = Path(__file__).with_name("ids")
LONGEST = 90
STATEMENT = re.compile(r"([\w.]+/)?[a-z]+(_[a-z0-9]+){2,}")
"""A statement of a check, or what a finding is called by default; other strings have fewer words, or spaces."""


def own_checks() -> list[Check]:
    return [check for check in loader.load().checks if not check.builtin]


def current() -> str:
    return "".join(f"{name}\n" for name in sorted(check.id() for check in own_checks()))


def every_id() -> list[str]:
    """Return the ids of all checks for the simulator, with their cases."""
    loaded = loader.load()
    simulator = targets.load("simulator", {})
    return [item.id for check in loaded.checks for item in expand(check, simulator, loaded.specs)]


def test_the_ids_are_those_that_were_reviewed() -> None:
    hint = "an id was added, removed or renamed: python -m tests.test_ids"
    assert current() == (FOLDER / "current.txt").read_text(encoding="utf-8"), hint


def test_an_id_has_three_parts_and_is_short_enough_to_quote() -> None:
    wrong = [name for name in every_id() if len(name) > LONGEST or not re.fullmatch(r"[^/]+/[^/]+/\w+", name)]
    assert wrong == []


def test_ids_are_distinct() -> None:
    names = [check.id() for check in own_checks()]
    assert sorted({name for name in names if names.count(name) > 1}) == []


def patterns() -> Iterator[tuple[str, str]]:
    """Yield who names checks, and the pattern by which."""
    for entry in entries():
        yield from ((f"zoo {entry.id}", pattern) for pattern in entry.caught_by)
    for name in targets.names():
        for known in targets.load(name, {}).known_deviations:
            if known.check:
                yield f"target {name}", known.check
    for path in profile.PROFILES.glob("*.toml"):
        yield from ((f"profile {path.stem}", pattern) for pattern in profile.load(path.stem, FOLDER).checks)


def test_whoever_names_a_check_names_one_that_is_there() -> None:
    names = every_id()
    missing = [
        f"{who}: {pattern}" for who, pattern in patterns() if not any(names_check(pattern, name) for name in names)
    ]
    assert missing == []


def test_the_rules_of_causes_name_statements_that_are_there() -> None:
    there = {name.rpartition("/")[2] for name in every_id()} | {spec.name for spec in loader.load().specs}
    said = {
        node.value.rpartition("/")[2]
        for path in Path(causes.__file__).parent.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and STATEMENT.fullmatch(node.value)
    }
    assert sorted(said - there) == []


def test_whoever_names_a_capability_names_one_that_is_there() -> None:
    ids = {check.capability.id for check in own_checks()}
    for path in profile.PROFILES.glob("*.toml"):
        for pattern in profile.load(path.stem, FOLDER).capabilities:
            assert any(matches(name, (pattern,)) for name in ids), f"profile {path.stem}: {pattern}"


@pytest.mark.parametrize("column", ["new", "old"])
def test_the_table_of_renames_leads_to_checks_that_are_there(column: str) -> None:
    with (FOLDER / "renamed.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names = {check.id() for check in own_checks()}
    if column == "new":
        assert [row["new"] for row in rows if row["new"] not in names] == []
    else:
        olds = [row["old"] for row in rows]
        assert len(olds) == len(set(olds))


if __name__ == "__main__":
    (FOLDER / "current.txt").write_text(current(), encoding="utf-8")
    sys.stdout.write(f"{len(own_checks())} ids\n")
