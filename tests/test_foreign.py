"""Recordings that others made: read, judged by the checks of kinds, and reported; broken ones are passed over."""

import base64
import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import brotli
import pytest
import zstandard

from conformance.__main__ import main
from conformance.foreign.exchange import Found, found_in
from conformance.foreign.operation import split
from conformance.foreign.readers import PassedOver, files, read
from conformance.log.records import Run
from conformance.log.records import read as read_log
from conformance.wire.exchange import Facet
from conformance.wire.verdict import Verdict

KEY = "sk-proj-8fh2Kd01LmQz7Tr5Xw9b"
HELLO = {
    "id": "chatcmpl-AbCdEf0123456789",
    "object": "chat.completion",
    "created": 1790000000,
    "model": "some-model",
    "choices": [
        {
            "index": 0,
            "message": {"role": "assistant", "content": "Hello.", "refusal": None},
            "finish_reason": "stop",
            "logprobs": None,
        }
    ],
    "usage": {"prompt_tokens": 8, "completion_tokens": 2, "total_tokens": 10},
}
ASKED = {"model": "some-model", "messages": [{"role": "user", "content": "Say hello."}]}
WRONG = HELLO | {"usage": {"prompt_tokens": 8, "completion_tokens": 2, "total_tokens": 11}}
HEADERS = {"content-type": ["application/json"], "date": ["Mon, 21 Sep 2026 14:13:20 GMT"]}


def vcrpy(said: Any, /, **response: Any) -> dict[str, Any]:
    """Return a cassette of vcrpy with one exchange."""
    request = {
        "method": "POST",
        "uri": "https://api.acme.test/v1/chat/completions",
        "headers": {"authorization": [f"Bearer {KEY}"]},
        "body": json.dumps(ASKED),
    }
    answer = {"status": {"code": 200, "message": "OK"}, "headers": HEADERS, "body": {"string": said}, **response}
    return {"version": 1, "interactions": [{"request": request, "response": answer}]}


def har(content: dict[str, Any]) -> dict[str, Any]:
    """Return an archive with one exchange, as a browser exports it."""
    request = {
        "method": "POST",
        "url": "https://api.acme.test/v1/chat/completions",
        "headers": [],
        "postData": {"mimeType": "application/json", "text": json.dumps(ASKED)},
    }
    headers = [{"name": name, "value": values[0]} for name, values in HEADERS.items()]
    response = {"status": 200, "headers": [*headers, {"name": "content-encoding", "value": "br"}], "content": content}
    entry = {"startedDateTime": "2026-09-21T14:13:20.000Z", "request": request, "response": response}
    return {"log": {"version": "1.2", "entries": [entry]}}


def every(path: Path) -> list[Found | PassedOver]:
    """Return what stands in the files below a path."""
    return list(found_in(one for file, below in files([path]) for one in read(file, below, file.name)))


def only(path: Path) -> Found:
    """Return the one exchange in the files below a path."""
    (found,) = every(path)
    assert isinstance(found, Found), found
    return found


def why_not(path: Path) -> str:
    """Return why the one thing in the files below a path is passed over."""
    (found,) = every(path)
    assert isinstance(found, PassedOver), found
    return found.why


def runs_of(folder: Path) -> Iterator[Run]:
    return (read_log(path.parent) for path in folder.rglob("log.ndjson"))


# The formats


YAML = """
interactions:
- request:
    body: '{"model": "some-model", "messages": []}'
    headers:
      accept: [application/json]
    method: POST
    uri: http://127.0.0.1:8080/v1/chat/completions
  response:
    body:
      string: !!binary |
        eyJhIjogMX0=
    headers:
      Content-Type:
      - application/json
    status: {code: 200, message: OK}
version: 1
"""

RUBY = """
http_interactions:
- request:
    method: post
    uri: https://api.acme.test/v1/embeddings
    body: {encoding: UTF-8, string: '{"model":"m","input":"a"}'}
    headers: {Content-Type: [application/json]}
  response:
    status: {code: 200, message: OK}
    headers: {Content-Type: [application/json]}
    body: {encoding: ASCII-8BIT, base64_string: eyJhIjogMX0=}
  recorded_at: Mon, 21 Sep 2026 14:13:20 GMT
recorded_with: VCR 6.3.1
"""


@pytest.mark.parametrize("name", ["a.yaml", "a.yml", "a.yaml.gz"])
def test_a_cassette_of_vcrpy_in_yaml_is_read(tmp_path: Path, name: str) -> None:
    content = YAML.encode()
    (tmp_path / name).write_bytes(gzip.compress(content, mtime=0) if name.endswith(".gz") else content)
    found = only(tmp_path)
    assert (found.group, found.base_url) == ("127.0.0.1:8080", "http://127.0.0.1:8080/v1")
    assert found.exchange.sent.path == "/chat/completions"
    assert found.exchange.received.json == {"a": 1}


def test_a_cassette_of_ruby_is_read_with_its_date(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(RUBY, encoding="utf-8")
    found = only(tmp_path)
    assert found.exchange.sent.operation == "embeddings"
    assert str(found.exchange.day) == "2026-09-21"


def test_a_body_that_the_recorder_parsed_has_no_bytes_of_its_own(tmp_path: Path) -> None:
    cassette = vcrpy("")
    del cassette["interactions"][0]["response"]["body"]
    cassette["interactions"][0]["response"]["parsed_body"] = HELLO
    (tmp_path / "a.json").write_text(json.dumps(cassette), encoding="utf-8")
    found = only(tmp_path)
    assert found.exchange.received.json == HELLO
    assert Facet.BYTES in found.exchange.lacks


@pytest.mark.parametrize("coded", [False, True])
def test_an_archive_of_a_browser_is_read(tmp_path: Path, coded: bool) -> None:  # noqa: FBT001
    text = json.dumps(HELLO)
    content = {"text": base64.b64encode(text.encode()).decode(), "encoding": "base64"} if coded else {"text": text}
    (tmp_path / "a.har").write_text(json.dumps(har(content)), encoding="utf-8")
    found = only(tmp_path)
    assert found.exchange.received.json == HELLO
    assert found.exchange.header("content-encoding") is None


def test_a_mapping_of_wiremock_is_read_with_its_body_beside_it(tmp_path: Path) -> None:
    (tmp_path / "mappings").mkdir()
    (tmp_path / "__files").mkdir()
    (tmp_path / "__files" / "hello.txt").write_text(json.dumps(HELLO), encoding="utf-8")
    mapping = {
        "request": {"method": "POST", "urlPath": "/v1/chat/completions", "bodyPatterns": [{"equalToJson": ASKED}]},
        "response": {"status": 200, "bodyFileName": "hello.txt"},
    }
    (tmp_path / "mappings" / "a.json").write_text(json.dumps(mapping), encoding="utf-8")
    found = only(tmp_path / "mappings")
    assert found.exchange.received.json == HELLO
    assert found.exchange.sent.json == ASKED


def test_a_mapping_reads_no_file_outside_its_folder(tmp_path: Path) -> None:
    (tmp_path / "mappings").mkdir()
    (tmp_path / "secret.txt").write_text("{}", encoding="utf-8")
    mapping = {
        "request": {"method": "GET", "url": "/v1/models"},
        "response": {"status": 200, "bodyFileName": "../secret.txt"},
    }
    (tmp_path / "mappings" / "a.json").write_text(json.dumps(mapping), encoding="utf-8")
    assert "its body is not read: outside" in why_not(tmp_path / "mappings")


def test_json_lines_are_read(tmp_path: Path) -> None:
    row = {"method": "POST", "url": "https://x.test/v1/chat/completions", "request": ASKED, "status": 200}
    rows = [row | {"body": HELLO}, row | {"body": json.dumps(WRONG), "date": "2026-09-21"}]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    first, second = every(tmp_path)
    assert isinstance(first, Found)
    assert isinstance(second, Found)
    assert Facet.BYTES in first.exchange.lacks
    assert Facet.BYTES not in second.exchange.lacks


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip"])
@pytest.mark.parametrize("packed", [True, False], ids=["packed", "unpacked by the recorder"])
def test_a_content_coding_is_taken_off(tmp_path: Path, coding: str, packed: bool) -> None:  # noqa: FBT001
    pack = {"br": brotli.compress, "zstd": zstandard.ZstdCompressor().compress, "gzip": gzip.compress}[coding]
    body = json.dumps(HELLO).encode()
    coded = {"base64": base64.b64encode(pack(body) if packed else body).decode()}
    cassette = vcrpy("", body=coded, headers=HEADERS | {"content-encoding": [coding]})
    (tmp_path / "a.json").write_text(json.dumps(cassette), encoding="utf-8")
    assert only(tmp_path).exchange.received.json == HELLO


# What is passed over, and why


def test_nothing_in_yaml_is_executed(tmp_path: Path) -> None:
    mark = tmp_path / "executed"
    bad = f"interactions: !!python/object/apply:os.system ['touch {mark}']\n"
    (tmp_path / "a.yaml").write_text(bad, encoding="utf-8")
    assert "YAML tag that would make an object, which is never done" in why_not(tmp_path)
    assert not mark.exists()


def test_aliases_that_make_much_of_little_are_passed_over(tmp_path: Path) -> None:
    laughs = "\n".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 10)}]" for n in range(1, 12))
    bomb = f"l0: &l0 [x]\n{laughs}\n" + YAML.replace(
        "body:\n      string", "parsed_body: *l11\n    ignored:\n      string"
    )
    (tmp_path / "a.yaml").write_text(bomb, encoding="utf-8")
    assert why_not(tmp_path) == "its body has more than 1,000,000 values"


def test_an_archive_bomb_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a.json.gz").write_bytes(gzip.compress(b" " * (64 * 1024 * 1024 + 1), mtime=0))
    assert why_not(tmp_path) == "it unpacks to more than 67,108,864 bytes"


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip"])
def test_a_body_that_unpacks_to_too_much_is_passed_over(tmp_path: Path, coding: str) -> None:
    pack = {"br": brotli.compress, "zstd": zstandard.ZstdCompressor().compress, "gzip": gzip.compress}[coding]
    coded = {"base64": base64.b64encode(pack(b" " * 20_000_000)).decode()}
    cassette = vcrpy("", body=coded, headers=HEADERS | {"content-encoding": [coding]})
    (tmp_path / "a.json").write_text(json.dumps(cassette), encoding="utf-8")
    assert "unpacks to more than" in why_not(tmp_path)


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "outside.json").write_text(json.dumps(vcrpy(json.dumps(HELLO))), encoding="utf-8")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.json").symlink_to(tmp_path / "outside.json")
    assert why_not(tmp_path / "in") == "a.json is a link"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("{", "it is not JSON"),
        ("{}", "it is not a recording of HTTP"),
        ("[" * 100_000, "it is not JSON"),
        (json.dumps(vcrpy("")), "the recorder did not keep its body"),
        (json.dumps({"interactions": [{}]}), "it is damaged (KeyError)"),
        (json.dumps({"interactions": ["x"]}), "it is damaged (TypeError)"),
        (json.dumps({"log": {"entries": [{"request": {}}]}}), "it is damaged (KeyError)"),
    ],
)
def test_what_cannot_be_read_is_passed_over(tmp_path: Path, content: str, why: str) -> None:
    (tmp_path / "a.json").write_text(content, encoding="utf-8")
    assert why_not(tmp_path).startswith(why)


def test_a_copy_is_judged_once(tmp_path: Path) -> None:
    for name in ("a.json", "b.json"):
        (tmp_path / name).write_text(json.dumps(vcrpy(json.dumps(HELLO))), encoding="utf-8")
    _, second = every(tmp_path)
    assert second == PassedOver("b.json:1", "it is a copy of a.json:1")


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://h/v1/chat/completions", ("https://h/v1", "/chat/completions")),
        (
            "https://h/openai/deployments/d/embeddings?api-version=1",
            ("https://h/openai/deployments/d", "/embeddings?api-version=1"),
        ),
        (
            "https://user:secret@h/v1/responses/resp_1/input_items?key=abc",
            ("https://h/v1", "/responses/resp_1/input_items"),
        ),
        ("https://h/v1/models/a/b", ("https://h/v1", "/models/a/b")),
        ("http://h/models", ("http://h", "/models")),
        ("https://h/repos/o/r/pulls/1/files", None),
        ("https://h/v1beta/models/g:generateContent", None),
        ("https://h/v1/messages", None),
        ("https://h:x]/", None),
    ],
)
def test_the_operation_is_told_from_the_base_url(url: str, found: tuple[str, str] | None) -> None:
    assert split(url) == found


# The command


def test_each_host_is_a_column_and_what_deviates_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    cassette = vcrpy(json.dumps(WRONG))
    other = vcrpy(json.dumps(HELLO))["interactions"][0]
    other["request"]["uri"] = "https://b.test/v1/chat/completions"
    cassette["interactions"].append(other)
    (tmp_path / "two.json").write_text(json.dumps(cassette), encoding="utf-8")
    assert main(["judge", "two.json", "--output", "runs"]) == 1
    (run,) = runs_of(tmp_path / "runs")
    assert [facts.column for facts in run.header.targets] == ["api.acme.test (foreign)", "b.test (foreign)"]
    assert run.header.targets[0].grade == "foreign: two.json, 1 exchange, of unknown date"
    wrong = {one.target for one in run.results if one.verdict is Verdict.DEVIATES}
    assert wrong == {"api.acme.test"}
    assert all(one.judged for one in run.results)
    said = capsys.readouterr().out
    assert "api.acme.test (foreign): 1 response; " in said
    assert "matrix.html" in said
    assert (run.folder / "matrix.html").is_file()


def test_neither_a_key_nor_a_text_of_the_recording_is_left_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    said = "My name is Agatha Featherstonehaugh."
    message = {"role": "assistant", "content": f"{said} {KEY}", "refusal": None}
    body = WRONG | {"choices": [HELLO["choices"][0] | {"message": message}]}  # type: ignore[index]
    (tmp_path / "a.json").write_text(json.dumps(vcrpy(json.dumps(body))), encoding="utf-8")
    assert main(["judge", "a.json", "--output", "runs"]) == 1
    capsys.readouterr()
    written = [path.read_bytes() for path in (tmp_path / "runs").rglob("*") if path.is_file()]
    assert not any(KEY.encode() in content for content in written)
    assert not any(b"Featherstonehaugh" in content for content in written)


def test_files_without_a_response_of_this_api_end_with_5(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.json").write_text("{}", encoding="utf-8")
    assert main(["judge", "a.json"]) == 5
    assert "passed over: a.json: it is not a recording of HTTP" in capsys.readouterr().out


def test_a_path_that_is_not_there_ends_with_4(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["judge", "no-such-folder"]) == 4
    assert "there is no no-such-folder" in capsys.readouterr().err
