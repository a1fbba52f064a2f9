"""The command that proves checks one by one."""

from dataclasses import replace

import pytest

from conformance.counterexamples import changed
from conformance.plan.expand import Selected
from conformance.simulator.deviations.entry import INVENTED, Entry, Severity
from conformance.zoo import proof, prove
from tests.simulated import every_check

TOTAL = "responses.basic/response/total_tokens_is_the_sum"


def _alone(check: Selected, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the suite hold one check."""
    monkeypatch.setattr(prove, "every_check", lambda: [check])


def _total() -> Selected:
    return next(item for item in every_check() if item.id == TOTAL)


def test_a_check_that_matches_is_proven_with_those_of_its_exchanges(capsys: pytest.CaptureFixture[str]) -> None:
    assert prove.main(["responses.*/total_tokens"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"proven      {TOTAL}  (killed by own-total-is-one-more)",
        "1 of 1 proven; of 3 checks of their exchanges 3",
    ]


def test_nothing_that_matches_is_wrong_use_and_what_is_near_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    for patterns in ([], ["no.such/check"], ["total_tokens", "totl_tokens_is_the_sum"]):
        assert prove.main(patterns) == prove.USAGE
    said = capsys.readouterr().out
    assert "no check matches `no.such/check`" in said
    assert "no check matches `totl_tokens_is_the_sum`; near it:\n  " in said
    assert TOTAL in said


def test_a_check_that_cannot_fail_is_not_proven(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    item = _total()
    _alone(replace(item, check=replace(item.check, counterexample=changed(None, lambda good: good))), monkeypatch)
    assert prove.main([TOTAL]) == 1
    assert capsys.readouterr().out.splitlines() == [
        f"not proven  {TOTAL}  (killed by own-total-is-one-more)",
        "    does not deviate on its counterexample: conforms: nothing is wrong with the counterexample",
        "0 of 1 proven",
    ]


def test_a_check_that_no_deviation_kills_is_not_proven(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    harmless = Entry(
        "harmless", Severity.MINOR, "Nothing.", "nobody", INVENTED, (TOTAL,), lambda c, handler: handler(c)
    )
    _alone(_total(), monkeypatch)
    monkeypatch.setattr(proof, "PUBLISHED", proof.PUBLISHED.with_name("absent.json"))
    for known, said in (((harmless,), "is not killed by harmless"), ((), "is not named by a deviation of the zoo")):
        monkeypatch.setattr(proof, "entries", lambda known=known: known)
        monkeypatch.setattr(proof, "table", lambda known=known: {entry.id: entry.function for entry in known})
        assert prove.main([TOTAL]) == 1
        assert f"    {said}" in capsys.readouterr().out
