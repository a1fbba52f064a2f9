import base64
import gzip
import json
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx2
import pytest
import vcr
from hypothesis import given
from hypothesis import strategies as st

from conformance.record import cassette
from conformance.record.headers import kept_headers
from conformance.record.recording import CassetteError, KeyFound, Recording
from conformance.targets.secrets import forms
from conformance.wire.header_fields import as_text
from conformance.wire.response import Ending, Response
from tests.fakes import SECRET, answer, provenance, recording

CHAT = "/chat/completions"
BODY = b'{"model": "m-1", "messages": []}'
BODIES = st.one_of(
    st.binary(max_size=80),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40).map(str.encode),
    st.sampled_from(
        [b"", b"data: a\r\n\r\ndata: [DONE]\r\r\n\n", b"\xef\xbb\xbf{}", b"\xff\xd8", b"null", b'"\\ud800"']
    ),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cassettes" / "hello.json"


def written(path: Path, made: Recording) -> Path:
    cassette.write(path, made, [SECRET])
    return path


def played(path: Path, body: bytes = BODY, *, method: str = "POST", below: str = CHAT) -> Recording:
    return cassette.play(path, method, below, "application/json", body)


def files(path: Path) -> list[Path]:
    return [found for found in path.parents[1].rglob("*") if found.is_file()]


@given(BODIES, BODIES, st.data())
def test_what_was_written_is_read_and_played_byte_for_byte(
    tmp_path_factory: pytest.TempPathFactory, sent: bytes, received: bytes, data: st.DataObject
) -> None:
    cuts = data.draw(st.lists(st.integers(0, len(received)), max_size=4).map(sorted))
    edges = [0, *cuts, len(received)]
    sizes = tuple(after - before for before, after in pairwise(edges))
    times = tuple(data.draw(st.floats(0, 1e6)) for _ in sizes)
    made = recording(Response(200, (("content-type", "x/y"),), received, sizes, times, 1.5), body=sent)
    path = tmp_path_factory.mktemp("round") / "one.json"
    cassette.write(path, made, [])
    for found in (cassette.read(path), cassette.play(path, "POST", CHAT, "application/json", sent)):
        assert found.response == made.response
        assert found.sent.body == sent
        assert (found.sent.method, found.sent.url) == ("POST", made.sent.url)
        assert found.provenance.model_copy(update={"digest": ""}) == made.provenance


def test_reading_changes_no_byte_of_the_file(path: Path) -> None:
    before = written(path, recording()).read_bytes()
    cassette.read(path)
    played(path)
    assert path.read_bytes() == before
    assert files(path) == [path]


def test_a_text_body_is_readable_in_the_file(path: Path) -> None:
    text = written(path, recording(answer("Grüße, 世界".encode()))).read_text(encoding="utf-8")
    assert "Grüße, 世界" in text


def test_how_an_exchange_ended_is_kept(path: Path) -> None:
    ended = provenance(ending=Ending.DEADLINE, reason="not finished", attempts=("503", "200"), leaked=2, case="a b")
    cassette.write(path, replace(recording(), provenance=ended), [])
    found = cassette.read(path).provenance
    assert (found.ending, found.reason, found.attempts, found.leaked) == (
        ended.ending,
        "not finished",
        ("503", "200"),
        2,
    )


def test_of_a_request_only_harmless_headers_are_written(path: Path) -> None:
    text = written(path, recording()).read_text(encoding="utf-8").lower()
    assert "authorization" not in text
    assert "cookie" not in text
    assert cassette.read(path).sent.headers == (("Content-Type", "application/json"),)


def test_of_an_answer_only_headers_on_the_list_are_written(path: Path) -> None:
    headers = (
        ("Content-Type", "a/b"),
        ("X-Request-Id", "r-1"),
        ("x-ratelimit-limit-requests", "9"),
        ("Set-Cookie", "session=1"),
        ("openai-organization", "org-of-the-user"),
        ("x-ratelimit-limit-requests", "10"),
    )
    kept = (("content-type", "a/b"), ("x-request-id", "r-1"))
    limits = (("x-ratelimit-limit-requests", "9"), ("x-ratelimit-limit-requests", "10"))
    assert kept_headers(headers) == (*kept, *limits)
    assert cassette.read(written(path, recording(Response(200, headers)))).response.headers == (*kept, *limits)


@pytest.mark.parametrize("sent", ["Zürich".encode(), "Zürich".encode("latin-1"), b"\xff\x85 \xc3("])
def test_a_header_value_that_is_not_ascii_comes_back_unchanged(path: Path, sent: bytes) -> None:
    headers = (("x-ratelimit-region", as_text(sent)), ("content-type", "a/b"))
    assert cassette.read(written(path, recording(Response(200, headers)))).response.headers == headers


def test_the_lines_of_the_headers_keep_their_order(path: Path) -> None:
    headers = (("allow", "GET"), ("server", "s"), ("allow", "POST"), ("content-type", "a/b"), ("server", "t"))
    written(path, recording(Response(200, headers)))
    assert cassette.read(path).response.headers == headers
    assert played(path).response.headers == headers


def test_an_order_of_headers_that_was_edited_is_noticed(path: Path) -> None:
    headers = (("allow", "GET"), ("server", "s"), ("allow", "POST"))
    text = written(path, recording(Response(200, headers))).read_text(encoding="utf-8")
    for edited in ('"server",\n     "allow",\n     "allow"', '"allow",\n     "allow",\n     "allow"'):
        whole = json.loads(text)
        whole["interactions"][0]["response"]["header_order"] = json.loads(f"[{edited}]")
        path.write_text(json.dumps(whole), encoding="utf-8")
        with pytest.raises(CassetteError):
            cassette.read(path)


def test_a_second_recording_replaces_the_first(path: Path) -> None:
    written(path, recording(answer({"n": 1})))
    assert cassette.read(written(path, recording(answer({"n": 2})))).response.json == {"n": 2}


@pytest.mark.parametrize("number", range(len(list(forms(SECRET)))))
@pytest.mark.parametrize("place", ["text", "binary", "header", "request", "url", "reason", "case"])
def test_no_form_of_a_key_reaches_the_disk(path: Path, number: int, place: str) -> None:
    shape = list(forms(SECRET))[number]
    word = shape.decode()
    places: dict[str, Callable[[], Recording]] = {
        "text": lambda: recording(answer(b'{"a": "' + shape + b'"}')),
        "binary": lambda: recording(answer(b"\xff\xfe" + shape)),
        "header": lambda: recording(answer(headers={"x-request-id": f"r {word}"})),
        "request": lambda: recording(body=b'{"user": "' + shape + b'"}'),
        "url": lambda: recording(url=f"https://fake.example/v1/models/{word}"),
        "reason": lambda: replace(recording(), provenance=provenance(reason=f"refused {word}")),
        "case": lambda: replace(recording(), provenance=provenance(case=word)),
    }
    with pytest.raises(KeyFound, match=r"hello\.json was not written"):
        written(path, places[place]())
    assert files(path) == []


def test_a_key_within_a_packed_body_does_not_reach_the_disk(path: Path) -> None:
    packed = answer(gzip.compress(SECRET.encode()), headers={"content-encoding": "gzip"})
    with pytest.raises(KeyFound):
        written(path, recording(packed))
    assert files(path) == []


def test_a_key_behind_a_packed_body_does_not_reach_the_disk(path: Path) -> None:
    packed = answer(gzip.compress(b"{}") + SECRET.encode(), headers={"content-encoding": "gzip"})
    with pytest.raises(KeyFound):
        written(path, recording(packed))
    assert files(path) == []


def test_a_response_is_searched_once_for_each_key(path: Path) -> None:
    """Whoever says that a key is not there was the one who looked; for another key it is looked again."""
    searched = replace(recording(answer(b"of " + SECRET.encode())), searched=frozenset({SECRET}))
    assert written(path, searched).is_file()
    with pytest.raises(KeyFound):
        written(path, replace(searched, searched=frozenset({"sk-another-0Kq7mB2x"})))


@pytest.mark.parametrize("place", ["url", "reason"])
def test_what_is_written_beside_a_searched_response_is_searched(path: Path, place: str) -> None:
    asked = recording(url=f"https://fake.example/v1/models/{SECRET}") if place == "url" else recording()
    made = replace(asked, searched=frozenset({SECRET}), provenance=provenance(reason=f"refused {SECRET}"))
    with pytest.raises(KeyFound):
        written(path, made)


def test_a_key_within_base64_of_the_answer_does_not_reach_the_disk(path: Path) -> None:
    for offset in range(3):
        body = base64.b64encode(b"x" * offset + SECRET.encode() + b"yz")
        with pytest.raises(KeyFound):
            written(path, recording(answer(body)))
    assert files(path) == []


def test_a_missing_cassette_is_no_error_of_a_cassette(path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        cassette.read(path)
    with pytest.raises(FileNotFoundError):
        played(path)


def test_a_cut_cassette_is_named_wherever_it_is_cut(path: Path) -> None:
    whole = written(path, recording()).read_bytes().rstrip()
    for length in range(0, len(whole), 37):
        path.write_bytes(whole[:length])
        with pytest.raises(CassetteError, match="cut or damaged"):
            cassette.read(path)


@pytest.mark.parametrize(
    "text",
    ["", "null", "[]", "{}", '"x"', "7", "not JSON", '{"interactions": 7}', '{"interactions": [{}]}', "[" * 100_000],
)
def test_a_file_that_is_no_cassette_is_named(path: Path, text: str) -> None:
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    for use in (cassette.read, played):
        with pytest.raises(CassetteError):
            use(path)


def test_bytes_that_are_no_text_are_named(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CassetteError, match="cut or damaged"):
        cassette.read(path)


def edited(path: Path, edit: Callable[[dict[str, Any]], object]) -> None:
    whole = json.loads(path.read_text(encoding="utf-8"))
    edit(whole)
    path.write_text(json.dumps(whole), encoding="utf-8")


EDITS: dict[str, Callable[[dict[str, Any]], object]] = {
    "body": lambda pair: pair["response"]["body"].update(string='{"object": "better"}'),
    "status": lambda pair: pair["response"]["status"].update(code=201),
    "header": lambda pair: pair["response"]["headers"].update({"content-type": ["text/html"]}),
    "added header": lambda pair: pair["response"]["headers"].update({"x-request-id": ["r"]}),
    "time": lambda pair: pair["response"]["timing"].update(at_ms=[1.0]),
    "request body": lambda pair: pair["request"].update(body='{"model": "m-2"}'),
    "method": lambda pair: pair["request"].update(method="GET"),
    "path": lambda pair: pair["request"].update(uri="https://fake.example/v1/models"),
}


@pytest.mark.parametrize("what", EDITS)
def test_an_edit_by_hand_is_named(path: Path, what: str) -> None:
    edited(written(path, recording()), lambda whole: EDITS[what](whole["interactions"][0]))
    for use in (cassette.read, played):
        with pytest.raises(CassetteError, match="edited by hand"):
            use(path)


def _places(value: Any, place: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place, *(found for name, below in items for found in _places(below, (*place, name)))]


@given(st.data())
def test_whatever_is_damaged_by_hand_ends_in_a_cassette_error_or_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = written(tmp_path_factory.mktemp("damaged") / "one.json", recording())
    good = cassette.read(path)
    whole = json.loads(path.read_text(encoding="utf-8"))
    *parents, last = data.draw(st.sampled_from(_places({"interactions": whole["interactions"]})[1:]))
    holder = whole
    for part in parents:
        holder = holder[part]
    holder[last] = data.draw(st.sampled_from([None, 0, -1, 1.5, True, "", "x", [], {}, [None], {"base64": "é"}]))
    path.write_text(json.dumps(whole), encoding="utf-8")
    try:
        found = cassette.read(path)
    except CassetteError:
        return
    assert found.response == good.response
    assert (found.sent.method, found.sent.body) == (good.sent.method, good.sent.body)


@pytest.mark.parametrize(
    ("asked", "differs"),
    [
        ({"body": b'{"model": "m-2"}'}, "body"),
        ({"below": "/embeddings"}, "path"),
        ({"below": f"{CHAT}?a=1"}, "query"),
        ({"method": "PUT"}, "method"),
        ({"method": "PUT", "below": "/models"}, "method, path"),
    ],
)
def test_a_request_that_has_changed_since_makes_the_cassette_stale(
    path: Path, asked: dict[str, Any], differs: str
) -> None:
    written(path, recording())
    with pytest.raises(CassetteError) as caught:
        played(path, **{"body": BODY, **asked})
    assert str(caught.value) == f"request changed since it was recorded ({differs} differs)"


def test_json_that_is_only_written_differently_is_the_same_request(path: Path) -> None:
    assert played(written(path, recording()), b'{"messages":[],"model":"m-1"}').response.status == 200


def test_the_same_in_gzip_is_the_same_request_whoever_packed_it(path: Path) -> None:
    written(path, recording(body=gzip.compress(BODY, 9, mtime=0)))
    assert played(path, gzip.compress(BODY, 1, mtime=7)).response.status == 200
    for other in (gzip.compress(b"{}"), BODY[:-1], gzip.compress(BODY)[:-4], gzip.compress(BODY) + b"x"):
        with pytest.raises(CassetteError, match=r"\(body differs\)"):
            played(path, other)


@pytest.mark.parametrize("content", [b"NaN", b'{"cut', b"[" * 50_000, b"\xff", b"1" * 5000])
def test_a_request_that_is_odd_on_purpose_is_found_again(path: Path, content: bytes) -> None:
    written(path, recording(body=content))
    assert played(path, content).response.status == 200
    with pytest.raises(CassetteError, match="request changed"):
        played(path)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (b'{"n": 1}', b'{"n": true}'),
        (b'{"n": 1}', b'{"n": 1.0}'),
        (b'{"n": null}', b"{}"),
        (b"[]", b""),
        (b"NaN", b"0"),
    ],
)
def test_json_that_is_nearly_the_same_is_another_request(path: Path, one: bytes, other: bytes) -> None:
    for recorded, asked in ((one, other), (other, one)):
        written(path, recording(body=recorded))
        with pytest.raises(CassetteError, match=r"\(body differs\)"):
            played(path, asked)


def test_a_request_is_found_whatever_the_base_url_was(path: Path) -> None:
    made = recording(url="http://127.0.0.1:4711/deep/v1/models", method="GET", body=b"")
    made = replace(made, provenance=provenance(base_url="http://127.0.0.1:4711/deep/v1"))
    assert cassette.play(written(path, made), "GET", "/models", None, b"").response.status == 200


@pytest.mark.parametrize("body", [b'{"object": "fake"}', b"data: a\r\n\r\ndata: [DONE]\n\n", b""])
def test_plain_vcrpy_replays_a_cassette_of_ours(path: Path, body: bytes) -> None:
    """The contract with vcrpy: its own patching and its own JSON serializer take our files."""
    made = recording(answer(body, headers={"x-request-id": "r-1"}))
    written(path, made)
    with vcr.VCR(serializer="json", record_mode="none", match_on=["method", "uri", "body"]).use_cassette(str(path)):
        found = httpx2.post(made.sent.url, content=BODY, headers={"Content-Type": "application/json"})
    assert (found.status_code, found.content, found.headers["x-request-id"]) == (200, body, "r-1")


def test_a_cassette_of_plain_vcrpy_is_named_as_none_of_ours(path: Path) -> None:
    response = {"status": {"code": 200, "message": "OK"}, "headers": {}, "body": {"string": b"{}"}}
    with vcr.VCR(serializer="json", record_mode="all").use_cassette(str(path)) as made:
        made.append(vcr.request.Request("GET", "https://fake.example/v1/models", None, {}), response)
    with pytest.raises(CassetteError, match="no cassette of this suite"):
        cassette.read(path)
