"""The table of coverage says what was really sent of the official client's operations and fields."""

import json
from functools import cache
from pathlib import Path

import pytest

from conformance.record.recording import Sent
from conformance.report import coverage
from conformance.report.coverage import as_markdown, covered, main

BASE = "http://127.0.0.1:1/v1"

operations = cache(coverage.operations)
"""Two seconds of looking at the official client."""


def sent(method: str, path: str, body: bytes = b"", media: str = "application/json") -> tuple[str, Sent]:
    return BASE, Sent(method, f"{BASE}{path}", (("Content-Type", media),), body)


def fields_of(method: str, path: str, request: tuple[str, Sent]) -> set[str]:
    found = covered(operations(), [request])
    ((operation, fields),) = found.items()
    assert (operation.method, operation.path) == (method, path)
    return fields


def test_the_client_has_the_operations_that_everybody_knows() -> None:
    known = {(operation.method, operation.path): operation.fields for operation in operations()}
    assert len(known) > 150
    assert {"model", "messages", "stream", "tools"} <= known["POST", "/chat/completions"]
    assert {"after", "limit"} <= known["GET", "/files"]
    assert ("DELETE", "/models/{id}") in known


def test_fields_of_a_json_body_count() -> None:
    body = json.dumps({"model": "m", "input": "Hi", "not_a_field": 1}).encode()
    assert fields_of("POST", "/embeddings", sent("POST", "/embeddings", body)) == {"model", "input"}


def test_fields_of_a_form_count() -> None:
    body = b'--b\r\nContent-Disposition: form-data; name="model"\r\n\r\nm\r\n'
    request = sent("POST", "/audio/transcriptions", body, "multipart/form-data; boundary=b")
    assert fields_of("POST", "/audio/transcriptions", request) == {"model"}


def test_an_object_in_a_form_counts_as_one_field() -> None:
    body = b'--b\r\nContent-Disposition: form-data; name="expires_after[seconds]"\r\n\r\n3600\r\n'
    request = sent("POST", "/files", body, "multipart/form-data; boundary=b")
    assert fields_of("POST", "/files", request) == {"expires_after"}


def test_fields_of_a_query_count() -> None:
    assert fields_of("GET", "/files", sent("GET", "/files?limit=2&after=x")) == {"limit", "after"}


def test_a_path_of_its_own_is_not_an_id() -> None:
    assert fields_of("POST", "/responses/compact", sent("POST", "/responses/compact", b"{}")) == set()


def test_what_the_client_does_not_have_is_not_counted() -> None:
    assert covered(operations(), [sent("POST", "/no-such-route", b"{}")]) == {}


def test_the_table_names_what_was_not_sent() -> None:
    known = operations()
    table = as_markdown(known, covered(known, [sent("POST", "/embeddings", b'{"model": "m", "input": "Hi"}')]))
    assert table.startswith(f"1 of {len(known)} operations")
    assert "| embeddings | 1/1 | 2/5 | POST /embeddings: `dimensions`, `encoding_format`, `user` |" in table


def test_a_folder_without_recordings_is_not_a_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path)]) == 4
    assert "no recordings" in capsys.readouterr().err
