"""The simulator's content codings: gzip for who accepts it, read from who sends it, nothing else."""

import gzip
import json

import pytest

from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.coding import pack, unpack
from conformance.simulator.http.errors import ApiError
from conformance.wire.coding import ends_early

LONG = {"text": "word " * 40}
LIMIT = 10_000


def call(content: bytes = b"", **headers: str) -> Call:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Call("POST", "/chat/completions", headers=named, content=content)


@pytest.mark.parametrize("accepted", ["gzip", "br, gzip;q=0.5", "*"])
def test_a_body_in_json_is_packed_for_who_accepts_it(accepted: str) -> None:
    answer = pack(Answer(LONG), call(accept_encoding=accepted))
    assert isinstance(answer.body, bytes)
    assert answer.header("content-encoding") == "gzip"
    assert answer.header("content-type") == "application/json"
    assert json.loads(gzip.decompress(answer.body)) == LONG


@pytest.mark.parametrize("accepted", ["identity", "gzip;q=0", "br"])
def test_a_body_is_left_alone_for_who_does_not(accepted: str) -> None:
    assert pack(Answer(LONG), call(accept_encoding=accepted)) == Answer(LONG)


def test_a_short_body_is_left_alone() -> None:
    assert pack(Answer({}), call(accept_encoding="gzip")) == Answer({})


def test_a_request_in_gzip_is_unpacked() -> None:
    assert unpack(call(gzip.compress(b"{}"), content_encoding="gzip"), LIMIT).content == b"{}"


@pytest.mark.parametrize(
    ("content", "coding", "status"),
    [
        (b"{}", "br", 415),
        (b"{}", "gzip", 400),
        (gzip.compress(b"{}" * 100, mtime=0)[:-8], "gzip", 400),
        (gzip.compress(b"x" * 3_000_000, mtime=0), "gzip", 413),
    ],
)
def test_a_request_that_cannot_be_unpacked_is_rejected(content: bytes, coding: str, status: int) -> None:
    with pytest.raises(ApiError) as raised:
        unpack(call(content, content_encoding=coding), LIMIT)
    assert raised.value.status == status


def test_data_that_breaks_off_is_seen_although_what_it_holds_is_whole() -> None:
    whole = gzip.compress(b'{"a": 1}')
    assert ends_early(whole, "gzip") == ""
    assert "breaks off" in ends_early(whole[:-8], "gzip")
    assert ends_early(whole[:-8], "br") == ""
