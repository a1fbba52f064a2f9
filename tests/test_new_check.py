"""A check of one's own, written from a recorded exchange."""

import json
from pathlib import Path

import pytest

from conformance.__main__ import main
from conformance.wire.verdict import Verdict
from tests import hostile
from tests.hostile import CHAT, serving
from tests.whole_run import Runner, endpoint, run

__all__ = ["run"]

ASKED = {"model": "m", "messages": [{"role": "user", "content": 'Good \'day\' """\n{}'}]}


def recording(folder: Path) -> Path:
    path = folder / "a.jsonl"
    row = {"method": "POST", "url": "https://a.test/v1/chat/completions", "status": 200, "request": ASKED}
    path.write_text(json.dumps({**row, "headers": {}, "body": hostile.chat()}), encoding="utf-8")
    return path


@pytest.mark.long
@pytest.mark.parametrize(("role", "verdict"), [("assistant", Verdict.CONFORMS), ("model", Verdict.DEVIATES)])
def test_it_runs_as_it_is_written(run: Runner, role: str, verdict: Verdict) -> None:
    folder = run.root / "own" / "acme"
    assert main(["new", "check", "--from", str(recording(run.root)), "--to", str(folder), "--name", "greeting"]) == 0
    beside = Runner(run.pytester, ("conformance.checks.models",))
    with serving(hostile.on_path(CHAT, hostile.json_answer(hostile.chat(role=role)))) as server:
        ran = beside.process(*endpoint(server.base_url), "--checks", "own/acme", "--capability", "acme.*")
    found = {result.check: result for result in ran.run.results}
    assert found["acme.greeting/greeting/greeting_has_the_recorded_shape"].verdict is verdict, ran.said
    assert any(json.loads(seen.body)["messages"] == ASKED["messages"] for seen in server.seen if seen.body)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (
            ("--from", "a.jsonl:2", "--to", "acme", "--name", "x"),
            "there is no exchange 2 in a.jsonl; there are: a.jsonl:1",
        ),
        (("--from", "a.jsonl", "--to", "acme", "--name", "no-name"), "`no-name` cannot be the name of a module"),
        (("--from", "b.jsonl", "--to", "acme", "--name", "x"), "there is no b.jsonl"),
    ],
)
def test_what_cannot_be_written_is_said(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    why: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    recording(tmp_path)
    assert main(["new", "check", *words]) == 4
    assert why in capsys.readouterr().err
    assert not (tmp_path / "acme").exists()


def test_nothing_that_is_there_is_replaced(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("--from", str(recording(tmp_path)), "--to", str(tmp_path / "acme"), "--name", "greeting")
    assert [main(["new", "check", *words]) for _ in range(2)] == [0, 4]
    assert "is there already: choose another --name" in capsys.readouterr().err
