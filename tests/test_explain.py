"""The page that explains a check."""

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from conformance.__main__ import main
from conformance.explain.difference import difference
from conformance.explain.evidence import newest
from conformance.log.records import LOG, Header, Result, dump
from conformance.wire.capability import Level
from conformance.wire.exchange import Exchange
from conformance.wire.response import Response
from conformance.wire.verdict import Verdict
from conformance.zoo.prove import every_check

TOTAL = "responses.basic/response/total_tokens_is_the_sum"
NO_RUNS = ("--runs", "there-are-none")


@pytest.fixture(scope="module", name="said")
def _said() -> str:
    command = [sys.executable, "-m", "conformance", "explain", "responses.*/total_tokens", *NO_RUNS]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_the_page_tells_all_that_is_known(said: str) -> None:
    sentence = "In a Responses API response, `usage.total_tokens` equals `input_tokens` plus\n  `output_tokens`."
    assert said.startswith(f"{TOTAL}\n  {sentence}\n")
    for part in (
        "Level   MAY",
        "https://github.com/openai/openai-python/",
        "Anyone who checks a bill.",
        'curl -sS -i -N "$BASE_URL"/responses -H "Authorization: Bearer $API_KEY"',
        '+  "total_tokens": 0',
        "own-total-is-one-more (minor, invented)",
        "Not checked",
        "none: no run below there-are-none holds this check",
    ):
        assert part in said


def test_whoever_reads_it_may_stop_reading() -> None:
    command = [sys.executable, "-m", "conformance", "explain", "responses.*/total_tokens", *NO_RUNS]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        said = process.stderr.read().splitlines()
    assert [line for line in said if not line.startswith("asking the simulator")] == []
    assert process.returncode == 0


def test_requests_that_others_build_on_come_first(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "files.api/deleted_file_retrieved/deleted_file_is_not_found", *NO_RUNS]) == 0
    said = capsys.readouterr().out
    upload, deletion = said.index("purpose="), said.index("-X DELETE")
    assert upload < deletion < said.index("# files.api/deleted_file_retrieved:")
    assert "ids in later requests come from earlier responses" in said


def test_several_that_match_are_listed_without_what_every_exchange_must_meet(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["explain", "moderations"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].endswith(" checks match `moderations`; name one:")
    assert "  moderations/moderation/one_text_gives_one_result" in lines
    assert not [line for line in lines if line.endswith("/media_type")]


def test_the_finding_that_a_run_prints_names_its_check(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "chat.stream.done/last_event_is_done"]) == 0
    assert capsys.readouterr().out.startswith("chat.stream.done/chat_stream/last_event_is_done\n")


def test_none_that_matches_is_wrong_use_and_near_ones_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "totl_tokens_is_the_sum"]) == 4
    assert f"  {TOTAL}\n" in capsys.readouterr().err


def test_every_check_has_a_page_of_what_is_known_without_sending() -> None:
    for item in every_check():
        assert item.check.requirement
        assert item.check.says.url.startswith("https://")


def _run(folder: Path, day: int, *results: Result) -> None:
    folder.mkdir(parents=True)
    started = datetime(2026, 11, day, tzinfo=UTC)
    header = Header(run=folder.name, suite="0.1.0", client="3.52.0", started=started, command=[], targets=[])
    (folder / LOG).write_text("".join(map(dump, (header, *results))), encoding="utf-8")


def _result(verdict: Verdict, reason: str = "") -> Result:
    return Result(
        target="gate",
        check=TOTAL,
        capability="responses.basic",
        title="",
        statement="",
        requirement="",
        source="",
        level=Level.MAY,
        gating=False,
        verdict=verdict,
        reason=reason,
        exchanges=["responses.basic/greeted"],
        edition="",
    )


def test_the_newest_run_that_judged_it_is_quoted(tmp_path: Path) -> None:
    _run(tmp_path / "20261101T000000Z-gate", 1, _result(Verdict.CONFORMS))
    _run(tmp_path / "20261102T000000Z-gate", 2, _result(Verdict.DEVIATES, "0 is not 23"))
    _run(tmp_path / "20261103T000000Z-gate", 3)
    (found,) = newest(TOTAL, tmp_path)
    assert (found.day, found.target, found.verdict, found.reason) == (
        "2026-11-02 00:00",
        "gate",
        "deviates",
        "0 is not 23",
    )
    page = tmp_path / "20261102T000000Z-gate" / "evidence" / "gate" / "responses.basic--greeted.html"
    assert found.path == str(page.parents[2] / LOG)
    page.parent.mkdir(parents=True)
    page.touch()
    assert newest(TOTAL, tmp_path)[0].path == str(page)


def test_a_log_that_is_none_is_passed_over_and_hostile_text_is_escaped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _run(tmp_path / "1", 1, _result(Verdict.DEVIATES, "\x1b[31m \u202e red"))
    (tmp_path / "2").mkdir()
    (tmp_path / "2" / LOG).write_bytes(b"\xff\n{}")
    (tmp_path / "3").mkdir()
    (tmp_path / "3" / LOG).symlink_to("/dev/zero")
    assert main(["explain", TOTAL, "--runs", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "deviates: \ufffd[31m \ufffd red" in said
    assert "\x1b" not in said


GOOD = Exchange(
    "a/b", "a", frozenset({200}), response=Response(200, (("content-type", "application/json"),), b'{"a": 1}')
)


@pytest.mark.parametrize(
    ("broken", "line"),
    [
        (GOOD.with_response(body=b'{"a": 2}'), '+ "a": 2'),
        (GOOD.with_response(status=500), "+HTTP 500"),
        (GOOD.with_response(headers=(("content-type", "text/\x1bhtml"),)), "+content-type: text/[U+001B]html"),
        (GOOD.with_response(body=b"\xff"), "+�"),
        (GOOD.with_response(at_ms=(9.0,)), "the bytes are the same; they come at other times"),
        (replace(GOOD, leaked=1), "the response holds the key that was sent"),
        (replace(GOOD, response=None, reason="cut"), "+no response: cut"),
    ],
)
def test_what_deviates_is_shown(broken: Exchange, line: str) -> None:
    assert line in difference(GOOD, broken, 80)


def test_the_events_of_a_stream_are_compared_value_by_value() -> None:
    stream = GOOD.with_response(
        headers=(("content-type", "text/event-stream"),), body=b'data: {"a": [1, 2]}\n\ndata: [DONE]\n\n'
    )
    broken = stream.with_response(body=b'data: {"a": [1, 3]}\n\ndata: [DONE]\n\n')
    assert difference(stream, broken, 80) == ['  "a": [', "   1,", "-  2", "+  3", "  ]", " }"]


def test_a_long_difference_is_cut() -> None:
    broken = GOOD.with_response(body=str(list(range(500))).encode())
    assert difference(GOOD, broken, 80)[-1].startswith("... and ")
