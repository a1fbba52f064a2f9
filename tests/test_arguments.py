"""The table of options: what pytest takes, what `--help` prints and what the README explains is the same."""

from dataclasses import fields
from pathlib import Path

import pytest

from conformance.cli.arguments import OPTIONS, SCREEN, Option, help_text
from conformance.run.command_line import CommandLine
from tests.fakes import options

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
SHOWN = [option for option in OPTIONS if not option.hidden]


def test_every_option_is_a_field_of_the_command_line() -> None:
    taken = {option.more.get("dest", option.name.removeprefix("--").replace("-", "_")) for option in OPTIONS}
    assert taken == {field.name for field in fields(CommandLine)}


def test_a_command_line_without_options_is_the_default() -> None:
    assert CommandLine.read(options()) == CommandLine()


@pytest.mark.parametrize("option", SHOWN, ids=lambda option: option.name)
def test_an_option_is_in_the_help_and_in_the_readme(option: Option) -> None:
    assert f"  {option.name} " in help_text() + " "
    assert option.name in README


def test_the_help_of_an_option_is_short() -> None:
    assert [option.name for option in SHOWN if len(option.help) > SCREEN] == []
