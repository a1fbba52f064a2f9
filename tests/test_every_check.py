"""Every check conforms on a good answer, deviates on its counterexample, and says who says so."""

import re
from collections import Counter

import pytest

from conformance.plan import loader
from tests.simulated import Simulated, every_check

EVERY = {item.id: item for item in every_check()}

each_check = pytest.mark.parametrize("check_id", EVERY)


@each_check
def test_conforms_on_the_simulator(check_id: str, simulated: Simulated) -> None:
    assert simulated.conforms(EVERY[check_id]) == ""


@each_check
def test_deviates_on_its_counterexample(check_id: str, simulated: Simulated) -> None:
    assert simulated.deviates(EVERY[check_id]) == ""


LEFT_OVER = re.compile(
    r"At index|Use -v|\+ +where|^where |\bassert |\x1b|\ufffd|ABSENT|<\w[\w .]* (object )?at 0x|\bFalse\b|\bTrue\b"
    r"|^len is"
)
NOTHING = "the requirement is not met"


def test_no_reason_holds_what_python_or_pytest_left(simulated: Simulated) -> None:
    """Reasons are for a vendor's engineer: every counterexample gives one that tells what was observed."""
    assert {name: said for name, said in simulated.reasons().items() if LEFT_OVER.search(said)} == {}


def test_every_reason_says_something(simulated: Simulated) -> None:
    silent = {name for name, said in simulated.reasons().items() if not said or said.startswith(NOTHING)}
    assert silent == set()


def test_every_check_states_one_requirement_in_one_sentence() -> None:
    wrong = [check.function.__name__ for check in loader.load().checks if not _is_sentence(check.requirement)]
    assert wrong == []


def _is_sentence(text: str) -> bool:
    return text.endswith(".") and (text[0].isupper() or text[0] == "`") and len(text) < 240


def test_every_exchange_says_what_is_special_about_it() -> None:
    for spec in loader.load().specs:
        assert spec.requirement.endswith("."), spec


def test_check_ids_are_distinct() -> None:
    twice = [name for name, count in Counter(item.id for item in every_check()).items() if count > 1]
    assert twice == []


def test_one_capability_is_described_in_one_way() -> None:
    found = {check.capability for check in loader.load().checks} | {spec.capability for spec in loader.load().specs}
    twice = [name for name, count in Counter(capability.id for capability in found).items() if count > 1]
    assert twice == []
