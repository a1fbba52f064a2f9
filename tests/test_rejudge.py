"""Old runs by today's checks: since when each deviation is there."""

import os
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from conformance.compare.side import sides
from conformance.contract.replay import replayed
from conformance.drift import rejudge
from conformance.drift.rejudge import Judged, by_target, lines, main
from conformance.log.records import Run
from conformance.simulator.app.server import running
from conformance.simulator.deviations import table
from conformance.wire.verdict import Verdict
from tests.compared import DONE, FINDINGS, INDEX, VECTORS, faithful, gateway, judged
from tests.runs import STARTED
from tests.whole_run import KEY, Runner, run

__all__ = ["run"]


def rows(*runs: Run) -> dict[str, list[str]]:
    told = [Judged(sides([str(one.folder)], Path.cwd())[0], STARTED + timedelta(n)) for n, one in enumerate(runs)]
    (of_target,) = by_target(list(reversed(told)))
    cells = [line.strip("| ").split(" | ") for line in lines(of_target) if line.startswith("| `")]
    return {row[0].strip("`"): row[1:] for row in cells}


def test_a_deviation_is_there_since_the_first_run_that_shows_it(tmp_path: Path) -> None:
    unclear = judged(INDEX, Verdict.INCONCLUSIVE)
    only_vectors = faithful(tmp_path / "b", judged(VECTORS, Verdict.DEVIATES), unclear)
    found = rows(faithful(tmp_path / "a", unclear), only_vectors, gateway(tmp_path / "c"))
    assert found[FINDINGS[VECTORS]] == ["2026-11-22 (not on 2026-11-21)", "no", "1", "1"]
    assert found[FINDINGS[INDEX]] == ["2026-11-23 or before", "?", "?", "1"]
    assert found[FINDINGS[DONE]] == ["2026-11-23 (not on 2026-11-22)", "no", "no", "1"]


def test_a_deviation_that_is_gone_says_so(tmp_path: Path) -> None:
    found = rows(gateway(tmp_path / "a"), faithful(tmp_path / "b"))
    assert found[FINDINGS[DONE]][0] == "2026-11-21 or before; gone on 2026-11-22"


def test_what_is_not_a_run_is_wrong_use(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "nothing"), "--output", str(tmp_path / "t.md")]) == 4
    assert "no run" in capsys.readouterr().err


def test_kept_runs_are_judged_again_without_the_server(
    run: Runner, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(run.root)
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[1]))
    asked = ("--name", "gate", "--capability", "chat.stream.*", "--level", "may")
    with running(KEY, table()) as url:
        assert run.at(url, *asked).code == 0
        changed = url.removesuffix("/v1") + "/~stream-choice-index-missing/v1"
        assert run.at(changed, *asked).code == 1
    assert main(["reports/runs"]) == 0, capsys.readouterr().out
    told = Path("reports/rejudge.md").read_text(encoding="utf-8")
    (row,) = [line for line in told.splitlines() if "missing:ChatCompletionChunkChoice/index" in line]
    assert "(not on 20" in row
    assert "| no |" in row


def git(root: Path, *words: str, day: str = "2026-11-01") -> None:
    author = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b.example"}
    author |= {"GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b.example", "GIT_CONFIG_GLOBAL": os.devnull}
    days = {"GIT_AUTHOR_DATE": f"{day}T12:00:00+00:00", "GIT_COMMITTER_DATE": f"{day}T12:00:00+00:00"}
    subprocess.run(
        ["git", "-C", str(root), *words], check=True, capture_output=True, env={**os.environ, **author, **days}
    )


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_committed_recordings_are_judged_as_each_commit_held_them(
    run: Runner, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The second commit changes the server, the third takes the recordings away, the fourth brings the first back."""
    monkeypatch.chdir(run.root)
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[1]))

    def part(options: list[str], *more: Any) -> Path:
        """Judge a part of the suite: all of it takes long."""
        return replayed([*options, "--capability", "chat.stream.chunk_schema"], *more)

    monkeypatch.setattr(rejudge, "replayed", part)
    git(run.root, "init", "--quiet")
    with running(KEY, table()) as url:
        changed = url.removesuffix("/v1") + "/~stream-choice-index-missing/v1"
        for day, base_url in (("2026-11-01", url), ("2026-11-02", changed), ("2026-11-04", url)):
            choice = run.target("kept", base_url, models='chat = "sim-chat"')
            run.whole(*choice, "--mode", "record", "--capability", "chat.stream.chunk_schema", "--level", "may")
            git(run.root, "add", "cassettes")
            git(run.root, "commit", "--quiet", "-m", "Record it", day=day)
            if day == "2026-11-02":
                git(run.root, "rm", "-r", "--quiet", "--cached", "cassettes/kept")
                git(run.root, "commit", "--quiet", "-m", "Take them away", day="2026-11-03")
    assert main(["cassettes/kept"]) == 0, capsys.readouterr().out
    assert "3 runs judged" in capsys.readouterr().out
    told = Path("reports/rejudge.md").read_text(encoding="utf-8")
    assert "| 2026-11-01 12:00 | 2026-11-02 12:00 | 2026-11-04 12:00 |" in told
    (row,) = [line for line in told.splitlines() if "missing:ChatCompletionChunkChoice/index" in line]
    assert [cell.strip() for cell in row.strip("|").split("|")][2] == "no"
    assert "(not on 2026-11-01); gone on 2026-11-04" in row


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_recordings_that_were_never_committed_have_no_history(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("cassettes/kept").mkdir(parents=True)
    assert main(["cassettes/kept"]) == 4
    assert "not a git repository" in capsys.readouterr().err
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "commit", "--quiet", "--allow-empty", "-m", "Begin")
    assert main(["cassettes/kept"]) == 4
    assert "no commit of its repository holds it" in capsys.readouterr().err
