"""The badge of a run says no more than was measured, in the form that shields.io reads."""

import json
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.cli.badge import badge, main
from conformance.compare.side import only_side
from conformance.log.asked import Asked
from conformance.log.records import Known, Result
from conformance.wire.capability import Level
from conformance.wire.verdict import Verdict
from tests import runs

CONFORMS, DEVIATES = Verdict.CONFORMS, Verdict.DEVIATES


def results(conform: int, *, deviate: int = 0, level: Level = Level.MUST) -> list[Result]:
    """So many MUST checks that conform, and so many of a level that deviate, each for a cause of its own."""
    more = [
        runs.result(DEVIATES, check=f"a.b/c/wrong_{n}", level=level, gating=True, findings=[f"wrong-value:x{n}"])
        for n in range(deviate)
    ]
    return [runs.result(CONFORMS, check=f"a.b/c/right_{n}", level=Level.MUST) for n in range(conform)] + more


def written(
    folder: Path, lines: list[Result], *, asked: Asked | None = None, footer: bool = True, **facts: str
) -> Path:
    """Return the folder of a run with these results."""
    folder.mkdir(parents=True, exist_ok=True)
    made = runs.run(folder, [runs.target(**facts)], lines, footer=footer)
    runs.write_log(replace(made, header=made.header.model_copy(update={"options": asked})))
    return folder


def told(folder: Path) -> tuple[object, object]:
    """Return the message and the color of its badge."""
    found = badge(only_side(str(folder), folder))
    assert (found["schemaVersion"], found["label"]) == (1, "OpenAI API")
    assert set(found) == {"schemaVersion", "label", "message", "color"}
    return found["message"], found["color"]


@pytest.mark.parametrize(
    ("lines", "message", "color"),
    [
        (results(412), "100% of 412 MUST checks, 0 causes", "brightgreen"),
        (results(412, deviate=1, level=Level.SHOULD), "100% of 412 MUST checks, 1 cause", "yellowgreen"),
        (results(999, deviate=1), "99% of 1000 MUST checks, 1 cause", "yellow"),
        (results(9, deviate=1), "90% of 10 MUST checks, 1 cause", "orange"),
        (results(1, deviate=3), "25% of 4 MUST checks, 3 causes", "red"),
        ([runs.result(Verdict.ERROR)], "not measured", "lightgrey"),
        ([runs.result(Verdict.INCONCLUSIVE)], "not measured", "lightgrey"),
        ([*results(9), runs.result(Verdict.ERROR)], "100% of 9 MUST checks, 0 causes, 1 not measured", "lightgrey"),
    ],
)
def test_a_badge_says_what_was_told_and_what_is_wrong(
    tmp_path: Path, lines: list[Result], message: str, color: str
) -> None:
    assert told(written(tmp_path / "one", lines)) == (message, color)


def test_what_is_known_counts_as_wrong(tmp_path: Path) -> None:
    known = results(9, deviate=1)
    known[-1] = known[-1].model_copy(update={"known": Known(reason="reported", since="2026-11-01")})
    assert told(written(tmp_path / "one", known)) == ("90% of 10 MUST checks, 1 cause", "orange")


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        (Asked(), ""),
        (Asked(profile="standard"), ""),
        (Asked(profile="smoke"), "smoke: "),
        (Asked(profile="ci/ours.toml"), "ours: "),
        (Asked(capability=("chat.*", "tools.*")), "chat.*, tools.*: "),
    ],
)
def test_a_part_of_the_suite_is_named(tmp_path: Path, asked: Asked, part: str) -> None:
    assert told(written(tmp_path / "one", results(9), asked=asked))[0] == f"{part}100% of 9 MUST checks, 0 causes"


def test_a_rehearsal_and_a_run_that_was_cut_are_no_measurement(tmp_path: Path) -> None:
    assert told(written(tmp_path / "one", results(9), mode="rehearse")) == ("rehearsed, not measured", "lightgrey")
    assert told(written(tmp_path / "two", results(9), footer=False)) == ("run not finished", "lightgrey")


def test_what_was_recorded_says_when(tmp_path: Path) -> None:
    folder = written(tmp_path / "one", results(9), mode="replay", recorded="2026-11-01T00:00:00Z")
    assert told(folder)[0] == "100% of 9 MUST checks, 0 causes, recorded 2026-11-01"


def test_the_file_may_be_read_by_a_web_server(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, file = written(tmp_path / "one", results(9)), tmp_path / "badge.json"
    assert main([str(folder), "--output", str(file), "--label", "our gate"]) == 0
    assert json.loads(file.read_text(encoding="utf-8"))["label"] == "our gate"
    assert stat.S_IMODE(file.stat().st_mode) == 0o644
    assert main([str(folder)]) == 0
    assert json.loads(capsys.readouterr().out)["color"] == "brightgreen"
    assert main([str(tmp_path / "none")]) == 4
    assert capsys.readouterr().err.startswith("badge: ")
