"""The command that proves checks one by one."""

from dataclasses import replace

import pytest

from conformance.counterexamples import changed
from tests import prove, simulated

TOTAL = "responses.basic/response/total_tokens_is_the_sum"


def test_a_check_that_matches_is_proven(capsys: pytest.CaptureFixture[str]) -> None:
    assert prove.main(["responses.*/total_tokens"]) == 0
    assert capsys.readouterr().out == f"proven      {TOTAL}\n1 of 1 proven\n"


def test_nothing_that_matches_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    for patterns in ([], ["no.such/check"]):
        assert prove.main(patterns) == prove.USAGE
    assert "no check matches no.such/check" in capsys.readouterr().out


def test_a_check_that_cannot_fail_is_not_proven(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    item = next(item for item in simulated.every_check() if item.id == TOTAL)
    blind = replace(item, check=replace(item.check, counterexample=changed(None, lambda good: good)))
    monkeypatch.setattr(prove, "every_check", lambda: (blind,))
    assert prove.main([TOTAL]) == 1
    assert capsys.readouterr().out.splitlines() == [
        f"not proven  {TOTAL}",
        "    does not deviate on its counterexample: conforms: nothing is wrong with the counterexample",
        "0 of 1 proven",
    ]
