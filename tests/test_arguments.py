"""The table of options: what pytest takes, what `--help` prints and what the README explains is the same."""

import argparse
from dataclasses import fields
from pathlib import Path

import pytest

from conformance.cli.arguments import OPTIONS, SCREEN, Option, above, help_text, size
from conformance.run.command_line import CommandLine
from tests.fakes import options

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
SHOWN = [option for option in OPTIONS if not option.hidden]


def test_every_option_is_a_field_of_the_command_line() -> None:
    taken = {option.more.get("dest", option.name.removeprefix("--").replace("-", "_")) for option in OPTIONS}
    of_pytest = {"keyword"}
    assert taken | of_pytest == {field.name for field in fields(CommandLine)}


def test_a_command_line_without_options_is_the_default() -> None:
    assert CommandLine.read(options()) == CommandLine()


@pytest.mark.parametrize("option", SHOWN, ids=lambda option: option.name)
def test_an_option_is_in_the_help_and_in_the_readme(option: Option) -> None:
    assert f"  {option.name} " in help_text() + " "
    assert option.name in README


def test_the_help_of_an_option_is_short() -> None:
    assert [option.name for option in SHOWN if len(option.help) > SCREEN] == []


@pytest.mark.parametrize(
    ("given", "read"), [("4096", 4096), ("64K", 65_536), ("8m", 8 * 1024**2), ("2G", 2 * 1024**3), ("1KB", 1024)]
)
def test_a_size_is_read_with_its_unit(given: str, read: int) -> None:
    assert size(given) == read


@pytest.mark.parametrize("given", ["", "0", "12", "many", "-5K", "1T", "9" * 30])
def test_what_is_not_a_size_is_refused(given: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="use bytes, or a size like"):
        size(given)


@pytest.mark.parametrize("given", ["0", "-1", "x", "nan", "inf"])
def test_a_number_above_zero_is_asked_for(given: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="number"):
        above(0, float)(given)
