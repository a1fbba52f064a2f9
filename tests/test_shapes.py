"""With `--keep shapes` a run leaves nothing of what people wrote in its recordings, and nobody judges what is left."""

import asyncio
import gzip
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.record import cassette, shapes
from conformance.record.recording import CassetteError, Kept
from conformance.record.replay import Replay
from conformance.record.shapes import shape, shaped
from conformance.record.spool import Spool
from conformance.report.evidence.page import evidence_html
from conformance.report.evidence.source import proofs
from conformance.run.recorded import replayed
from conformance.wire import sse
from conformance.wire.response import Response
from conformance.wire.verdict import UsageError
from tests import fakes, hostile
from tests.fakes import answer, asking, chosen, key, recording
from tests.hostile import serving
from tests.whole_run import BASIC, Runner, run

__all__ = ["run"]

SAID = "Grüße, mein Geheimnis"
CHAT = {
    "id": "chatcmpl-abc123",
    "object": "chat.completion",
    "created": 17,
    "model": "m/1:free",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": SAID}, "finish_reason": "stop"}],
    "usage": {"total_tokens": 3},
}


def of(value: Any, media_type: str = "application/json") -> Any:
    return json.loads(shape(json.dumps(value).encode(), media_type))


def test_texts_become_as_many_x_and_the_words_of_the_protocol_stay() -> None:
    found = of(CHAT)
    message = found["choices"][0].pop("message")
    assert message == {"role": "assistant", "content": "x" * len(SAID)}
    assert found == {
        "id": "chatcmpl-xxxxxx",
        "object": "chat.completion",
        "created": 17,
        "model": "m/1:free",
        "choices": [{"index": 0, "finish_reason": "stop"}],
        "usage": {"total_tokens": 3},
    }


@pytest.mark.parametrize(
    ("value", "left"),
    [
        ({"role": "my secret"}, {"role": "xxxxxxxxx"}),
        ({"type": "a" * 65}, {"type": "x" * 65}),
        ({"status": ["done", "not done"]}, {"status": ["done", "xxxxxxxx"]}),
        ({"id": "secret"}, {"id": "xxxxxx"}),
        ({"id": "my secret-1"}, {"id": "x" * 11}),
        ({"user": "john_smith"}, {"user": "x" * 10}),
        ({"call_id": "call_1"}, {"call_id": "call_x"}),
        ({"my secret": 1}, {"xxxxxxxxx": 1}),
        ("secret", "xxxxxx"),
        ([1.5, None, True, ""], [1.5, None, True, ""]),
        ({"code": {"message": "no"}}, {"code": {"message": "xx"}}),
    ],
)
def test_what_only_looks_like_the_protocol_is_replaced(value: Any, left: Any) -> None:
    assert of(value) == left


@pytest.mark.parametrize("body", [b"\xff\xd8secret", b'{"cut', b"[" * 100_000, b"1" * 5000, b"plain secret"])
def test_what_is_no_json_becomes_the_count_of_its_bytes(body: bytes) -> None:
    assert shape(body, "application/json") == f"[{len(body):,} bytes]".encode()
    assert shape(b"", "text/plain") == b""


def test_events_keep_their_lines() -> None:
    body = b"\xef\xbb\xbf: hi\r\nevent: response.created\rdata: " + json.dumps(CHAT).encode() + b"\n\n"
    body += b"id: secret\nretry: 5\nsecret: 1\ndata:secret\nevent: my secret\n\ndata: [DONE]\n\nda"
    found = shape(body, "text/event-stream")
    data = json.dumps(of(CHAT)).encode()
    left = b"id: xxxxxx\nretry: 5\nxxxxxxxxx\ndata:xxxxxx\nevent: xxxxxxxxx\n\ndata: [DONE]\n\nxx"
    assert found == b"\xef\xbb\xbf:xxx\r\nevent: response.created\rdata: " + data + b"\n\n" + left
    assert len(sse.parse(found).events) == len(sse.parse(body).events)


TEXTS = st.text(st.characters(categories=["Lu"]), min_size=3).map(lambda text: f"{text} {text}")
VALUES = st.recursive(
    TEXTS, lambda below: st.lists(below) | st.dictionaries(st.sampled_from(["id", "type", "a"]), below)
)


@given(VALUES, st.sampled_from(["application/json", "text/event-stream", "text/plain", ""]))
def test_no_text_is_left(value: Any, media_type: str) -> None:
    body = json.dumps(value, ensure_ascii=False).encode()
    if media_type == "text/event-stream":
        body = b"data: " + body + b"\n\n"
    assert not any(character.isupper() for character in shape(body, media_type).decode())


def test_a_packed_body_is_unpacked_first() -> None:
    packed = answer(gzip.compress(json.dumps(CHAT).encode()), headers={"content-encoding": "gzip"})
    assert shaped(recording(packed)).response.json == of(CHAT)


def stored(folder: Path, given: Response | None = None) -> Path:
    Spool(folder).store(key(), recording(given or answer(CHAT)), ())
    return Spool(folder).path(key())


def test_the_recordings_of_a_run_are_rewritten_once(tmp_path: Path) -> None:
    path = stored(tmp_path)
    damaged = path.with_name("damaged.json")
    damaged.write_text(SAID, encoding="utf-8")
    assert shapes.rewrite(tmp_path) == []
    assert not damaged.exists()
    first = path.read_bytes()
    assert cassette.read(path).provenance.kept is Kept.SHAPES
    assert shapes.rewrite(tmp_path) == []
    assert path.read_bytes() == first


def test_what_cannot_be_rewritten_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = stored(tmp_path)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(cassette, "replace_file", full)
    (said,) = shapes.rewrite(tmp_path)
    assert said == f"{path}: its bodies could not be replaced by their shapes: No space left on device"


def test_shapes_are_not_judged(tmp_path: Path) -> None:
    path = tmp_path / "cassettes" / "fake.owed" / "asked.json"
    cassette.write(path, shaped(recording()), ())
    with pytest.raises(UsageError, match=r"hold shapes only .* cannot be judged again"):
        replayed(fakes.target(), tmp_path / "cassettes")
    with pytest.raises(CassetteError, match="shapes only"):
        cassette.play(path, "POST", "/chat/completions", "application/json", b"{}")
    found = asyncio.run(Replay(tmp_path / "cassettes", "record", tmp_path).obtain(key(), asking()))
    assert (found.response, found.ours) == (None, True)
    Spool(tmp_path).store(key(), shaped(recording()), ())
    assert Spool(tmp_path).load(key()) is None


def test_cassettes_are_not_recorded_as_shapes(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--mode record keeps cassettes that are judged again"):
        chosen(tmp_path, "--mode", "record", "--keep", "shapes")


def test_an_older_recording_holds_bodies(tmp_path: Path) -> None:
    cassette.write(tmp_path / "a.json", recording(), ())
    whole = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    del whole["metadata"]["provenance"]["kept"]
    (tmp_path / "a.json").write_text(json.dumps(whole), encoding="utf-8")
    assert cassette.read(tmp_path / "a.json").provenance.kept is Kept.BODIES


def test_a_run_leaves_shapes_and_says_that_it_cannot_be_judged_again(run: Runner) -> None:
    with serving(hostile.faithful()) as server:
        choice = run.target("kept", server.base_url)
        ran = run(*choice, "--keep", "shapes", *BASIC)
        assert ran.code == 0, ran.said
        found = [cassette.read(path) for path in (ran.folder / "exchanges").rglob("*.json")]
        assert {one.provenance.kept for one in found} == {Kept.SHAPES}
        prompt = next(json.loads(seen.body)["messages"][0]["content"] for seen in server.seen if seen.body)
        assert all("shapes only" in evidence_html(ran.run, proof, []) for proof in proofs(ran.run))
        assert hostile.files_with(ran.folder, prompt) == []
        refused = run("--from", ran.folder.name, *choice, *BASIC)
        assert refused.code == 4
        assert "these recordings hold shapes only (--keep shapes), and cannot be judged again" in refused.said
        requests = len(server.seen)
        again = run("--resume", ran.folder.name, *choice, *BASIC)
        assert again.code == 0
        assert len(server.seen) == 2 * requests
    assert {cassette.read(path).provenance.kept for path in (again.folder / "exchanges").rglob("*.json")} == {
        Kept.SHAPES
    }


def test_a_stream_that_was_asked_for_is_one_whatever_its_media_type_says() -> None:
    body = b'data: {"id": "chatcmpl-1", "text": "so"}\n\ndata: [DONE]\n\n'
    asked = recording(answer(body), body=b'{"stream": true}')
    assert shaped(asked).response.body == b'data: {"id": "chatcmpl-x", "text": "xx"}\n\ndata: [DONE]\n\n'
    assert shaped(replace(asked, sent=replace(asked.sent, body=b"{}"))).response.body == b"[%d bytes]" % len(body)
