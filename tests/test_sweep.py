"""All checks of kinds at once: each exchange is looked at once, and the judgements are those of each check alone."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from conformance import Exchange, Exchanges
from conformance.definition.check import Check
from conformance.definition.kind import Condition, Kind
from conformance.judge import judge as judging
from conformance.judge.judge import judge
from conformance.judge.sweep import sweep
from conformance.wire.exchange import Facet
from conformance.wire.response import Ending
from conformance.wire.verdict import Inconclusive, Verdict
from tests.fakes import check, observed, spec

asked = spec("asked")
chat_completion = Kind("chat_completion", "chat completion", "POST", "chat/completions", streamed=False)


def says_a_word(chat_completion: Exchange) -> None:
    """A word is said."""
    assert chat_completion.at("word", str)


def has_a_bug(chat_completion: Exchange) -> None:
    """A bug is found."""
    raise KeyError(chat_completion.label)


def words_differ(chat_completion: Exchanges) -> None:
    """No word comes twice."""
    words = [one.at("word", str) for one in chat_completion]
    assert len(set(words)) == len(words), "a word comes twice"


def of_kind(function: object, **options: object) -> Check:
    return check(function, witness=(asked,), **options)  # type: ignore[arg-type]


CHECKS = [of_kind(says_a_word), of_kind(has_a_bug), of_kind(words_differ), of_kind(says_a_word, any_status=True)]


def said(body: object, case: str = "", **changes: object) -> Exchange:
    return observed(body, case=case, **changes)  # type: ignore[arg-type]


GOOD, SAME, BAD = said({"word": "a"}, "1"), said({"word": "a"}, "2"), said({"word": 7}, "3")
CUT = said({"word": "a"}, "4", ending=Ending.PEER, reason="cut")
REFUSED = said({"error": {"message": "no"}}, "5", status=400)
BARE = said({"word": "b"}, "6", lacks=frozenset({Facet.HEADERS}))


@pytest.mark.parametrize(
    "exchanges",
    [(), (GOOD,), (BAD,), (CUT,), (REFUSED,), (BARE,), (GOOD, SAME), (BAD, GOOD), (REFUSED, CUT, GOOD, BAD, BARE)],
    ids=["none", "good", "bad", "cut", "refused", "bare", "same", "bad-good", "all"],
)
def test_all_checks_together_say_what_each_says_alone(exchanges: Exchanges) -> None:
    checks = [*CHECKS, of_kind(says_a_word, reads=frozenset({Facet.HEADERS}))]
    together = sweep([(one, False) for one in checks], exchanges)
    alone = [judge(one, {"chat_completion": exchanges}, claimed=False) for one in checks]
    assert [swept.judgement for swept in together] == alone


def test_each_exchange_is_asked_for_once() -> None:
    asked_for: list[str] = []

    def one_by_one() -> Iterator[Exchange]:
        for exchange in (GOOD, SAME, BAD):
            asked_for.append(exchange.case)
            yield exchange

    sweep([(one, False) for one in CHECKS], one_by_one())
    assert asked_for == ["1", "2", "3"]


def test_a_limit_around_each_call_judges_that_check_alone() -> None:
    entered: list[int] = []

    @contextmanager
    def limited() -> Iterator[None]:
        entered.append(1)
        yield
        if len(entered) == 2:
            raise Inconclusive("it took too long")

    slow, *_ = sweep([(CHECKS[0], False)], [GOOD, SAME, said({"word": "c"}, "7")], within=limited)
    assert len(entered) == 3
    assert (slow.judgement.verdict, slow.judgement.note) == (Verdict.CONFORMS, "over 2 of 3 responses")


def test_what_cannot_be_held_together_is_left_out_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "TOGETHER", 10_000)
    large = said({"word": "x" * 10_000}, "8")
    found = judge(of_kind(words_differ), {"chat_completion": (GOOD, large, said({"word": "b"}))}, claimed=False)
    assert (found.verdict, found.judged, found.note) == (Verdict.CONFORMS, 2, "over 2 of 3 responses")
    none = judge(of_kind(words_differ), {"chat_completion": (large,)}, claimed=False)
    assert (none.verdict, none.reason) == (
        Verdict.INCONCLUSIVE,
        "each response is too large to be compared with others",
    )


def test_a_condition_that_raises_is_a_bug_of_its_check() -> None:
    broken = Condition("it is broken", lambda request: request.json["nothing"])
    found, other = sweep([(of_kind(says_a_word, when=(broken,)), False), (CHECKS[0], False)], [GOOD])
    assert found.judgement.verdict is Verdict.ERROR
    assert "bug in the suite: KeyError" in found.judgement.reason
    assert other.judgement.verdict is Verdict.CONFORMS
