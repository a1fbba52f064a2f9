"""What decides the exit code of a run, and in which words that is said."""

from typing import Any

import pytest

from conformance.log.exit_code import MEANINGS, Outcome, fails, outcome
from conformance.log.records import Known, NotRun, Result
from conformance.wire.capability import Level
from conformance.wire.verdict import Verdict
from tests import runs

EXPLAINED = Known(reason="r", since="2026-01-01")
STALE = Known(reason="r", since="2026-01-01", stale=True)
REFUSED = "preflight of alpha: the key is rejected (401). Check the key in ALPHA_KEY"


def other(verdict: Verdict = Verdict.CONFORMS, **changes: Any) -> Result:
    """Return a result of another capability than the usual one."""
    return runs.result(verdict, **{"capability": "chat.stream", "check": "chat.stream/hello/it_ends", **changes})


def dear(*owed: str, capabilities: tuple[str, ...] = ()) -> NotRun:
    every = sorted({*owed, *capabilities})
    return NotRun(target="alpha", id="x", why="too dear", tokens=1, checks=1, capabilities=every, owed=list(owed))


def unanswered(**changes: Any) -> Result:
    return runs.result(Verdict.INCONCLUSIVE, reason="it broke off", unmeasured=True, **changes)


@pytest.mark.parametrize(
    ("verdict", "changes", "code"),
    [
        (Verdict.CONFORMS, {}, 0),
        (Verdict.CONFORMS, {"known": STALE}, 1),
        (Verdict.DEVIATES, {}, 1),
        (Verdict.DEVIATES, {"gating": False}, 0),
        (Verdict.DEVIATES, {"known": EXPLAINED}, 0),
        (Verdict.ERROR, {}, 6),
        (Verdict.ERROR, {"gating": False, "level": Level.MAY}, 6),
        (Verdict.INCONCLUSIVE, {}, 0),
        (Verdict.INCONCLUSIVE, {"unmeasured": True}, 6),
        (Verdict.INCONCLUSIVE, {"unmeasured": True, "level": Level.SHOULD}, 0),
        (Verdict.UNRECORDED, {"unmeasured": True}, 6),
        (Verdict.UNRECORDED, {"unmeasured": True, "level": Level.MAY}, 0),
        (Verdict.UNSUPPORTED, {"level": Level.SHOULD}, 0),
    ],
)
def test_what_one_result_makes_of_a_run(verdict: Verdict, changes: dict[str, Any], code: int) -> None:
    one = runs.result(verdict, **changes)
    assert fails(one) is (code == 1)
    assert outcome([other(), one, other()]).code == code


def test_one_check_that_can_be_told_is_enough_for_what_is_owed() -> None:
    for verdict in (Verdict.CONFORMS, Verdict.UNSUPPORTED):
        assert outcome([unanswered(), runs.result(verdict)]) == Outcome(0, MEANINGS[0])
    assert outcome([unanswered(), runs.result(Verdict.INCONCLUSIVE)]).code == 6


def test_what_is_wrong_wins_over_what_was_not_measured() -> None:
    assert outcome([runs.result(Verdict.ERROR), other(Verdict.DEVIATES)]).code == 1


@pytest.mark.parametrize(
    ("results", "why"),
    [
        (
            [
                other(Verdict.DEVIATES, findings=["missing:A/b"], level=Level.SHOULD),
                runs.result(Verdict.DEVIATES, findings=["chat.basic/role_is_assistant"]),
                other(Verdict.DEVIATES, findings=["missing:A/b"]),
                other(Verdict.DEVIATES, findings=["optional"], gating=False),
                runs.result(known=STALE),
            ],
            "chat.basic/role_is_assistant deviates (MUST), and 2 more",
        ),
        (
            [runs.result(known=STALE)],
            "the known deviation chat.basic/hello/role_is_assistant is stale: it conforms by now",
        ),
        (
            [runs.result(Verdict.ERROR, reason=REFUSED), other(Verdict.ERROR, reason=REFUSED)],
            "not measured: the key is rejected (401). Check the key in ALPHA_KEY",
        ),
        ([unanswered(), other()], "not measured: no check of chat.basic was conclusive: it broke off"),
        ([], "nothing was selected"),
    ],
)
def test_the_words_name_what_decided(results: list[Result], why: str) -> None:
    assert outcome(results).why == why
    assert outcome(results).words == f"Exit code {outcome(results).code}: {why}"


def test_where_there_are_several_targets_the_words_say_at_which() -> None:
    results = [runs.result(), other(Verdict.DEVIATES, findings=["f"], target="beta")]
    assert outcome(results).why == "f deviates (MUST) at beta"
    results = [runs.result(Verdict.ERROR, reason=REFUSED), other(target="beta")]
    assert outcome(results).why == "not measured: alpha: the key is rejected (401). Check the key in ALPHA_KEY"


def test_what_the_user_named_must_be_told_whatever_the_reason() -> None:
    unable = other(Verdict.INCONCLUSIVE, level=Level.MAY, reason="no model for role `chat`")
    assert outcome([runs.result(), unable]).code == 0
    assert outcome([runs.result(), unable], named=["chat.*"]).code == 0
    found = outcome([runs.result(), unable], named=["chat.stream"])
    assert found == Outcome(6, "not measured: no check of chat.stream was conclusive: no model for role `chat`")
    assert outcome([runs.result()], named=["images"]).code == 0


def test_what_was_left_out_for_its_cost_was_not_measured() -> None:
    assert outcome([other()], [dear(capabilities=("chat.basic",))]).code == 0
    assert outcome([other()], [dear(capabilities=("chat.basic",))], named=["chat.basic"]).code == 6
    assert outcome([other(), runs.result()], [dear("chat.basic")]).code == 0
    assert outcome([other()], [dear("chat.basic")]).why == (
        "not measured: no check of chat.basic was conclusive: too dear (--cost all)"
    )


def test_nothing_that_was_left_out_looks_like_nothing_selected() -> None:
    assert outcome([], [dear()]).code == 6


def test_stale_findings_are_named() -> None:
    assert outcome([runs.result()], stale=["the known deviation f is stale"]) == Outcome(
        1, "the known deviation f is stale"
    )


def test_what_is_new_is_told_by_causes_where_they_are_known() -> None:
    results = [runs.result(Verdict.DEVIATES, check=f"a/b/s{n}", findings=[f"f{n}"]) for n in range(3)]
    end = outcome(results, causes=["f: one sentence (MUST)"])
    assert (end.code, end.why) == (1, "f: one sentence (MUST)")
    assert outcome([runs.result()], causes=["f"]).code == 0


def test_a_target_that_was_left_out_is_not_measured_unless_something_is_wrong_with_another() -> None:
    assert outcome([other()], absent=["`beta` needs its key"]) == Outcome(6, "not measured: `beta` needs its key")
    assert outcome([runs.result(Verdict.DEVIATES)], absent=["`beta` needs its key"]).code == 1
