"""What a picture's bytes say about it is read without a decoder, and from any bytes in bounded time."""

import struct
import time
from base64 import b64encode, encodebytes

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from conformance.checks.common.fixtures import content_of
from conformance.media.base64 import decode_base64
from conformance.media.image import MAX_HEADERS, Picture, read_picture
from conformance.simulator.media.paint import Painting, paint

SIGNS = (
    b"\x89PNG\r\n\x1a\n",
    b"\xff\xd8\xff",
    b"GIF89a",
    b"RIFF\xff\xff\xff\xffWEBPVP8X",
    b"RIFF\0\0\0\0WEBPVP8L",
    b"RIFF",
)
HOSTILE = st.builds(bytes.__add__, st.sampled_from(SIGNS), st.binary(max_size=200))
EDGES = st.integers(1, 300)
FORMATS = st.sampled_from(["png", "jpeg", "webp"])
SHAPES = ["png", "jpeg", "webp", "gif"]


@pytest.mark.parametrize("kind", SHAPES)
def test_size_and_format_of_a_real_picture_are_told(kind: str) -> None:
    picture = read_picture(content_of(f"word.{kind}"))
    assert picture is not None
    assert (picture.kind, picture.size, picture.whole) == (kind, "448x192", True)


@given(EDGES, EDGES, st.sampled_from(["png", "jpeg", "webp", "transparent png", "transparent webp"]))
def test_size_and_format_of_any_painting_are_told(width: int, height: int, wanted: str) -> None:
    kind, transparent = wanted.rpartition(" ")[2], wanted.startswith("transparent")
    content = paint(Painting(width, height, (200, 30, 30), transparent), kind)  # type: ignore[arg-type]
    assert read_picture(content) == Picture(kind, width, height, alpha=transparent)


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp"])
def test_a_picture_that_is_cut_is_not_whole(kind: str) -> None:
    content = content_of(f"word.{kind}")
    picture = read_picture(content[: len(content) // 2])
    assert picture is not None
    assert not picture.whole


@given(FORMATS, st.integers(0, 400))
def test_the_beginning_of_a_picture_is_that_picture_or_none(kind: str, length: int) -> None:
    content = content_of(f"word.{kind}")[:length]
    picture = read_picture(content)
    assert picture is None or picture.size == "448x192"


@given(st.one_of(HOSTILE, st.binary(max_size=60)))
@example(b"")
@example(b"\xff\xd8\xff")
@example(b"\xff\xd8\xff\xc0\x00\x00")
@example(b"\x89PNG\r\n\x1a\n" + bytes(30))
@example(b"GIF89a\0\0\0\0")
@example(b"RIFF\0\0\0\0WEBPVP8 ")
def test_any_bytes_are_read(content: bytes) -> None:
    picture = read_picture(content)
    assert picture is None or (picture.width > 0 and picture.height > 0)


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xd8\xff\xe0\0\2" + b"\xff\xe0\0\2" * 1_000_000,
        b"\xff\xd8" + b"\xff" * 4_000_000,
        b"\xff\xd8" + b"\xff\xe0\0\0" * 1_000_000,
        content_of("word.png")[:33] + struct.pack(">I4sI", 0, b"tEXt", 0) * 500_000,
    ],
    ids=["many-segments", "padding", "segments-without-length", "many-chunks"],
)
def test_a_file_of_headers_ends_soon(content: bytes) -> None:
    started = time.perf_counter()
    picture = read_picture(content)
    assert time.perf_counter() - started < 0.5
    assert picture is None or not picture.whole
    assert len(content) > MAX_HEADERS


@pytest.mark.parametrize("content", [b"<svg/>", b"BM" + bytes(60), b"%PDF-1.4", b"RIFF\x24\0\0\0WAVEfmt " + bytes(40)])
def test_what_is_none_of_the_four_is_no_picture(content: bytes) -> None:
    assert read_picture(content) is None


@given(st.binary(max_size=200))
def test_base64_gives_the_bytes_with_and_without_line_ends(content: bytes) -> None:
    assert decode_base64(b64encode(content).decode()) == content
    assert decode_base64(encodebytes(content).decode()) == content


@given(st.text(max_size=40))
def test_any_text_is_base64_or_is_not(text: str) -> None:
    found = decode_base64(text)
    assert found is None or len(found) <= len(text)


@pytest.mark.parametrize("text", ["a", "ab*=", "*** no ***", "aGk", "é"])
def test_other_text_is_no_base64(text: str) -> None:
    assert decode_base64(text) is None
