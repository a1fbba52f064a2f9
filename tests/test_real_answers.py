"""
No check accuses an answer that OpenAI really gave.

The recordings are not part of the project: `CONFORMANCE_REAL_ANSWERS` names the collection, by default one that lies
beside the repository (`tests.real_answers` says what it holds). Without it nothing is tested here; what must hold
without it stands in `test_answers_of_openai`.
"""

import os
from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from conformance.wire.capability import MAY
from conformance.wire.verdict import Verdict
from tests.real_answers import Accusation, Judged, judge_all, read

COLLECTION = Path(
    os.environ.get("CONFORMANCE_REAL_ANSWERS")
    or Path(__file__).parents[2] / "shared" / "recordings" / "real_answers.jsonl.gz"
)

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not COLLECTION.is_file(), reason=f"no recorded answers: {COLLECTION}"),
]

OPENAI = "openai"

RECENT = date(2026, 7, 1)
"""Answers since this day are accused at no level; so are those that do not say when they are of."""

INCONSISTENT = {
    "chat.stream.usage.include/chat_stream/usage_comes_when_asked_for": (
        date(2025, 10, 26),
        "three streams of one client (gpt-4.1, gpt-5) have no usage, and their requests asked for it; all others do",
    ),
    "responses.basic/response/tokens_are_counted": (
        date(2025, 3, 27),
        "a response of the API's first weeks counts no tokens at all; later ones do",
    ),
}
"""Checks that accuse OpenAI rightly, by id: the day of the answers, and what was seen. No other answer is excused."""


@pytest.fixture(scope="module")
def judged() -> dict[str, Judged]:
    """What came of judging all recorded answers, printed per vendor (`pytest -rP`)."""
    found = judge_all(read(COLLECTION))
    for vendor, one in sorted(found.items(), key=lambda item: -item[1].answers):
        print(summary(vendor, one))  # noqa: T201  the denominators are what is read
    return found


def summary(vendor: str, judged: Judged) -> str:
    """Return how much was judged, and what deviates how often."""
    told = judged.judgements
    levels = Counter(accusation.check.owed.value for accusation in judged.accusations)
    checks = Counter(f"{one.check.owed} {one.check.id()}" for one in judged.accusations)
    lines = [
        (
            f"{vendor}: {judged.answers} answers, {sum(told.values())} judgements, {told[Verdict.CONFORMS]} conform, "
            f"{told[Verdict.INCONCLUSIVE]} inconclusive; {len(judged.conforming)} of {len(judged.asked)} checks "
            f"conform at least once; deviations: {dict(levels) or 'none'}"
        ),
        *(f"    {number:4} {name}" for name, number in checks.most_common()),
    ]
    return "\n".join(lines)


def lines(accusations: Sequence[Accusation]) -> str:
    return "\n".join(f"{one.check.id()} {one.answer.source}: {one.judgement.reason}" for one in accusations)


def excused(accusation: Accusation) -> bool:
    """Tell whether the table excuses an accusation: the check, and the day of the answer."""
    day, _ = INCONSISTENT.get(accusation.check.id(), (None, ""))
    return day is not None and accusation.answer.exchange.day == day


def test_no_check_accuses_openai_of_what_is_owed_or_usual(judged: dict[str, Judged]) -> None:
    """By the level of the requirement itself: that an API is optional excuses no false sentence about it."""
    wrong = [one for one in judged[OPENAI].accusations if one.check.level is not MAY and not excused(one)]
    assert not wrong, lines(wrong)


def test_no_check_accuses_a_recent_answer_of_openai_at_all(judged: dict[str, Judged]) -> None:
    recent = [one for one in judged[OPENAI].accusations if (one.answer.exchange.day or RECENT) >= RECENT]
    assert not recent, lines(recent)


def test_every_excuse_is_still_needed(judged: dict[str, Judged]) -> None:
    accused = {one.check.id() for one in judged[OPENAI].accusations if excused(one)}
    assert accused == set(INCONSISTENT)


def test_judging_them_is_not_avoided(judged: dict[str, Judged]) -> None:
    """Most checks of kinds conform at some answer of OpenAI; those that never do are printed."""
    one = judged[OPENAI]
    print("\n".join(["never conform:", *sorted(one.asked - one.conforming)]))  # noqa: T201
    assert one.answers > 500
    assert one.judgements[Verdict.CONFORMS] > 9000
    assert len(one.conforming) > 0.9 * len(one.asked)


def test_no_answer_shows_a_bug_of_the_suite(judged: dict[str, Judged]) -> None:
    bugs = [one for found in judged.values() for one in found.accusations if one.judgement.verdict is Verdict.ERROR]
    assert not bugs, lines(bugs)
