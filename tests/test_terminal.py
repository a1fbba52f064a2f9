from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from conformance.cli.terminal import SHOWN_CAUSES, SHOWN_REASONS, cost_line, failure_text, summary
from conformance.log.command import without_header_values
from conformance.log.exit_code import Outcome
from conformance.log.records import ExchangeLine, Facts, Known, NotRun, TargetFacts
from conformance.log.writer import Log
from conformance.plan.afford import Cost
from conformance.run.options import ChosenTarget
from conformance.run.session import End
from conformance.targets.target import Limits, Mode
from conformance.wire.capability import Level
from conformance.wire.response import Ending
from conformance.wire.verdict import Verdict
from tests import runs
from tests.fakes import RECORDED, target

KNOWN = Known(reason="reported", since="2026-01-01")
STALE = Known(reason="reported", since="2026-01-01", stale=True)


def said(
    tmp_path: Path,
    lines: Sequence[Any],
    code: int = 1,
    facts: Sequence[TargetFacts] = (),
    exchanges: Sequence[ExchangeLine] = (),
) -> str:
    """Return what is said at the end of a run of these lines."""
    folder = tmp_path / "reports" / "runs" / "one"
    folder.mkdir(parents=True)
    log = Log(folder, facts or [runs.target("alpha")], ["pytest"])
    for line in lines:
        if isinstance(line, NotRun):
            log.not_run.append(line)
        else:
            log.add(line)
    log.add_exchanges([ExchangeLine(target="alpha", id="x", ending=Ending.COMPLETE), *exchanges], 7)
    log.close(status=0, targets=[target()], whole=True)
    end = End(Outcome(code, ""), ("said by another",), str(tmp_path / "reports" / "matrix.html"))
    return "\n".join(summary(log, end, tmp_path))


@pytest.mark.parametrize(
    ("mode", "limits", "line"),
    [
        (
            "live",
            Limits(per_minute=30),
            "fake (live): at most 12 requests, about 3,456 tokens, price unknown, at 30 a minute, to ",
        ),
        ("record", Limits(per_minute=0), "fake (live): at most 12 requests, about 3,456 tokens, price unknown, to "),
        ("rehearse", Limits(per_minute=0), "fake (rehearsal) (rehearsal: nothing was measured): at most 12 requests, "),
    ],
)
def test_the_price_is_said_before(mode: Mode, limits: Limits, line: str) -> None:
    found = cost_line(Cost("fake", 12, 3456), ChosenTarget(target(limits=limits), mode))
    assert found.startswith(line)
    assert found.endswith("to http://127.0.0.1:9/v1")


def test_a_price_in_money_is_said_where_it_is_known() -> None:
    choice = ChosenTarget(target(), "live")
    assert "at most $0.50 by the prices of its file" in cost_line(Cost("fake", 1, 50_000, 0.5), choice)
    assert "tokens, price unknown, " in cost_line(Cost("fake", 1, 50_000), choice)


def test_a_replay_sends_nothing_and_says_how_old_it_is() -> None:
    choice = ChosenTarget(target(), "replay", Path("cassettes"), RECORDED)
    assert cost_line(Cost("fake", 12, 3456), choice) == (
        "fake (recorded on 2026-11-01): 12 exchanges from cassettes, no request"
    )


def test_a_deviation_says_requirement_source_observation_and_evidence() -> None:
    evidence = [f"exchanges/{number}.json" for number in range(5)]
    text = failure_text(runs.result(Verdict.DEVIATES, evidence=evidence, level=Level.SHOULD))
    assert text.splitlines() == [
        "chat.basic/hello/role_is_assistant  deviates  [alpha]",
        "  SHOULD    The role of the message is `assistant`.",
        "  says      openai-python 3.52.0, ChatCompletionMessage.role",
        "  observed  it is not",
        "  evidence  exchanges/0.json, exchanges/1.json, exchanges/2.json",
    ]


def test_a_stale_entry_says_so() -> None:
    text = failure_text(runs.result(known=STALE))
    assert "stale known deviation: it conforms by now" in text
    assert "  known     reported (since 2026-01-01)" in text


def test_counts_have_their_denominator(tmp_path: Path) -> None:
    lines = [
        runs.result(),
        runs.result(Verdict.DEVIATES, known=KNOWN, findings=["missing:A/b"]),
        runs.result(Verdict.INCONCLUSIVE),
        runs.result(Verdict.UNSUPPORTED, level=Level.MAY),
    ]
    text = said(tmp_path, lines)
    assert "  MUST    1 of 3 conform, 1 inconclusive, 1 deviates, 1 of them known" in text
    assert "  MAY     0 of 1 conform, 1 unsupported" in text
    assert "SHOULD" not in text


def test_the_end_says_where_everything_is(tmp_path: Path) -> None:
    text = said(tmp_path, [runs.result()], 0)
    assert text.splitlines()[1] == "alpha  (live, https://alpha.example/v1)"
    assert text.endswith(
        "said by another\n\n7 requests sent. Exit code 0: nothing new is wrong\n"
        "Run     reports/runs/one\nMatrix  reports/matrix.html"
    )


def test_a_cause_is_said_once_with_its_places_and_new_ones_first(tmp_path: Path) -> None:
    lines = [
        runs.result(Verdict.DEVIATES, findings=["old"], known=KNOWN),
        runs.result(Verdict.DEVIATES, findings=["optional"], gating=False, level=Level.MAY),
        runs.result(Verdict.DEVIATES, findings=["new"], level=Level.SHOULD),
        runs.result(Verdict.DEVIATES, findings=["new", "both"], level=Level.SHOULD),
        runs.result(known=STALE),
    ]
    text = said(tmp_path, lines)
    ids = [line.split(": ")[0].strip() for line in text.splitlines() if line.startswith("        ") and ": " in line]
    assert ids == ["both", "new", "optional", f"stale:{lines[-1].check}", "old"]
    assert "  5 causes:" in text


def test_many_causes_and_reasons_are_cut_with_their_number(tmp_path: Path) -> None:
    many = range(SHOWN_CAUSES + 3)
    lines = [runs.result(Verdict.DEVIATES, findings=[f"cause-{number}"]) for number in many]
    lines += [runs.result(Verdict.ERROR, reason=f"error-{number}") for number in range(SHOWN_REASONS + 2)]
    text = said(tmp_path, lines)
    assert text.count("        cause-") == SHOWN_CAUSES
    assert "    ... and 3 more, in the matrix" in text
    assert text.count("error-") == SHOWN_REASONS
    assert "    ... and 2 more reasons, in the matrix" in text


def test_errors_are_never_called_the_targets(tmp_path: Path) -> None:
    lines = [runs.result(Verdict.ERROR, reason="bad key"), runs.result(Verdict.ERROR, reason="bad key")]
    text = said(tmp_path, [*lines, runs.result(Verdict.INCONCLUSIVE, reason="cannot")])
    assert "  Errors (ours or the network's, never the target's):\n    bad key  (2 checks)" in text
    assert "  Inconclusive:\n    cannot  (chat.basic/hello/role_is_assistant)" in text
    assert "causes of deviations" not in text


def test_what_was_left_out_is_said_with_its_price(tmp_path: Path) -> None:
    dear = [NotRun(target="alpha", id=f"x{number}", why="dear", tokens=1500, checks=1) for number in range(2)]
    assert "Not run, to keep the cost down: 2 exchanges, about 3,000 tokens (--cost all)" in said(
        tmp_path, [runs.result(), *dear]
    )


def test_a_rehearsal_cannot_be_overlooked(tmp_path: Path) -> None:
    text = said(tmp_path, [runs.result()], facts=[runs.target("alpha", mode="rehearse")])
    assert "alpha (rehearsal)  (rehearsal: nothing was measured, " in text


def test_a_long_reason_does_not_fill_the_screen(tmp_path: Path) -> None:
    lines = [runs.result(verdict, reason="x" * 5000, findings=["f"]) for verdict in (Verdict.DEVIATES, Verdict.ERROR)]
    assert max(len(line) for line in said(tmp_path, lines).splitlines()) < 400


@pytest.mark.parametrize(
    ("code", "words"),
    [(1, "a new gating"), (2, "interrupted"), (3, "internal"), (5, "nothing was"), (6, "not measured")],
)
def test_every_exit_code_has_its_words(tmp_path: Path, code: int, words: str) -> None:
    assert f"Exit code {code}: {words}" in said(tmp_path, [runs.result()], code)


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        (["--header", "X-Team: blue"], ["--header", "X-Team: ..."]),
        (["--header=X-Team: blue", "-x"], ["--header=X-Team: ...", "-x"]),
        (["--model", "a:b", "--name", "c"], ["--model", "a:b", "--name", "c"]),
        (["--header", "a value that lost its name"], ["--header", "..."]),
    ],
)
def test_values_of_headers_do_not_get_into_the_log(command: list[str], shown: list[str]) -> None:
    assert without_header_values(command) == shown


def test_what_was_not_asked_stands_apart_from_what_is_unclear(tmp_path: Path) -> None:
    unsent = ExchangeLine(
        target="alpha",
        id="images.generate/painted",
        ending=Ending.UNSENT,
        facts=Facts(method="", operation="", roles=["image"]),
    )
    lines = [
        runs.result(Verdict.INCONCLUSIVE, reason="no model", exchanges=[unsent.id]),
        runs.result(Verdict.INCONCLUSIVE, reason="x answered 500", unmeasured=True),
        runs.result(Verdict.INCONCLUSIVE, reason="cannot be told"),
    ]
    text = said(tmp_path, lines, exchanges=[unsent])
    assert "  1 check not asked, for want of a model by role: image 1 (--model ROLE=ID)" in text
    assert "  1 check not told, because the response was one that a cause above is about" in text
    assert "Inconclusive:\n    cannot be told" in text
    assert "answered 500  (" not in text
