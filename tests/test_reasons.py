"""Reasons are for a vendor's engineer: every counterexample of the suite gives one that tells what was observed."""

import re
from collections.abc import Iterator

import pytest

from conformance.judge.judge import judge
from tests.simulated import every_check, simulating

LEFT_OVER = re.compile(
    r"At index|Use -v|\+ +where|^where |\bassert |\x1b|\ufffd|ABSENT|<\w[\w .]* (object )?at 0x|\bFalse\b|\bTrue\b"
    r"|^len is"
)
NOTHING = "the requirement is not met"


@pytest.fixture(scope="module")
def reasons() -> Iterator[dict[str, str]]:
    items = every_check()
    with simulating(items) as simulated:
        found = {}
        for item in items:
            if item.check.counterexample is not None:
                broken = item.check.counterexample.apply(simulated.arguments(item))
                found[item.id] = judge(item.check, broken, claimed=True).reason
        yield found


def test_no_reason_holds_what_python_or_pytest_left(reasons: dict[str, str]) -> None:
    assert {name: said for name, said in reasons.items() if LEFT_OVER.search(said)} == {}


def test_every_reason_says_something(reasons: dict[str, str]) -> None:
    assert {name for name, said in reasons.items() if not said or said.startswith(NOTHING)} == set()
