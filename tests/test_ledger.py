"""What a run creates at a target and does not delete: the list of it, and cleaning up by that."""

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from conformance.record.ledger import LEDGER, Ledger
from conformance.requests import delete, get, post
from conformance.run import cleanup
from conformance.simulator.app.server import running
from conformance.wire.request import Request
from conformance.wire.response import Response
from tests import hostile
from tests.hostile import serving
from tests.test_plugin import until
from tests.whole_run import KEY, KEY_ENV, Runner, endpoint, run

__all__ = ["run"]

FILES = ("--capability", "files.*")


def answer(value: Any, status: int = 200) -> Response:
    return Response(status, (("content-type", "application/json"),), json.dumps(value).encode(), (), ())


def left(ledger: Ledger) -> list[str]:
    return [f"{entry.request.method} {entry.request.path}" for entry in ledger.left()]


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path)


@pytest.mark.parametrize(
    ("request_", "way"),
    [
        (post("/files", None), ["DELETE /files/x-1"]),
        (post("/batches", {}), ["POST /batches/x-1/cancel"]),
        (post("/responses", {}), ["DELETE /responses/x-1"]),
        (post("/responses", {"store": True}), ["DELETE /responses/x-1"]),
        (post("/responses", {"store": False}), []),
        (post("/chat/completions", {}), []),
        (post("/chat/completions", {"store": True}), ["DELETE /chat/completions/x-1"]),
        (post("/conversations", {}), ["DELETE /conversations/x-1"]),
        (post("/vector_stores", {}), ["DELETE /vector_stores/x-1"]),
        (post("/videos", {}), ["DELETE /videos/x-1"]),
        (post("/embeddings", {}), []),
        (get("/files"), []),
    ],
    ids=lambda value: f"{value.method} {value.path}" if isinstance(value, Request) else None,
)
def test_what_is_kept_at_the_target_is_written_down(ledger: Ledger, request_: Request, way: list[str]) -> None:
    ledger.note("t", "a/b", request_, answer({"id": "x-1"}))
    assert left(ledger) == way


def test_a_refused_request_has_created_nothing(ledger: Ledger) -> None:
    ledger.note("t", "a/b", post("/files", None), answer({"id": "x-1"}, 400))
    assert left(ledger) == []


def test_a_streamed_response_is_known_by_its_first_event(ledger: Ledger) -> None:
    body = b'event: response.created\ndata: {"type": "response.created", "response": {"id": "resp_1"}}\n\n'
    ledger.note("t", "a/b", post("/responses", {"stream": True}), Response(200, (), body, (), ()))
    assert left(ledger) == ["DELETE /responses/resp_1"]


@pytest.mark.parametrize("status", [200, 404])
def test_what_was_deleted_is_struck_out(ledger: Ledger, status: int) -> None:
    for name in ("x-1", "x-2"):
        ledger.note("t", "a/b", post("/files", None), answer({"id": name}))
    ledger.note("t", "a/c", delete("/files/x-1"), answer({}, status))
    assert left(ledger) == ["DELETE /files/x-2"]


def test_a_batch_that_ended_needs_nothing_and_leaves_what_it_wrote(ledger: Ledger) -> None:
    ledger.note("t", "a/b", post("/batches", {}), answer({"id": "b-1"}))
    ended = {"id": "b-1", "status": "completed", "output_file_id": "out-1", "error_file_id": None}
    ledger.note("t", "a/c", get("/batches/b-1"), answer(ended))
    assert left(ledger) == ["DELETE /files/out-1"]


def test_a_completed_upload_leaves_its_file(ledger: Ledger) -> None:
    ended = {"id": "upload-1", "status": "completed", "file": {"id": "x-1"}}
    ledger.note("t", "a/b", post("/uploads/upload-1/complete", {"part_ids": []}), answer(ended))
    ledger.note("t", "a/c", post("/uploads/upload-2/complete", {"part_ids": []}), answer({"error": {}}, 400))
    assert left(ledger) == ["DELETE /files/x-1"]


@pytest.mark.parametrize("name", ["..", "", "a\nb", "x" * 301, 7, None, {"a": 1}])
def test_a_name_that_cannot_be_one_is_left_alone(ledger: Ledger, name: object) -> None:
    ledger.note("t", "a/b", post("/files", None), answer({"id": name}))
    assert left(ledger) == []


def test_an_id_is_quoted_in_a_path(ledger: Ledger) -> None:
    ledger.note("t", "a/b", post("/files", None), answer({"id": "../models/m?x=1#é"}))
    assert left(ledger) == ["DELETE /files/..%2Fmodels%2Fm%3Fx%3D1%23%C3%A9"]


def test_our_key_is_not_written_down(ledger: Ledger) -> None:
    body = b'{"id": "' + "".join(f"\\u{ord(letter):04x}" for letter in KEY).encode() + b'"}'
    ledger.note("t", "a/b", post("/files", None), Response(200, (), body, (), ()), [KEY])
    assert not (ledger.folder / LEDGER).exists()


def test_what_is_no_line_of_a_ledger_is_never_acted_upon(ledger: Ledger) -> None:
    ledger.note("t", "a/b", post("/files", None), answer({"id": "x-1"}))
    strange = [
        {"type": "created", "target": "t", "collection": "models", "id": "m"},
        {"type": "created", "target": "t", "collection": "../admin", "id": "m"},
        {"type": "created", "target": "t", "collection": "files", "id": ["x"]},
    ]
    with (ledger.folder / LEDGER).open("a", encoding="utf-8") as file:
        file.write("".join(json.dumps(line) + "\n" for line in strange) + '{"type": "crea')
    assert left(ledger) == ["DELETE /files/x-1"]


# Cleaning up.


@pytest.fixture
def small(run: Runner) -> Runner:
    """Runs of the few checks of files."""
    return Runner(run.pytester, ("conformance.checks.files",))


@pytest.fixture
def simulator() -> Iterator[str]:
    with running(KEY) as url:
        yield url


def names_of_files(url: str) -> list[str]:
    listed = httpx2.get(f"{url}/files", headers={"Authorization": f"Bearer {KEY}"}).json()
    return [file["id"] for file in listed["data"]]


def test_a_whole_run_leaves_nothing(small: Runner, simulator: str) -> None:
    ran = small.at(simulator, *FILES)
    assert ran.code == 0, ran.said
    assert names_of_files(simulator) == []
    assert Ledger(ran.folder).left() == []
    assert "left (" not in ran.said


def test_what_a_killed_run_left_is_deleted_afterwards(
    small: Runner, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    held = hostile.where(
        lambda seen: seen.method == "GET" and "/files/" in seen.path, hostile.stall(), hostile.faithful(KEY)
    )
    with serving(held) as server:
        with small.started(*endpoint(server.base_url), *FILES) as process:
            until(lambda: [path for path in small.root.rglob(LEDGER) if path.read_bytes()])
            process.send_signal(signal.SIGKILL)
            process.communicate(timeout=60)
        (folder,) = [path.parent for path in small.root.rglob(LEDGER)]
        assert Ledger(folder).left()
        monkeypatch.chdir(small.root)
        assert cleanup.main(["latest"]) == 4
        assert f"--api-key-env {KEY_ENV}" in capsys.readouterr().err
        server.behaviour = hostile.faithful(KEY)
        before = len(server.seen)
        assert cleanup.main(["latest", "--api-key-env", KEY_ENV]) == 0
        said = capsys.readouterr().out
        assert "that the run had created there deleted" in said
        assert {seen.method for seen in server.seen[before:]} == {"DELETE"}
        assert Ledger(folder).left() == []


def test_an_interrupted_run_cleans_up_and_asks_again_what_was_about_it(small: Runner) -> None:
    held = hostile.where(
        lambda seen: seen.method == "GET" and "/files/" in seen.path, hostile.stall(), hostile.faithful(KEY)
    )
    with serving(held) as server:
        with small.started(*endpoint(server.base_url), *FILES) as process:
            until(lambda: [path for path in small.root.rglob(LEDGER) if path.read_bytes()])
            process.send_signal(signal.SIGINT)
            said, _ = process.communicate(timeout=60)
        assert process.returncode == 2, said
        assert "that the run had created there deleted" in said
        server.behaviour = hostile.faithful(KEY)
        whole = small("--resume", "latest", "--api-key-env", KEY_ENV)
    assert whole.code == 0, whole.said
    assert {str(verdict) for verdict in whole.verdicts.values()} == {"conforms"}, whole.reasons
    assert Ledger(whole.folder).left() == []


def test_what_cannot_be_deleted_is_counted_and_the_rest_is_spared(small: Runner) -> None:
    refusing = hostile.where(lambda seen: seen.method == "DELETE", hostile.envelope("no", 405), hostile.faithful(KEY))
    with serving(refusing) as server:
        ran = small.at(server.base_url, *FILES)
    assert "left (DELETE /files/...: answered 405); try again with: nox -s cleanup -- " in ran.said
    assert os.sep not in ran.said.rpartition("nox -s cleanup -- ")[2].splitlines()[0]
