"""The list of verdicts beside committed cassettes, and what is said of a change."""

from pathlib import Path

import pytest

from conformance.drift.listed import Compared, compared
from conformance.log.records import ExchangeLine, Result
from conformance.record import verdicts
from conformance.record.recording import REQUEST_CHANGED
from conformance.record.verdicts import Told
from conformance.wire.response import Ending
from conformance.wire.verdict import UsageError, Verdict
from tests.compared import DONE, FINDINGS, INDEX, VECTORS, judged
from tests.runs import target

REASON = "the stream ends without `[DONE]`"
GOOD = [judged(DONE), judged(INDEX), judged(VECTORS, Verdict.INCONCLUSIVE)]
BAD = [judged(DONE, Verdict.DEVIATES, reason=REASON, places=["chat.stream.done/streamed"]), *GOOD[1:]]


def line(number: int, ending: Ending = Ending.COMPLETE, reason: str = "") -> ExchangeLine:
    evidence = "" if ending is Ending.UNRECORDED else f"exchanges/alpha/fake.owed/{number}.json"
    return ExchangeLine(target="alpha", id=f"fake.owed/{number}", ending=ending, reason=reason, evidence=evidence)


def told(before: list[Result] | None, now: list[Result], *lines: ExchangeLine) -> Compared:
    listed = None if before is None else verdicts.of_results(before)
    return compared(target(), listed, now, lines or [line(0)])


def text(found: Compared, *, written: bool = False) -> str:
    return "\n".join(found.lines(written=written))


def test_a_list_that_was_written_is_read_again(tmp_path: Path) -> None:
    several = judged(INDEX, Verdict.DEVIATES, findings=["missing:Some/index", "a finding, of words", "missing:Some/a"])
    made = verdicts.of_results([judged(VECTORS), several])
    verdicts.write(tmp_path, made)
    assert verdicts.read(tmp_path) == made
    assert made[INDEX] == Told(Verdict.DEVIATES, ("a finding, of words", "missing:Some/a", "missing:Some/index"))


def test_a_list_does_not_depend_on_the_order_of_the_results() -> None:
    assert verdicts.text(verdicts.of_results(BAD)) == verdicts.text(verdicts.of_results(list(reversed(BAD))))


def test_what_has_no_recording_is_not_listed() -> None:
    assert INDEX not in verdicts.of_results([judged(INDEX, Verdict.UNRECORDED), judged(DONE)])


def test_the_list_of_what_was_never_listed_is_not_there(tmp_path: Path) -> None:
    assert verdicts.read(tmp_path) is None


@pytest.mark.parametrize(
    "content", ["", "x,y\n", "check,verdict,finding\na/b/c,perfect,\n", "check,verdict,finding\na/b/c\n", "\xff\0"]
)
def test_a_file_that_is_not_a_list_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / verdicts.FILE).write_bytes(content.encode("latin-1"))
    with pytest.raises(UsageError, match=r"verdicts\.csv"):
        verdicts.read(tmp_path)


def test_a_list_behind_a_link_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "other").write_text(verdicts.text({}), encoding="utf-8")
    (tmp_path / verdicts.FILE).symlink_to(tmp_path / "other")
    with pytest.raises(UsageError, match="is a link"):
        verdicts.read(tmp_path)


def test_a_change_says_what_was_what_is_and_where() -> None:
    found = text(told(GOOD, BAD))
    assert "1 not as listed" in found
    assert f"  {DONE}\n    was  conforms\n    is   deviates ({FINDINGS[DONE]}) in chat.stream.done/streamed: " in found
    assert REASON in found
    assert found.endswith("if that is meant: nox -s verdicts -- alpha --write")


def test_nothing_is_said_of_what_stays() -> None:
    assert text(told(BAD, BAD)) == "alpha (live): 1 recordings, 3 verdicts, all as listed"


def test_a_check_that_is_new_and_one_that_is_gone_are_changes() -> None:
    found = text(told(GOOD[:2], GOOD[1:]))
    assert f"  {VECTORS}\n    was  unrecorded\n    is   inconclusive" in found
    assert f"  {DONE}\n    was  conforms\n    is   unrecorded: there is no such check any more" in found


def test_another_finding_of_the_same_check_is_a_change() -> None:
    other = judged(DONE, Verdict.DEVIATES, findings=["other:finding"])
    assert [change.check for change in told(BAD, [other, *GOOD[1:]]).changes] == [DONE]


def test_what_is_listed_for_the_first_time_is_not_printed_line_by_line() -> None:
    found = told(None, GOOD)
    assert "no list of them" in text(found)
    assert DONE not in text(found)
    assert "listed from now on" in text(found, written=True)


@pytest.mark.parametrize(("changed", "outdated"), [(0, False), (2, False), (3, True)])
def test_above_a_tenth_of_changed_requests_a_target_is_to_be_recorded_again(changed: int, *, outdated: bool) -> None:
    lines = [line(number) for number in range(20 - changed)]
    lines += [line(20 + n, Ending.UNRECORDED, f"{REQUEST_CHANGED} (body differs)") for n in range(changed)]
    lines += [line(100 + n, Ending.UNRECORDED, "no cassette x.json") for n in range(50)]
    found = told(GOOD, GOOD, *lines)
    assert found.outdated is outdated
    assert ("record it again: nox -s field -- alpha --record" in text(found)) is outdated
    assert (f"{changed} of 20 requests have changed since" in text(found)) is (changed > 0)
    assert "50 exchanges of today without a recording" in text(found)


def test_what_cannot_be_judged_is_said_and_not_written_down() -> None:
    found = told(GOOD, [judged(DONE, Verdict.ERROR, reason="cassette x: cut or damaged"), *GOOD[1:]])
    assert found.errors == ("cassette x: cut or damaged",)
    assert "not judged: cassette x: cut or damaged" in text(found)
    assert "--write" not in text(found)
