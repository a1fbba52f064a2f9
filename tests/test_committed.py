"""Committed recordings are judged on any machine, and a change of a verdict shows."""

import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.drift import committed
from conformance.drift.accept import main as accept
from conformance.record import cassette, verdicts
from conformance.run import shelf as shelf_of_runs
from conformance.run.command_line import CommandLine
from conformance.run.listing import list_verdicts
from conformance.run.options import RunOptions, resolve
from conformance.run.rejudging import Rejudged, rejudged
from conformance.simulator.app.server import running
from conformance.simulator.deviations import table
from conformance.wire.verdict import Verdict
from tests.whole_run import KEY, Runner, run

__all__ = ["run"]

NAME = "recorded"
TARGET = f"targets/{NAME}.toml"
PART = ("chat.basic", "chat.schema.core", "chat.stream.chunk_schema", "vision.base64")
CHOSEN = [word for pattern in PART for word in ("--capability", pattern)]
DEVIATION = "stream-choice-index-missing"
CAUGHT = "chat.stream.chunk_schema/chat_stream/chunks_have_the_documented_shape"


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that keeps the recordings of the module."""
    return tmp_path_factory.mktemp("shelf") / "kept"


@pytest.fixture
def tape(run: Runner, shelf: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The cassettes of a target that deviates, below the working directory."""
    monkeypatch.chdir(run.root)
    if not shelf.exists():
        with running(KEY, table()) as url:
            changed = url.removesuffix("/v1") + f"/~{DEVIATION}/v1"
            choice = run.target(NAME, changed, models='chat = "sim-chat"')
            assert run.whole(*choice, "--mode", "record", *CHOSEN).code == 1
        shutil.copytree(run.root, shelf)
    else:
        shutil.copytree(shelf, run.root, dirs_exist_ok=True)
    return run.root / "cassettes" / NAME


@pytest.fixture
def verdicts_of(tape: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """The command, which judges a part of the suite here: all of it takes seconds."""

    def part(options: RunOptions, folder: Path) -> Rejudged:
        return rejudged(replace(options, capabilities=PART), folder)

    monkeypatch.setattr(committed, "rejudged", part)
    assert tape.is_dir()
    return lambda *words: committed.main([TARGET, *words])


def listed(tape: Path) -> verdicts.Verdicts:
    found = verdicts.read(tape)
    assert found is not None
    return found


def options(*part: str) -> RunOptions:
    given = CommandLine(target=(TARGET,), mode="replay", level="may", cost="all", capability=part)
    return resolve(given, {}, Path.cwd())


def test_a_replay_without_pytest_gives_the_same_verdicts(tape: Path, run: Runner) -> None:
    replayed = run.whole("--target", TARGET, "--mode", "replay", "--level", "may", *CHOSEN)
    found = rejudged(options(*PART), tape.parents[1] / "judged")
    told = {f"{NAME} {result.check}": result.verdict for result in found.results[NAME]}
    assert told == replayed.verdicts
    assert {line.label for line in found.exchanges[NAME]} == {line.label for line in replayed.run.exchanges}
    assert {result.check: result.level for result in found.results[NAME]} == {
        result.check: result.level for result in replayed.run.results
    }


def test_a_list_is_written_once_and_held_from_then_on(
    tape: Path, verdicts_of: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert verdicts_of() == 1
    assert "no list of them" in capsys.readouterr().out
    assert verdicts_of("--write") == 0
    assert listed(tape)[CAUGHT].verdict is Verdict.DEVIATES
    assert listed(tape)[CAUGHT].findings == ("missing:ChatCompletionChunkChoice/index",)
    assert verdicts_of() == 0
    assert "all as listed" in capsys.readouterr().out


def test_a_verdict_that_is_not_as_listed_fails_until_the_list_is_written(
    tape: Path, verdicts_of: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert verdicts_of("--write") == 0
    verdicts.write(tape, {**listed(tape), CAUGHT: verdicts.Told(Verdict.CONFORMS)})
    capsys.readouterr()
    assert verdicts_of() == 1
    said = capsys.readouterr().out
    assert f"  {CAUGHT}\n    was  conforms\n    is   deviates (missing:ChatCompletionChunkChoice/index) in " in said
    assert verdicts_of("--write") == 0
    assert listed(tape)[CAUGHT].verdict is Verdict.DEVIATES


def test_a_changed_request_is_counted_and_much_of_it_asks_for_a_new_recording(
    tape: Path, verdicts_of: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert verdicts_of("--write") == 0
    (hello,), (other,) = tape.rglob("hello.json"), tape.rglob("image_png.json")
    shutil.copy(other, hello)
    capsys.readouterr()
    assert verdicts_of() == 1
    said = capsys.readouterr().out
    assert re.search(r"1 of \d+ requests have changed since: unrecorded are chat\.basic/hello\n", said)
    assert "is   unrecorded in chat.basic/hello: request changed since it was recorded (body differs)" in said


def test_damaged_recordings_are_not_listed(
    tape: Path, verdicts_of: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    (hello,) = tape.rglob("hello.json")
    hello.write_text("{", encoding="utf-8")
    assert verdicts_of("--write") == 6
    assert verdicts.read(tape) is None
    assert "not judged: cassette" in capsys.readouterr().out


def test_without_recordings_there_is_nothing_to_judge(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert committed.main([]) == 4
    assert "there are no recordings in cassettes" in capsys.readouterr().err


def test_a_recording_of_the_whole_suite_lists_its_verdicts(tape: Path) -> None:
    (said,) = list_verdicts(options(*PART), [NAME])
    assert said == f"{NAME}: the verdicts of its cassettes are listed in cassettes/{NAME}/verdicts.csv"
    assert listed(tape)[CAUGHT].verdict is Verdict.DEVIATES


def test_a_picture_is_judged_from_its_medium_beside_the_cassettes(tape: Path, run: Runner) -> None:
    """The medium is linked into the run that replays it, whose reports then need no other folder."""
    (picture,) = tape.rglob("image_png.json")
    assert '"sha256"' in picture.read_text(encoding="utf-8")
    ran = run.whole("--target", TARGET, "--mode", "replay", "--capability", "vision.base64")
    assert Verdict.ERROR not in ran.verdicts.values()
    shutil.rmtree(tape)
    (kept,) = (ran.folder / "exchanges").rglob("image_png.json")
    assert cassette.read(kept, ran.folder).sent.body


def test_the_list_stays_when_a_target_is_recorded_again(tape: Path, verdicts_of: Callable[..., int]) -> None:
    assert verdicts_of("--write") == 0
    before = listed(tape)
    shelf_of_runs.exchange(tape, {}, keep=False)
    assert listed(tape) == before


def test_a_replay_whose_deviations_are_all_known_ends_with_0(tape: Path, run: Runner) -> None:
    assert tape.is_dir()
    replay = ("--target", TARGET, "--mode", "replay", *CHOSEN)
    assert run.whole(*replay).code == 1
    folder = run.whole(*replay).folder
    assert accept(["all", "--target", TARGET, "--run", str(folder), "--reason", "as it is today"]) == 0
    assert run.whole(*replay).code == 0
