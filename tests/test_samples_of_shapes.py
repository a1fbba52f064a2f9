"""What a contract learns from several samples of one exchange, and what a drift says of a key that was seen once."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from conformance.compare.side import Side, sides
from conformance.contract.derive import derive
from conformance.drift.drift import Drift, drift
from conformance.log.records import Facts, Result, Run
from conformance.samples.counted import Samples
from conformance.shapes.change import Impact
from conformance.wire.verdict import Verdict
from tests.compared import COMPLETION, DONE, judged
from tests.runs import json_answer, recorded, run, target, write_log

WITHOUT_ID = {name: value for name, value in COMPLETION.items() if name != "id"}
HELLO = "chat.basic/hello"
ABOUT = Facts(method="POST", operation="chat/completions", expects=[200])


def sampled(folder: Path, bodies: Sequence[Mapping[str, Any]], *results: Result) -> Side:
    """A run that has sent one request as often as there are bodies."""
    lines = []
    for number, body in enumerate(bodies, start=1):
        place = folder / "recordings" / str(number)
        place.mkdir(parents=True)
        line = recorded(place, json_answer(json.dumps(body).encode()))
        evidence = (place / line.evidence).relative_to(folder).as_posix()
        lines.append(line.model_copy(update={"facts": ABOUT, "sample": number, "evidence": evidence}))
    made = run(folder, [target()], [*lines, *(results or [judged(DONE)])])
    write_log(made)
    return sides([str(folder)], Path.cwd())[0]


def drifted(tmp_path: Path, before: Sequence[Mapping[str, Any]], now: Sequence[Mapping[str, Any]]) -> Drift:
    return drift(derive([sampled(tmp_path / "before", before)]), sampled(tmp_path / "now", now))


def test_one_sample_is_seen_once_and_several_tell_always_from_sometimes(tmp_path: Path) -> None:
    one = derive([sampled(tmp_path / "one", [COMPLETION])]).exchanges[HELLO]
    some = derive([sampled(tmp_path / "some", [COMPLETION, WITHOUT_ID, COMPLETION])]).exchanges[HELLO]
    assert one.shape is not None
    assert some.shape is not None
    assert (one.samples, one.shape["$.id"]) == (1, "once string")
    assert (some.samples, some.shape["$.id"]) == (3, "sometimes string")
    assert some.shape["$.object"].startswith("always")


def test_a_key_that_was_seen_once_and_is_gone_is_told_as_such(tmp_path: Path) -> None:
    (found,) = drifted(tmp_path, [COMPLETION], [WITHOUT_ID]).findings
    assert found.impact is Impact.BREAKING
    assert found.before == "once string"
    assert "seen once" in found.why


def test_a_key_that_was_in_every_one_of_several_samples_and_is_gone_breaks(tmp_path: Path) -> None:
    (found,) = drifted(tmp_path, [COMPLETION] * 3, [WITHOUT_ID]).findings
    assert (found.impact, found.before) == (Impact.BREAKING, "always string")
    assert "seen once" not in found.why


def test_a_key_that_was_seen_once_and_comes_and_goes_flaps_and_breaks_nothing(tmp_path: Path) -> None:
    found = drifted(tmp_path, [COMPLETION], [WITHOUT_ID, COMPLETION])
    assert not found.breaking
    (finding,) = found.findings
    assert finding.flaps
    assert "comes and goes" in finding.why


def test_a_second_sample_that_has_the_key_tells_that_it_is_not_gone(tmp_path: Path) -> None:
    (finding,) = drifted(tmp_path, [COMPLETION] * 2, [WITHOUT_ID, COMPLETION]).findings
    assert finding.id.endswith("sometimes-missing")


def flaky() -> Result:
    samples = Samples.of([Verdict.DEVIATES, Verdict.CONFORMS])
    return judged(DONE, Verdict.DEVIATES, samples=samples, flaky=True, gating=False)


def test_a_contract_knows_every_verdict_of_the_samples(tmp_path: Path) -> None:
    found = derive([sampled(tmp_path / "one", [COMPLETION], flaky())])
    assert found.checks[DONE].verdicts == [Verdict.CONFORMS, Verdict.DEVIATES]


def test_what_is_flaky_now_flaps_and_breaks_nothing(tmp_path: Path) -> None:
    before = derive([sampled(tmp_path / "before", [COMPLETION])])
    found = drift(before, sampled(tmp_path / "now", [COMPLETION], flaky()))
    assert not found.breaking
    (finding,) = found.findings
    assert finding.flaps
    assert finding.why.startswith("it is flaky")


def test_reports_are_about_the_first_sample_and_those_that_a_result_names(tmp_path: Path) -> None:
    made: Run = sampled(tmp_path / "a", [COMPLETION] * 3, judged(DONE, exchanges=[f"{HELLO}@2"])).run
    assert [line.label for line in made.exchanges] == [HELLO, f"{HELLO}@2"]
    assert len(made.every_exchange) == 3
