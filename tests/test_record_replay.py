"""What was recorded is judged the same without the network; what cannot be trusted is named, with what to do."""

import errno
import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from conformance.files import replace_file
from conformance.record.cassette import read
from conformance.report.evidence.page import evidence_html
from conformance.report.evidence.source import proofs
from conformance.wire.response import Ending
from conformance.wire.verdict import Verdict
from tests import hostile
from tests.hostile import CHAT, Behaviour, serving
from tests.whole_run import CORE, KEY, KEY_ENV, Ran, Runner, run

__all__ = ["run"]

NAME = "recorded"
STREAMED = (*CORE, "--capability", "chat.stream.basic", "--capability", "chat.stream.done", "--capability", "models.*")
AGAIN = f"nox -s conformance -- --target targets/{NAME}.toml --mode record"

NO_NETWORK = """
import atexit, os, socket, sys

def refuse(*arguments, **options):
    raise RuntimeError("a replay opened a socket")

for name in ("connect", "connect_ex", "bind", "sendto"):
    setattr(socket.socket, name, refuse)
socket.getaddrinfo = refuse

@atexit.register
def tell():
    with open(os.environ["LOADED"], "a") as file:
        file.write(" ".join(name for name in ("openai", "conformance.send.engine") if name in sys.modules))
"""


def recorded(run: Runner, behaviour: Behaviour, *selection: str) -> Ran:
    """Record from a server that is gone afterwards."""
    with serving(behaviour) as server:
        choice = run.target(NAME, server.base_url, deadline_s=3)
        ran = run(*choice, "--mode", "record", *selection)
    (run.root / "reports").rename(run.root / f"reports-of-{len(list(run.root.iterdir()))}")
    return Ran(ran.code, ran.said, run.root)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that keeps the first recording of the module, for the tests that need just any."""
    return tmp_path_factory.mktemp("shelf") / "kept"


@pytest.fixture
def tape(run: Runner, shelf: Path) -> Runner:
    """Runs in a folder where three cassettes are."""
    if not shelf.exists():
        selection = ("--capability", "models.list.schema", "--capability", "chat.multi_turn")
        recorded(run, hostile.faithful(), *CORE, *selection)
        shutil.copytree(run.root, shelf, ignore=shutil.ignore_patterns("reports*", "__pycache__"))
    else:
        shutil.copytree(shelf, run.root, dirs_exist_ok=True)
    return run


def replayed(run: Runner, *options: str) -> Ran:
    """Replay in this process."""
    return run("--target", f"targets/{NAME}.toml", "--mode", "replay", *options)


def cassette(run: Runner, name: str = "hello.json") -> Path:
    (path,) = (run.root / "cassettes" / NAME).rglob(name)
    return path


def test_a_replay_gives_the_same_verdicts_with_the_network_off_and_without_the_client(run: Runner) -> None:
    with serving(hostile.faithful(KEY)) as server:
        choice = run.target(NAME, server.base_url)
        live = run(*choice, "--mode", "record", *STREAMED)
        verdicts, folder = live.verdicts, live.folder
    assert live.code == 0, live.said
    assert "cassettes recorded in cassettes/recorded" in live.said
    assert hostile.files_with(run.root, KEY) == []
    (run.root / "sitecustomize.py").write_text(NO_NETWORK)
    off = {"PYTHONPATH": os.pathsep.join([str(run.root), *sys.path]), "LOADED": str(run.root / "loaded"), KEY_ENV: ""}
    for options in (["--mode", "replay"], ["--from", folder.name]):
        shutil.move(folder, run.root / "kept")
        if options[0] == "--from":
            shutil.copytree(run.root / "kept", folder)
        again = run.process(*choice, *options, *STREAMED, environ=off)
        assert again.code == 0, again.said
        assert again.verdicts == verdicts
        assert again.run.header.targets[0].mode == "replay"
        assert "no request" in again.said
        assert again.run.footer is not None
        assert again.run.footer.requests == 0
        shutil.rmtree(run.root / "reports")
        folder.parent.mkdir(parents=True)
        shutil.move(run.root / "kept", folder)
    assert (run.root / "loaded").read_text() == "conformance.send.engine" * 2


def test_deviations_and_streams_that_broke_are_replayed_as_they_were(run: Runner) -> None:
    cut = hostile.parts(b'data: {"id": "x"}\n\n', after="cut")
    streams = hostile.where(lambda seen: b'"stream":true' in seen.body, cut, hostile.faithful())
    with serving(streams) as server:
        choice = run.target(NAME, server.base_url)
        live = run.whole(*choice, "--mode", "record", *STREAMED)
        verdicts, reasons = live.verdicts, live.reasons
        shutil.rmtree(run.root / "reports")
    assert live.code == 1
    assert Verdict.DEVIATES in verdicts.values()
    again = replayed(run.whole, *STREAMED)
    assert (again.code, again.verdicts, again.reasons) == (1, verdicts, reasons)


def shown_by_allure(ran: Ran, check: str) -> set[str]:
    """Return the models that Allure's results name, of the checks whose ids hold a text."""
    results = [json.loads(path.read_text(encoding="utf-8")) for path in ran.folder.rglob("*-result.json")]
    parameters = [parameter for result in results if check in result["fullName"] for parameter in result["parameters"]]
    return {parameter["value"] for parameter in parameters if parameter["name"] == "model"}


def test_every_model_of_a_role_is_replayed(run: Runner) -> None:
    with serving(hostile.faithful()) as server:
        choice = run.target(NAME, server.base_url, models='chat = ["sim-chat", "sim-thinking"]')
        live = run(*choice, "--mode", "record", *CORE)
        verdicts = live.verdicts
        assert live.result("id_is_not_empty").judged == 2  # a check of a kind reads the responses of both
        shutil.rmtree(run.root / "reports")
    assert any("chat=sim-thinking" in name for name in verdicts)
    again = replayed(run, *CORE, "--allure")
    assert (again.code, again.verdicts) == (0, verdicts)
    assert again.run.header.targets[0].models["chat"].ids == ("sim-chat", "sim-thinking")
    asked = {path.name: read(path).provenance.asked for path in (run.root / "cassettes").rglob("hello*.json")}
    assert asked == {"hello.json": {"chat": "sim-chat"}, "hello--chat=sim-thinking.json": {"chat": "sim-thinking"}}
    assert shown_by_allure(again, "chat=sim-thinking") == {"sim-thinking"}
    (proof,) = [one for one in proofs(again.run) if one.label == "chat.basic/hello[chat=sim-thinking]"]
    assert "sim-thinking (chat)" in evidence_html(again.run, proof, [])


def test_a_model_without_its_cassette_is_unrecorded(run: Runner) -> None:
    with serving(hostile.faithful()) as server:
        choice = run.target(NAME, server.base_url, models='chat = ["sim-chat", "sim-thinking"]')
        live = run(*choice, "--mode", "record", *CORE)
        verdicts = live.verdicts
        shutil.rmtree(run.root / "reports")
    cassette(run, "hello--chat=sim-thinking.json").unlink()
    again = replayed(run, *CORE)
    missing = {name for name, verdict in again.verdicts.items() if verdict is Verdict.UNRECORDED}
    assert again.verdicts.keys() == verdicts.keys()
    assert missing == {name for name in verdicts if "chat=sim-thinking" in name}


@pytest.mark.parametrize(
    "behaviour",
    [
        hostile.envelope("slow down", 429, retry_after="999"),
        hostile.on_path(CHAT, hostile.hang_up),
    ],
    ids=["limited", "dead"],
)
def test_nothing_is_recorded_by_half(tape: Runner, behaviour: Behaviour) -> None:
    before = cassette(tape).read_bytes()
    ran = recorded(tape, behaviour, *CORE, "--capability", "models.list.schema")
    assert ran.code == 6
    assert "nothing recorded, because the run was not whole" in ran.said
    assert cassette(tape).read_bytes() == before


def test_an_exchange_without_a_response_is_absent(tape: Runner) -> None:
    ran = recorded(tape, hostile.on_path("/models", hostile.hang_up), *CORE, "--capability", "models.list.schema")
    assert (
        "1 cassette recorded in cassettes/recorded, 1 exchange absent: models.list.schema/models_listed: no response: "
        in ran.said
    )
    assert list((tape.root / "cassettes").rglob("models_listed.json")) == []
    assert cassette(tape, "word_in_earlier_turn.json").is_file()
    again = replayed(tape, *CORE, "--capability", "models.list.schema")
    verdicts = {verdict for name, verdict in again.verdicts.items() if "models.list.schema" in name}
    assert verdicts == {Verdict.UNRECORDED}


def test_a_full_disk_leaves_the_earlier_cassettes_as_they_were(tape: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {path: path.read_bytes() for path in (tape.root / "cassettes").rglob("*.json")}
    asked: list[Path] = []

    def full(path: Path, data: bytes) -> None:
        asked.append(path)
        if len(asked) > 1:
            raise OSError(errno.ENOSPC, "No space left on device")
        replace_file(path, data)

    monkeypatch.setattr("conformance.run.shelf.replace_file", full)
    ran = recorded(tape, hostile.faithful(), *CORE, "--capability", "models.list.schema")
    assert ran.code == 3
    said = "recorded: nothing recorded, the earlier cassettes are as they were: No space left on device"
    assert said in ran.said.splitlines()
    assert {path: path.read_bytes() for path in (tape.root / "cassettes").rglob("*.json")} == before


def test_a_recording_of_a_part_leaves_the_other_cassettes_alone(tape: Runner) -> None:
    kept = cassette(tape, "word_in_earlier_turn.json").read_bytes()
    assert recorded(tape, hostile.faithful(), *CORE).code == 0
    assert recorded(tape, hostile.faithful(), "-k", "role_is_assistant").code == 0
    assert cassette(tape, "word_in_earlier_turn.json").read_bytes() == kept


def test_a_missing_cassette_is_unrecorded(tape: Runner) -> None:
    cassette(tape).unlink()
    ran = replayed(tape, *CORE)
    assert ran.code == 6
    assert set(ran.verdicts.values()) == {Verdict.UNRECORDED}
    assert ran.reasons == {f"no cassette hello.json; record it with: {AGAIN}"}


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda path: path.write_text(path.read_text()[:400]), "cut or damaged"),
        (lambda path: path.write_text(""), "cut or damaged"),
        (lambda path: path.write_bytes(b"\xff\xfe\x00"), "cut or damaged"),
        (lambda path: path.write_text("[]"), "cut or damaged"),
        (lambda path: path.write_text("null"), "cut or damaged"),
        (lambda path: path.write_text('{"version": 1, "interactions": []}'), "no cassette of this suite"),
        (lambda path: edit(path, "assistant", "assistent"), "edited by hand"),
        (lambda path: edit(path, '"code":200', '"code":201'), "edited by hand"),
        (lambda path: edit(path, '"headers_ms"', '"headers"'), "no cassette of this suite"),
    ],
    ids=["cut", "empty", "bytes", "list", "null", "nothing-in-it", "body", "status", "timing"],
)
def test_a_damaged_cassette_is_named_with_what_to_do(tape: Runner, damage: object, says: str) -> None:
    damage(cassette(tape))  # type: ignore[operator]
    ran = replayed(tape, *CORE)
    assert ran.code == 6, ran.said
    assert set(ran.verdicts.values()) == {Verdict.ERROR}
    (reason,) = ran.reasons
    assert str(cassette(tape)) in reason
    assert says in reason
    assert reason.endswith(f"record it again with: {AGAIN}")


def test_a_cassette_of_another_request_is_unrecorded(tape: Runner) -> None:
    shutil.copy(cassette(tape, "word_in_earlier_turn.json"), cassette(tape))
    ran = replayed(tape, *CORE)
    assert set(ran.verdicts.values()) == {Verdict.UNRECORDED}
    assert ran.reasons == {f"request changed since it was recorded (body differs); record it again with: {AGAIN}"}


def test_one_damaged_cassette_leaves_the_others_unharmed(tape: Runner) -> None:
    cassette(tape, "models_listed.json").write_text("{")
    ran = replayed(tape, *CORE, "--capability", "models.list.schema")
    verdicts = {name: verdict for name, verdict in ran.verdicts.items() if "/hello/" in name}
    assert set(verdicts.values()) == {Verdict.CONFORMS}
    assert Verdict.ERROR in ran.verdicts.values()


def test_how_an_exchange_ended_is_in_its_cassette(run: Runner) -> None:
    recorded(run, hostile.on_path("/models", hostile.parts(b'{"data": [', after="stall")), "-k", "listed or hello")
    metadata = json.loads(cassette(run, "models_listed.json").read_text())["metadata"]["provenance"]
    assert metadata["ending"] == Ending.DEADLINE
    assert metadata["reason"].startswith("nothing came in the last")
    assert metadata["models"] == {"chat": {"id": "sim-chat"}}
