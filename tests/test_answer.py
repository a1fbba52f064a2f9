import gzip
import json
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.wire import response
from conformance.wire.coding import FREE, LARGEST_RATIO, Unpacker
from conformance.wire.header_fields import as_text
from conformance.wire.response import Ending, NotJson, Response, read_json
from tests.fakes import answer

JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text()),
    lambda below: st.one_of(st.lists(below, max_size=4), st.dictionaries(st.text(), below, max_size=4)),
    max_leaves=20,
)


PACKERS: tuple[Any, ...] = (gzip.compress, zlib.compress)


@given(JSON)
def test_any_json_is_read(value: Any) -> None:
    assert read_json(json.dumps(value)) == value
    assert read_json(json.dumps(value).encode()) == value


@given(st.binary(max_size=60))
def test_any_bytes_are_json_or_said_not_to_be(body: bytes) -> None:
    why = "said in words"
    try:
        read_json(body)
    except NotJson as error:
        why = str(error)
    assert why.isprintable()
    assert 0 < len(why) < 120


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "expecting value at character 0"),
        (b'{"cut', "unterminated string starting at character 1"),
        (b"[1,]", "expecting value at character 3"),
        (b"{} {}", "extra data at character 3"),
        (b"NaN", "NaN is not a JSON value"),
        (b'{"a": -Infinity}', "-Infinity is not a JSON value"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a":' * 100_000, "nested too deeply"),
        (b"1" * 5000, "Exceeds the limit (4300 digits) for integer string conversion: value has 5000 di"),
        (b'"\xff"', "not UTF-8 at byte 1"),
        (b"\xef\xbb\xbf{}", "unexpected utf-8 bom (decode using utf-8-sig) at character 0"),
        ("{}".encode("utf-16"), "not UTF-8 at byte 0"),
    ],
)
def test_what_is_no_json_says_why(body: bytes, why: str) -> None:
    with pytest.raises(NotJson) as caught:
        read_json(body)
    assert str(caught.value) == why


def test_of_a_key_that_comes_twice_the_last_counts() -> None:
    assert read_json(b'{"a": 1, "a": 2}') == {"a": 2}


def test_a_lone_surrogate_is_read_as_it_was_sent() -> None:
    assert read_json(b'"\\ud800"') == "\ud800"


def test_headers_are_found_whatever_their_case() -> None:
    one = Response(200, (("X-Request-ID", "r-1"), ("x-request-id", "r-2")))
    assert one.header("x-request-id") == "r-1"
    assert one.header("absent") is None


def test_several_lines_of_a_list_are_one_list() -> None:
    one = Response(200, (("Allow", "GET"), ("content-type", "a/b"), ("allow", "POST, DELETE")))
    assert one.header("allow") == "GET, POST, DELETE"
    assert one.lines("ALLOW") == ("GET", "POST, DELETE")


@pytest.mark.parametrize("name", ["content-type", "retry-after", "location", "x-ratelimit-limit-requests"])
def test_of_several_lines_of_what_is_not_a_list_the_first_counts(name: str) -> None:
    one = Response(200, ((name, "1"), (name.title(), "2")))
    assert (one.header(name), one.lines(name)) == ("1", ("1", "2"))


@pytest.mark.parametrize("sent", ["Zürich".encode(), "Zürich".encode("latin-1")])
def test_a_header_value_is_read_in_either_charset(sent: bytes) -> None:
    assert as_text(sent) == "Zürich"


@given(st.binary(max_size=40))
def test_any_bytes_of_a_header_value_are_text_that_can_be_written_down(value: bytes) -> None:
    assert as_text(as_text(value).encode()) == as_text(value)


@pytest.mark.parametrize(("deadline_s", "silent_ms", "arriving"), [(0.04, 10, True), (0.1, 70, False), (0.02, 0, True)])
def test_how_long_nothing_came_says_whether_it_was_still_arriving(
    deadline_s: float, silent_ms: float, *, arriving: bool
) -> None:
    one = Response(200, body=b"abcd", sizes=(1, 3), at_ms=(10.0, 30.0), headers_ms=7.0)
    assert one.silent_ms(deadline_s) == pytest.approx(silent_ms)
    assert one.arriving(deadline_s) is arriving


@pytest.mark.parametrize(
    ("content_type", "media_type"),
    [("Application/JSON; charset=utf-8", "application/json"), (" text/event-stream ", "text/event-stream"), ("", "")],
)
def test_the_media_type_is_bare_and_in_lower_case(content_type: str, media_type: str) -> None:
    assert Response(200, (("Content-Type", content_type),)).media_type == media_type
    assert Response(200).media_type == ""


@pytest.mark.parametrize(
    ("encoding", "pack"), [("gzip", gzip.compress), ("X-GZIP", gzip.compress), (" deflate ", zlib.compress)]
)
def test_an_encoded_body_is_decoded_and_kept_as_it_came(encoding: str, pack: Any) -> None:
    packed = pack(b'{"a": 1}')
    one = answer(packed, headers={"Content-Encoding": encoding})
    assert one.body == packed
    assert one.json == {"a": 1}


def test_an_encoded_stream_is_read() -> None:
    one = answer(gzip.compress(b"data: x\n\n"), media_type="text/event-stream", headers={"Content-Encoding": "gzip"})
    assert [event.data for event in one.stream.events] == ["x"]


@pytest.mark.parametrize("encoding", ["identity", "br", "zstd", "gzip, br"])
def test_a_body_in_another_encoding_stays(encoding: str) -> None:
    assert answer(b"as it came", headers={"Content-Encoding": encoding}).decoded == b"as it came"


def test_a_body_that_is_not_what_its_encoding_says_stays() -> None:
    broken = bytearray(gzip.compress(b'{"a": 1}'))
    broken[12] ^= 0xFF
    for body in (b'{"a": 1}', bytes(broken), b""):
        assert answer(body, headers={"Content-Encoding": "gzip"}).decoded == body


def test_of_a_cut_encoded_body_the_beginning_is_decoded() -> None:
    whole = b"".join(b"%d," % number for number in range(5000))
    cut = answer(gzip.compress(whole)[:-400], headers={"Content-Encoding": "gzip"}).decoded
    assert 0 < len(cut) < len(whole)
    assert whole.startswith(cut)


def test_a_small_body_that_unpacks_to_a_huge_one_is_bounded_by_its_size() -> None:
    bomb = gzip.compress(b"\0" * 40_000_000, compresslevel=9)
    one = answer(bomb, headers={"Content-Encoding": "gzip"})
    assert 0 < len(one.decoded) <= LARGEST_RATIO * len(bomb)


def test_a_large_body_that_unpacks_to_a_huge_one_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(response, "MAX_DECODED", 1_000_000)
    body = gzip.compress(b"".join(b"%d," % number for number in range(400_000)))
    assert 500_000 < len(answer(body, headers={"Content-Encoding": "gzip"}).decoded) <= 1_000_000


@given(st.binary(max_size=3000), st.integers(1, 700), st.sampled_from(PACKERS))
def test_a_body_is_unpacked_alike_in_any_parts(body: bytes, size: int, pack: Any) -> None:
    packed, unpacker = pack(body), Unpacker(10_000)
    parts = [packed[start : start + size] for start in range(0, len(packed), size)]
    assert b"".join(piece for part in parts for piece in unpacker.feed(part)) == body


def test_a_small_body_of_blanks_is_no_bomb() -> None:
    packed = gzip.compress(b" " * FREE)
    assert LARGEST_RATIO * len(packed) < FREE
    assert len(b"".join(Unpacker(2 * FREE).feed(packed))) == FREE


def test_without_chunks_everything_arrived_with_the_headers() -> None:
    assert Response(204, headers_ms=7.0).total_ms == 7.0
    assert Response(204, headers_ms=7.0).arrival(3) == 7.0


def test_the_last_chunk_says_when_the_whole_came() -> None:
    one = Response(200, body=b"abcd", sizes=(1, 3), at_ms=(10.0, 30.0), headers_ms=7.0)
    assert one.total_ms == 30.0
    assert [one.arrival(end) for end in (1, 2, 4, 99)] == [10.0, 30.0, 30.0, 30.0]


def test_only_what_came_to_its_end_or_was_stopped_by_us_is_whole() -> None:
    assert {ending for ending in Ending if ending.whole} == {Ending.COMPLETE, Ending.STOPPED}
