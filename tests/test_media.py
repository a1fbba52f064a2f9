"""What is long in a cassette lies beside it, once, and comes back byte for byte; what is wrong with it is named."""

import base64
import gzip
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.record import cassette, media
from conformance.record.media import LONG, LONG_BODY, Packing, file_content
from conformance.record.packed import packed
from conformance.record.recording import CassetteError, Recording
from conformance.wire.upstream import Bounded, UpstreamRequest
from tests.fakes import answer, recording

PICTURE = base64.b64encode(bytes(range(256)) * 8).decode()
ASKED = json.dumps({"model": "m-1", "image": f"data:image/png;base64,{PICTURE}", "text": "What is it?"}).encode()
BODIES = st.lists(
    st.one_of(
        st.text(st.characters(exclude_categories=["Cs"]), max_size=30).map(str.encode),
        st.sampled_from([PICTURE.encode(), b"A" * LONG, b"A" * (LONG - 1), b"word " * LONG_BODY, b"\xff\x00" * LONG]),
        st.binary(max_size=20),
    ),
    max_size=4,
).map(b"".join)


def committed(tmp_path: Path, *made: Recording) -> list[Path]:
    """Write recordings as they are committed, and return where they are."""
    packing = Packing()
    paths = []
    for number, one in enumerate(made):
        source = tmp_path / "run" / "fake" / "fake.owed" / f"{number}.json"
        cassette.write(source, one, [])
        paths.append(tmp_path / "cassettes" / "fake" / "fake.owed" / f"{number}.json")
        paths[-1].parent.mkdir(parents=True, exist_ok=True)
        paths[-1].write_bytes(packed(source.read_bytes(), packing))
    folder = media.folder_of(paths[0])
    folder.mkdir(exist_ok=True)
    for digest, content in packing.taken.items():
        media.place_of(folder, digest).write_bytes(file_content(content))
    return paths


def only_medium(path: Path) -> Path:
    (found,) = media.folder_of(path).iterdir()
    return found


@given(BODIES, BODIES)
def test_a_packed_cassette_holds_the_same_bytes(
    tmp_path_factory: pytest.TempPathFactory, sent: bytes, received: bytes
) -> None:
    folder = tmp_path_factory.mktemp("packed")
    made = recording(answer(received), body=sent)
    (path,) = committed(folder, made)
    whole = cassette.read(folder / "run" / "fake" / "fake.owed" / "0.json")
    assert cassette.read(path, path.parents[2]) == whole
    assert (whole.sent.body, whole.response.body) == (sent, received)
    assert cassette.play(path, "POST", "/chat/completions", "application/json", sent) == whole


def test_a_picture_is_kept_once(tmp_path: Path) -> None:
    other = ASKED.replace(b"What is it?", b"What color is it?")
    paths = committed(tmp_path, recording(body=ASKED), recording(body=other))
    assert gzip.decompress(only_medium(paths[0]).read_bytes()) == PICTURE.encode()
    assert "What color is it?" in paths[1].read_text(encoding="utf-8")
    assert PICTURE[:100] not in "".join(path.read_text(encoding="utf-8") for path in paths)


def test_what_a_gateway_sent_on_is_packed_too(tmp_path: Path) -> None:
    body = Bounded(ASKED, len(ASKED))
    sent_on = UpstreamRequest("gemini", 1.0, 2.0, "POST", "/v1beta/models/m", (), (), body, 200, body)
    packed_one, plain = committed(tmp_path, replace(recording(), upstream=(sent_on,)), recording())
    assert cassette.read(packed_one).upstream == (sent_on,)
    assert len(packed_one.read_bytes()) < len(plain.read_bytes()) + 1000


def test_what_is_not_long_stays_readable_in_the_cassette(tmp_path: Path) -> None:
    (path,) = committed(tmp_path, recording(answer("Grüße".encode())))
    assert "Grüße" in path.read_text(encoding="utf-8")
    assert list(media.folder_of(path).iterdir()) == []


def test_the_file_of_a_medium_is_the_same_whenever_it_is_written() -> None:
    assert file_content(b"a" * 5000) == file_content(b"a" * 5000)
    assert file_content(b"a" * 5000)[4:8] == bytes(4)


def test_a_cassette_and_its_media_appear_at_a_second_place(tmp_path: Path) -> None:
    (path,) = committed(tmp_path, recording(body=ASKED))
    goal = tmp_path / "again" / "fake" / "fake.owed" / "0.json"
    cassette.link(path, goal, tmp_path / "again")
    assert cassette.read(goal) == cassette.read(path)


def test_a_medium_that_is_only_quoted_is_not_looked_for(tmp_path: Path) -> None:
    (path,) = committed(tmp_path, recording(answer(b'"sha256": "' + b"0" * 64 + b'"')))
    path.write_bytes(path.read_bytes().replace(b'\\"', b'"'))
    cassette.link(path, tmp_path / "again" / "fake" / "fake.owed" / "0.json", tmp_path / "again")


DAMAGE: dict[str, tuple[Any, str]] = {
    "missing": (lambda path: path.unlink(), "is missing"),
    "cut": (lambda path: path.write_bytes(path.read_bytes()[:40]), "holds something else"),
    "not packed": (lambda path: path.write_bytes(b"x" * 50), "cut or damaged"),
    "another": (lambda path: path.write_bytes(file_content(b"B" * len(PICTURE))), "its digest does not match"),
    "a bomb": (lambda path: path.write_bytes(file_content(bytes(10_000_000))), "its digest does not match"),
    "a folder": (lambda path: (path.unlink(), path.mkdir()), "is not read: a folder"),
    "a link": (lambda path: path.symlink_to(path.rename(path.with_suffix(".old"))), "is a link"),
}


@pytest.mark.parametrize("what", DAMAGE)
def test_a_medium_that_cannot_be_used_is_named(tmp_path: Path, what: str) -> None:
    (path,) = committed(tmp_path, recording(body=ASKED))
    damage, says = DAMAGE[what]
    damage(only_medium(path))
    with pytest.raises(CassetteError, match=r"the medium [0-9a-f]{12}\.\.\. in media") as caught:
        cassette.read(path)
    assert says in str(caught.value)


def test_a_folder_of_media_behind_a_link_is_not_read(tmp_path: Path) -> None:
    (path,) = committed(tmp_path, recording(body=ASKED))
    media.folder_of(path).rename(tmp_path / "elsewhere")
    media.folder_of(path).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(CassetteError, match="media is a link"):
        cassette.read(path)


DIGEST = "0" * 64
PARTS: dict[str, tuple[Any, str]] = {
    "a path": ([{"sha256": "../../../etc/passwd", "bytes": 5}], "what is not a digest"),
    "an absolute path": ([{"sha256": "/etc/passwd", "bytes": 5}], "what is not a digest"),
    "a number": ([{"sha256": 7, "bytes": 5}], "what is not a digest"),
    "huge": ([{"sha256": DIGEST, "bytes": 10**12}], "more than"),
    "huge together": ([{"sha256": DIGEST, "bytes": media.LARGEST // 2 + 1}] * 2, "more than"),
    "negative": ([{"sha256": DIGEST, "bytes": -1}], "or of none"),
    "true": ([{"sha256": DIGEST, "bytes": True}], "or of none"),
    "many": (["a"] * (media.MOST + 1), "parts; more than"),
    "no size": ([{"sha256": DIGEST}], "cut or damaged"),
    "neither": ([7], "cut or damaged"),
    "no list": (7, "cut or damaged"),
    "half a character": (["\ud800"], "cut or damaged"),
}


@pytest.mark.parametrize("what", PARTS)
@pytest.mark.parametrize("place", ["request", "response"])
def test_parts_that_are_not_ours_are_named_and_never_followed(tmp_path: Path, what: str, place: str) -> None:
    (path,) = committed(tmp_path, recording(body=ASKED))
    parts, says = PARTS[what]
    whole = json.loads(path.read_text(encoding="utf-8"))
    whole["interactions"][0][place]["body"] = {"parts": parts}
    path.write_text(json.dumps(whole), encoding="utf-8")
    with pytest.raises(CassetteError, match=says):
        cassette.read(path)
