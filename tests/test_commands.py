"""What all commands have in common: wrong use is exit code 4, and whoever reads what they tell may stop reading."""

import subprocess
import sys

import pytest

from conformance.__main__ import COMMANDS, main

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
