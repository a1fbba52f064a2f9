"""Several samples of each exchange: how often a verdict came, what that supports, and what is flaky."""

import pytest

from conformance.log.sampled import over_samples
from conformance.samples.counted import Samples
from conformance.samples.interval import wilson
from conformance.simulator.app.server import running
from conformance.simulator.deviations import table
from conformance.wire.verdict import Verdict
from tests import runs
from tests.whole_run import CORE, Runner, run

__all__ = ["run"]

GOOD, BAD, UNTOLD = Verdict.CONFORMS, Verdict.DEVIATES, Verdict.INCONCLUSIVE


@pytest.mark.parametrize(
    ("times", "of", "low", "high"),
    # The values of R: prop.test(x, n, correct = FALSE)$conf.int
    [(3, 5, 0.2307, 0.8824), (5, 5, 0.5655, 1.0), (0, 10, 0.0, 0.2775), (1, 1, 0.2065, 1.0)],
)
def test_the_interval_is_wilsons(times: int, of: int, low: float, high: float) -> None:
    found = wilson(times, of)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


@pytest.mark.parametrize(("times", "of"), [(0, 0), (-1, 3), (4, 3)])
def test_what_cannot_be_counted_has_no_interval(times: int, of: int) -> None:
    with pytest.raises(ValueError, match="not a share"):
        wilson(times, of)


@pytest.mark.parametrize(
    ("verdicts", "words"),
    [
        ([BAD, GOOD, BAD, GOOD, BAD], "deviates in 3 of 5 samples (95 % interval: 23% to 88%)"),
        ([GOOD] * 5, "conforms in 5 of 5 samples (95 % interval: 57% to 100%)"),
        ([BAD, UNTOLD, BAD], "deviates in 2 of 2 samples (95 % interval: 34% to 100%), 1 more inconclusive"),
        ([UNTOLD, UNTOLD], "none of 2 samples was conclusive"),
    ],
)
def test_samples_say_how_often_and_what_that_supports(verdicts: list[Verdict], words: str) -> None:
    assert Samples.of(verdicts).words == words


def test_what_deviates_in_every_sample_gates_and_what_flaps_does_not() -> None:
    stable = over_samples([runs.result(BAD), runs.result(BAD)])
    flaky = over_samples([runs.result(GOOD), runs.result(BAD, exchanges=["chat.basic/hello@2"])])
    assert (stable.gating, stable.flaky) == (True, False)
    assert (flaky.verdict, flaky.gating, flaky.flaky) == (BAD, False, True)
    assert flaky.exchanges == ["chat.basic/hello@2"]
    assert flaky.samples is not None
    assert flaky.samples.short == "1 of 2"


def test_a_sample_that_could_not_be_told_makes_nothing_flaky() -> None:
    assert not over_samples([runs.result(BAD), runs.result(UNTOLD)]).flaky
    assert over_samples([runs.result(UNTOLD), runs.result(GOOD)]).verdict is GOOD


def test_a_flaky_endpoint_is_told_and_never_gates_and_its_replay_agrees(run: Runner) -> None:
    with running(None, table()) as base_url:
        address = base_url.replace("/v1", "/~chat-native-role-and-fields@0.5:1/v1")
        ran = run.at(address, *CORE, "--samples", "6")
    assert ran.code == 0, ran.said
    flaky = [result for result in ran.run.results if result.flaky]
    assert flaky
    for result in ran.run.results:
        assert result.samples is not None
        assert result.samples.asked == 6
    assert "flaky" in ran.said
    again = run("--from", ran.folder.name, *CORE)
    assert again.code == 0, again.said
    assert [(r.check, r.samples) for r in again.run.results] == [(r.check, r.samples) for r in ran.run.results]


# Asking again what deviates.


def flaky(base_url: str, seed: int) -> str:
    return base_url.replace("/v1", f"/~chat-native-role-and-fields@0.5:{seed}/v1")


def test_asking_again_tells_what_is_stable_from_what_is_flaky() -> None:
    stable = runs.result(BAD).asked_again(Samples.of([BAD, BAD]))
    chance = runs.result(BAD).asked_again(Samples.of([BAD, GOOD]))
    untold = runs.result(BAD).asked_again(Samples.of([UNTOLD]))
    assert [(one.gating, one.flaky) for one in (stable, chance, untold)] == [
        (True, False),
        (False, True),
        (True, False),
    ]
    assert stable.note == "asked again alone: deviates in 2 of 2 samples (95 % interval: 34% to 100%)"


def test_what_always_deviates_is_asked_again_and_gates(run: Runner) -> None:
    with running(None, table()) as base_url:
        address = base_url.replace("/v1", "/~chat-native-role-and-fields/v1")
        ran = run.at(address, *CORE, "--confirm", "2")
    assert ran.code == 1, ran.said
    deviating = [result for result in ran.run.results if result.verdict is BAD]
    assert deviating
    assert all(one.confirmed and one.confirmed.deviating == 2 and not one.flaky for one in deviating)
    assert all(one.confirmed is None for one in ran.run.results if one.verdict is GOOD)
    assert "asked again alone: at most 2 requests" in ran.said


def test_what_does_not_deviate_again_never_gates_and_its_replay_agrees(run: Runner) -> None:
    seed = 2
    with running(None, table()) as base_url:
        ran = run.at(flaky(base_url, seed), *CORE, "--confirm", "3")
    assert [one for one in ran.run.results if one.flaky], ran.said
    assert ran.code == 0, ran.said
    assert "flaky, which never gates" in ran.said
    again = run("--from", ran.folder.name, *CORE)
    assert again.code == 0, again.said
    assert [(r.check, r.confirmed) for r in again.run.results] == [(r.check, r.confirmed) for r in ran.run.results]


def test_where_nothing_deviates_nothing_is_asked_again(run: Runner) -> None:
    with running(None, table()) as base_url:
        ran = run.at(base_url, *CORE, "--confirm")
    assert ran.code == 0
    assert "asked again" not in ran.said
    assert len(ran.run.exchanges) == ran.run.footer.requests if ran.run.footer else False
