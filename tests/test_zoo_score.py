"""The detection score: what it counts, how it is published, and that only a whole run is."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import jsonschema_rs
import pytest

import noxfile
from conformance.lens.view import Outcome
from conformance.simulator.deviations import entries
from conformance.simulator.deviations.entry import INVENTED, Entry, Severity
from conformance.zoo import command, detection
from conformance.zoo.detection import as_json
from conformance.zoo.markdown import as_markdown
from conformance.zoo.score import Score, Sighting

ROOT = Path(noxfile.__file__).parent
SCHEMA = Path(detection.__file__).with_name("detection.schema.json")
PUBLISHED = ROOT / "reports" / "published"

SEEN = Entry("a-seen", Severity.MAJOR, "One.", "Some.", ("a/b#1",), ("x/*",), area="stored_chats")
MADE_UP = Entry("b-invented", Severity.MINOR, "Two.", "Some.", INVENTED, ("x/*",), area="stored_chats")
LISTED = Entry("c-listed", Severity.MINOR, "Three.", "", ("a/b#2",), excluded="legal: two | three", area="tools")
SCORE = Score(
    (SEEN, MADE_UP, LISTED),
    (
        Sighting((MADE_UP.id,), (), ("y/1",), (), 0.1, Outcome.LOSES, "", "a | b"),
        Sighting((SEEN.id,), ("x/1",), (), (), 0.2, Outcome.RAISES, "KeyError"),
    ),
)

FAKE_ZOO = "import sys\nprint('asked for', *sys.argv[1:])\n"


def test_the_score_says_how_many_were_seen_and_how_many_are_invented() -> None:
    text = as_markdown(SCORE)
    assert "1 of 2 deviations are found" in text
    assert "Of these 1 were seen in real servers and gateways, and 1 are invented." in text
    assert "- `b-invented`: Two." in text
    assert not SCORE.complete


def test_an_area_has_a_title_in_the_table() -> None:
    assert "| Stored chats | 2 | 1 | 1 |  |" in as_markdown(SCORE)


def test_the_json_is_valid_by_the_published_schema() -> None:
    validator = jsonschema_rs.validator_for(json.loads(SCHEMA.read_text(encoding="utf-8")))
    assert [str(found) for found in validator.iter_errors(json.loads(as_json(SCORE)))] == []
    assert not validator.is_valid(json.loads(as_json(SCORE)) | {"detection_version": 2})


def test_the_published_schema_is_current() -> None:
    assert SCHEMA.read_text(encoding="utf-8") == detection.schema(), (
        "python -m conformance.zoo.detection > conformance/zoo/detection.schema.json"
    )


def test_the_published_score_is_of_the_entries_that_there_are() -> None:
    score = detection.Detection.model_validate_json((PUBLISHED / "detection.json").read_bytes())
    served = {entry.id: entry.area for entry in entries() if entry.function is not None}
    assert {one.id: one.area for one in score.each} == served
    assert score.found == score.deviations == len(served), "nox -s zoo"


def test_the_readme_tells_the_true_figures() -> None:
    served = [entry for entry in entries() if entry.function is not None]
    seen = [entry for entry in served if entry.seen]
    all_, some = ((len(found) - 1) // 100 * 100 for found in (served, seen))
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    assert f"more than {all_} deviations, more than {some} of them seen in real servers and gateways" in readme


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Let the command take a ready score; the list holds the patterns that it was asked for."""
    asked: list[str] = []

    def measure(only: str) -> Score:
        asked.append(only)
        return SCORE

    monkeypatch.setattr(command, "measure", measure)
    return asked


def test_the_command_writes_nothing_without_a_folder(
    measured: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert command.main(["--only", "own-*"]) == 1
    assert measured == ["own-*"]
    assert list(tmp_path.rglob("*")) == []
    assert capsys.readouterr().out.startswith("# Detection score")


@pytest.mark.usefixtures("measured")
def test_the_command_writes_both_files_into_a_folder(tmp_path: Path) -> None:
    command.main(["--output", str(tmp_path / "new")])
    assert (tmp_path / "new" / "detection.json").read_text(encoding="utf-8") == as_json(SCORE)
    assert (tmp_path / "new" / "detection.md").read_text(encoding="utf-8") == as_markdown(SCORE)


@pytest.mark.parametrize(
    ("options", "asked"),
    [((), ["--output reports/published"]), (("--only", "stream-*"), ["--only stream-*"])],
)
def test_the_session_publishes_a_whole_run_alone(tmp_path: Path, options: tuple[str, ...], asked: list[str]) -> None:
    shutil.copy(ROOT / "noxfile.py", tmp_path)
    (tmp_path / "conformance" / "zoo").mkdir(parents=True)
    (tmp_path / "conformance" / "zoo" / "__main__.py").write_text(FAKE_ZOO, encoding="utf-8")
    for package in ("conformance", "conformance/zoo"):
        (tmp_path / package / "__init__.py").touch()
    command = (sys.executable, "-m", "nox", "-f", tmp_path / "noxfile.py", "--no-venv", "--no-install", "-s", "zoo")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        (*command, "--", *options),
        env=os.environ | {"PATH": path},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert [line.removeprefix("asked for ") for line in done.stdout.splitlines() if line.startswith("asked")] == asked
