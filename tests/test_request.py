"""Requests: a form is byte for byte the same each time, and an id of a server stays one segment of a path."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.wire.request import BOUNDARY, Request, Upload, get, last_segment, multipart, post, segment
from conformance.wire.verdict import Inconclusive


def test_a_form_is_the_same_each_time() -> None:
    one, other = (multipart("/files", {"purpose": "batch"}, {"file": Upload("a.txt", b"a")}) for _ in range(2))
    assert one == other
    assert one.headers["Content-Type"] == f"multipart/form-data; boundary={BOUNDARY}"


def test_a_form_holds_fields_then_files_as_they_are() -> None:
    form = multipart("/files", {"purpose": "batch"}, {"file": Upload("a.bin", b"\x00\r\n\xff", "audio/wav")})
    assert form.content == (
        b"--conformance-boundary-7f3a\r\n"
        b'Content-Disposition: form-data; name="purpose"\r\n\r\nbatch\r\n'
        b"--conformance-boundary-7f3a\r\n"
        b'Content-Disposition: form-data; name="file"; filename="a.bin"\r\nContent-Type: audio/wav\r\n\r\n'
        b"\x00\r\n\xff\r\n"
        b"--conformance-boundary-7f3a--\r\n"
    )


def test_several_values_and_files_of_one_name_are_sent_one_by_one() -> None:
    pictures = [Upload("1.png", b"1"), Upload("2.png", b"2")]
    content = multipart("/images/edits", {"granularities[]": ["word", "segment"]}, {"image[]": pictures}).content or b""
    assert content.count(b'name="granularities[]"') == 2
    assert content.index(b'filename="1.png"') < content.index(b'filename="2.png"')


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(lambda name: name not in {".", ".."}))
def test_any_id_is_one_segment_of_a_path(name: str) -> None:
    path = f"/responses/{segment(name)}"
    assert path.isascii()
    assert path.isprintable()
    assert not set(path.removeprefix("/responses/")) & set("/?#\\ ")
    assert last_segment(get(path)) == name


@pytest.mark.parametrize("name", ["resp_1-a.b~c", "ft:m:org::1@2", "a+b=c"])
def test_an_id_that_the_official_client_leaves_as_it_is_stays(name: str) -> None:
    assert segment(name) == name


@pytest.mark.parametrize(
    ("name", "quoted"),
    [("../../x", "..%2F..%2Fx"), ("x?y=z", "x%3Fy=z"), ("//evil/x", "%2F%2Fevil%2Fx"), ("a\0b", "a%00b")],
)
def test_an_id_never_leads_elsewhere(name: str, quoted: str) -> None:
    assert segment(name) == quoted


@pytest.mark.parametrize("name", ["", ".", "..", "\ud800"])
def test_an_id_that_cannot_be_a_segment_is_inconclusive(name: str) -> None:
    with pytest.raises(Inconclusive, match="cannot stand in a path"):
        segment(name)


@pytest.mark.parametrize(
    ("request_", "streamed"),
    [
        (post("/responses", {"stream": True}), True),
        (post("/responses", {"stream": False}), False),
        (get("/responses/resp_1?stream=true&starting_after=3"), True),
        (get("/responses/resp_1?stream=false"), False),
        (get("/responses/resp_1"), False),
    ],
)
def test_a_stream_is_requested_in_the_body_or_in_the_query(request_: Request, streamed: bool) -> None:  # noqa: FBT001
    assert request_.streamed is streamed
