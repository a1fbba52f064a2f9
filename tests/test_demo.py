"""The demo: three invented endpoints, of which nothing can be taken for a vendor's."""

import subprocess
from collections.abc import Sequence
from typing import Any

import pytest

from conformance import __main__ as commands
from conformance.cli import demo
from conformance.definition import catalogue
from conformance.rehearsal.dressing import deviations
from conformance.targets.load import TARGETS, load, names
from conformance.targets.target import Target

FOLDER = TARGETS / "demo"
INVENTED = [load(name, {}, FOLDER) for name in demo.NAMES]


def test_the_demo_has_a_faithful_a_partial_and_a_treacherous_endpoint() -> None:
    assert tuple(names(FOLDER)) == demo.NAMES
    assert deviations(INVENTED[0]) == ()
    assert all(deviations(target) for target in INVENTED[1:])


@pytest.mark.parametrize("target", INVENTED, ids=demo.NAMES)
def test_invented_endpoints_say_so_and_ask_for_no_key(target: Target) -> None:
    assert target.title.endswith("(invented)")
    assert not target.needs_key
    assert target.name not in names()
    known = {node.id for node in catalogue.load().nodes}
    assert {one for claim in target.claims for one in claim.capabilities} <= known


def test_families_that_are_asked_exist() -> None:
    families = {node.id.partition(".")[0] for node in catalogue.load().nodes}
    assert set(demo.FAMILIES) <= families


class Ends:
    """Stands for `subprocess.run`: a command that ends with a code."""

    def __init__(self, code: int) -> None:
        self.code = code
        self.command: Sequence[str] = ()

    def __call__(self, command: Sequence[str], **_: Any) -> "subprocess.CompletedProcess[str]":
        """Note the command, and end."""
        self.command = command
        return subprocess.CompletedProcess(command, self.code)


@pytest.mark.parametrize(("code", "ends"), [(1, 0), (0, 1), (2, 2), (3, 3)])
def test_the_demo_works_where_its_run_finds_something(code: int, ends: int, monkeypatch: pytest.MonkeyPatch) -> None:
    run = Ends(code)
    monkeypatch.setattr(subprocess, "run", run)
    assert demo.main(["--output", "there"]) == ends
    assert run.command[-2:] == ["--output", "there"]
    assert sum(word == "--target" for word in run.command) == 3


@pytest.mark.parametrize("option", ["--help", "-h"])
def test_the_help_of_the_demo_is_its_own(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.main(["demo", option]) == 0
    assert capsys.readouterr().out.startswith("usage: python -m conformance demo")
