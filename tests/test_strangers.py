"""Runs and cassettes that others made: what lies in them never leads out of their folder, and never holds us up."""

import asyncio
import json
import os
import socket
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from conformance import files
from conformance.files import RefusedFile, read_regular, replace_file
from conformance.log import records
from conformance.log.records import LOG, dump
from conformance.record import cassette
from conformance.record.recording import CassetteError
from conformance.record.replay import Replay
from conformance.record.spool import Failure, Spool
from conformance.report.write import write
from conformance.run import folder as runs
from conformance.run.recorded import replayed
from conformance.wire.response import Ending
from conformance.wire.verdict import UsageError
from tests import fakes, hostile
from tests.fakes import asking, chosen, key, recording
from tests.hostile import serving
from tests.runs import result, target
from tests.runs import run as made
from tests.whole_run import BASIC, Runner, run

__all__ = ["run"]

HEADER = made(Path("run"), [target()], []).header

Disguise = Callable[[Path], object]


def sparse(path: Path) -> None:
    path.touch()
    os.truncate(path, 3 * 1024**3)


def listening(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        os.chdir(path.parent)
        server.bind(path.name)


DISGUISES: dict[str, tuple[Disguise, str]] = {
    "link": (lambda path: path.symlink_to("/etc/passwd"), "a link"),
    "endless": (lambda path: path.symlink_to("/dev/zero"), "a link"),
    "dangling": (lambda path: path.symlink_to("nowhere"), "a link"),
    "folder": (Path.mkdir, "a folder"),
    "pipe": (os.mkfifo, "a pipe"),
    "socket": (listening, "a socket"),
    "sparse": (sparse, "3,221,225,472 bytes"),
}


@pytest.fixture(params=DISGUISES)
def disguised(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, str]:
    """The folder of a target's cassettes, one of which is no file, and what is said of it."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "cassettes"
    cassette.write(folder / "fake.owed" / "good.json", recording(), [])
    disguise, says = DISGUISES[request.param]
    disguise(folder / "fake.owed" / "asked.json")
    return folder, says


def test_what_is_no_file_is_one_error_of_its_exchange(disguised: tuple[Path, str], tmp_path: Path) -> None:
    folder, says = disguised
    found = asyncio.run(Replay(folder, "record", tmp_path / "run").obtain(key(), asking()))
    assert (found.ending, found.ours) == (Ending.UNSENT, True)
    assert says in found.reason
    assert found.reason.endswith("record it again with: record")


def test_what_is_no_file_is_left_out_when_the_models_are_read(disguised: tuple[Path, str]) -> None:
    folder, _ = disguised
    found = replayed(fakes.target(), folder)
    assert (found.target.models["chat"].id, found.day) == ("recorded-model", fakes.RECORDED)


def test_a_folder_that_is_a_link_is_not_entered(tmp_path: Path) -> None:
    cassette.write(tmp_path / "elsewhere" / "asked.json", recording(), [])
    (tmp_path / "cassettes").mkdir()
    (tmp_path / "cassettes" / "fake.owed").symlink_to(tmp_path / "elsewhere")
    found = asyncio.run(Replay(tmp_path / "cassettes", "record", tmp_path / "run").obtain(key(), asking()))
    assert "fake.owed is a link" in found.reason


def test_a_cassette_that_names_a_path_is_none_of_ours(tmp_path: Path) -> None:
    path = tmp_path / "asked.json"
    cassette.write(path, recording(), [])
    text = path.read_text(encoding="utf-8")
    for name in ("target", "capability", "exchange"):
        old = json.loads(text)["metadata"]["provenance"][name]
        path.write_text(text.replace(f'"{name}": "{old}"', f'"{name}": "../../{old}"'), encoding="utf-8")
        with pytest.raises(CassetteError, match="no cassette of this suite"):
            cassette.read(path)


@pytest.mark.parametrize("edit", [{"sizes": ["x"]}, {"at_ms": [None]}, {"headers_ms": [1]}, {"sizes": 7}])
def test_a_digest_that_fits_does_not_make_a_cassette(
    tmp_path: Path, edit: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "asked.json"
    cassette.write(path, recording(), [])
    whole = json.loads(path.read_text(encoding="utf-8"))
    whole["interactions"][0]["response"]["timing"] |= edit
    path.write_text(json.dumps(whole), encoding="utf-8")
    monkeypatch.setattr(cassette, "_digest", lambda *_: whole["metadata"]["provenance"]["digest"])
    with pytest.raises(CassetteError):
        cassette.read(path)


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.write_text("kept", encoding="utf-8")
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "linked").symlink_to(kept)
    replace_file(folder / "linked", b"new")
    files.new_text(folder / "linked").close()
    (folder / "away").symlink_to(tmp_path)
    with pytest.raises(RefusedFile, match="away is a link"):
        replace_file(folder / "away" / "file", b"new", folder)
    assert kept.read_text(encoding="utf-8") == "kept"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kept", "run"]


@pytest.mark.parametrize("place", ["exchanges", "exchanges/fake", "exchanges/fake/fake.owed", ".locks"])
def test_a_run_with_a_link_in_it_does_not_go_on(tmp_path: Path, place: str) -> None:
    folder, elsewhere = tmp_path / "run", tmp_path / "elsewhere"
    elsewhere.mkdir()
    (folder / place).parent.mkdir(parents=True)
    (folder / place).symlink_to(elsewhere)
    log(folder)
    with pytest.raises(UsageError, match=rf"{place} is a link"):
        chosen(tmp_path, "--resume", "run")
    if place != ".locks":
        with pytest.raises(RefusedFile):
            Spool(folder).store(key(), recording(), ())
        with pytest.raises(RefusedFile):
            Spool(folder).store_failure(key(), Failure("refused", ()))
    else:
        with pytest.raises(RefusedFile):
            Spool(folder).claim(key())
    assert list(elsewhere.iterdir()) == []


@pytest.mark.parametrize("text", [b"{", b"[]", b'{"reason": 1}', b"[" * 100_000, b"\xff"])
def test_a_damaged_failure_is_named(tmp_path: Path, text: bytes) -> None:
    replace_file(Spool(tmp_path).path(key()).with_suffix(".failed"), text)
    with pytest.raises(CassetteError, match=r"asked\.failed"):
        Spool(tmp_path).load(key())


def log(folder: Path, text: bytes = b"", **facts: object) -> Path:
    """Write a log with its header, whose target has these facts, and a text after it."""
    folder.mkdir(parents=True, exist_ok=True)
    first = json.loads(dump(HEADER))
    first["targets"] = first["targets"][:1]
    first["targets"][0] |= facts
    (folder / LOG).write_bytes(json.dumps(first).encode() + b"\n" + text)
    return folder


def refused(folder: Path) -> str:
    with pytest.raises(UsageError) as caught:
        records.read(folder)
    return str(caught.value)


@pytest.mark.parametrize("name", ["../../../up", "..", "", "/abs", "a/b", "a\\b", "A", "a\0", "a\n", "x" * 62, "-a"])
def test_a_target_of_a_log_has_the_name_of_a_target(tmp_path: Path, name: str) -> None:
    folder = log(tmp_path / "reports" / "runs" / "one", name=name)
    assert "line 1: targets.0.name: string should match pattern" in refused(folder)
    for option in ("--from", "--resume"):
        with pytest.raises(UsageError, match=r"targets\.0\.name"):
            chosen(tmp_path, option, "one")


@pytest.mark.parametrize(
    "evidence", ["../a.json", "/etc/passwd", "exchanges/../../a", "C:\\a", "\\\\host\\a", "a\0b", "a/..", "x\n"]
)
def test_evidence_of_a_log_stays_in_the_folder_of_the_run(tmp_path: Path, evidence: str) -> None:
    line = json.loads(dump(result()))
    line["evidence"] = [evidence]
    folder = log(tmp_path, json.dumps(line).encode() + b"\n" + dump(result()).encode())
    assert "line 2: result.evidence.0: value error, a path that leads out of the run's folder" in refused(
        folder
    ).replace("line 2: evidence", "line 2: result.evidence")


def test_evidence_behind_a_link_is_not_shown(tmp_path: Path) -> None:
    cassette.write(tmp_path / "elsewhere" / "a.json", recording(), [])
    line = result(exchanges=["fake.owed/asked"], evidence=["exchanges/a.json"])
    folder = log(tmp_path / "run", dump(line).encode(), name=line.target)
    (folder / "exchanges").symlink_to(tmp_path / "elsewhere")
    write(records.read(folder))
    (page,) = (folder / "evidence").rglob("*.html")
    assert "cannot be used: exchanges is a link" in page.read_text(encoding="utf-8")


def test_a_log_speaks_of_the_targets_of_its_header_alone(tmp_path: Path) -> None:
    folder = log(tmp_path, dump(result(target="beta")).encode())
    assert "line 2: target: the header does not name it" in refused(folder)
    assert "line 2: a second header" in refused(log(tmp_path, dump(HEADER).encode()))


DIGITS = b"9" * 5000


@pytest.mark.parametrize(
    "line",
    [
        b"[" * 100_000,
        b'{"type":' + b'{"a":' * 100_000,
        dump(result()).encode().replace(b'"judged":0', b'"judged":' + DIGITS),
        dump(result()).encode().replace(b'"duration_ms":0.0', b'"duration_ms":1e999'),
        dump(result()).encode().replace(b'"duration_ms":0.0', b'"duration_ms":NaN'),
        b"\0" * 1000,
        b"x" * (records.LONGEST_LINE + 1),
    ],
    ids=["deep", "deep-object", "digits", "infinite", "nan", "nul", "long"],
)
def test_a_line_that_is_none_is_named(tmp_path: Path, line: bytes) -> None:
    assert "line 2" in refused(log(tmp_path, line + b"\n" + dump(result()).encode()))


def test_a_log_is_read_up_to_a_size(tmp_path: Path) -> None:
    os.truncate(log(tmp_path) / LOG, 10**9)
    assert f"1,000,000,000 bytes; more than {records.LARGEST:,} are not read" in refused(tmp_path)


@pytest.mark.parametrize("disguise", [os.mkfifo, Path.mkdir, lambda path: path.symlink_to("/dev/zero")])
def test_a_log_that_is_no_file_is_named(tmp_path: Path, disguise: Disguise) -> None:
    disguise(tmp_path / LOG)
    assert "cannot be read" in refused(tmp_path)


@pytest.mark.parametrize("text", [b"../../elsewhere", b"/tmp", b"..", b"", b"a\0b", b"\xff", b"x" * 100_000])
def test_the_pointer_to_the_last_run_holds_a_name(tmp_path: Path, text: bytes) -> None:
    pointer = tmp_path / "reports" / "runs" / "latest"
    replace_file(pointer, text)
    with pytest.raises(UsageError, match=r"runs/latest"):
        runs.find("latest", tmp_path)


def test_a_file_is_read_up_to_a_size(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"1234")
    assert read_regular(tmp_path / "a", 4) == b"1234"
    with pytest.raises(RefusedFile, match="4 bytes; more than 3 are not read"):
        read_regular(tmp_path / "a", 3)
    with pytest.raises(RefusedFile, match="outside"):
        read_regular(tmp_path / "b" / ".." / "a", 4, tmp_path / "b")


def test_half_a_file_is_taken_away(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with pytest.raises(OSError, match="a"):
        replace_file(tmp_path / "a", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_what_a_run_leaves_is_readable_by_its_owner_alone(run: Runner) -> None:
    with serving(hostile.faithful()) as server:
        ran = run(*run.target("kept", server.base_url), "--mode", "record", *BASIC)
    assert ran.code == 0, ran.said
    for root in (run.root / "reports", run.root / "cassettes"):
        for path in (root, *root.rglob("*")):
            wanted = 0o700 if path.is_dir() else 0o600
            assert stat.S_IMODE(path.stat().st_mode) == wanted, path


def test_a_replay_keeps_what_it_judged_in_its_own_folder(run: Runner) -> None:
    with serving(hostile.faithful()) as server:
        first = run(*run.target("kept", server.base_url), *BASIC)
        verdicts = first.verdicts
        first.folder.rename(run.root / "moved")
    again = run("--from", "moved", "--target", "targets/kept.toml", *BASIC)
    assert again.verdicts == verdicts
    assert all((again.folder / line.evidence).is_file() for line in again.run.exchanges if line.evidence)
    assert {line.evidence.partition("/")[0] for line in again.run.exchanges} == {"exchanges"}
