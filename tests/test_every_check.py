"""Every check conforms on a good answer, deviates on its counterexample, and says who says so."""

import re
from collections import Counter

import pytest

from conformance.plan import loader
from conformance.plan.expand import Selected
from tests.simulated import Simulated, every_check

# A test for each capability, not for each check and case: pytest takes half a minute for 7,800 tests.
each_capability = pytest.mark.parametrize(
    "capability", dict.fromkeys(item.check.capability.id for item in every_check())
)


@each_capability
def test_conforms_on_the_simulator(capability: str, simulated: Simulated) -> None:
    assert {item.id: said for item in _of(capability) if (said := simulated.conforms(item))} == {}


@each_capability
def test_deviates_on_its_counterexample(capability: str, simulated: Simulated) -> None:
    assert {item.id: said for item in _of(capability) if (said := simulated.deviates(item))} == {}


def _of(capability: str) -> list[Selected]:
    return [item for item in every_check() if item.check.capability.id == capability]


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
