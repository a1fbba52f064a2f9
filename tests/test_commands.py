"""What all commands have in common: wrong use is exit code 4, and whoever reads what they tell may stop reading."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from conformance.__main__ import COMMANDS, main
from conformance.call import call

STATED = sorted(COMMANDS.keys() - {"demo", "prove", "simulator"})
"""Those with a command line of their own that say what 4 is: `demo` passes its options on, `prove` has none."""


@pytest.mark.parametrize("name", STATED)
def test_an_unknown_option_is_wrong_use(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([name, "--there-is-none"]) == 4
    assert "usage: " in capsys.readouterr().err


def test_no_check_to_prove_is_wrong_use() -> None:
    assert main(["prove"]) == 4


@pytest.mark.parametrize("name", [*STATED, "simulator"])
def test_help_is_no_wrong_use(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([name, "--help"]) == 0
    assert capsys.readouterr().out.startswith("usage: ")


def test_help_names_the_options_of_the_suite_and_all_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("usage: nox -s conformance -- [options]")
    assert all(name in said.partition("other commands")[2] for name in [*COMMANDS.keys() - {"prove"}, "merge"])


@pytest.mark.parametrize("asked", [["drift", "--help"], ["--help"], ["--list", "--format", "json"]])
def test_whoever_reads_it_may_stop_reading(asked: list[str]) -> None:
    command = [sys.executable, "-m", "conformance", *asked]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 0


def test_the_version_names_what_a_report_of_a_mistake_needs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert re.fullmatch(r"conformance \S+ \(Python 3\.\S+, openai \S+, \d+ checks\)\n", capsys.readouterr().out)


@pytest.mark.parametrize(
    ("word", "hint"), [("explian", ": did you mean `explain`? Known: accept"), ("lint", ". Known:")]
)
def test_an_unknown_command_is_told_in_one_line(word: str, hint: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([word]) == 4
    said = capsys.readouterr().err
    assert said.startswith(f"there is no command `{word}`{hint}")
    assert said.count("\n") == 1


def test_a_command_is_called_by_nox_in_a_clone_and_by_its_name_elsewhere(tmp_path: Path) -> None:
    assert call("conformance", "--resume x", root=tmp_path) == "conformance --resume x"
    assert call("merge", "A B", root=tmp_path) == "conformance merge A B"
    (tmp_path / "noxfile.py").touch()
    assert call("conformance", "--resume x", root=tmp_path) == "nox -s conformance -- --resume x"
    assert call("merge", root=tmp_path) == "nox -s merge"
