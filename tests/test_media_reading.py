"""Pictures are found in an answer in whatever shape they come, and sound is told by its first bytes."""

import json
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.checks.chat.images.reading import decoded, found_in
from conformance.checks.common.fixtures import base64_of, content_of, data_url
from conformance.media.audio import sound_kind, wav_seconds
from conformance.requests import post
from conformance.wire.exchange import Exchange
from conformance.wire.response import Response
from conformance.wire.verdict import Deviation, Inconclusive

URL = data_url("solid.png")
REMOTE = "https://example.invalid/a.png"
PART = {"type": "image_url", "image_url": {"url": URL}}


def answer(content: Any = None, **more: Any) -> Exchange:
    """Return the exchange of a chat whose message is this."""
    body = json.dumps({"choices": [{"message": {"role": "assistant", "content": content, **more}}]}).encode()
    return Exchange("x/y", "x", frozenset({200}), post("/chat/completions", {}), Response(200, body=body))


@pytest.mark.parametrize(
    ("shape", "observed"),
    [
        ("Markdown data URL", answer(f"Here:\n\n![red]({URL})\n")),
        ("bare data URL", answer(URL)),
        ("bare base64", answer(base64_of("solid.png"))),
        ("content parts", answer([{"type": "text", "text": "Here:"}, PART])),
        ("content parts", answer([{"type": "image", "b64_json": base64_of("solid.png")}])),
        ("`images[]`", answer("Here.", images=[PART])),
        ("`images[]`", answer("", images=[URL])),
    ],
)
def test_a_picture_is_found_in_any_shape(shape: str, observed: Exchange) -> None:
    found = found_in(observed)
    assert found is not None
    assert (found.shape, found.content) == (shape, content_of("solid.png"))
    assert decoded(found).size == "64x64"


@pytest.mark.parametrize("observed", [answer(f"![red]({REMOTE})"), answer([{"image_url": REMOTE}])])
def test_a_picture_behind_a_url_is_found_and_not_fetched(observed: Exchange) -> None:
    found = found_in(observed)
    assert found is not None
    with pytest.raises(Inconclusive, match="does not fetch URLs"):
        decoded(found)


@pytest.mark.parametrize(
    "observed",
    [
        answer("I cannot paint."),
        answer(None),
        answer(""),
        answer(f"See {REMOTE}."),
        answer("Hi.", images=[]),
        answer([7]),
    ],
)
def test_there_may_be_no_picture(observed: Exchange) -> None:
    assert found_in(observed) is None


@pytest.mark.parametrize("data", ["VGhpcyBpcyBub3QgYSBwaWN0dXJlLg==", "iVBORw0KGgo=", "aGk"])
def test_a_broken_picture_is_a_deviation(data: str) -> None:
    found = found_in(answer(f"![red](data:image/png;base64,{data})"))
    assert found is not None
    with pytest.raises(Deviation):
        decoded(found)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.sampled_from([URL, REMOTE, "data:image/png"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*PART, "url", "data"]), inner),
    max_leaves=6,
)


@given(JSON, JSON)
def test_any_message_is_read(content: Any, images: Any) -> None:
    found = found_in(answer(content, images=images))
    assert found is None or found.shape


@pytest.mark.parametrize("kind", ["wav", "mp3"])
def test_sound_is_told_by_its_bytes(kind: str) -> None:
    assert sound_kind(content_of(f"spoken.{kind}")) == kind


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("mp3", b"\xff\xfb\x90\x00"),
        ("aac", b"\xff\xf1\x50\x80"),
        ("flac", b"fLaC"),
        ("opus", b"OggS"),
        ("", b"\xff\xff\xfe\xff"),
        ("", b"\x00\x01\x02"),
        ("", b""),
    ],
)
def test_samples_have_no_kind(kind: str, content: bytes) -> None:
    assert sound_kind(content) == kind


def test_a_wav_whose_length_is_not_told_lasts_as_long_as_its_bytes() -> None:
    """Who streams a WAV writes the largest number as its length."""
    head = b"RIFF\xff\xff\xff\xffWAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 16000, 2, 16)
    content = head + b"data\xff\xff\xff\xff" + bytes(8000)
    assert wav_seconds(content) == 0.5
    assert wav_seconds(head) is None


@given(st.binary(max_size=120))
def test_any_bytes_after_the_sign_of_a_wav_are_read(rest: bytes) -> None:
    found = wav_seconds(b"RIFF\0\0\0\0WAVE" + rest)
    assert found is None or found >= 0
